// Resolves the time span of a request: the last minutes, around a time, or until a task stopped.

import { printDuration } from '../../kit/language/kinds/duration.ts'
import { type Refusal, refuse } from '../../model/errors.ts'
import { createOffsets, type Moment, minutesSince, resolveMoment } from '../../model/time.ts'
import type { LogTask } from './log-types.ts'

/** A time span. Times are epoch milliseconds. */
export type Span = {
  readonly from: number
  /** The end of the span, inclusive; absent if it is the current time. */
  readonly to?: number
  /** For `--around`: the lines nearest to this time are shown. */
  readonly around?: number
  /** The span in words, such as `the last 15m`. */
  readonly words: string
}

export type SpanAsked = { readonly since?: number | Moment; readonly around?: Moment; readonly previous?: true }

const USUAL_MINUTES = 15
const AROUND_MINUTES = 5
const MINUTE_MS = 60_000
/**
 * How long after a container's stop its lines are still read, because the last lines may have a later time than the
 * stop.
 */
const AFTERWARDS_MS = MINUTE_MS

/** The span that a request asks for. `last`: the task that stopped last, for `--previous`. */
export const spanOf = (asked: SpanAsked, zone: string, now: number, last?: LogTask): Span | Refusal => {
  const { since, around, previous } = asked
  if (around !== undefined && (since !== undefined || previous))
    return refuse('`--around` already sets the time.', 'Leave out `--since` and `--previous`.')
  if (around !== undefined) return aroundSpan(around, zone, now)
  const stopped = last?.stoppedAt === undefined ? undefined : Date.parse(last.stoppedAt)
  if (stopped !== undefined && last !== undefined) return stoppedSpan(since, zone, stopped, last)
  const exact = minutesSince(since ?? USUAL_MINUTES, zone, now)
  const problem = outside(since, exact)
  if (problem !== undefined) return problem
  const minutes = roundMinutes(since, exact)
  const from = now - exact * MINUTE_MS
  return {
    from,
    words: `the ${typeof since === 'string' ? '' : 'last '}${printDuration(minutes)}${typeof since === 'string' ? ` since ${timeOf(from, zone, now)}` : ''}`,
  }
}

/** The span before a task stopped. */
const stoppedSpan = (since: SpanAsked['since'], zone: string, stopped: number, { id }: LogTask): Span | Refusal => {
  const exact = minutesSince(since ?? USUAL_MINUTES, zone, stopped)
  const problem = outside(since, exact, 'after the task stopped')
  if (problem !== undefined) return problem
  return {
    from: stopped - exact * MINUTE_MS,
    to: stopped + AFTERWARDS_MS,
    words: `the ${printDuration(roundMinutes(since, exact))} until task ${id.slice(0, 8)} stopped at ${timeOf(stopped, zone)}`,
  }
}

/** Rounds to whole minutes, at least one, if a moment was requested. A requested duration is returned unchanged. */
const roundMinutes = (since: SpanAsked['since'], exact: number): number =>
  typeof since === 'string' ? Math.max(1, Math.round(exact)) : exact

const MOST_MINUTES = 30 * 1_440

const outside = (since: SpanAsked['since'], exact: number, when = 'in the future'): Refusal | undefined => {
  if (exact < 0) return refuse(`\`${since}\` is ${when}.`, 'Times are in your Slack time zone.')
  if (exact <= MOST_MINUTES) return undefined
  return refuse(
    `\`${since}\` is too long ago: \`--since\` is at most 30 days.`,
    'Use `--around <time>` to see an earlier time.',
  )
}

const aroundSpan = (moment: Moment, zone: string, now: number): Span | Refusal => {
  const at = resolveMoment(moment, zone, now)
  if (at > now) return refuse(`\`${moment}\` is in the future.`, 'Times are in your Slack time zone.')
  return {
    from: at - AROUND_MINUTES * MINUTE_MS,
    to: at + AROUND_MINUTES * MINUTE_MS,
    around: at,
    words: `the ${AROUND_MINUTES} minutes before and after ${timeOf(at, zone, now)}`,
  }
}

/** The time `14:05:00`, preceded by the date if it is not the date of `now`. */
const timeOf = (at: number, zone: string, now = at): string => {
  const offset = createOffsets(zone)
  const [then, today] = [at, now].map(time => new Date(time + offset(time)).toISOString())
  const day = then?.slice(0, 10) === today?.slice(0, 10) ? '' : `${then?.slice(0, 10)} `
  return `${day}${then?.slice(11, 19)}`
}
