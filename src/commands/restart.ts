// /ecs restart: a forced new deployment of the same task definition, which replaces every task.

import { CANNOT_BE_UNDONE } from '../engine/cards/card-line.ts'
import type { NewPlan } from '../engine/change/plan.ts'
import { type ImageTags, imageTagParts, readImageTags, TAG_READS } from '../features/deployments/image-tags.ts'
import { loadPreempted, PREEMPTED_READS, type Preempted, preemptedLosses } from '../features/deployments/in-progress.ts'
import {
  REPLACEMENT,
  refuseDeployment,
  riskOfReplacement,
  withReplacedLoss,
} from '../features/deployments/replacement.ts'
import { primaryOf, ROLLOUT_READS, watchRollout } from '../features/deployments/rollout.ts'
import { fullName } from '../kit/language/target.ts'
import type { Service } from '../model/ecs.ts'
import { refuse } from '../model/errors.ts'
import { mutation } from './command.ts'

type Restart = { readonly service: Service; readonly tags: ImageTags; readonly preempted?: Preempted }

export const restart = mutation({
  name: 'restart',
  summary: 'Replace every task of a service with a new deployment of the same task definition',
  args: { service: { kind: 'set' } },
  options: {},
  examples: [
    'restart orders-api',
    'restart web/orders-api --reason "leaks memory"',
    'restart tag:team=orders',
    'restart secret:arn:aws:secretsmanager:us-east-1:111122223333:secret:prod/orders-db',
  ],
  reads: [...ROLLOUT_READS, ...TAG_READS, ...PREEMPTED_READS, 'ecs:DescribeTaskDefinition'],
  writes: ['ecs:UpdateService'],

  load: async ({ service: ref }, read, asker) => {
    const [service, tags] = await Promise.all([read.service(ref), readImageTags(ref, read)])
    const preempted = await loadPreempted(service, asker, read)
    if (service === undefined) return refuse(`*${fullName(ref)}* no longer exists.`)
    return { service, tags, ...(preempted !== undefined && { preempted }) }
  },

  plan: (_, state: Restart) => {
    const { service, preempted } = state
    if (service.desired === 0 && service.status === 'ACTIVE')
      return refuse(`*${service.ref.service}* has a desired count of 0: nothing to restart.`)
    return refuseDeployment(service, 'restarted', preempted) ?? planRestart(state)
  },

  many: {
    verb: 'Restart',
    done: 'restarted',
    lineFor: ref => `restart ${fullName(ref)}`,
    weigh: service =>
      service.desired === 0
        ? refuse('It runs no task.')
        : (refuseDeployment(service, 'restarted') ?? { risk: riskOfReplacement(service) }),
    undo: 'cannot be undone where a tag outside ECR is new',
  },

  // A forced deployment is not idempotent: a second call would replace every task twice. Deployment ids are compared,
  // because comparing times would rely on two clocks.
  applied: async (_call, plan, read) => {
    const found = await read.service(plan.target)
    const primary = found && primaryOf(found)
    return primary === undefined ? 'unknown' : primary.id !== plan.binds['deployment']
  },

  settled: watchRollout,
})

const planRestart = ({ service, tags, preempted }: Restart): NewPlan => {
  const { ref, desired } = service
  const primary = primaryOf(service)
  const parts = imageTagParts(tags, riskOfReplacement(service))
  return {
    kind: 'plan',
    command: 'restart',
    invocation: `restart ${fullName(ref)}`,
    target: ref,
    title: `Restart *${ref.service}*`,
    changes: [
      { what: `All tasks of \`${service.taskDefinition}\``, from: 'running', to: 'replaced' },
      ...parts.changes,
    ],
    details: parts.details,
    risk: parts.risk,
    size: desired,
    tasks: desired,
    losses: [...preemptedLosses(preempted), ...withReplacedLoss(service, parts.losses)],
    undo: undoOf(tags),
    consequences: [REPLACEMENT],
    stop: `rollback ${fullName(ref)}`,
    offers: [],
    calls: [
      {
        service: 'ecs',
        action: 'UpdateService',
        input: { cluster: ref.cluster, service: ref.arn, forceNewDeployment: true },
        resources: [ref.arn],
        repeatable: false,
      },
    ],
    binds: {
      createdAt: service.createdAt,
      deployment: primary?.id ?? '',
      revision: service.taskDefinition,
      ...parts.binds,
    },
    drifts: { 'desired tasks': desired },
  }
}

const undoOf = ({ moved, uncompared }: ImageTags): string => {
  if (moved.length > 0) return `${CANNOT_BE_UNDONE}: the tag means the new image now`
  return uncompared.length > 0 ? CANNOT_BE_UNDONE : 'nothing to take back: the same version runs'
}
