// Reads running and desired task counts from Container Insights, for 250 services per call.
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import type { Readers } from '../../../commands/readers.ts'
import type { Config } from '../../../engine/rules/config.ts'
import type { Counts } from '../../../features/status/reads.ts'
import { accountOf } from '../../../model/account.ts'
import type { ServiceRef } from '../../../model/ecs.ts'
import { RemoteError } from '../../../model/errors.ts'
import type { Sessions } from '../identity/sessions.ts'
import { askAws } from '../translate.ts'
import { lastMinutes, type MetricRequest, readMetrics } from './metric-data.ts'

/**
 * The maximum number of services in one call. GetMetricData takes 500 queries (CloudWatch API reference), and a service
 * needs two.
 */
const MOST_SERVICES = 250
/**
 * The maximum number of calls, which limits the cost: GetMetricData is billed by metric. The counts of services above this
 * maximum come only from stored events.
 */
const MOST_CALLS = 12
const MINUTES = 5

export const createCountReader = (config: Config, sessions: Sessions): Readers['counts'] => {
  const clientFor = sessions.each(settings => new CloudWatchClient(settings))
  return async (refs, now) => {
    const parts = partsOf(refs)
    const results = await Promise.allSettled(
      parts.slice(0, MOST_CALLS).map(part => {
        const [{ account, region } = { account: '', region: '' }] = part
        return askAws(`counting the tasks of ${account} in ${region}`, () => count(part, now))
      }),
    )
    const failed = results.flatMap(result => (result.status === 'rejected' ? [result.reason as unknown] : []))
    const unexpected = failed.find(error => !(error instanceof RemoteError))
    if (unexpected !== undefined) throw unexpected
    return {
      counts: new Map(results.flatMap(result => (result.status === 'fulfilled' ? [...result.value] : []))),
      unread: [...new Set(failed.map(error => (error instanceof RemoteError ? error.message : '')))],
    }
  }

  async function count(part: readonly ServiceRef[], now: string): Promise<ReadonlyMap<string, Counts>> {
    const [first] = part
    if (first === undefined) return new Map()
    const client = await clientFor(accountOf(config, first), first.region)
    const samplesOf = await readMetrics(
      client,
      part.flatMap((ref, at) => [
        countOf(`running${at}`, 'RunningTaskCount', ref),
        countOf(`desired${at}`, 'DesiredTaskCount', ref),
      ]),
      lastMinutes(MINUTES, now),
    )
    return new Map(
      part.flatMap(({ arn }, index) => {
        const [running, desired] = [samplesOf(`running${index}`).at(-1), samplesOf(`desired${index}`).at(-1)]
        if (running === undefined || desired === undefined) return []
        return [
          [arn, { running: running.value, desired: desired.value, at: new Date(running.at).toISOString() }] as const,
        ]
      }),
    )
  }
}

const countOf = (id: string, metric: string, { cluster, service }: ServiceRef): MetricRequest => ({
  id,
  namespace: 'ECS/ContainerInsights',
  metric,
  statistic: 'Average',
  dimensions: { ClusterName: cluster, ServiceName: service },
})

/** Groups services by account and region, each group at most as large as one call. */
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
