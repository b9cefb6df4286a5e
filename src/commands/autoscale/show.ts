// /ecs autoscale: shows bounds, policies, schedules and recent scaling activities.

import { loadScaling, type Scaling } from '../../features/scaling/load-scaling.ts'
import { renderAutoscaling } from '../../features/scaling/render-autoscaling.ts'
import type { ScalingActivity } from '../../model/ecs.ts'
import { isRefusal } from '../../model/errors.ts'
import { query } from '../command.ts'
import { SCALING_READS } from './reads.ts'

type Shown = Scaling & { readonly activities: readonly ScalingActivity[] }

export const show = query({
  name: 'autoscale',
  summary: 'Show a service’s autoscaling: bounds, policies, schedules, and why it did not scale',
  args: { service: { kind: 'service' } },
  options: {},
  examples: ['autoscale checkout'],
  reads: [...SCALING_READS, 'application-autoscaling:DescribeScalingActivities'],
  load: async ({ service }, read, asker) => {
    const scaling = await loadScaling(service, read, asker)
    if (isRefusal(scaling)) return scaling
    const activities = scaling.autoscaling === undefined ? [] : await read.scalingActivities(service)
    return { ...scaling, activities }
  },
  render: (state: Shown) => renderAutoscaling(state, state.activities),
})
