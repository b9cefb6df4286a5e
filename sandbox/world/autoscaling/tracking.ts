// The two alarms of a target tracking policy: one above the policy's target, and one well below it. Source: Application
// Auto Scaling user guide, target tracking (three minutes above, fifteen below).

import type { PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch'
import { createAlarm } from './alarms.ts'
import { type Scaling, uuid } from './context.ts'
import type { Metric } from './meters.ts'
import type { Alarm, Policy } from './state.ts'

type Measured = { readonly metric: Metric; readonly Namespace: string; readonly MetricName: string }

const measures: Readonly<Record<string, Measured>> = {
  ECSServiceAverageCPUUtilization: { metric: 'cpu', Namespace: 'AWS/ECS', MetricName: 'CPUUtilization' },
  ECSServiceAverageMemoryUtilization: { metric: 'memory', Namespace: 'AWS/ECS', MetricName: 'MemoryUtilization' },
  ALBRequestCountPerTarget: {
    metric: 'requests',
    Namespace: 'AWS/ApplicationELB',
    MetricName: 'RequestCountPerTarget',
  },
}

/** How a predefined metric is measured. The metrics of 20 seconds (HighResolution) are measured like the others. */
export const measuredBy = (type: string): Measured | undefined => measures[type.replace(/HighResolution$/, '')]

/** The alarms of a policy, the high alarm first. */
export const trackingAlarms = (scaling: Scaling, policy: Policy): readonly Alarm[] => {
  const { strategy, target } = policy
  if (strategy.type !== 'TargetTrackingScaling') return []
  const { TargetValue = 0, PredefinedMetricSpecification } = strategy.input
  const measured = measuredBy(PredefinedMetricSpecification?.PredefinedMetricType ?? '')
  const [, ClusterName = '', ServiceName = ''] = target.resourceId.split('/')
  const make = (side: 'High' | 'Low', more: Partial<PutMetricAlarmInput>): Alarm =>
    createAlarm(
      scaling,
      target,
      {
        AlarmName: `TargetTracking-${target.resourceId}-Alarm${side}-${uuid(scaling)}`,
        AlarmDescription: `DO NOT EDIT OR DELETE. For TargetTrackingScaling policy ${policy.arn}.`,
        ActionsEnabled: true,
        AlarmActions: [policy.arn],
        Namespace: measured?.Namespace,
        MetricName: measured?.MetricName,
        Dimensions: [
          { Name: 'ClusterName', Value: ClusterName },
          { Name: 'ServiceName', Value: ServiceName },
        ],
        Statistic: 'Average',
        Unit: undefined,
        Period: 60,
        ...more,
      } as PutMetricAlarmInput,
      measured && { resourceId: target.resourceId, metric: measured.metric },
    )
  return [
    make('High', { EvaluationPeriods: 3, Threshold: TargetValue, ComparisonOperator: 'GreaterThanThreshold' }),
    make('Low', { EvaluationPeriods: 15, Threshold: (TargetValue * 9) / 10, ComparisonOperator: 'LessThanThreshold' }),
  ]
}
