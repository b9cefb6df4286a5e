// Reads a service's health from ECS events; the newest state is stored. Source: ECS developer guide, service action and
// deployment state change events.

import type { ServiceRef } from '../../model/ecs.ts'
import { isRecord } from '../../model/json.ts'
import type { Key } from '../../model/ports/store.ts'

export type ServiceState = {
  /** The time of the event, ISO 8601, in whole seconds. */
  readonly at: string
  /** ECS's finer time stamp, which orders two events of the same second. It may be much older than the event. */
  readonly stamp: string
  readonly kind: 'steady' | 'deploying' | 'impaired' | 'failed'
  readonly why: string
}

/** The number of days after its last event at which a service's stored state expires. */
export const STATES_DAYS = 30

type Spot = Pick<ServiceRef, 'accountId' | 'region'>
/** The partition key of the states in one account and region. The sort key is `cluster/service`. */
export const statesOf = ({ accountId, region }: Spot): string => `states#${accountId}#${region}`

export type HealthEvent = { readonly key: Key; readonly state: ServiceState }

const SERVICE = /^arn:[\w-]+:ecs:([\w-]+):(\d{12}):service\/([\w-]{1,255})\/([\w-]{1,255})$/

/** The health that an event reports; undefined for events that do not concern a service's health. */
export const stateIn = (event: unknown): HealthEvent | undefined => {
  if (!isRecord(event) || event['source'] !== 'aws.ecs' || !isRecord(event['detail'])) return undefined
  const [arn] = Array.isArray(event['resources']) ? event['resources'] : []
  const [, region, accountId, cluster, service] = SERVICE.exec(String(arn)) ?? []
  const time = Date.parse(String(event['time']))
  if (region === undefined || accountId === undefined || accountId !== event['account'] || Number.isNaN(time))
    return undefined
  const health = event['detail-type'] === 'ECS Service Action' ? ofAction(event['detail']) : ofDeployment(event)
  if (health === undefined) return undefined
  return {
    key: { pk: statesOf({ accountId, region }), sk: `${cluster}/${service}` },
    state: { at: new Date(time).toISOString(), stamp: stampOf(event['detail']), ...health },
  }
}

const stampOf = ({ updatedAt, createdAt }: Readonly<Record<string, unknown>>): string => {
  const at = Date.parse(String(updatedAt ?? createdAt))
  return Number.isNaN(at) ? '' : new Date(at).toISOString()
}

export const isNewer = (a: ServiceState, b: ServiceState): boolean =>
  a.at > b.at || (a.at === b.at && a.stamp > b.stamp)

type Words = Pick<ServiceState, 'kind' | 'why'>

const ACTIONS: Readonly<Record<string, Words>> = {
  SERVICE_STEADY_STATE: { kind: 'steady', why: 'steady' },
  SERVICE_TASK_START_IMPAIRED: { kind: 'impaired', why: 'its tasks repeatedly fail to start' },
  SERVICE_TASK_PLACEMENT_FAILURE: { kind: 'impaired', why: 'no capacity for its tasks' },
  SERVICE_TASK_CONFIGURATION_FAILURE: { kind: 'impaired', why: 'its configuration prevents tasks from starting' },
  SERVICE_DAEMON_PLACEMENT_CONSTRAINT_VIOLATED: {
    kind: 'impaired',
    why: 'its tasks no longer meet their placement constraints',
  },
  SERVICE_DISCOVERY_INSTANCE_UNHEALTHY: { kind: 'impaired', why: 'service discovery reports unhealthy tasks' },
  VPC_LATTICE_TARGET_UNHEALTHY: { kind: 'impaired', why: 'VPC Lattice reports unhealthy targets' },
  SERVICE_HEALTH_UNKNOWN: { kind: 'impaired', why: 'its health is unknown' },
  ECS_OPERATION_THROTTLED: { kind: 'impaired', why: 'another AWS service throttles ECS' },
  SERVICE_DEPLOYMENT_FAILED: { kind: 'failed', why: 'its deployment failed' },
}

const ofAction = (detail: Readonly<Record<string, unknown>>): Words | undefined => {
  const { eventName, reason } = detail
  const words = Object.hasOwn(ACTIONS, String(eventName)) ? ACTIONS[String(eventName)] : undefined
  if (words === undefined || typeof reason !== 'string' || reason === '') return words
  return { ...words, why: `${words.why} (${reason.slice(0, 100)})` }
}

const ofDeployment = (event: Readonly<Record<string, unknown>>): Words | undefined => {
  if (event['detail-type'] !== 'ECS Deployment State Change' || !isRecord(event['detail'])) return undefined
  const { eventName, reason } = event['detail']
  const isRollingBack = typeof reason === 'string' && /rolling back/i.test(reason)
  switch (eventName) {
    case 'SERVICE_DEPLOYMENT_IN_PROGRESS':
      return isRollingBack
        ? { kind: 'failed', why: 'its deployment is rolling back' }
        : { kind: 'deploying', why: 'deploying' }
    case 'SERVICE_DEPLOYMENT_COMPLETED':
      return { kind: 'steady', why: 'deployed' }
    case 'SERVICE_DEPLOYMENT_FAILED':
      return { kind: 'failed', why: 'its deployment failed' }
    default:
      return undefined
  }
}
