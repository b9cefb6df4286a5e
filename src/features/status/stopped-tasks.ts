// Reads a stopped task from an ECS event, to store it, because ECS lists it only for an hour. Events contain values of
// overridden environment variables, so only the fields named here are read.

import type { StoppedTask } from '../../model/ecs.ts'
import { isRecord } from '../../model/json.ts'
import type { Key } from '../../model/ports/store.ts'

/** The number of days for which stopped tasks are stored. */
export const STOPS_DAYS = 7

/** The partition key of a service's stopped tasks. The sort key begins with the time of the stop. */
export const stopsOf = (serviceArn: string): string => `stopped#${serviceArn}`
export const stopKey = (serviceArn: string, { stoppedAt, id }: StoppedTask): Key => ({
  pk: stopsOf(serviceArn),
  sk: `${stoppedAt} ${id}`,
})

export type Stop = { readonly service: string; readonly task: StoppedTask }

const CLUSTER = /^arn:([\w-]+):ecs:([\w-]+):(\d{12}):cluster\/([\w-]{1,255})$/

/**
 * The stopped task in an event; undefined for other events, tasks without a service, and tasks of another account than
 * the event's.
 */
export const stopIn = (event: unknown): Stop | undefined => {
  if (!isRecord(event) || event['source'] !== 'aws.ecs' || event['detail-type'] !== 'ECS Task State Change')
    return undefined
  const { detail } = event
  if (!isRecord(detail) || detail['lastStatus'] !== 'STOPPED') return undefined
  const [, partition, region, account, cluster] = CLUSTER.exec(textOf(detail['clusterArn'])) ?? []
  const [, service] = /^service:([\w-]{1,255})$/.exec(textOf(detail['group'])) ?? []
  const task = taskOf(detail)
  if (service === undefined || account !== event['account'] || task === undefined) return undefined
  return { service: `arn:${partition}:ecs:${region}:${account}:service/${cluster}/${service}`, task }
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

const taskOf = (detail: Readonly<Record<string, unknown>>): StoppedTask | undefined => {
  const id = textOf(detail['taskArn']).split('/').at(-1) ?? ''
  const stoppedAt = timeOf(detail['stoppedAt'])
  if (!/^[\w-]{1,64}$/.test(id) || stoppedAt === undefined) return undefined
  const deployment = textOf(detail['startedBy']).slice(0, 128)
  const { startedAt, pullFrom, pullUntil } = {
    startedAt: timeOf(detail['startedAt']),
    pullFrom: timeOf(detail['pullStartedAt']),
    pullUntil: timeOf(detail['pullStoppedAt']),
  }
  return {
    id,
    createdAt: timeOf(detail['createdAt']) ?? stoppedAt,
    stoppedAt,
    stopCode: textOf(detail['stopCode']),
    reason: textOf(detail['stoppedReason']).slice(0, MOST_REASON),
    containers: Array.isArray(detail['containers']) ? detail['containers'].flatMap(containerOf) : [],
    taskDefinition: textOf(detail['taskDefinitionArn']).split('/').at(-1) ?? '',
    capacity: textOf(detail['capacityProviderName']) || textOf(detail['launchType']),
    zone: textOf(detail['availabilityZone']),
    ...(deployment !== '' && { deployment }),
    ...(startedAt !== undefined && { startedAt }),
    ...(pullFrom !== undefined && pullUntil !== undefined && { pull: { from: pullFrom, until: pullUntil } }),
  }
}

/** The maximum length of a reason in characters. ECS's own reasons have at most 1,024. */
const MOST_REASON = 1_024

const timeOf = (value: unknown): string | undefined => {
  const at = typeof value === 'string' ? Date.parse(value) : Number.NaN
  return Number.isNaN(at) ? undefined : new Date(at).toISOString()
}

const containerOf = (container: unknown): StoppedTask['containers'] => {
  if (!isRecord(container)) return []
  const { exitCode, reason } = container
  return [
    {
      name: textOf(container['name']),
      ...(typeof exitCode === 'number' && { exitCode }),
      ...(typeof reason === 'string' && { reason: reason.slice(0, MOST_REASON) }),
    },
  ]
}
