// /ecs deploy: an image in a new revision of the current task definition, or another revision of its family.

import { type Deploy, loadDeploy } from '../../features/deployments/deploy-target.ts'
import { mutation } from '../command.ts'
import { planImage } from './plan-image.ts'
import { planRevision } from './plan-revision.ts'
import { DEPLOY_READS, DEPLOY_WRITES, isRegistered, settledDeployment } from './settled.ts'

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
  reads: DEPLOY_READS,
  writes: DEPLOY_WRITES,
  role: 'deployer',

  load: (values, read, { config, facts, isBreakGlass }) =>
    loadDeploy(values, read, { config, now: facts.now, ...(isBreakGlass === true && { isBreakGlass }) }),

  plan: (_, state: Deploy) => (state.kind === 'image' ? planImage(state) : planRevision(state)),

  applied: isRegistered,
  settled: settledDeployment,
})
