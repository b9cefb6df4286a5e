// What the runs of a new schedule change: the bounds before and after each, by the other scheduled actions and its end.

import { type LaterStep, riskOfLaterStep } from '../../engine/change/risk.ts'
import type { Autoscaling, Bounds, ScheduledBounds } from '../../model/ecs.ts'
import { boundsText, inBounds } from '../../model/scaling-words.ts'
import { lastFiring, nextFiring } from './schedule-expression.ts'
import type { Schedules } from './schedule-words.ts'

/** The runs that are looked at: a week of a daily schedule. Each is compared with up to 200 other actions. */
const MOST_RUNS = 7

/** `isLater`: the step ends what the schedule sets. */
export type Step = LaterStep & { readonly isLater: boolean }

/** `today`: the bounds without temporary changes. `desired`: the count now. */
type Circumstances = Pick<LaterStep, 'callers'> & {
  readonly autoscaling: Autoscaling
  readonly now: string
  readonly desired: number
  readonly today: Bounds
}

/** A scheduled action may set one of the two bounds. */
export const boundsSetBy = ({ min, max }: ScheduledBounds, today: Bounds): Bounds => ({
  min: min ?? today.min,
  max: max ?? today.max,
})

/** The steps at the runs of a schedule, each once. */
export const stepsOf = ({ start, end }: Schedules, circumstances: Circumstances): readonly Step[] => {
  const { autoscaling, now, desired, today, callers } = circumstances
  const others = autoscaling.schedules.filter(({ name }) => name !== start.name && name !== end?.name)
  const after = boundsSetBy(start, today)
  const countsIn = (bounds: Bounds): readonly number[] =>
    boundsText(bounds) === boundsText(today) ? [desired] : [bounds.min, bounds.max]
  const between = (before: Bounds, to: Bounds, isLater: boolean): readonly Step[] => [
    { before, after: to, counts: countsIn(before), callers, isLater },
  ]
  const current = (to: Bounds): readonly Step[] =>
    [today, autoscaling].map(before => ({ before, after: to, counts: [desired], callers, isLater: false }))
  const all = end === undefined ? others : [...others, end]
  const steps = runsOf(start, now).flatMap(at => {
    const found = lastBefore(at, all, now)
    const next = firstAfter(at, all)
    const ends = end === undefined || next === end ? undefined : nextFiring(end, at)
    const last = ends === undefined ? undefined : lastBefore(ends, others, at)
    return [
      ...(found === undefined ? current(after) : between(boundsSetBy(found, today), after, false)),
      ...(next === undefined ? [] : between(after, boundsSetBy(next, today), true)),
      ...(last === undefined ? [] : between(boundsSetBy(last, today), today, true)),
    ]
  })
  return [...new Map(steps.map(step => [JSON.stringify(step), step])).values()]
}

/** The next runs, ISO 8601. */
export const runsOf = (schedule: ScheduledBounds, now: string): readonly string[] => {
  const runs: string[] = []
  while (runs.length < MOST_RUNS) {
    const next = nextFiring(schedule, runs.at(-1) ?? now)
    if (next === undefined) break
    runs.push(next)
  }
  return runs
}

/** The action that runs last between `now` and `at`. */
export const lastBefore = (
  at: string,
  schedules: readonly ScheduledBounds[],
  now: string,
): ScheduledBounds | undefined =>
  schedules
    .flatMap(schedule => {
      const ran = lastFiring(schedule, now, at)
      return ran === undefined ? [] : [{ schedule, ran }]
    })
    .toSorted((a, b) => (a.ran < b.ran ? 1 : -1))[0]?.schedule

/** An action at the same minute may run after it. */
const firstAfter = (at: string, schedules: readonly ScheduledBounds[]): ScheduledBounds | undefined => {
  const from = new Date(Date.parse(at) - 1).toISOString()
  return schedules
    .flatMap(schedule => {
      const runs = nextFiring(schedule, from)
      return runs === undefined ? [] : [{ schedule, runs }]
    })
    .toSorted((a, b) => (a.runs < b.runs ? -1 : 1))[0]?.schedule
}

/** The most tasks that a step starts or stops. */
export const movedBy = ({ counts, after }: Step): number =>
  Math.max(0, ...counts.map(count => Math.abs(inBounds(count, after) - count)))

/** Of tasks: `up to 30 of 40 stop`; empty if the step moves no count. */
export const movedText = (steps: readonly Step[]): string => {
  const moves = steps.flatMap(({ counts, after }) => counts.map(from => ({ from, to: inBounds(from, after) })))
  const stop = moves.toSorted((a, b) => b.from - b.to - (a.from - a.to))[0]
  const start = moves.toSorted((a, b) => b.to - b.from - (a.to - a.from))[0]
  return [
    ...(stop === undefined || stop.to >= stop.from ? [] : [`up to ${stop.from - stop.to} of ${stop.from} stop`]),
    ...(start === undefined || start.to <= start.from ? [] : [`up to ${start.to - start.from} start`]),
  ].join(', ')
}

/** The risk of a step; the reasons name a later step. */
export const riskOfStep = (step: Step) => {
  const { level, reasons } = riskOfLaterStep(step)
  return { level, reasons: step.isLater ? reasons.map(reason => `Later: ${reason}`) : reasons }
}
