// Pure: what autoscaling will make of a count, of bounds and of a suspension, in plain words. Source of the rules:
// Application Auto Scaling API reference, RegisterScalableTarget; ECS developer guide, service auto scaling.

import type { Autoscaling, ScheduledBounds, Suspensions } from '../../model/ecs.ts'
import { boundsText, suspendedNames, timeText } from '../../model/scaling-words.ts'
import { nextFiring } from './schedule-expression.ts'

export const mayScaleIn = ({ policies, suspended }: Autoscaling): boolean =>
  !suspended.in && policies.some(({ scalesIn }) => scalesIn)

export const mayScaleOut = ({ policies, suspended }: Autoscaling): boolean =>
  !suspended.out && policies.some(({ scalesOut }) => scalesOut)

/** Whether anything but people changes the count at all. */
export const isActive = (autoscaling: Autoscaling): boolean => mayScaleIn(autoscaling) || mayScaleOut(autoscaling)

/** What becomes of a count that is set while this target is there, a sentence each. */
export const fateOf = (count: number, autoscaling: Autoscaling): readonly string[] => {
  const { min, max, policies } = autoscaling
  if (policies.length === 0)
    return [`Its autoscaling has bounds of ${boundsText(autoscaling)}, and no policy that acts.`]
  return [
    ...suspensionWords(autoscaling.suspended),
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
    ? `Autoscaling’s maximum is ${max}: this is accepted now, and the next scale-in alarm takes it to ${max}.`
    : `Autoscaling’s maximum is ${max}, but nothing scales in at the moment, so it stays above.`

const underMinimum = (min: number, autoscaling: Autoscaling): string =>
  mayScaleOut(autoscaling)
    ? `Autoscaling’s minimum is ${min}: this is accepted now, and the next scale-out alarm lifts it to ${min} first.`
    : `Autoscaling’s minimum is ${min}, but nothing scales out at the moment, so it stays below.`

const withinBounds = (autoscaling: Autoscaling): string =>
  isActive(autoscaling)
    ? `Autoscaling within ${boundsText(autoscaling)} ${policiesText(autoscaling)}: its next alarm may change the count again.`
    : `Autoscaling within ${boundsText(autoscaling)} does not act at the moment.`

/** A target may have 50 policies and 200 scheduled actions: what a card has room for. */
const MOST_SAID = 5

export const fewOf = (lines: readonly string[], more = 'more'): readonly string[] =>
  lines.length <= MOST_SAID ? lines : [...lines.slice(0, MOST_SAID), `and ${lines.length - MOST_SAID} ${more}`]

export const policiesText = ({ policies }: Autoscaling): string => fewOf(policies.map(({ says }) => says)).join('; ')

const prediction = (count: number, { predicted, policies, suspended, max }: Autoscaling): readonly string[] =>
  predicted !== undefined &&
  predicted > count &&
  !suspended.out &&
  policies.some(({ kind, scalesOut }) => kind === 'predictive' && scalesOut)
    ? [
        `The forecast is ${predicted} tasks: predictive scaling raises the count to that${predicted > max ? `, as far as its maximum of ${max} lets it` : ''}.`,
      ]
    : []

export const suspensionWords = (suspended: Suspensions): readonly string[] =>
  suspendedNames(suspended) === '' ? [] : [`Suspended at the moment: ${suspendedNames(suspended)}.`]

/** Scheduled actions that are due before `until`: they move the bounds, and pull the count into them. */
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

export const scheduleWords = ({ at, schedule }: { at: string; schedule: ScheduledBounds }): string => {
  const { name, min, max } = schedule
  const bounds = [...(min === undefined ? [] : [`minimum ${min}`]), ...(max === undefined ? [] : [`maximum ${max}`])]
  return `The scheduled action \`${name.replace(/[*`\n]/g, '').slice(0, 80)}\` sets ${bounds.join(' and ')} at ${timeText(at)}.`
}
