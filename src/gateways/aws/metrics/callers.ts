// Finds the services that call a service through Service Connect, by the metrics of their proxies.
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import type { Readers } from '../../../commands/readers.ts'
import type { Config } from '../../../engine/rules/config.ts'
import { accountOf } from '../../../model/account.ts'
import { RemoteError } from '../../../model/errors.ts'
import type { Sessions } from '../identity/sessions.ts'
import { askAws } from '../translate.ts'
import { lastMinutes, searchMetrics } from './metric-data.ts'

const MINUTES = 60
const MOST_NAMES = 10
/** The characters of discovery names (ECS API reference, ServiceConnectService). */
const NAME = /^[\w-]{1,64}$/

/** The label of a metric: `<cluster>/<service>`. Source: CloudWatch user guide, dynamic labels. */
const CLIENT = ['ClusterName', 'ServiceName'].map(name => `\${PROP('Dim.${name}')}`).join('/')

/**
 * Creates the reader. It uses the metric TargetProcessedBytes, which also counts TCP. In the dimensions of this metric,
 * ClusterName and ServiceName are those of the client. Throws RemoteError if there are too many names or one is not valid. The
 * metric does not name the namespace, so clients of the same discovery name in another namespace are included. Source: ECS
 * developer guide, CloudWatch metrics.
 */
export const createCallerReader = (config: Config, sessions: Sessions): Readers['callers'] => {
  const clientFor = sessions.each(settings => new CloudWatchClient(settings))
  return (ref, names, now) =>
    askAws(`reading the callers of ${ref.service}`, async () => {
      if (names.length === 0) return []
      if (names.length > MOST_NAMES || !names.every(name => NAME.test(name)))
        throw new RemoteError(`${names.length} discovery names, which are too many or not valid`, {
          code: 'NAMES',
          passing: false,
        })
      const client = await clientFor(accountOf(config, ref), ref.region)
      const searches = names.map((TargetDiscoveryName, at) => ({
        id: `name${at}`,
        namespace: 'AWS/ECS',
        metric: 'TargetProcessedBytes',
        dimensions: ['ClusterName', 'ServiceName', 'TargetDiscoveryName'],
        where: { TargetDiscoveryName },
        label: CLIENT,
      }))
      const foundIn = await searchMetrics(client, searches, lastMinutes(MINUTES, now))
      const clients = searches
        .flatMap(({ id }) => foundIn(id))
        .filter(({ samples }) => samples.some(({ value }) => value > 0))
        .map(({ label }) => label)
        .filter(label => label !== `${ref.cluster}/${ref.service}`)
      return [...new Set(clients.flatMap(label => label.split('/').at(-1) ?? []))].toSorted()
    })
}
