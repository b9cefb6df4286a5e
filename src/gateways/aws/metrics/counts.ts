// How many tasks services run and want, as Container Insights counted them last: 250 services a call.
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import type { Readers } from '../../../commands/readers.ts'
import type { Config } from '../../../engine/rules/config.ts'
import type { Counts } from '../../../features/status/reads.ts'
import { accountOf } from '../../../model/account.ts'
import type { ServiceRef } from '../../../model/ecs.ts'
import { RemoteError } from '../../../model/errors.ts'
import type { Sessions } from '../identity/sessions.ts'
import { asking } from '../translate.ts'
import { lastMinutes, type MetricAsked, readMetrics } from './metric-data.ts'

/** CloudWatch API reference, GetMetricData: at most 500 queries a call, of which each service takes two. */
const MOST_SERVICES = 250
/** Beyond that, what events say has to do: metrics that are asked for are paid for. */
const MOST_CALLS = 12
const MINUTES = 5

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
    const strange = failed.find(error => !(error instanceof RemoteError))
    if (strange !== undefined) throw strange
    return {
      counts: new Map(asked.flatMap(one => (one.status === 'fulfilled' ? [...one.value] : []))),
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

const countOf = (id: string, metric: string, { cluster, service }: ServiceRef): MetricAsked => ({
  id,
  namespace: 'ECS/ContainerInsights',
  metric,
  statistic: 'Average',
  dimensions: { ClusterName: cluster, ServiceName: service },
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
