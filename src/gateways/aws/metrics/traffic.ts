// Reads Service Connect traffic of a service by discovery name, in one call.
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import type { Readers } from '../../../commands/readers.ts'
import type { Config } from '../../../engine/rules/config.ts'
import { accountOf } from '../../../model/account.ts'
import type { ServiceRef } from '../../../model/ecs.ts'
import type { Sessions } from '../identity/sessions.ts'
import { askAws } from '../translate.ts'
import { lastMinutes, type MetricRequest, readMetrics } from './metric-data.ts'

const MINUTES = 15
const MOST_NAMES = 10

/**
 * The metrics that are read, with the dimensions DiscoveryName, ServiceName and ClusterName. TargetResponseTime is in
 * milliseconds. Source: ECS developer guide, CloudWatch metrics.
 */
const METRICS = [
  ['requests', 'RequestCount', 'Sum'],
  ['failed', 'HTTPCode_Target_5XX_Count', 'Sum'],
  ['took', 'TargetResponseTime', 'Average'],
] as const

export const createTrafficReader = (config: Config, sessions: Sessions): Readers['traffic'] => {
  const clientFor = sessions.each(settings => new CloudWatchClient(settings))
  return (ref, names, now) =>
    askAws(`reading the traffic of ${ref.service}`, async () => {
      if (names.length === 0) return []
      const client = await clientFor(accountOf(config, ref), ref.region)
      const requested = names.slice(0, MOST_NAMES)
      const samplesOf = await readMetrics(
        client,
        requested.flatMap((name, at) => metricsOf(name, at, ref)),
        lastMinutes(MINUTES, now),
      )
      const valuesOf = (id: string) => samplesOf(id).map(({ value }) => value)
      const sum = (id: string): number => valuesOf(id).reduce((all, one) => all + one, 0)
      return requested.map((name, at) => {
        const took = valuesOf(`took${at}`)
        return {
          name,
          perMinute: sum(`requests${at}`) / MINUTES,
          failedShare: sum(`failed${at}`) / Math.max(1, sum(`requests${at}`)),
          ...(took.length > 0 && { milliseconds: sum(`took${at}`) / took.length }),
        }
      })
    })
}

const metricsOf = (name: string, at: number, { cluster, service }: ServiceRef): readonly MetricRequest[] =>
  METRICS.map(([id, metric, statistic]) => ({
    id: `${id}${at}`,
    namespace: 'AWS/ECS',
    metric,
    statistic,
    dimensions: { DiscoveryName: name, ServiceName: service, ClusterName: cluster },
  }))
