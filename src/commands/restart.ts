// /ecs restart: a forced new deployment of the same task definition, which replaces every task.

import type { Plan } from '../engine/change/plan.ts'
import { primaryOf, REPLACEMENT, ROLLOUT_READS, replacedText, watchRollout } from '../features/deployments/rollout.ts'
import { fullName } from '../kit/language/target.ts'
import type { Service } from '../model/ecs.ts'
import { refuse } from '../model/errors.ts'
import { mutation } from './command.ts'

export const restart = mutation({
  name: 'restart',
  summary: 'Replace every task of a service with a new deployment of the same task definition',
  args: { service: { kind: 'service' } },
  options: {},
  examples: ['restart orders-api', 'restart web/orders-api --reason "leaks memory"'],
  reads: ROLLOUT_READS,
  writes: ['ecs:UpdateService'],

  load: async ({ service }, read) =>
    (await read.service(service)) ?? refuse(`*${fullName(service)}* no longer exists.`),

  plan: (_, service: Service) => {
    const name = `*${service.ref.service}*`
    if (service.status !== 'ACTIVE') return refuse(`${name} is ${service.status.toLowerCase()}: nothing to restart.`)
    if (service.desired === 0) return refuse(`${name} has a desired count of 0: nothing to restart.`)
    return planRestart(service)
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

const planRestart = (service: Service): Plan => {
  const { ref, desired } = service
  const primary = primaryOf(service)
  return {
    kind: 'plan',
    command: 'restart',
    invocation: `restart ${fullName(ref)}`,
    target: ref,
    title: `Restart *${ref.service}*`,
    changes: [{ what: `All tasks of \`${service.taskDefinition}\``, from: 'running', to: 'replaced' }],
    risk: { level: 'medium', reasons: [replacedText(desired)] },
    size: desired,
    tasks: desired,
    consequences: [REPLACEMENT],
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
    binds: { createdAt: service.createdAt, deployment: primary?.id ?? '', revision: service.taskDefinition },
    drifts: { 'desired tasks': desired },
  }
}
