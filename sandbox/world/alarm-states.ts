// The states of CloudWatch alarms that ECS reads, and the alarms that a deployment watches.

import type { StateValue } from '@aws-sdk/client-cloudwatch'
import type { Place } from './place.ts'
import type { DeploymentRecord } from './state.ts'

/** The states of all alarms by `alarmKey`. */
export type AlarmStates = Map<string, StateValue>

export const alarmKey = ({ account, region }: Place, name: string): string => `${account}/${region}/${name}`

/**
 * Finds the alarms that a new deployment watches. If one of them is in ALARM at the start, ECS ignores all alarms for the
 * whole deployment (ECS developer guide, deployment alarm failure).
 */
export const watchAlarms = (
  states: AlarmStates,
  place: Place,
  { alarms }: DeploymentRecord['configuration'],
): DeploymentRecord['alarms'] => {
  if (!alarms?.enable) return undefined
  const names = alarms.alarmNames ?? []
  const isIgnored = names.some(name => states.get(alarmKey(place, name)) === 'ALARM')
  return { names, isIgnored, triggered: [] }
}
