// /ecs autoscale schedule: scheduled actions that set autoscaling's bounds at a time, and set them back at another one.

import type { NewPlan, Plan } from '../../engine/change/plan.ts'
import { clockChanges, nextFirings } from '../../features/scaling/clock-changes.ts'
import { amountsOf, loadScaling, type Scaling } from '../../features/scaling/load-scaling.ts'
import { putSchedule } from '../../features/scaling/scaling-calls.ts'
import { longestMinutes, takesRoom } from '../../features/scaling/schedule-room.ts'
import { movedBy, stepsOf } from '../../features/scaling/schedule-steps.ts'
import { isExpression, schedulesOf } from '../../features/scaling/schedule-words.ts'
import { codeText } from '../../kit/messages/text.ts'
import type { ScheduledBounds } from '../../model/ecs.ts'
import { isRefusal, type Refusal, refuse } from '../../model/errors.ts'
import { boundsText, inBounds } from '../../model/scaling-words.ts'
import { mutation } from '../command.ts'
import { boundsWithoutLeases, stepOf } from '../lease/weight.ts'
import { autoscalingOf, digestOf, endingIf, planOf } from './plan.ts'
import { SCALING_READS } from './reads.ts'
import { changeOf, consequencesOf, includedIn, lossesOf, warningsOf } from './schedule-card.ts'
import {
  actionsOf,
  isSame,
  lineOf,
  type Planned,
  replacedBy,
  riskOfSchedule,
  wayBack,
  wordsOf,
} from './schedule-values.ts'
import { settledSchedules } from './settled.ts'

export const schedule = mutation({
  name: 'autoscale schedule',
  summary: 'Set autoscaling’s bounds at certain times',
  args: { service: { kind: 'service' }, when: { kind: 'when' }, bounds: { kind: 'bounds' } },
  options: {
    until: { kind: 'moment', hint: 'when the bounds of today are set back' },
    zone: { kind: 'zone', hint: 'IANA time zone; UTC if left out' },
  },
  examples: ['autoscale schedule checkout "weekdays 08:45" 20..40 --until 17:30 --zone Europe/Madrid'],
  reads: SCALING_READS,
  writes: ['application-autoscaling:PutScheduledAction'],
  load: ({ service }, read, asker) => loadScaling(service, read, asker, { callers: true }),
  plan: (values, state: Scaling) => {
    const autoscaling = autoscalingOf(state)
    if (isRefusal(autoscaling)) return autoscaling
    const today = boundsWithoutLeases(state, autoscaling, values.bounds)
    const made = schedulesOf(values.when, values.bounds, { ...values, zone: values.zone ?? 'UTC', back: today })
    if (isRefusal(made)) return made
    const { now } = state
    const times = {
      start: nextFirings(made.start, now, MOST_TIMES),
      end: made.end === undefined ? [] : nextFirings(made.end, now, MOST_TIMES),
    }
    const planned = { state, autoscaling, values, made, today, times }
    return refusalOf(planned) ?? planSchedule(planned)
  },
  settled: settledSchedules,
})

/** The next runs that the dialog shows. */
const MOST_TIMES = 3

const refusalOf = ({ made, autoscaling, state: { now }, times }: Planned): Refusal | undefined => {
  const { start, end } = made
  if (!isExpression(start.expression))
    return refuse(
      `AWS does not accept ${codeText(start.expression, 80)}.`,
      'A `cron(…)` has six fields, one of the two for days is `?`; a `rate(…)` is such as `rate(2 hours)`.',
    )
  const never = times.start.length === 0 ? start : times.end.length === 0 ? end : undefined
  if (never !== undefined) {
    const [change] = clockChanges(never, now)
    return change?.skipped === true
      ? refuse(`${change.at} does not exist in ${never.timezone}: the clocks change then.`, 'Choose another time.')
      : refuse('That time never comes: it is in the past, or no such day exists.', 'Choose a later time.')
  }
  return actionsOf(made).every(wanted => autoscaling.schedules.some(found => isSame(found, wanted)))
    ? refuse(`\`${start.name}\` is already scheduled so.`, 'Nothing to change.')
    : undefined
}

/** Bounds that leave the policies no room: without an end a suspension without one, else no longer than a temporary change. */
const limitsOf = ({ autoscaling, made: { start, end }, today, state: { now } }: Planned) => {
  const others = autoscaling.schedules.filter(({ name }) => name !== start.name && name !== end?.name)
  const takes = (action: ScheduledBounds) => endingIf(takesRoom(action, { others, today, now }), autoscaling)
  const endless: Pick<Plan, 'also' | 'isPermanent' | 'totalMinutes'> = takes(end ?? start)
  if (end === undefined || endless.isPermanent === true || takes(start).isPermanent !== true) return endless
  return { totalMinutes: longestMinutes(start, end, now) }
}

const planSchedule = (planned: Planned): NewPlan => {
  const { state, autoscaling, values, made, today, times } = planned
  const { service, callers, now } = state
  const { ref, desired } = service
  const after = values.bounds
  const moved = inBounds(desired, after)
  const steps = stepsOf(made, { autoscaling, now, desired, today, callers })
  const replaced = replacedBy(made, autoscaling)
  const { also: ended = [], ...limits }: Pick<Plan, 'also' | 'isPermanent' | 'totalMinutes'> = limitsOf(planned)
  return planOf(state, {
    command: 'autoscale schedule',
    also: ['autoscale bounds', ...(steps.some(step => movedBy(step) > 0) ? ['scale'] : []), ...ended],
    ...limits,
    invocation: lineOf(ref, values, after),
    title: `Schedule ${boundsText(after)} of *${ref.service}*: ${wordsOf(values)}`,
    changes: actionsOf(made).map(one => changeOf(one, autoscaling)),
    risk: riskOfSchedule(planned, steps, replaced),
    size: Math.max(...steps.flatMap(step => [movedBy(step), stepOf(step.before, step.after)])),
    tasks: after.max,
    amounts: { tasks: { from: desired, to: moved }, ...amountsOf(today, after) },
    losses: lossesOf(planned, steps, replaced),
    warnings: warningsOf(planned),
    ...wayBack(planned, replaced),
    included: includedIn(planned, steps),
    consequences: consequencesOf(planned, replaced),
    runs: [...times.start.slice(0, 1), ...times.end.slice(0, 1)],
    compared: { schedules: digestOf(autoscaling.schedules) },
    calls: actionsOf(made).map(one => putSchedule(ref, autoscaling.arn, one)),
  })
}
