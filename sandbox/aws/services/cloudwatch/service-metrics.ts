// CloudWatch's metrics of ECS services: AWS/ECS, Container Insights (if the cluster enables it), and Service Connect.

import type { Metric } from '@aws-sdk/client-cloudwatch'
import { watchedBy } from '../../../world/autoscaling/alarms.ts'
import type { Autoscaling } from '../../../world/autoscaling/autoscaling.ts'
import { wantedOf } from '../../../world/bounds.ts'
import type { Place } from '../../../world/place.ts'
import { isPending, isRunning, type Service } from '../../../world/state.ts'

/** The task counts of Container Insights. CloudWatch has one per minute; only the latest is known here. */
export const countsOf = (
  autoscaling: Autoscaling,
  { Namespace, MetricName = '', Dimensions = [] }: Metric,
  place: Place,
) => {
  const counts = COUNTS[MetricName]
  if (Namespace !== 'ECS/ContainerInsights' || !counts) return undefined
  const dimensions = Object.fromEntries(Dimensions.map(({ Name = '', Value = '' }) => [Name, Value]))
  const service = autoscaling.serviceAt(place, `service/${dimensions['ClusterName']}/${dimensions['ServiceName']}`)
  if (!service || !isMeasured(service, { insight: { is: 'used', isEnhanced: false } })) return []
  const minute = Math.floor(autoscaling.now() / 60_000) * 60_000
  return [{ at: minute - 60_000, value: counts(service) }]
}

const COUNTS: Readonly<Record<string, (service: Service) => number>> = {
  RunningTaskCount: ({ tasks }) => [...tasks].filter(isRunning).length,
  PendingTaskCount: ({ tasks }) => [...tasks].filter(isPending).length,
  DesiredTaskCount: wantedOf,
}

/**
 * The metrics that have a sum: the utilization of a service, with one sample per task and minute, and the number of requests
 * of a target group.
 */
export const summedOf = (
  autoscaling: Autoscaling,
  metric: Metric,
  place: Place,
): { readonly service: Service; readonly metric: Measured['metric'] } | undefined => {
  const dimensions = Object.fromEntries((metric.Dimensions ?? []).map(({ Name = '', Value = '' }) => [Name, Value]))
  if (metric.Namespace === 'AWS/ApplicationELB' && metric.MetricName === 'RequestCount') {
    const service = autoscaling
      .servicesIn(place)
      .find(({ deployments: [primary] }) =>
        primary?.revision.spec.loadBalancers.some(one => one.targetGroupArn?.endsWith(`:${dimensions['TargetGroup']}`)),
      )
    return service && { service, metric: 'requests' }
  }
  if (metric.Namespace !== 'AWS/ECS') return undefined
  const watched = measuredBy(metric)
  const service = watched && autoscaling.serviceAt(place, watched.resourceId)
  return service && { service, metric: watched.metric }
}

type Traffic = 'requests' | 'failed' | 'took'

export type Measured = {
  readonly resourceId: string
  readonly metric: 'cpu' | 'memory' | 'requests'
  readonly insight?: Insight
  readonly traffic?: Traffic
}

/**
 * A Container Insights metric. Metrics in percent exist only with enhanced observability. Metrics in CPU units and MiB
 * also exist without it.
 */
type Insight = { readonly is: 'percent' | 'used' | 'reserved'; readonly isEnhanced: boolean }

/**
 * The Container Insights metrics. Source: CloudWatch user guide, Container Insights metrics of ECS. The names of the two
 * metrics that need enhanced observability are written from memory.
 */
const INSIGHTS: Readonly<Record<string, Insight & { readonly metric: 'cpu' | 'memory' }>> = {
  CpuUtilized: { metric: 'cpu', is: 'used', isEnhanced: false },
  CpuReserved: { metric: 'cpu', is: 'reserved', isEnhanced: false },
  MemoryUtilized: { metric: 'memory', is: 'used', isEnhanced: false },
  MemoryReserved: { metric: 'memory', is: 'reserved', isEnhanced: false },
  TaskCpuUtilization: { metric: 'cpu', is: 'percent', isEnhanced: true },
  TaskMemoryUtilization: { metric: 'memory', is: 'percent', isEnhanced: true },
}

export const measuredBy = (metric: Metric): Measured | undefined => {
  const insight = metric.Namespace === 'ECS/ContainerInsights' ? INSIGHTS[metric.MetricName ?? ''] : undefined
  const plainName = { cpu: 'CPUUtilization', memory: 'MemoryUtilization' }
  const plain = insight ? { ...metric, Namespace: 'AWS/ECS', MetricName: plainName[insight.metric] } : metric
  const watched = watchedBy({
    AlarmName: undefined,
    EvaluationPeriods: undefined,
    ComparisonOperator: undefined,
    ...plain,
  })
  return watched && { ...watched, ...(insight && { insight }) }
}

/** Whether the cluster enables Container Insights, at the level that the metric needs. */
export const isMeasured = ({ cluster }: Service, { insight }: Pick<Measured, 'insight'>): boolean => {
  if (!insight) return true
  const setting = cluster.settings.find(({ name }) => name === 'containerInsights')?.value
  return setting === 'enhanced' || (setting === 'enabled' && !insight.isEnhanced)
}

/** The utilization of the busiest task relative to the average: 15 percent above the average. */
const BUSIEST = 1.15

/**
 * The Service Connect metrics of a service, by the discovery name that clients use. Requests fail only at failing tasks.
 * Without failures there is no datapoint for failures.
 */
export const trafficOf = (
  autoscaling: Autoscaling,
  { Namespace, MetricName = '', Dimensions = [] }: Metric,
  place: Place,
): Measured | undefined => {
  const dimensions = Object.fromEntries(Dimensions.map(({ Name = '', Value = '' }) => [Name, Value]))
  const is = TRAFFIC[MetricName]
  if (Namespace !== 'AWS/ECS' || !is || dimensions['DiscoveryName'] === undefined) return undefined
  const resourceId = `service/${dimensions['ClusterName']}/${dimensions['ServiceName']}`
  const spec = autoscaling.serviceAt(place, resourceId)?.deployments[0]?.revision.spec
  const isCalled = spec?.serviceConnect?.services?.some(
    ({ discoveryName }) => discoveryName === dimensions['DiscoveryName'],
  )
  return isCalled ? { resourceId, metric: 'requests', traffic: is } : undefined
}

const TRAFFIC: Readonly<Record<string, Traffic>> = {
  RequestCount: 'requests',
  HTTPCode_Target_5XX_Count: 'failed',
  TargetResponseTime: 'took',
}

/** The duration of a request without queueing, in milliseconds. */
const QUICK_MS = 35

const trafficIn = (each: number, traffic: Traffic, { tasks }: Service): number => {
  const running = [...tasks].filter(isRunning)
  if (traffic === 'took') return QUICK_MS * (1 + each / 2_000)
  return each * (traffic === 'requests' ? running : running.filter(({ isDoomed }) => isDoomed)).length
}

export const inUnits = (
  percent: number,
  { metric, insight, traffic }: Measured,
  service: Service,
  stat: string,
): number => {
  if (traffic) return trafficIn(percent, traffic, service)
  if (!insight || insight.is === 'percent') return stat === 'Maximum' ? Math.min(100, percent * BUSIEST) : percent
  const { cpu, memory } = service.deployments[0]?.revision.spec.taskDefinition.input ?? {}
  const each = Number((metric === 'cpu' ? cpu : memory) ?? 0)
  const reserved = each * [...service.tasks].filter(isRunning).length
  return insight.is === 'reserved' ? reserved : (reserved * percent) / 100
}
