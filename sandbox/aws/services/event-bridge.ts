// Amazon EventBridge for ECS events: delivers each to the functions whose rules match, after a delay, at least once.
// Invocations are asynchronous, so Lambda's retries come on top.

import type { EventPattern, Matcher } from '../../../infra/event-rules.ts'
import type { EcsEvent } from '../../world/events.ts'
import type { Fleet } from '../../world/fleet.ts'

/** "Typical latency is about half a second" (EventBridge FAQ). */
const LATENCY_MS = 500

export type EventKnobs = {
  /** At-least-once delivery: each event arrives twice. */
  deliversTwice: boolean
  /** Delay of events, in milliseconds of world time. */
  latencyMs: number
}

/** EventBridge user guide: each field of the pattern must be present with one of the values. */
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
