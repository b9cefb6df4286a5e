// A service's events as people want them: without the routine, and what repeats said once, with how often.
import type { ServiceEvent } from '../../model/ecs.ts'

export type CollapsedEvent = ServiceEvent & { readonly times: number; readonly since: string }

/** They come with every start and stop, and say nothing that the counts do not. Source: ECS developer guide, service event messages. */
const ROUTINE = /\bregistered \d+ targets? in|deregistered \d+ targets? in|has begun draining connections/
const STEADY = /has reached a steady state/

/** ECS repeats it every few hours: only the newest of all events says anything by it. */
const meaningful = (events: readonly ServiceEvent[]): readonly ServiceEvent[] =>
  events.filter(({ message }) => !ROUTINE.test(message)).filter(({ message }, at) => at === 0 || !STEADY.test(message))

/** Newest first, in and out. Two are the same when they differ in nothing but ids and numbers. */
export const collapse = (events: readonly ServiceEvent[]): readonly CollapsedEvent[] => {
  const found = new Map<string, CollapsedEvent>()
  for (const { at, message } of meaningful(events)) {
    const text = withoutPrefix(message)
    const key = keyOf(text)
    const known = found.get(key)
    found.set(
      key,
      known === undefined
        ? { at, message: text, times: 1, since: at }
        : { ...known, times: known.times + 1, since: at },
    )
  }
  return [...found.values()]
}

/** `(service orders-api) has started…`: which service it is stands above. */
const withoutPrefix = (message: string): string => message.replace(/^\(service [^)]+\) ?/, '')

const keyOf = (text: string): string =>
  text
    .replace(/\(task [0-9a-f-]+\)/g, '(task)')
    .replace(/(\(task\)[ ,.]*)+/g, '(tasks)')
    .replace(/[0-9a-f]{8}[0-9a-f-]{8,}/g, 'id')
    .replace(/\d+/g, '0')
