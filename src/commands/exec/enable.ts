// /ecs exec enable: lets commands run in a service, which takes new tasks.

import type { Plan } from '../../engine/change/plan.ts'
import { primaryOf, ROLLOUT_READS, watchRollout } from '../../features/deployments/rollout.ts'
import { fullName } from '../../kit/language/target.ts'
import { accountOf } from '../../model/account.ts'
import type { Service } from '../../model/ecs.ts'
import { refuse } from '../../model/errors.ts'
import { mutation } from '../command.ts'

export const enableExec = mutation({
  name: 'exec enable',
  summary: 'Let commands run in a service’s containers; every task is replaced',
  args: { service: { kind: 'service' } },
  options: {},
  examples: ['exec enable payments-api --reason "looking for a leak"'],
  reads: ROLLOUT_READS,
  writes: [],

  load: async ({ service: ref }, read, { config }) => {
    if (accountOf(config, ref).roles.exec === undefined)
      return refuse(`Nobody runs commands in ${ref.account}: the configuration names no role for that.`)
    const [service, [posture]] = await Promise.all([read.service(ref), read.servicePostures(ref, [ref])])
    if (service === undefined || posture === undefined) return refuse(`*${fullName(ref)}* is not there any more.`)
    return posture.hasExec
      ? refuse(
          `ECS Exec is on for *${fullName(ref)}* already.`,
          'Tasks that were started before have to be replaced: `/ecs restart`.',
        )
      : service
  },

  plan: (_, service: Service) =>
    service.status === 'ACTIVE'
      ? planEnabling(service)
      : refuse(`*${service.ref.service}* is ${service.status.toLowerCase()}.`),

  applied: async (_call, plan, read) => {
    const [posture] = await read.servicePostures(plan.target, [plan.target])
    return posture?.hasExec ?? 'unknown'
  },

  settled: watchRollout,
})

const planEnabling = (service: Service): Plan => {
  const { ref, desired } = service
  return {
    kind: 'plan',
    command: 'exec enable',
    role: 'exec',
    invocation: `exec enable ${fullName(ref)}`,
    target: ref,
    title: `Let commands run in *${ref.service}*`,
    changes: [
      { what: 'ECS Exec', from: 'off', to: 'on' },
      { what: `Every task of \`${service.taskDefinition}\``, from: 'running', to: 'replaced' },
    ],
    risk: {
      level: 'medium',
      reasons: [`All ${desired} tasks are replaced`, 'Whoever may run commands there can, from then on'],
    },
    size: desired,
    tasks: desired,
    consequences: [
      'ECS starts new tasks first, as far as the deployment settings allow, and then stops the old ones.',
      'Its tasks need rights to ssmmessages in their task role, and a way to its endpoint.',
    ],
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
    },
    drifts: { 'desired tasks': desired },
  }
}
