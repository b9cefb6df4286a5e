// /ecs rollback: stops the deployment in progress, or deploys the task definition that ran well before.

import type { Change, Plan } from '../engine/change/plan.ts'
import type { Progress } from '../engine/change/progress.ts'
import { loadRollback, type Rollback } from '../features/deployments/rollback-target.ts'
import {
  primaryOf,
  ROLLOUT_READS,
  rolloutOf,
  type Seen,
  stoppingOf,
  unlessRolledBack,
} from '../features/deployments/rollout.ts'
import { managedWords } from '../features/managed-by/revert-warning.ts'
import { fullName } from '../kit/language/target.ts'
import type { DeploymentRecord, RevisionImage } from '../model/service-detail.ts'
import { MANAGED_READS } from './autoscale/reads.ts'
import { mutation } from './command.ts'
import type { Readers } from './readers.ts'

export const rollback = mutation({
  name: 'rollback',
  summary: 'Stop a deployment in progress, or go back to what was deployed before',
  args: { service: { kind: 'service' } },
  options: { to: { kind: 'revision', hint: 'a task definition, or a service revision’s id, that ran before' } },
  examples: ['rollback orders-api', 'rollback web/orders-api --to orders-api:6 --reason "errors since 14:05"'],
  reads: [...MANAGED_READS, ...ROLLOUT_READS, 'ecs:DescribeServiceRevisions', 'ecs:DescribeTaskDefinition'],
  writes: ['ecs:UpdateService', 'ecs:StopServiceDeployment', 'iam:PassRole'],
  role: 'deployer',

  load: ({ service, to }, read, { config }) => loadRollback(service, to, read, config),

  plan: (_, state: Rollback) => (state.stops === undefined ? planDeploying(state) : planStopping(state, state.stops)),

  // Only stopping is not repeatable. What has ended as it was meant to has been stopped, by us or by ECS's own guards.
  applied: async (_call, plan, read) => {
    const record = await read.deployment(plan.target, stoppedBy(plan) ?? '')
    if (record === undefined) return 'unknown'
    return !['PENDING', 'IN_PROGRESS', 'SUCCESSFUL'].includes(record.status)
  },

  settled: async (plan, since, now, read, memory) => {
    const service = await read.service(plan.target)
    if (service === undefined) return { status: 'superseded', text: 'The service was deleted meanwhile.' }
    const seen: Seen = { service, before: plan.binds['deployment'], since, now, ...(memory && { memory }) }
    const stopped = stoppedBy(plan)
    return stopped === undefined ? deployed(seen, plan, read) : rolledBack(seen, stopped, plan, read)
  },
})

/** ARN of the deployment in progress that this plan stops. */
const stoppedBy = ({ calls }: Plan): string | undefined =>
  calls.map(({ input }) => input['serviceDeploymentArn']).find(arn => typeof arn === 'string')

/** Names from AWS lose the marks of our own strings. */
const tame = (text: string): string => text.replace(/[*`\n]/g, '').slice(0, 120)

const shortDigest = (digest = ''): string => (digest === '' ? '' : ` ${digest.replace(/^(\w+:\w{12})\w*$/, '$1')}`)

const imageWords = ({ image, digest }: RevisionImage): string =>
  tame((image.split('/').at(-1) ?? image) + shortDigest(digest))

/** The task definition, and each image that differs by its digest. */
const changesOf = ({ service, from, to }: Rollback): readonly Change[] => {
  const before = from?.images ?? []
  const after = to.revision?.images ?? []
  const images = after.flatMap((image): readonly Change[] => {
    const old = before.find(({ container }) => container === image.container)
    const isSame = old !== undefined && old.image === image.image && old.digest === image.digest
    const what = `Image of \`${tame(image.container)}\``
    return isSame ? [] : [{ what, from: old === undefined ? 'none' : imageWords(old), to: imageWords(image) }]
  })
  const gone = before
    .filter(({ container }) => !after.some(one => one.container === container))
    .map(old => ({ what: `Image of \`${tame(old.container)}\``, from: imageWords(old), to: 'none' }))
  const name = tame(from?.taskDefinition ?? service.taskDefinition)
  return [{ what: 'Task definition', from: name, to: tame(to.name) }, ...images, ...(after.length === 0 ? [] : gone)]
}

const baseOf = (state: Rollback) => {
  const { service, to } = state
  const { ref, desired } = service
  return {
    kind: 'plan',
    command: 'rollback',
    target: ref,
    title: `Roll *${ref.service}* back to ${tame(to.name)}`,
    changes: changesOf(state),
    size: desired,
    tasks: desired,
    offers: [],
    drifts: { 'desired tasks': desired },
    role: 'deployer',
  } as const
}

const OLD_CODE = 'Older code runs again: it has to understand what newer code wrote'

