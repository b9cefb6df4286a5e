// The operation DescribeScalingActivities: what was scaled and, on request, what was not scaled and why.

import type { DescribeScalingActivitiesRequest } from '@aws-sdk/client-application-auto-scaling'
import type { Autoscaling } from '../../../world/autoscaling/autoscaling.ts'
import type { Operation } from '../../wire/service.ts'
import { targetsIn } from './find.ts'
import { pageOf } from './page.ts'
import { viewActivity } from './views.ts'

const SIX_WEEKS = 42 * 86_400_000

export const activityOperations = (autoscaling: Autoscaling) =>
  ({
    DescribeScalingActivities: (input: DescribeScalingActivitiesRequest, call) => {
      const oldest = autoscaling.now() - SIX_WEEKS
      const activities = targetsIn(autoscaling, input, call)
        .flatMap(target => target.activities)
        .filter(({ startAt }) => startAt >= oldest)
        .filter(({ notScaled }) => input.IncludeNotScaledActivities || !notScaled)
        .toSorted((a, b) => b.startAt - a.startAt)
      const { page, ...next } = pageOf(activities, 'activities', input)
      return { ScalingActivities: page.map(viewActivity), ...next }
    },
  }) satisfies Record<string, Operation>
