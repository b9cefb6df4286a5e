// Reads CloudWatch alarms and retirements of Fargate tasks from events and prepares them for the store, because AWS
// sends each event only once. Sources: CloudWatch user guide, alarm events and EventBridge; AWS Health user guide,
// EventBridge schema; ECS developer guide, task retirement.

import { createHash } from 'node:crypto'
import type { ServiceRef } from '../../model/ecs.ts'
import { isRecord } from '../../model/json.ts'
import type { Key } from '../../model/ports/store.ts'

export type Signal = {
  readonly kind: 'alarm' | 'retirement'
  readonly at: string
  /** The name of the alarm, or the code of the Health event. */
  readonly name: string
  /** For an alarm: `ALARM`, `OK` or `INSUFFICIENT_DATA`. For a retirement: its status. */
  readonly state: string
  readonly reason: string
  /** The services that the event names, as `cluster/service`. */
  readonly services: readonly string[]
  /** When AWS begins to retire tasks. */
  readonly due?: string
}

/** The number of days for which signals are stored. */
export const SIGNALS_DAYS = 14
const MOST_SERVICES = 100
const MOST_NAME = 255
const MOST_REASON = 300

/** The partition key of the signals of an account and region. The sort key begins with the time. */
export const signalsOf = ({ accountId, region }: Pick<ServiceRef, 'accountId' | 'region'>): string =>
  `signals#${accountId}#${region}`

export type KeptSignal = { readonly key: Key; readonly signal: Signal }

/**
 * The signal that an event reports; undefined for other events. If the same event arrives twice, both signals have the
 * same key.
 */
export const signalIn = (event: unknown): KeptSignal | undefined => {
  if (!isRecord(event) || !isRecord(event['detail'])) return undefined
  const { account, region, detail } = event
  if (!/^\d{12}$/.test(textOf(account)) || !/^[a-z0-9-]{1,30}$/.test(textOf(region))) return undefined
  const signal = event['source'] === 'aws.cloudwatch' ? alarmIn(event, detail) : retirementIn(event, detail)
  if (signal === undefined) return undefined
  const hash = createHash('sha256')
    .update(JSON.stringify([signal.kind, signal.name, signal.state, signal.services]))
    .digest('hex')
  const pk = signalsOf({ accountId: textOf(account), region: textOf(region) })
  return { key: { pk, sk: `${signal.at} ${hash.slice(0, 16)}` }, signal }
}

type Fields = Readonly<Record<string, unknown>>

/** The names of alarms that target tracking creates. Their effects are shown by the scaling activities instead. */
const OF_AUTOSCALING = /^TargetTracking-/

const alarmIn = (event: Fields, detail: Fields): Signal | undefined => {
  if (event['detail-type'] !== 'CloudWatch Alarm State Change' || !isRecord(detail['state'])) return undefined
  const { value, timestamp, reason } = detail['state']
  const name = textOf(detail['alarmName']).slice(0, MOST_NAME)
  const at = timeOf(timestamp) ?? timeOf(event['time'])
  const before = isRecord(detail['previousState']) ? detail['previousState']['value'] : undefined
  const isFromNothing = value === 'OK' && before !== 'ALARM'
  if (name === '' || at === undefined || OF_AUTOSCALING.test(name) || isFromNothing) return undefined
  if (value !== 'ALARM' && value !== 'OK') return undefined
  return {
    kind: 'alarm',
    at,
    name,
    state: value,
    reason: textOf(reason).slice(0, MOST_REASON),
    services: [...new Set(dimensionsIn(detail['configuration']).flatMap(serviceIn))].slice(0, MOST_SERVICES),
  }
}

const dimensionsIn = (configuration: unknown): readonly unknown[] => {
  const metrics = isRecord(configuration) ? configuration['metrics'] : undefined
  return (Array.isArray(metrics) ? metrics : []).map(one => {
    const stat = isRecord(one) && isRecord(one['metricStat']) ? one['metricStat'] : {}
    return isRecord(stat['metric']) ? stat['metric']['dimensions'] : undefined
  })
}

const serviceIn = (dimensions: unknown): readonly string[] => {
  if (!isRecord(dimensions)) return []
  const { ClusterName: cluster, ServiceName: service } = dimensions
  return isName(cluster) && isName(service) ? [`${cluster}/${service}`] : []
}

const isName = (value: unknown): value is string => typeof value === 'string' && /^[\w-]{1,255}$/.test(value)

/**
 * The retirement that a Health event reports. Undefined for an event that AWS calls informational, because such an
 * event requires no action.
 */
const retirementIn = (event: Fields, detail: Fields): Signal | undefined => {
  if (event['source'] !== 'aws.health' || event['detail-type'] !== 'AWS Health Event') return undefined
  const { eventTypeCode, affectedEntities, affectedAccount = event['account'] } = detail
  if (eventTypeCode !== 'AWS_ECS_TASK_PATCHING_RETIREMENT' || detail['actionability'] === 'INFORMATIONAL')
    return undefined
  const at = timeOf(detail['lastUpdatedTime']) ?? timeOf(event['time'])
  const services = (Array.isArray(affectedEntities) ? affectedEntities : []).flatMap(entity => {
    const [cluster, service, ...rest] = textOf(isRecord(entity) ? entity['entityValue'] : '').split('|')
    return isName(cluster) && isName(service) && rest.length === 0 ? [`${cluster}/${service}`] : []
  })
  if (at === undefined || services.length === 0 || affectedAccount !== event['account']) return undefined
  const due = timeOf(detail['startTime'])
  return {
    kind: 'retirement',
    at,
    name: eventTypeCode,
    state: textOf(detail['statusCode']).slice(0, 20),
    reason: '',
    services: [...new Set(services)].slice(0, MOST_SERVICES),
    ...(due !== undefined && { due }),
  }
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

const timeOf = (value: unknown): string | undefined => {
  const at = typeof value === 'string' ? Date.parse(value) : Number.NaN
  return Number.isNaN(at) ? undefined : new Date(at).toISOString()
}