const planStopping = (state: Rollback, record: DeploymentRecord): Plan => {
  const { service, to } = state
  const { ref } = service
  const fresh = primaryOf(service)
  return {
    ...baseOf(state),
    invocation: `rollback ${fullName(ref)}`,
    risk: {
      level: 'medium',
      reasons: [`The deployment in progress is stopped, and every task that it started is replaced`, OLD_CODE],
    },
    consequences: [
      `${fresh?.running ?? 0} of ${service.desired} tasks run what is being deployed; ECS starts tasks of \`${tame(to.name)}\` again as far as they are missing.`,
    ],
    calls: [
      {
        service: 'ecs',
        action: 'StopServiceDeployment',
        input: { serviceDeploymentArn: record.arn, stopType: 'ROLLBACK' },
        resources: [ref.arn, record.arn],
        repeatable: false,
      },
    ],
    binds: { createdAt: service.createdAt, 'deployment in progress': record.id, 'goes back to': to.name },
  }
}

const planDeploying = (state: Rollback): Plan => {
  const { service, from, to, definition } = state
  const { ref, desired } = service
  const input = { cluster: ref.cluster, service: ref.arn, taskDefinition: definition?.arn ?? to.name }
  return {
    ...baseOf(state),
    invocation: `rollback ${fullName(ref)} --to ${to.name}`,
    risk: { level: 'medium', reasons: [`Every task is replaced: all ${desired}`, OLD_CODE] },
    consequences: [
      'ECS starts new tasks first, as far as the deployment settings allow, and then stops the old ones.',
      ...historyWords(to),
      ...(to.revision !== undefined && from !== undefined && to.revision.capacity !== from.capacity
        ? [
            `It ran on ${tame(to.revision.capacity)} then; capacity stays as it is (${tame(from.capacity)}), and so does everything else but the task definition.`,
          ]
        : []),
      ...(service.deployments.some(({ rolloutState }) => rolloutState === 'IN_PROGRESS')
        ? ['The deployment in progress ends with this.']
        : []),
      ...managedWords(state.managed),
    ],
    calls: [
      {
        service: 'ecs',
        action: 'UpdateService',
        input,
        resources: [ref.arn],
        passes: definition?.roles ?? [],
        repeatable: true,
      },
    ],
    binds: {
      createdAt: service.createdAt,
      deployment: primaryOf(service)?.id ?? '',
      revision: service.taskDefinition,
      images: (to.revision?.images ?? []).map(({ digest = '' }) => digest),
    },
  }
}

const historyWords = ({ at, revision }: Rollback['to']): readonly string[] => {
  if (revision === undefined)
    return ['ECS does not remember a deployment of it here: which images it had is not known, and tags may have moved.']
  const when = at === undefined ? 'longer ago than ECS remembers' : `last on ${at.slice(0, 16).replace('T', ' ')} UTC`
  return [
    `It was deployed successfully ${when}. Images by tag are pulled as their tags are now, unless the digest stands in it.`,
  ]
}

const deployed = async (seen: Seen, plan: Plan, read: Readers): Promise<Progress> => {
  const { service, before } = seen
  const ours = primaryOf(service)
  const [call] = plan.calls
  const wanted = String(call?.input['taskDefinition'] ?? '')
    .split('/')
    .at(-1)
  if (ours === undefined || ours.id === before || ours.taskDefinition === wanted) return rolloutOf(seen, read)
  const other: Progress = {
    status: 'superseded',
    text: `Meanwhile \`${tame(ours.taskDefinition)}\` is deployed, not by this operation.`,
    details: ours.rolloutReason === undefined ? [] : [ours.rolloutReason],
  }
  return unlessRolledBack(other, service, read)
}

const rolledBack = async (seen: Seen, arn: string, plan: Plan, read: Readers): Promise<Progress> => {
  const record = await read.deployment(plan.target, arn)
  const { running = 0, taskDefinition = '' } = primaryOf(seen.service) ?? {}
  const counts = `${running}/${seen.service.desired} tasks of \`${tame(taskDefinition)}\` running`
  const details = record?.reason === undefined ? [] : [record.reason]
  switch (record?.status) {
    case undefined:
      return { status: 'superseded', text: 'ECS does not know the deployment any more.' }
    case 'ROLLBACK_SUCCESSFUL':
      return { status: 'done', text: `${counts}.` }
    case 'ROLLBACK_FAILED':
      return { status: 'failed', text: `The rollback failed: ${counts}.`, details }
    case 'STOPPED':
      return { status: 'failed', text: `The deployment was stopped without a rollback: ${counts}.`, details }
    case 'SUCCESSFUL':
      return { status: 'superseded', text: 'The deployment was successful before it could be stopped.' }
    default:
      return stoppingOf(seen, counts, read)
  }
}
