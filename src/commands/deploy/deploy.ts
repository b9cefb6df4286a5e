// /ecs deploy: an image in a new revision of the current task definition, or another revision of its family.

import { type Deploy, loadDeploy } from '../../features/deployments/deploy-target.ts'
import { PREEMPTED_READS } from '../../features/deployments/in-progress.ts'
import { PREFLIGHT_READS } from '../../features/deployments/preflight.ts'
import { ROLLOUT_READS, watchRollout } from '../../features/deployments/rollout.ts'
import { withoutMarkup } from '../../features/deployments/version-changes.ts'
import { MANAGED_READS } from '../autoscale/reads.ts'
import { mutation } from '../command.ts'
import { NEWEST_REVISION, planImage } from './plan-image.ts'
import { planRevision } from './plan-revision.ts'

export const deploy = mutation({
  name: 'deploy',
  summary: 'Deploy an image, a tag or a revision of the task definition',
  args: { service: { kind: 'service' }, version: { kind: 'version' } },
  options: {
    container: { kind: 'container', hint: 'the container that runs the image, if there are several' },
    watch: { kind: 'duration', hint: 'roll back by itself if an alarm fires within this time, 5m to 6h' },
    alarm: { kind: 'text', hint: 'an alarm to watch besides those of the service' },
  },
  examples: [
    'deploy orders-api v42 --container app',
    'deploy search v42 --reason "PAY-311 rounding"',
    'deploy web/search search:12',
    'deploy web/search v42 --watch 20m --alarm search-5xx',
  ],
  reads: [
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
  ],
  writes: ['ecs:RegisterTaskDefinition', 'ecs:TagResource', 'ecs:UpdateService', 'iam:PassRole'],
  role: 'deployer',

  load: (values, read, { config, facts, isBreakGlass }) =>
    loadDeploy(values, read, { config, now: facts.now, ...(isBreakGlass === true && { isBreakGlass }) }),

  plan: (_, state: Deploy) => (state.kind === 'image' ? planImage(state) : planRevision(state)),

  // Called for RegisterTaskDefinition alone: the update of the service is idempotent.
  applied: async (call, plan, read) =>
    call.action === 'RegisterTaskDefinition'
      ? read.registered(plan.target, call.input, Number(plan.drifts[NEWEST_REVISION]))
      : 'unknown',

  settled: async (plan, since, now, read, memory) => {
    const progress = await watchRollout(plan, since, now, read, memory)
    if (progress.status !== 'done') return progress
    const service = await read.service(plan.target)
    return service === undefined
      ? progress
      : { ...progress, text: `${withoutMarkup(service.taskDefinition)}: ${progress.text}` }
  },
})
