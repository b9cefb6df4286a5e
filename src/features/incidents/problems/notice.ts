// Reads what ECS reports about a service and its deployments from events and prepares it for the store, because
// `states#` keeps only the newest state. Sources: ECS developer guide, service action and service deployment state
// change events. Events about rebalancing across zones are not included.

import type { ServiceRef } from '../../../model/ecs.ts'
import { isRecord } from '../../../model/json.ts'
import type { Key } from '../../../model/ports/store.ts'

export type NoticeName =
  | 'steady'
  | 'deploying'
  | 'rolling back'
  | 'deployed'
  | 'rolled back'
  | 'failed'
  | 'impaired'
  | 'unplaced'
  | 'misconfigured'

export type Notice = {
  readonly name: NoticeName
  /** ISO 8601. */
  readonly at: string
  readonly reason: string
  /** The id of the deployment: `ecs-svc/…`. */
  readonly deployment?: string
  /** Whether Fargate Spot had no capacity. */
  readonly isSpot?: true
}

export const NOTICES_DAYS = 2
const MOST_REASON = 200

export const noticesOf = (serviceArn: string): string => `noticed#${serviceArn}`

const NAMES: Readonly<Record<string, NoticeName>> = {
  SERVICE_STEADY_STATE: 'steady',
  SERVICE_TASK_START_IMPAIRED: 'impaired',
  SERVICE_TASK_PLACEMENT_FAILURE: 'unplaced',
  SERVICE_TASK_CONFIGURATION_FAILURE: 'misconfigured',
  SERVICE_DEPLOYMENT_IN_PROGRESS: 'deploying',
  SERVICE_DEPLOYMENT_COMPLETED: 'deployed',
  SERVICE_DEPLOYMENT_FAILED: 'failed',
}

const SERVICE = /^arn:[\w-]+:ecs:[\w-]+:(\d{12}):service\/[\w-]{1,255}\/[\w-]{1,255}$/

export type KeptNotice = { readonly key: Key; readonly service: string; readonly notice: Notice }

/**
 * The notice in an event; undefined for other events. ECS reports a deployment under two detail types, so events with
 * the same service, name and minute are one notice.
 */
export const noticeIn = (event: unknown): KeptNotice | undefined => {
  if (!isRecord(event) || event['source'] !== 'aws.ecs' || !isRecord(event['detail'])) return undefined
  if (!['ECS Service Action', 'ECS Deployment State Change'].includes(String(event['detail-type']))) return undefined
  const [arn] = Array.isArray(event['resources']) ? event['resources'] : []
  const [service, account] = SERVICE.exec(String(arn)) ?? []
  const time = Date.parse(String(event['time']))
  const { eventName, reason: given, deploymentId, capacityProviderArns } = event['detail']
  const known = Object.hasOwn(NAMES, String(eventName)) ? NAMES[String(eventName)] : undefined
  if (service === undefined || account !== event['account'] || known === undefined || Number.isNaN(time))
    return undefined
  const at = new Date(time).toISOString()
  const reason = typeof given === 'string' ? given.slice(0, MOST_REASON) : ''
  const name = afterRollback(known, reason)
  const isSpot =
    Array.isArray(capacityProviderArns) && capacityProviderArns.some(one => /FARGATE_SPOT$/.test(String(one)))
  return {
    key: { pk: noticesOf(service), sk: `${at.slice(0, 16)} ${name}` },
    service,
    notice: {
      ...{ name, at, reason },
      ...(typeof deploymentId === 'string' && { deployment: deploymentId.slice(0, 128) }),
      ...(isSpot && { isSpot }),
    },
  }
}

/**
 * The name of a notice, changed if its reason mentions a rollback: ECS reports a rollback as a deployment that is in
 * progress and then completed.
 */
const afterRollback = (name: NoticeName, reason: string): NoticeName => {
  if (!/roll(?:ing|ed)?[ -]?back/i.test(reason)) return name
  if (name === 'deploying') return 'rolling back'
  return name === 'deployed' ? 'rolled back' : name
}

/** Whether a notice reports that something is wrong. */
export const isSign = ({ name }: Notice): boolean => !['steady', 'deploying', 'deployed'].includes(name)

const PARTS = /^arn:[\w-]+:ecs:([\w-]+):(\d{12}):service\/([\w-]+)\/([\w-]+)$/

/**
 * Parses a service ARN and adds the name of its account; undefined if the ARN is invalid or its account is not in the
 * configuration.
 */
export const refOfArn = (
  arn: string,
  accounts: readonly { readonly id: string; readonly name: string }[],
): ServiceRef | undefined => {
  const [, region = '', accountId = '', cluster = '', service = ''] = PARTS.exec(arn) ?? []
  const account = accounts.find(({ id }) => id === accountId)?.name
  return account === undefined ? undefined : { account, accountId, region, cluster, service, arn }
}
