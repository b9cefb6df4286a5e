// The state of a service when a card is shown. It changes by itself, so it is neither part of the risk class nor of what
// is approved.

import type { Severity } from '../../kit/language/severity.ts'
import { timeMark } from '../../kit/messages/markup.ts'

/** `undefined` in a field: it could not be read. */
export type Now = {
  /** The time of the read, ISO 8601. */
  readonly at: string
  /** `healthy`, `stopped`, or what is wrong: `2 of 6 tasks are not running`. */
  readonly health?: string
  /** The tasks that run, and the desired count. */
  readonly tasks?: { readonly running: number; readonly desired: number }
  /** Requests a minute to the service; `none` if nothing counts them (no load balancer, no Service Connect). */
  readonly load?: number | 'none'
  /** The names of the service's alarms that are in ALARM. */
  readonly alarms?: readonly string[]
  /** The deployment in progress in words: `deploying orders-api:42`; empty if there is none. */
  readonly deployment?: string
  /** The incident that has been open longest on the services, and how many are open; absent if none is. */
  readonly incident?: { readonly since: string; readonly severity: Severity; readonly count: number } | 'unknown'
}

/** The line of the card: `healthy, 6 tasks, 212 req/min, 0 alarms`. What could not be read is `unknown`. */
export const nowText = ({ health, tasks, load, alarms, deployment, incident }: Now): string =>
  [
    // First: a line that is cut still has it.
    ...(incident === undefined ? [] : [incidentText(incident)]),
    health ?? 'health unknown',
    ...(tasks === undefined ? [] : [tasksText(tasks)]),
    ...(deployment === undefined ? ['deployment unknown'] : deployment === '' ? [] : [deployment]),
    ...(load === 'none' ? [] : [load === undefined ? 'load unknown' : `${load.toLocaleString('en')} req/min`]),
    alarms === undefined ? 'alarms unknown' : alarmsText(alarms),
  ].join(', ')

const incidentText = (incident: NonNullable<Now['incident']>): string => {
  if (incident === 'unknown') return 'incidents unknown'
  const { since, severity, count } = incident
  return `${count === 1 ? `incident (${severity})` : `${count} incidents`} since ${timeMark(since)}`
}

/** During a deployment more tasks may run than are wanted. */
const tasksText = ({ running, desired }: NonNullable<Now['tasks']>): string => {
  if (running < desired) return `${running} of ${desired} tasks`
  const count = `${running} ${running === 1 ? 'task' : 'tasks'}`
  return running === desired ? count : `${count}, ${desired} wanted`
}

const alarmsText = (alarms: readonly string[]): string =>
  alarms.length === 0 ? '0 alarms' : `${alarms.length} in ALARM: ${alarms.join(', ')}`
