// /ecs rollback: stops the deployment in progress, or deploys an earlier task definition.

import { PREEMPTED_READS } from '../../features/deployments/in-progress.ts'
import { loadRollback, type Rollback } from '../../features/deployments/rollback-target.ts'
import { ROLLOUT_READS, type Seen } from '../../features/deployments/rollout.ts'
import { MANAGED_READS } from '../autoscale/reads.ts'
import { mutation } from '../command.ts'
import { planDeployment, planStop, refuseLongDetails } from './plan.ts'
import { progressOfDeployment, progressOfStop, stoppedBy } from './progress.ts'

export const rollback = mutation({
  name: 'rollback',
  summary: 'Stop and roll back a deployment in progress, or deploy an earlier task definition',
  args: { service: { kind: 'service' } },
  options: { to: { kind: 'revision', hint: 'an earlier task definition that ran, or the id of a service revision' } },
  examples: ['rollback orders-api', 'rollback web/orders-api --to orders-api:6 --reason "errors since 14:05"'],
  reads: [
    ...MANAGED_READS,
    ...ROLLOUT_READS,
    ...PREEMPTED_READS,
    'ecs:DescribeServiceRevisions',
    'ecs:DescribeTaskDefinition',
    'ecr:DescribeImages',
  ],
  writes: ['ecs:UpdateService', 'ecs:StopServiceDeployment', 'iam:PassRole'],
  role: 'deployer',

  load: ({ service, to }, read, { config }) => loadRollback(service, to, read, config),

  plan: (_, state: Rollback) =>
    refuseLongDetails(state) ?? (state.stops === undefined ? planDeployment(state) : planStop(state, state.stops)),

  // Called for StopServiceDeployment, the only call here that is not idempotent. If the deployment ended without
  // success, it was stopped, by us or by ECS.
  applied: async (_call, plan, read) => {
    const record = await read.deployment(plan.target, stoppedBy(plan) ?? '')
    if (record === undefined) return 'unknown'
    return !['PENDING', 'IN_PROGRESS', 'SUCCESSFUL'].includes(record.status)
  },

  settled: async (plan, since, now, read, memory) => {
    const service = await read.service(plan.target)
    if (service === undefined) return { status: 'superseded', text: 'The service was deleted.' }
    const seen: Seen = { service, before: plan.binds['deployment'], since, now, ...(memory && { memory }) }
    const stopped = stoppedBy(plan)
    return stopped === undefined ? progressOfDeployment(seen, plan, read) : progressOfStop(seen, stopped, plan, read)
  },
})
