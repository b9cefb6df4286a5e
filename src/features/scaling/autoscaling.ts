// Pure: describes in words how autoscaling treats a count, bounds and suspensions. Sources: Application Auto Scaling
// API reference, RegisterScalableTarget; ECS developer guide, service auto scaling.

import { timeMark } from '../../kit/messages/markup.ts'
import { plainName } from '../../kit/messages/text.ts'
import type { Autoscaling, ScalingPolicy, ScheduledBounds, Suspensions } from '../../model/ecs.ts'
import { boundsText, suspendedNames } from '../../model/scaling-words.ts'
import { nextFiring } from './schedule-expression.ts'

export const mayScaleIn = ({ policies, suspended }: Autoscaling): boolean =>
  !suspended.in && policies.some(({ scalesIn }) => scalesIn)

export const mayScaleOut = ({ policies, suspended }: Autoscaling): boolean =>
  !suspended.out && policies.some(({ scalesOut }) => scalesOut)

/** Whether a scaling policy may change the count now. */
export const isActive = (autoscaling: Autoscaling): boolean => mayScaleIn(autoscaling) || mayScaleOut(autoscaling)

/** The ways in which no policy scales any more after a change of the policies, suspended or not. */
export const endedBy = (before: readonly ScalingPolicy[], after: readonly ScalingPolicy[]): Suspensions => ({
  in: before.some(({ scalesIn }) => scalesIn) && !after.some(({ scalesIn }) => scalesIn),
  out: before.some(({ scalesOut }) => scalesOut) && !after.some(({ scalesOut }) => scalesOut),
  scheduled: false,
})

/** How autoscaling treats a new desired count, one sentence each. */
export const autoscalingText = (count: number, autoscaling: Autoscaling): readonly string[] => {
  const { min, max, policies } = autoscaling
  if (policies.length === 0) return [`Autoscaling bounds are ${boundsText(autoscaling)}, without a policy.`]
  return [
    ...suspensionText(autoscaling.suspended),
    count > max
      ? overMaximum(max, autoscaling)
      : count < min
        ? underMinimum(min, autoscaling)
        : withinBounds(autoscaling),
    ...prediction(count, autoscaling),
  ]
}

const overMaximum = (max: number, autoscaling: Autoscaling): string =>
  mayScaleIn(autoscaling)
    ? `Autoscaling’s maximum is ${max}: the next scale-in alarm reduces the count to ${max}.`
    : `Autoscaling’s maximum is ${max}, but scale-in is not active now, so the count stays above it.`

const underMinimum = (min: number, autoscaling: Autoscaling): string =>
  mayScaleOut(autoscaling)
    ? `Autoscaling’s minimum is ${min}: the next scale-out alarm first raises the count to ${min}.`
    : `Autoscaling’s minimum is ${min}, but scale-out is not active now, so the count stays below it.`

const withinBounds = (autoscaling: Autoscaling): string =>
  isActive(autoscaling)
    ? `Autoscaling within ${boundsText(autoscaling)} ${policiesText(autoscaling)}: its next alarm may change the count.`
    : `Autoscaling within ${boundsText(autoscaling)} is not active now.`

/** The maximum number of lines on a card. A scalable target may have 50 policies and 200 scheduled actions. */
const MOST_LINES = 5

export const firstLines = (lines: readonly string[], more = 'more'): readonly string[] =>
  lines.length <= MOST_LINES ? lines : [...lines.slice(0, MOST_LINES), `and ${lines.length - MOST_LINES} ${more}`]

export const policiesText = ({ policies }: Autoscaling): string =>
  firstLines(policies.map(({ says }) => says)).join('; ')

const prediction = (count: number, { predicted, policies, suspended, max }: Autoscaling): readonly string[] =>
  predicted !== undefined &&
  predicted > count &&
  !suspended.out &&
  policies.some(({ kind, scalesOut }) => kind === 'predictive' && scalesOut)
    ? [
        `Predictive scaling raises the count to its forecast of ${predicted} tasks${predicted > max ? `, limited by the maximum of ${max}` : ''}.`,
      ]
    : []

const suspensionText = (suspended: Suspensions): readonly string[] =>
  suspendedNames(suspended) === '' ? [] : [`Suspended now: ${suspendedNames(suspended)}.`]

/**
 * The scheduled actions due before `until` (ISO 8601), earliest first. Each sets bounds and moves the count into them.
 */
export const schedulesBefore = (
  { schedules, suspended }: Pick<Autoscaling, 'schedules' | 'suspended'>,
  now: string,
  until: string,
): readonly { readonly at: string; readonly schedule: ScheduledBounds }[] =>
  suspended.scheduled
    ? []
    : schedules
        .flatMap(schedule => {
          const at = nextFiring(schedule, now)
          return at === undefined || at > until ? [] : [{ at, schedule }]
        })
        .toSorted((a, b) => (a.at < b.at ? -1 : 1))

export const scheduleText = ({ at, schedule }: { at: string; schedule: ScheduledBounds }): string =>
  `The scheduled action \`${plainName(schedule.name, 80)}\` sets ${scheduledText(schedule)} at ${timeMark(at)}.`

/** The bounds that a scheduled action sets; it may set one of the two. */
export const scheduledText = ({ min, max }: ScheduledBounds): string =>
  [...(min === undefined ? [] : [`minimum ${min}`]), ...(max === undefined ? [] : [`maximum ${max}`])].join(' and ')
