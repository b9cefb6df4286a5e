// Pure: parses ECS's action logs. Source: ECS developer guide, action logs. Entries of services and entries of daemons
// have different shapes.

import { humanCode, plainName } from '../../kit/messages/text.ts'
import type { ServiceRef } from '../../model/ecs.ts'
import { isRecord } from '../../model/json.ts'
import type { Period } from './reads.ts'

export type Action = {
  readonly at: string
  /** The name of the action, such as `SERVICE_DEPLOYMENT_ROLLBACK_FAILED`. */
  readonly name: string
  readonly isBad: boolean
  readonly reason: string
  /** The id of the service deployment, if the entry names one. */
  readonly deployment?: string
}

/**
 * The entries about the service within the period, ordered by the time in each entry, because lines may be delivered
 * late and out of order. Lines that are not such entries are left out.
 */
export const actionsIn = (lines: readonly string[], ref: ServiceRef, { from, until }: Period): readonly Action[] =>
  lines
    .flatMap(line => actionIn(line, ref))
    .filter(({ at }) => at >= from && at <= until)
    .toSorted((a, b) => (a.at < b.at ? -1 : 1))

const actionIn = (line: string, ref: ServiceRef): readonly Action[] => {
  const entry = parsed(line)
  if (entry === undefined || !isAbout(entry, ref)) return []
  const detail = isRecord(entry['detail']) ? entry['detail'] : {}
  const time = entry['eventTimestamp'] ?? entry['timestamp']
  const at = typeof time === 'number' || typeof time === 'string' ? new Date(time) : undefined
  const name = textOf(detail['eventName'] ?? entry['eventName'])
  if (at === undefined || Number.isNaN(at.getTime()) || name === '') return []
  const deployment = textOf(detail['serviceDeploymentArn'] ?? detail['deploymentArn'])
    .split('/')
    .at(-1)
  return [
    {
      at: at.toISOString(),
      name,
      isBad: /^(?:WARN|ERROR)/.test(textOf(entry['logLevel'])) || /FAIL/.test(name),
      reason: textOf(detail['statusReason']),
      ...(deployment !== undefined && deployment !== '' && { deployment }),
    },
  ]
}

const parsed = (line: string): Readonly<Record<string, unknown>> | undefined => {
  try {
    const value: unknown = JSON.parse(line)
    return isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}

const isAbout = ({ actionSourceId }: Readonly<Record<string, unknown>>, { arn, cluster, service }: ServiceRef) =>
  actionSourceId === `service/${cluster}/${service}` || actionSourceId === arn

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

/** The names of actions that are left out because the list of deployments already shows them. */
const KNOWN = /^SERVICE_DEPLOYMENT_(?:IN_PROGRESS|COMPLETED|PENDING)$|^SERVICE_STEADY_STATE$/

export const isNews = ({ name }: Action): boolean => !KNOWN.test(name)

export const actionText = ({ name, reason }: Action): string =>
  `${humanCode(name.replace(/^SERVICE_/, ''))}${reason === '' ? '' : `: ${plainName(reason, 200)}`}`
