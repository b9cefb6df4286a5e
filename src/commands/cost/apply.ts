// /ecs cost apply: gives the tasks of a service the size that Compute Optimizer recommends, and watches them.

import { type Apply, loadApply } from '../../features/cost/apply/load-apply.ts'
import { SERVICE_COST_READS } from '../../features/cost/load-service-cost.ts'
import { mutation } from '../command.ts'
import { DEPLOY_READS, DEPLOY_WRITES, isRegistered, settledDeployment } from '../deploy/settled.ts'
import { planApply } from './plan-apply.ts'

export const applyCost = mutation({
  name: 'cost apply',
  summary: 'Apply the size that Compute Optimizer recommends: a new revision, a deployment and a watch',
  args: { service: { kind: 'service' } },
  options: {
    option: { kind: 'option', hint: 'which recommendation; the first if absent' },
    cpu: { kind: 'cpu', hint: 'CPU units of a task, instead of the recommended' },
    memory: { kind: 'memory', hint: 'MiB of a task, instead of the recommended' },
    containers: { kind: 'split', hint: 'CPU units and MiB of each container' },
    watch: {
      kind: 'duration',
      hint: 'roll back by itself on failures or overload within this time, 5m to 6h; 1h if absent',
    },
    alarm: { kind: 'text', hint: 'an alarm to watch besides those of the service' },
  },
  examples: [
    'cost apply orders-api',
    'cost apply orders-api --watch 3h --reason "COST-12"',
    'cost apply orders-api --containers app=192:768,envoy=64:256',
  ],
  reads: [...DEPLOY_READS, ...SERVICE_COST_READS],
  writes: DEPLOY_WRITES,
  role: 'deployer',
  load: (values, read, asker) => loadApply(values, read, asker),
  plan: (_, state: Apply) => planApply(state),
  applied: isRegistered,
  settled: settledDeployment,
})
