// Amazon EventBridge, as far as ECS speaks to it: what happens in the world goes to the functions whose rules it fits, a
// moment later, at least once. Targets are invoked asynchronously, so Lambda's own retries come on top.

import type { EventPattern, Matcher } from '../../../infra/event-rules.ts'
import type { EcsEvent } from '../../world/events.ts'
import type { Fleet } from '../../world/fleet.ts'

/** "Typical latency is about half a second" (EventBridge FAQ). */
const LATENCY_MS = 500

export type EventKnobs = {
  /** At least once means that everything may come twice. */
  deliversTwice: boolean
  /** How late events come, in milliseconds of world time. */
  latencyMs: number
}

/** EventBridge user guide: each field of the pattern has to be there with one of the values. */
export const fits = (event: unknown, pattern: EventPattern): boolean =>
  Object.entries(pattern).every(([field, wanted]) => {
    const value = (event as Readonly<Record<string, unknown>>)[field]
    if (!isList(wanted)) return typeof value === 'object' && value !== null && fits(value, wanted)
    const values: readonly unknown[] = Array.isArray(value) ? value : [value]
    return values.some(one => typeof one === 'string' && wanted.some(matcher => matches(one, matcher)))
  })

const matches = (value: string, matcher: Matcher): boolean =>
  typeof matcher === 'string' ? value === matcher : value.startsWith(matcher.prefix)

const isList = (wanted: EventPattern[string]): wanted is readonly Matcher[] => Array.isArray(wanted)

export const createEventBridge = (
  fleet: Fleet,
  rules: Readonly<Record<string, EventPattern>>,
  deliver: (event: EcsEvent) => void,
): EventKnobs => {
  const knobs: EventKnobs = { deliversTwice: false, latencyMs: LATENCY_MS }
  fleet.onEvent(event => {
    const fitting = Object.values(rules).filter(pattern => fits(event, pattern)).length
    const times = knobs.deliversTwice ? fitting * 2 : fitting
    for (let n = 0; n < times; n += 1) fleet.clock.after(knobs.latencyMs, () => deliver(event))
  })
  return knobs
}
