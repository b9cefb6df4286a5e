// /ecs exec enable: turns ECS Exec on for a service, which replaces every task.

import type { NewPlan } from '../../engine/change/plan.ts'
import { type ImageTags, imageTagParts, readImageTags, TAG_READS } from '../../features/deployments/image-tags.ts'
import {
  loadPreempted,
  PREEMPTED_READS,
  type Preempted,
  preemptedLosses,
} from '../../features/deployments/in-progress.ts'
import {
  REPLACEMENT,
  refuseDeployment,
  riskOfReplacement,
  withReplacedLoss,
} from '../../features/deployments/replacement.ts'
import { primaryOf, ROLLOUT_READS, watchRollout } from '../../features/deployments/rollout.ts'
import { fullName } from '../../kit/language/target.ts'
import { accountOf } from '../../model/account.ts'
import type { Service } from '../../model/ecs.ts'
import { refuse } from '../../model/errors.ts'
import { mutation } from '../command.ts'

type Enabling = { readonly service: Service; readonly tags: ImageTags; readonly preempted?: Preempted }

export const enableExec = mutation({
  name: 'exec enable',
  summary: 'Turn on ECS Exec for a service; replaces every task',
  args: { service: { kind: 'service' } },
  options: {},
  examples: ['exec enable payments-api --reason "looking for a leak"'],
  reads: [...ROLLOUT_READS, ...TAG_READS, ...PREEMPTED_READS],
  writes: [],

  load: async ({ service: ref }, read, asker) => {
    if (accountOf(asker.config, ref).roles.exec === undefined)
      return refuse(`Commands cannot run in ${ref.account}: the configuration has no \`roles.exec\` for it.`)
    const [service, [posture], tags] = await Promise.all([
      read.service(ref),
      read.servicePostures(ref, [ref]),
      readImageTags(ref, read),
    ])
    if (service === undefined || posture === undefined) return refuse(`*${fullName(ref)}* no longer exists.`)
    if (posture.hasExec)
      return refuse(
        `ECS Exec is already on for *${fullName(ref)}*.`,
        'Replace tasks that started earlier with `/ecs restart`.',
      )
    const preempted = await loadPreempted(service, asker, read)
    return { service, tags, ...(preempted !== undefined && { preempted }) }
  },

  plan: (_, state: Enabling) =>
    refuseDeployment(state.service, 'changed to allow ECS Exec', state.preempted) ?? planEnabling(state),

  applied: async (_call, plan, read) => {
    const [posture] = await read.servicePostures(plan.target, [plan.target])
    return posture?.hasExec ?? 'unknown'
  },

  settled: watchRollout,
})

const planEnabling = ({ service, tags, preempted }: Enabling): NewPlan => {
  const { ref, desired } = service
  const parts = imageTagParts(tags, riskOfReplacement(service, 'Everyone with exec access can then run commands there'))
  return {
    kind: 'plan',
    command: 'exec enable',
    also: ['restart'],
    role: 'exec',
    invocation: `exec enable ${fullName(ref)}`,
    target: ref,
    title: `Turn on ECS Exec for *${ref.service}*`,
    changes: [
      { what: 'ECS Exec', from: 'off', to: 'on' },
      { what: `All tasks of \`${service.taskDefinition}\``, from: 'running', to: 'replaced' },
      ...parts.changes,
    ],
    details: parts.details,
    risk: parts.risk,
    size: desired,
    tasks: desired,
    losses: [
      ...preemptedLosses(preempted),
      ...withReplacedLoss(service, parts.losses),
      'Everyone with exec access can run commands in it',
    ],
    undo: 'turn ECS Exec off in AWS; that replaces every task again',
    consequences: [
      REPLACEMENT,
      'Its task role needs `ssmmessages` permissions, and its network a route to that endpoint.',
    ],
    stop: `rollback ${fullName(ref)}`,
    offers: [],
    calls: [
      {
        service: 'ecs',
        action: 'UpdateService',
        input: { cluster: ref.cluster, service: ref.arn, enableExecuteCommand: true, forceNewDeployment: true },
        resources: [ref.arn],
        repeatable: false,
      },
    ],
    binds: {
      createdAt: service.createdAt,
      deployment: primaryOf(service)?.id ?? '',
      revision: service.taskDefinition,
      ...parts.binds,
    },
    drifts: { 'desired tasks': desired },
  }
}
