// Pure: drops a service's routine events and merges repeats into one with a count.
import type { ServiceEvent } from '../../model/ecs.ts'

export type CollapsedEvent = ServiceEvent & { readonly times: number; readonly since: string }

/**
 * Matches events that report every start and stop, which task counts already show. Source: ECS developer guide, service
 * event messages.
 */
const ROUTINE = /\bregistered \d+ targets? in|deregistered \d+ targets? in|has begun draining connections/
const STEADY = /has reached a steady state/

/** Removes routine events. ECS repeats "steady state" every few hours, so it is kept only as the newest event. */
const notable = (events: readonly ServiceEvent[]): readonly ServiceEvent[] =>
  events.filter(({ message }) => !ROUTINE.test(message)).filter(({ message }, at) => at === 0 || !STEADY.test(message))

/** Merges events that differ only in the tasks, deployments and instances that they name. Newest first, also the result. */
export const collapse = (events: readonly ServiceEvent[]): readonly CollapsedEvent[] => {
  const found = new Map<string, CollapsedEvent>()
  for (const { at, message } of notable(events)) {
    const text = withSubject(message)
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

/** `(service orders-api) has started…` becomes `orders-api has started…`: each line has a subject. */
const withSubject = (message: string): string => message.replace(/^\(service ([^),]+)[^)]*\)/, '$1')

/**
 * The text of an event without the ids, addresses and times that differ between repeats. Status codes, ports, target
 * groups and roles are kept, because events that differ in them have different causes.
 */
const keyOf = (text: string): string =>
  text
    .replace(/\(task [0-9a-f-]+\)/g, '(task)')
    .replace(/(\(task\)[ ,.]*)+/g, '(tasks)')
    .replace(/\b(?:started|stopped) \d+ (?:running |pending )?tasks?/g, 'count tasks')
    .replace(/\becs-svc\/\d+/g, 'deployment')
    .replace(/\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/g, 'id')
    .replace(/(?<!targetgroup\/[\w-]{1,32}\/)\b[0-9a-f]{32}\b/g, 'id')
    .replace(/\b(?:i|eni|eni-attach)-[0-9a-f]{8,17}\b/g, 'instance')
    .replace(/\b(?:\d{1,3}\.){3}\d{1,3}\b/g, 'address')
    .replace(/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z| UTC|[+-]\d\d:?\d\d)?/g, 'time')
