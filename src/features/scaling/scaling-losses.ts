// Pure: what users lose by a new count, new bounds or a suspension, one line each, and what runs later by itself.

import { shortenedLine } from '../../engine/cards/card-line.ts'
import type { Line } from '../../engine/change/plan.ts'
import { CALLERS_UNREAD } from '../../engine/change/risk.ts'
import { timeMark } from '../../kit/messages/markup.ts'
import { shortName, wholeName } from '../../kit/messages/text.ts'
import type { Autoscaling, Bounds, ScheduledBounds, Suspensions } from '../../model/ecs.ts'
import { boundsText, tasks } from '../../model/scaling-words.ts'
import { callersText } from '../status/callers.ts'
import { schedulesBefore } from './autoscaling.ts'
import type { Scaling } from './load-scaling.ts'

/** The tasks that start or stop; empty if none does. `when`: such as ` at once`. */
export const countLosses = (from: number, to: number, when = ''): readonly string[] => {
  if (to === from) return []
  if (to === 0) return [`${from === 1 ? 'The only task stops' : `All ${from} tasks stop`}${when}; nothing answers`]
  if (to < from)
    return [
      `${from - to} of ${from} tasks ${from - to === 1 ? 'stops' : 'stop'}${when}: ${percent((from - to) / from)} less capacity`,
    ]
  const start = `${tasks(to - from)} ${to - from === 1 ? 'starts' : 'start'}${when}`
  if (from === 0) return [`${start}; the count is 0 now`]
  return [to < 2 * from ? `${start}: ${percent((to - from) / from)} more capacity` : `${start}: ${times(to / from)}`]
}

/** The services that call this one, if tasks stop. `to`: the lowest count. */
export const callerLosses = ({ service, callers }: Scaling, to: number): readonly string[] => {
  if (to >= service.desired) return []
  if (callers === undefined) return [CALLERS_UNREAD]
  return callers.length === 0 ? [] : [callersText(callers)]
}

export const NO_TASK_MOVES = 'No task starts or stops now'

const percent = (share: number): string =>
  share < 0.01 ? 'under 1 %' : share > 0.99 ? 'over 99 %' : `${Math.round(share * 100)} %`

const times = (factor: number): string => `${Number(factor.toFixed(1))} times the capacity`

/** What new bounds allow and forbid. */
export const boundsLosses = (before: Bounds, after: Bounds): readonly string[] => {
  const higherMinimum = after.min > before.min ? [`At least ${tasks(after.min)} run, ${before.min} before`] : []
  if (after.min === after.max)
    return [`Exactly ${after.max}, ${boundsText(before)} before: autoscaling cannot add more`]
  return [
    ...(after.max < before.max ? [`Cannot scale out above ${tasks(after.max)}, ${before.max} before`] : []),
    ...(after.min < before.min
      ? [`May scale in to ${tasks(after.min)}, ${before.min} before${after.min === 0 ? '; then nothing answers' : ''}`]
      : []),
    ...(after.max > before.max ? [`May scale out to ${tasks(after.max)}, ${before.max} before`] : []),
    ...higherMinimum,
  ]
}

export const suspensionLosses = ({ in: isIn, out, scheduled }: Suspensions): readonly string[] => [
  ...(out ? ['No scale-out when load grows'] : []),
  ...(isIn ? ['No scale-in when load falls'] : []),
  ...(scheduled ? ['Scheduled actions do not run'] : []),
]

/** The bounds that a scheduled action sets, in few characters: `4..10`, or `max 6`. */
export const setText = ({ min, max }: ScheduledBounds): string =>
  min === undefined ? `max ${max}` : max === undefined ? `min ${min}` : boundsText({ min, max })

const SCHEDULE_NAME = 20

/** The first scheduled action that is due before `until` (ISO 8601), in one line: `night` sets maximum 6. */
export const scheduleDue = (
  autoscaling: Pick<Autoscaling, 'schedules' | 'suspended'> | undefined,
  now: string,
  until: string,
): readonly Line[] => {
  const [first, ...others] = autoscaling === undefined ? [] : schedulesBefore(autoscaling, now, until)
  if (first === undefined) return []
  const { name } = first.schedule
  const more = others.length === 0 ? '' : `, and ${others.length} more`
  const line = (shown: string) => `\`${shown}\` sets ${setText(first.schedule)} at ${timeMark(first.at)}${more}`
  return [shortenedLine(line(wholeName(name)), line(shortName(name, SCHEDULE_NAME)))]
}
