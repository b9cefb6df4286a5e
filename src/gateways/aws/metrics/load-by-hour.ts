// Reads the load of a service for each hour as predictive scaling measures it: the sum over all tasks.
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import type { Readers } from '../../../commands/readers.ts'
import type { Config } from '../../../engine/rules/config.ts'
import { accountOf } from '../../../model/account.ts'
import type { ScalingMetric, ServiceRef } from '../../../model/ecs.ts'
import type { Sessions } from '../identity/sessions.ts'
import { askAws } from '../translate.ts'
import { type MetricRequest, readMetrics } from './metric-data.ts'

const HOUR_SECONDS = 3_600
const MINUTES = 60

/**
 * Creates the reader. ECS sends one sample for each task and minute, so the sum of an hour divided by 60 is the average total of
 * all tasks. Sources: ECS developer guide, service utilization metrics and running task count; Elastic Load Balancing user guide,
 * CloudWatch metrics.
 */
export const createHourlyLoad = (config: Config, sessions: Sessions): Readers['loadByHour'] => {
  const clientFor = sessions.each(settings => new CloudWatchClient(settings))
  return (ref, metric, span, label) =>
    askAws(`reading the load of ${ref.service}`, async () => {
      const client = await clientFor(accountOf(config, ref), ref.region)
      const samplesOf = await readMetrics(client, [requestOf(ref, metric, label)], span)
      return samplesOf('load').map(({ at, value }) => ({ at, value: value / MINUTES }))
    })
}

const requestOf = ({ cluster, service }: ServiceRef, metric: ScalingMetric, label = ''): MetricRequest => {
  const [, LoadBalancer = '', TargetGroup = ''] = /^(app\/.+)\/(targetgroup\/.+)$/.exec(label) ?? []
  const common = { id: 'load', statistic: 'Sum', period: HOUR_SECONDS } as const
  if (metric === 'requests')
    return {
      ...common,
      namespace: 'AWS/ApplicationELB',
      metric: 'RequestCount',
      dimensions: { LoadBalancer, TargetGroup },
    }
  return {
    ...common,
    namespace: 'AWS/ECS',
    metric: metric === 'cpu' ? 'CPUUtilization' : 'MemoryUtilization',
    dimensions: { ClusterName: cluster, ServiceName: service },
  }
}
