// What goes through Service Connect to a service, a minute: one call for all of the names that it is called by.
import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch'
import { accountOf, type Config } from '../config.ts'
import type { ServiceRef } from '../model.ts'
import type { Readers } from '../ports.ts'
import type { Sessions } from './sessions.ts'
import { asking } from './translate.ts'

const MINUTES = 15
const MOST_NAMES = 10

/** Source: ECS developer guide, CloudWatch metrics: by DiscoveryName, ServiceName and ClusterName; times in milliseconds. */
const METRICS = [
  ['requests', 'RequestCount', 'Sum'],
  ['failed', 'HTTPCode_Target_5XX_Count', 'Sum'],
  ['took', 'TargetResponseTime', 'Average'],
] as const

export const createTrafficReader = (config: Config, sessions: Sessions): Readers['traffic'] => {
  const clientFor = sessions.each(settings => new CloudWatchClient(settings))
  return (ref, names, now) =>
    asking(`reading the traffic of ${ref.service}`, async () => {
      if (names.length === 0) return []
      const client = await clientFor(accountOf(config, ref), ref.region)
      const until = Math.floor(Date.parse(now) / 60_000) * 60_000
      const asked = names.slice(0, MOST_NAMES)
      const { MetricDataResults = [] } = await client.send(
        new GetMetricDataCommand({
          StartTime: new Date(until - MINUTES * 60_000),
          EndTime: new Date(until),
          MetricDataQueries: asked.flatMap((name, at) =>
            METRICS.map(([id, metric, stat]) => queryOf(`${id}${at}`, [metric, stat], name, ref)),
          ),
        }),
      )
      const values = new Map(MetricDataResults.map(({ Id = '', Values = [] }) => [Id, Values]))
      const sum = (id: string): number => (values.get(id) ?? []).reduce((all, one) => all + one, 0)
      return asked.map((name, at) => {
        const took = values.get(`took${at}`) ?? []
        return {
          name,
          perMinute: sum(`requests${at}`) / MINUTES,
          failedShare: sum(`failed${at}`) / Math.max(1, sum(`requests${at}`)),
          ...(took.length > 0 && { milliseconds: took.reduce((all, one) => all + one, 0) / took.length }),
        }
      })
    })
}

const queryOf = (
  Id: string,
  [MetricName, Stat]: readonly [string, string],
  name: string,
  { cluster, service }: ServiceRef,
) => ({
  Id,
  MetricStat: {
    Metric: {
      Namespace: 'AWS/ECS',
      MetricName,
      Dimensions: [
        { Name: 'DiscoveryName', Value: name },
        { Name: 'ServiceName', Value: service },
        { Name: 'ClusterName', Value: cluster },
      ],
    },
    Period: 60,
    Stat,
  },
})
