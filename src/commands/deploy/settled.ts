// How commands that register and deploy a revision find out what became of it.

import type { Call, Plan } from '../../engine/change/plan.ts'
import type { Memory, Progress } from '../../engine/change/progress.ts'
import { PREEMPTED_READS } from '../../features/deployments/in-progress.ts'
import { PREFLIGHT_READS } from '../../features/deployments/preflight.ts'
import { ROLLOUT_READS, watchRollout } from '../../features/deployments/rollout.ts'
import { withoutMarkup } from '../../features/deployments/version-changes.ts'
import { MANAGED_READS } from '../autoscale/reads.ts'
import type { Readers } from '../readers.ts'
import { NEWEST_REVISION } from './plan-image.ts'

/** The IAM actions of `loadDeploy` and of what follows it. */
export const DEPLOY_READS = [
  ...MANAGED_READS,
  ...ROLLOUT_READS,
  ...PREFLIGHT_READS,
  ...PREEMPTED_READS,
  'ecs:DescribeServiceRevisions',
  'ecs:DescribeTaskDefinition',
  'ecs:ListTaskDefinitions',
  'application-autoscaling:DescribeScalingPolicies',
  'ecr:BatchGetImage',
  'ecr:DescribeImages',
  'ecr:DescribeImageScanFindings',
] as const

export const DEPLOY_WRITES = [
  'ecs:RegisterTaskDefinition',
  'ecs:TagResource',
  'ecs:UpdateService',
  'iam:PassRole',
] as const

/** Asked for RegisterTaskDefinition alone: the update of the service is idempotent. */
export const isRegistered = async (call: Call, plan: Plan, read: Readers) =>
  call.action === 'RegisterTaskDefinition'
    ? read.registered(plan.target, call.input, Number(plan.drifts[NEWEST_REVISION]))
    : 'unknown'

export const settledDeployment = async (
  plan: Plan,
  since: string,
  now: string,
  read: Readers,
  memory?: Memory,
): Promise<Progress> => {
  const progress = await watchRollout(plan, since, now, read, memory)
  if (progress.status !== 'done') return progress
  const service = await read.service(plan.target)
  return service === undefined
    ? progress
    : { ...progress, text: `${withoutMarkup(service.taskDefinition)}: ${progress.text}` }
}
