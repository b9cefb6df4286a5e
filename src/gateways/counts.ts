// How many tasks services run and want, as Container Insights counted them last: 250 services a call.
import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch'
import { accountOf, type Config } from '../config.ts'
import { PeerError } from '../errors.ts'
import type { Counts } from '../fleet.ts'
import type { ServiceRef } from '../model.ts'
import type { Readers } from '../ports.ts'
import type { Sessions } from './sessions.ts'
import { asking } from './translate.ts'

/** CloudWatch API reference, GetMetricData: at most 500 queries a call, of which each service takes two. */
const MOST_SERVICES = 250
/** Beyond that, what events say has to do: metrics that are asked for are paid for. */
const MOST_CALLS = 12
const SPAN_MS = 300_000

export const createCountReader = (config: Config, sessions: Sessions): Readers['counts'] => {
  const clientFor = sessions.each(settings => new CloudWatchClient(settings))
  return async (refs, now) => {
    const parts = partsOf(refs)
    const asked = await Promise.allSettled(
      parts.slice(0, MOST_CALLS).map(part => {
        const [{ account, region } = { account: '', region: '' }] = part
        return asking(`counting the tasks of ${account} in ${region}`, () => count(part, now))
      }),
    )
    const failed = asked.flatMap(one => (one.status === 'rejected' ? [one.reason as unknown] : []))
    const strange = failed.find(error => !(error instanceof PeerError))
    if (strange !== undefined) throw strange
    return {
      counts: new Map(asked.flatMap(one => (one.status === 'fulfilled' ? [...one.value] : []))),
      unread: [...new Set(failed.map(error => (error instanceof PeerError ? error.message : '')))],
    }
  }

  async function count(part: readonly ServiceRef[], now: string): Promise<ReadonlyMap<string, Counts>> {
    const [first] = part
    if (first === undefined) return new Map()
    const client = await clientFor(accountOf(config, first), first.region)
    const until = Math.floor(Date.parse(now) / 60_000) * 60_000
    const { MetricDataResults = [] } = await client.send(
      new GetMetricDataCommand({
        StartTime: new Date(until - SPAN_MS),
        EndTime: new Date(until),
        ScanBy: 'TimestampDescending',
        MetricDataQueries: part.flatMap((ref, at) => [
          queryOf(`running${at}`, 'RunningTaskCount', ref),
          queryOf(`desired${at}`, 'DesiredTaskCount', ref),
        ]),
      }),
    )
    const latest = new Map(
      MetricDataResults.map(({ Id = '', Values: [value] = [], Timestamps: [at] = [] }) => [Id, { value, at }]),
    )
    return new Map(
      part.flatMap(({ arn }, index) => {
        const [running, desired] = [latest.get(`running${index}`), latest.get(`desired${index}`)]
        if (running?.value === undefined || desired?.value === undefined || running.at === undefined) return []
        return [[arn, { running: running.value, desired: desired.value, at: running.at.toISOString() }] as const]
      }),
    )
  }
}

const queryOf = (Id: string, MetricName: string, { cluster, service }: ServiceRef) => ({
  Id,
  MetricStat: {
    Metric: {
      Namespace: 'ECS/ContainerInsights',
      MetricName,
      Dimensions: [
        { Name: 'ClusterName', Value: cluster },
        { Name: 'ServiceName', Value: service },
      ],
    },
    Period: 60,
    Stat: 'Average',
  },
})

/** Of one account and region each. */
const partsOf = (refs: readonly ServiceRef[]): readonly (readonly ServiceRef[])[] => {
  const places = new Map<string, ServiceRef[]>()
  for (const ref of refs) {
    const key = `${ref.accountId} ${ref.region}`
    const place = places.get(key) ?? []
    places.set(key, place)
    place.push(ref)
  }
  return [...places.values()].flatMap(place =>
    Array.from({ length: Math.ceil(place.length / MOST_SERVICES) }, (_, at) =>
      place.slice(at * MOST_SERVICES, (at + 1) * MOST_SERVICES),
    ),
  )
}
