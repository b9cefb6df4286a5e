// Amazon EventBridge for ECS events. After a delay, delivers each event at least once to the functions whose rules match
// the event. Functions are invoked asynchronously, so Lambda may also repeat an invocation.

import type { EventPattern, Matcher } from '../../../infra/event-rules.ts'
import type { EcsEvent } from '../../world/events.ts'
import type { Fleet } from '../../world/fleet.ts'

/** The delay of an event: "Typical latency is about half a second" (EventBridge FAQ). */
const LATENCY_MS = 500

export type EventKnobs = {
  /** Whether each event arrives twice, which at-least-once delivery allows. */
  deliversTwice: boolean
  /** The delay of events, in milliseconds of world time. */
  latencyMs: number
}

/**
 * Whether an event matches a pattern. Each field of the pattern must be in the event, with one of the values in the
 * pattern (EventBridge user guide).
 */
export const matchesPattern = (event: unknown, pattern: EventPattern): boolean =>
  Object.entries(pattern).every(([field, expected]) => {
    const value = (event as Readonly<Record<string, unknown>>)[field]
    if (!isList(expected)) return typeof value === 'object' && value !== null && matchesPattern(value, expected)
    const values: readonly unknown[] = Array.isArray(value) ? value : [value]
    return values.some(one => typeof one === 'string' && expected.some(matcher => matches(one, matcher)))
  })

const matches = (value: string, matcher: Matcher): boolean =>
  typeof matcher === 'string' ? value === matcher : value.startsWith(matcher.prefix)

const isList = (expected: EventPattern[string]): expected is readonly Matcher[] => Array.isArray(expected)

export const createEventBridge = (
  fleet: Fleet,
  rules: Readonly<Record<string, EventPattern>>,
  deliver: (event: EcsEvent) => void,
): EventKnobs => {
  const knobs: EventKnobs = { deliversTwice: false, latencyMs: LATENCY_MS }
  fleet.onEvent(event => {
    const fitting = Object.values(rules).filter(pattern => matchesPattern(event, pattern)).length
    const times = knobs.deliversTwice ? fitting * 2 : fitting
    for (let n = 0; n < times; n += 1) fleet.clock.after(knobs.latencyMs, () => deliver(event))
  })
  return knobs
}
