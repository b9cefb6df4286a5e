// Reads a service's CPU and memory usage from CloudWatch. Requests the metrics of all sources in one call, and uses the best
// source that has data.
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import type { Readers } from '../../../commands/readers.ts'
import type { Config } from '../../../engine/rules/config.ts'
import { USAGE_HOURS, type Usage } from '../../../features/status/usage.ts'
import { accountOf } from '../../../model/account.ts'
import type { ServiceRef } from '../../../model/ecs.ts'
import type { Sample, Series } from '../../../model/picture.ts'
import type { Sessions } from '../identity/sessions.ts'
import { askAws } from '../translate.ts'
import { lastMinutes, type MetricRequest, readMetrics, type Span } from './metric-data.ts'

const INSIGHTS = 'ECS/ContainerInsights'

type Measure = readonly [id: string, namespace: string, metric: string, statistic: MetricRequest['statistic']]

/**
 * The metrics, the best source first. Sources: ECS developer guide, service utilization metrics; CloudWatch user guide,
 * Container Insights metrics of ECS (per task with enhanced observability).
 */
const MEASURES: readonly Measure[] = [
  ['enhanced_cpu', INSIGHTS, 'TaskCpuUtilization', 'Average'],
  ['enhanced_cpu_most', INSIGHTS, 'TaskCpuUtilization', 'Maximum'],
  ['enhanced_memory', INSIGHTS, 'TaskMemoryUtilization', 'Average'],
  ['enhanced_memory_most', INSIGHTS, 'TaskMemoryUtilization', 'Maximum'],
  ['cpu_used', INSIGHTS, 'CpuUtilized', 'Sum'],
  ['cpu_reserved', INSIGHTS, 'CpuReserved', 'Sum'],
  ['memory_used', INSIGHTS, 'MemoryUtilized', 'Sum'],
  ['memory_reserved', INSIGHTS, 'MemoryReserved', 'Sum'],
  ['service_cpu', 'AWS/ECS', 'CPUUtilization', 'Average'],
  ['service_cpu_most', 'AWS/ECS', 'CPUUtilization', 'Maximum'],
  ['service_memory', 'AWS/ECS', 'MemoryUtilization', 'Average'],
  ['service_memory_most', 'AWS/ECS', 'MemoryUtilization', 'Maximum'],
]

export const createUsageReader = (config: Config, sessions: Sessions): Readers['usage'] => {
  const clientFor = sessions.each(settings => new CloudWatchClient(settings))
  return (ref, now, minutes) =>
    askAws(`reading the metrics of ${ref.service}`, async () => {
      const client = await clientFor(accountOf(config, ref), ref.region)
      const span = lastMinutes(minutes ?? USAGE_HOURS * 60, now)
      const measures = minutes === undefined ? MEASURES : [...MEASURES, RUNNING]
      const samplesOf = await readMetrics(client, measuresOf(ref, measures, periodOf(span)), span)
      const running = samplesOf(RUNNING[0])
      return { ...best(samplesOf, span), ...(running.length > 0 && { running }) }
    })
}

const RUNNING: Measure = ['running', INSIGHTS, 'RunningTaskCount', 'Average']

/** The length of one sample in seconds. Longer time spans have longer samples, so that a chart has at most some hundred. */
const periodOf = ({ from, until }: Span): number => {
  const hours = (until - from) / 3_600_000
  return hours <= 6 ? 60 : hours <= 24 ? 300 : 3_600
}

const measuresOf = (
  { cluster, service }: ServiceRef,
  measures: readonly Measure[],
  period: number,
): readonly MetricRequest[] =>
  measures.map(([id, namespace, metric, statistic]) => ({
    id,
    namespace,
    metric,
    statistic,
    period,
    dimensions: { ClusterName: cluster, ServiceName: service },
  }))

type SamplesOf = (id: string) => readonly Sample[]

const best = (samplesOf: SamplesOf, span: Span): Usage => {
  const pair = (prefix: string): Pick<Usage, 'cpu' | 'memory'> => ({
    cpu: { average: samplesOf(`${prefix}_cpu`), most: samplesOf(`${prefix}_cpu_most`) },
    memory: { average: samplesOf(`${prefix}_memory`), most: samplesOf(`${prefix}_memory_most`) },
  })
  if (samplesOf('enhanced_cpu').length > 0) return { source: 'enhanced', ...pair('enhanced'), ...span }
  if (samplesOf('cpu_reserved').length > 0)
    return { source: 'insights', cpu: shareOf(samplesOf, 'cpu'), memory: shareOf(samplesOf, 'memory'), ...span }
  return { source: 'service', ...pair('service'), ...span }
}

const shareOf = (samplesOf: SamplesOf, what: 'cpu' | 'memory'): Series => {
  const reserved = new Map(samplesOf(`${what}_reserved`).map(({ at, value }) => [at, value]))
  const average = samplesOf(`${what}_used`).flatMap(({ at, value }) => {
    const whole = reserved.get(at) ?? 0
    return whole === 0 ? [] : [{ at, value: (value / whole) * 100 }]
  })
  return { average, most: [] }
}
