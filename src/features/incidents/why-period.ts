// Resolves the period of /ecs why: the last hours, or the time before a given moment.

import { durationWords } from '../../kit/language/kinds/duration.ts'
import { timeMark } from '../../kit/messages/markup.ts'
import { type Refusal, refuse } from '../../model/errors.ts'
import { type Moment, minutesSince, resolveMoment } from '../../model/time.ts'
import type { Period } from './reads.ts'

export type Asked = { readonly since?: number | Moment; readonly at?: Moment }

/**
 * The resolved period. `words`: the period in words, such as `in the last 3 h`. `isPast`: whether the period ends at a
 * given moment instead of now.
 */
export type Asking = {
  readonly period: Period
  readonly minutes: number
  readonly words: string
  readonly isPast: boolean
}

const USUAL_MINUTES = 180
const MINUTES_BEFORE = 60
const MOST_MINUTES = 14 * 1_440
/** The maximum age of a period: ECS and CloudTrail keep their history for 90 days. */
const MOST_DAYS = 90
const MINUTE_MS = 60_000

export const periodOf = ({ since, at }: Asked, zone: string, now: number): Asking | Refusal => {
  const end = at === undefined ? now : resolveMoment(at, zone, now)
  const exact = minutesSince(since ?? (at === undefined ? USUAL_MINUTES : MINUTES_BEFORE), zone, end)
  if (exact < 0)
    return refuse(`\`${since}\` is ${at === undefined ? 'in the future' : 'after `--at`'}.`, 'Write an earlier time.')
  const minutes = Math.max(1, Math.round(exact))
  if (minutes > MOST_MINUTES)
    return refuse(
      'That is too far back: `--since` is at most 14 days.',
      'Add `--at <time>` to look at an earlier time.',
    )
  if (at === undefined)
    return { ...asking(now, minutes), words: `in the last ${durationWords(minutes)}`, isPast: false }
  const moment = resolveMoment(at, zone, now)
  if (moment > now) return refuse(`\`${at}\` is in the future.`, 'Times are in your Slack time zone.')
  if (now - moment > MOST_DAYS * 1_440 * MINUTE_MS)
    return refuse(`\`${at}\` is too long ago: AWS keeps deployments and API calls for ${MOST_DAYS} days.`)
  // The period includes the whole minute: `10:09` includes what happened at 10:09:30.
  const until = Math.min(moment + MINUTE_MS, now)
  const words = `in the ${durationWords(minutes)} before ${timeMark(new Date(moment).toISOString())}`
  return { ...asking(until, minutes), words, isPast: true }
}

const asking = (until: number, minutes: number): Pick<Asking, 'period' | 'minutes'> => ({
  period: {
    from: new Date(until - minutes * MINUTE_MS).toISOString(),
    until: new Date(until).toISOString(),
  },
  minutes,
})
