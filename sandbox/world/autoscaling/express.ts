// Autoscaling of Express Mode: creates a scalable target and a target tracking policy for each Express service, and
// updates both with the service. Source: ECS developer guide, express-service-work.

import type { MetricType } from '@aws-sdk/client-application-auto-scaling'
import type { Fleet } from '../fleet.ts'
import type { ScalingTarget, Service } from '../state.ts'
import type { Autoscaling } from './autoscaling.ts'
import { resourceIdOf } from './context.ts'

const METRICS: Readonly<Record<ScalingTarget['autoScalingMetric'], MetricType>> = {
  AVERAGE_CPU: 'ECSServiceAverageCPUUtilization',
  AVERAGE_MEMORY: 'ECSServiceAverageMemoryUtilization',
  REQUEST_COUNT_PER_TARGET: 'ALBRequestCountPerTarget',
}

const isUpToDate = (
  autoscaling: Autoscaling,
  service: Service,
  { minTaskCount, maxTaskCount }: ScalingTarget,
): boolean => {
  const target = autoscaling.targetOf(service)
  return target?.min === minTaskCount && target.max === maxTaskCount
}

const follow = (autoscaling: Autoscaling, service: Service): void => {
  const scalingTarget = service.express?.scalingTarget
  if (scalingTarget === undefined || service.status !== 'ACTIVE' || isUpToDate(autoscaling, service, scalingTarget))
    return
  const { minTaskCount: min, maxTaskCount: max, autoScalingMetric, autoScalingTargetValue } = scalingTarget
  const target = autoscaling.register(service.cluster, resourceIdOf(service), { min, max })
  autoscaling.putPolicy(target, 'express', {
    type: 'TargetTrackingScaling',
    input: {
      TargetValue: autoScalingTargetValue,
      PredefinedMetricSpecification: { PredefinedMetricType: METRICS[autoScalingMetric] },
      DisableScaleIn: false,
    },
  })
}

export const followExpress = (fleet: Fleet, autoscaling: Autoscaling): void => {
  for (const { clusters } of fleet.sites.values())
    for (const { services } of clusters.values()) for (const service of services.values()) follow(autoscaling, service)
  fleet.onChange(service => follow(autoscaling, service))
}
