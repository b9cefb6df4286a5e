// Pure: converts stored alarms and retirements of a service to changes. The beginning and the end of an alarm have the
// same cause.

import { plainName } from '../../kit/messages/text.ts'
import type { ServiceRef } from '../../model/ecs.ts'
import type { AlarmState } from '../../model/service-detail.ts'
import type { Change } from './change.ts'
import { alarmLink, tasksLink } from './console-links.ts'
import type { Signal } from './signals.ts'

type Of = {
  readonly ref: ServiceRef
  readonly signals: readonly Signal[]
  /**
   * The names of the alarms that the service's deployments use. `alarms`: their current states; empty if the states
   * were not read.
   */
  readonly alarmNames: readonly string[]
  readonly alarms: readonly AlarmState[]
}

export const signalChanges = ({ ref, signals, alarmNames, alarms }: Of): readonly Change[] => {
  const names = new Set(alarmNames)
  const own = signals.filter(
    ({ kind, name, services }) =>
      services.includes(`${ref.cluster}/${ref.service}`) || (kind === 'alarm' && names.has(name)),
  )
  const told = new Set(own.filter(({ state }) => state === 'ALARM').map(({ name }) => name))
  const now = alarms
    .filter(({ name, state }) => state === 'ALARM' && !told.has(name))
    .map(({ name, since }) => alarmChange(ref, { at: since, name, state: 'ALARM', reason: '' }, `alarm ${name}`))
  return [...now, ...pairs(own).map(([signal, cause]) => changeOf(ref, signal, cause))]
}

/** Pairs each signal with the key of its cause. The end of an alarm has the cause of the alarm's latest beginning. */
const pairs = (signals: readonly Signal[]): readonly (readonly [Signal, string])[] => {
  const begun = new Map<string, string>()
  return signals
    .toSorted((a, b) => (a.at < b.at ? -1 : 1))
    .map(signal => {
      const { name, state, at } = signal
      const open = state === 'OK' ? begun.get(name) : undefined
      const cause = open ?? JSON.stringify([name, at])
      if (state === 'OK') begun.delete(name)
      else begun.set(name, cause)
      return [signal, cause] as const
    })
}

const changeOf = (ref: ServiceRef, signal: Signal, cause: string): Change => {
  if (signal.kind === 'alarm') return alarmChange(ref, signal, cause)
  const due = signal.due === undefined ? '' : ` from ${signal.due.slice(0, 10)}`
  return {
    at: signal.at,
    what: `Fargate will replace its tasks${due} (retirement${signal.state === '' ? '' : `, ${plainName(signal.state, 20)}`}); a restart before then replaces them, too`,
    brief: `retirement announced${due}`,
    who: { kind: 'aws', name: 'AWS Health' },
    isBad: false,
    link: tasksLink(ref),
    cause,
  }
}

const alarmChange = (
  ref: ServiceRef,
  { at, name, state, reason }: Pick<Signal, 'at' | 'name' | 'state' | 'reason'>,
  cause: string,
): Change => {
  const isAlarm = state === 'ALARM'
  return {
    at,
    what: `alarm ${plainName(name, 80)} ${isAlarm ? 'began' : 'ended'}${isAlarm && reason !== '' ? `: ${plainName(reason, 160)}` : ''}`,
    brief: `alarm ${plainName(name, 40)}${isAlarm ? '' : ' ended'}`,
    who: { kind: 'aws', name: 'CloudWatch' },
    isBad: isAlarm,
    link: alarmLink(ref, name),
    cause,
  }
}
