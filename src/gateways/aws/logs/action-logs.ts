// Reads the ECS action logs of a cluster. They are on if a delivery source has the cluster's ARN and a delivery uses this source.
// The destination of the delivery names the log group. Source: ECS developer guide, action logs; CloudWatch Logs API reference,
// DescribeDeliverySources, DescribeDeliveries, DescribeDeliveryDestinations.
import {
  CloudWatchLogsClient,
  type Delivery,
  type DeliveryDestination,
  type DeliverySource,
  DescribeDeliveriesCommand,
  DescribeDeliveryDestinationsCommand,
  DescribeDeliverySourcesCommand,
  FilterLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import type { Readers } from '../../../commands/readers.ts'
import type { Config } from '../../../engine/rules/config.ts'
import type { ActionLog, Period } from '../../../features/incidents/reads.ts'
import { accountOf } from '../../../model/account.ts'
import type { ServiceRef } from '../../../model/ecs.ts'
import type { Sessions } from '../identity/sessions.ts'
import { askAws } from '../translate.ts'

/** The maximum number of pages of each list. A page has 50 items. */
const MOST_PAGES = 4
/** The maximum number of pages of log lines. A page may be empty. */
const MOST_LINE_PAGES = 5
/** How late a log line may be delivered. This number is our choice: AWS states no limit. */
const LATE_MS = 3_600_000

export const createActionLogReader = (config: Config, sessions: Sessions): Readers['actionLog'] => {
  const clientFor = sessions.each(settings => new CloudWatchLogsClient(settings))
  return (ref, period) =>
    askAws(`reading the action logs of ${ref.cluster}`, async () => {
      const client = await clientFor(accountOf(config, ref), ref.region)
      const group = await findGroup(client, ref)
      return typeof group === 'string' ? readGroup(client, group, { ref, period }) : group
    })
}

const findGroup = async (client: CloudWatchLogsClient, ref: ServiceRef): Promise<string | ActionLog> => {
  const cluster = ref.arn.replace(/:service\/.*$/, `:cluster/${ref.cluster}`)
  const sources = await pages<DeliverySource>(async nextToken => {
    const { deliverySources, nextToken: next } = await client.send(new DescribeDeliverySourcesCommand({ nextToken }))
    return { items: deliverySources, next }
  })
  const names = new Set(
    sources
      .filter(({ resourceArns = [], logType }) => resourceArns.includes(cluster) && LOG_TYPES.has(logType ?? ''))
      .map(({ name }) => name),
  )
  if (names.size === 0) return { kind: 'off' }
  const [deliveries, destinations] = await Promise.all([
    pages<Delivery>(async nextToken => {
      const { deliveries: items, nextToken: next } = await client.send(new DescribeDeliveriesCommand({ nextToken }))
      return { items, next }
    }),
    pages<DeliveryDestination>(async nextToken => {
      const { deliveryDestinations: items, nextToken: next } = await client.send(
        new DescribeDeliveryDestinationsCommand({ nextToken }),
      )
      return { items, next }
    }),
  ])
  const own = deliveries.filter(({ deliverySourceName }) => names.has(deliverySourceName))
  if (own.length === 0) return { kind: 'off' }
  const arns = new Set(own.map(({ deliveryDestinationArn }) => deliveryDestinationArn))
  const [group] = destinations
    .filter(({ arn }) => arns.has(arn))
    .flatMap(({ deliveryDestinationConfiguration: to }) => groupIn(to?.destinationResourceArn))
  return group ?? { kind: 'elsewhere' }
}

/** The log type of action logs. AWS uses two names: the first in its toolkit, the second in its documentation. */
const LOG_TYPES = new Set(['ACTION_LOGS', 'EcsActionLogs'])

const groupIn = (arn = ''): readonly string[] => {
  const [, group] = /^arn:[^:]*:logs:[^:]*:\d*:log-group:([^:]+)/.exec(arn) ?? []
  return group === undefined ? [] : [group]
}

const pages = async <T>(
  read: (nextToken: string | undefined) => Promise<{
    readonly items: readonly T[] | undefined
    readonly next: string | undefined
  }>,
): Promise<readonly T[]> => {
  const found: T[] = []
  let token: string | undefined
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const { items = [], next } = await read(token)
    found.push(...items)
    if (next === undefined) return found
    token = next
  }
  return found
}

type Asked = { readonly ref: ServiceRef; readonly period: Period }

/**
 * Reads the log lines that contain the service's name. The name may be the start of a longer name, so the caller compares it.
 * Lines are searched up to an hour after the period, because a line may be delivered late.
 */
const readGroup = async (client: CloudWatchLogsClient, group: string, { ref, period }: Asked): Promise<ActionLog> => {
  const lines: string[] = []
  let nextToken: string | undefined
  for (let page = 0; page < MOST_LINE_PAGES; page += 1) {
    const answer = await client.send(
      new FilterLogEventsCommand({
        logGroupName: group,
        filterPattern: `"service/${ref.cluster}/${ref.service}"`,
        startTime: Date.parse(period.from),
        endTime: Date.parse(period.until) + LATE_MS,
        ...(nextToken !== undefined && { nextToken }),
      }),
    )
    lines.push(...(answer.events ?? []).map(({ message = '' }) => message))
    nextToken = answer.nextToken
    if (nextToken === undefined) return { kind: 'on', group, lines, isPartial: false }
  }
  return { kind: 'on', group, lines, isPartial: true }
}
