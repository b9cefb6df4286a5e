// /ecs autoscale schedule: scheduled actions that set autoscaling's bounds at a time, and set them back at another one.

import { cardLine } from '../../engine/cards/card-line.ts'
import type { NewPlan } from '../../engine/change/plan.ts'
import { capacityRisk, riskOfBounds, worse } from '../../engine/change/risk.ts'
import { isLeased } from '../../engine/leases/compose.ts'
import { scheduledText } from '../../features/scaling/autoscaling.ts'
import { clockChanges, nextFirings } from '../../features/scaling/clock-changes.ts'
import { amountsOf, loadScaling, type Scaling } from '../../features/scaling/load-scaling.ts'
import { overlapsOf } from '../../features/scaling/overlaps.ts'
import { putSchedule } from '../../features/scaling/scaling-calls.ts'
import { boundsLosses, callerLosses, countLosses } from '../../features/scaling/scaling-losses.ts'
import { isExpression, type Schedules, schedulesOf } from '../../features/scaling/schedule-words.ts'
import { type When, when } from '../../kit/language/kinds/scaling.ts'
import { fullName } from '../../kit/language/target.ts'
import { printWord } from '../../kit/language/tokenise.ts'
import { timeMark } from '../../kit/messages/markup.ts'
import { codeText, shortName } from '../../kit/messages/text.ts'
import type { Autoscaling, Bounds, ScheduledBounds } from '../../model/ecs.ts'
import { isRefusal, type Refusal, refuse } from '../../model/errors.ts'
import { boundsText, inBounds } from '../../model/scaling-words.ts'
import type { Moment } from '../../model/time.ts'
import { mutation } from '../command.ts'
import { boundsWithoutLeases, stepOf } from '../lease/weight.ts'
import { autoscalingOf, digestOf, planOf } from './plan.ts'
import { SCALING_READS } from './reads.ts'
import { settledSchedules } from './settled.ts'

type Values = {
  readonly when: When
  readonly bounds: Bounds
  readonly until?: Moment | undefined
  readonly zone?: string | undefined
}

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
    return refusalOf(made, autoscaling, state.now) ?? planSchedule(state, autoscaling, { values, made, today })
  },
  settled: settledSchedules,
})

const actionsOf = ({ start, end }: Schedules): readonly ScheduledBounds[] =>
  end === undefined ? [start] : [start, end]

const refusalOf = (made: Schedules, { schedules }: Autoscaling, now: string): Refusal | undefined => {
  const { start } = made
  if (!isExpression(start.expression))
    return refuse(
      `AWS does not accept ${codeText(start.expression, 80)}.`,
      'A `cron(…)` has six fields, one of the two for days is `?`; a `rate(…)` is such as `rate(2 hours)`.',
    )
  for (const { expression, timezone } of actionsOf(made)) {
    const one = { name: '', expression, timezone }
    if (nextFirings(one, now, 1).length > 0) continue
    const [change] = clockChanges(one, now)
    return change?.skipped === true
      ? refuse(`${change.at} does not exist in ${timezone}: the clocks change then.`, 'Choose another time.')
      : refuse('That time never comes: it is in the past, or no such day exists.', 'Choose a later time.')
  }
  return actionsOf(made).every(wanted => schedules.some(found => isSame(found, wanted)))
    ? refuse(`\`${start.name}\` is already scheduled so.`, 'Nothing to change.')
    : undefined
}

const isSame = (found: ScheduledBounds, wanted: ScheduledBounds): boolean =>
  found.name === wanted.name &&
  found.expression === wanted.expression &&
  found.timezone === wanted.timezone &&
  found.min === wanted.min &&
  found.max === wanted.max &&
  found.starts === undefined &&
  found.ends === undefined

/** The next times that a card shows. */
const MOST_TIMES = 3

type Planned = { readonly values: Values; readonly made: Schedules; readonly today: Bounds }

const planSchedule = (state: Scaling, autoscaling: Autoscaling, { values, made, today }: Planned): NewPlan => {
  const { service, callers, now } = state
  const { ref, desired } = service
  const { start, end } = made
  const after = values.bounds
  const moved = inBounds(desired, after)
  const earlier = autoscaling.schedules.find(({ name }) => name === start.name)
  return planOf(state, {
    command: 'autoscale schedule',
    also: ['autoscale bounds'],
    invocation: lineOf(ref, values, after),
    title: `Schedule ${boundsText(after)} of *${ref.service}*: ${wordsOf(values)}`,
    changes: actionsOf(made).map(one => changeOf(one, autoscaling)),
    risk: worse(riskOfBounds(today, after), capacityRisk({ from: desired, to: moved, callers })),
    size: Math.max(Math.abs(moved - desired), stepOf(today, after)),
    tasks: after.max,
    amounts: { tasks: { from: desired, to: moved }, ...amountsOf(today, after) },
    losses: [
      ...(values.when.kind === 'raw' ? [`Runs by ${codeText(start.expression, 60)}`] : []),
      ...countLosses(desired, moved, ' when it runs'),
      ...callerLosses(state, moved),
      ...boundsLosses(today, after),
    ].map(cardLine),
    warnings: warningsOf(made, autoscaling, state),
    undo: 'unschedule it; bounds that it set by then stay',
    included: [
      `${boundsText(after)} at ${timesOf(start, now)}`,
      ...(end === undefined ? [] : [`back to ${boundsText(today)} at ${timesOf(end, now, 1)}`]),
    ],
    consequences: [
      'A schedule sets bounds only when it runs: what changes them in between stays until the next run.',
      ...(end === undefined
        ? ['Nothing sets the bounds back.']
        : [`At the end, a count outside of ${boundsText(today)} moves into it at once.`]),
      ...(service.isExpress
        ? ['Express service: ECS has bounds of its own, which a later change of the service sets again.']
        : []),
      ...actionsOf(made).map(
        ({ name, expression, timezone }) => `${codeText(name)} is ${codeText(expression)} in ${timezone}.`,
      ),
    ],
    ...(earlier === undefined && { takeBack: `autoscale unschedule ${fullName(ref)} ${printWord(start.name)}` }),
    compared: { schedules: digestOf(autoscaling.schedules) },
    calls: actionsOf(made).map(one => putSchedule(ref, autoscaling.arn, one)),
  })
}

const lineOf = (ref: Scaling['service']['ref'], { when: at, until, zone }: Values, after: Bounds): string =>
  [
    `autoscale schedule ${fullName(ref)} ${printWord(when.print(at))} ${boundsText(after)}`,
    ...(until === undefined ? [] : [`--until ${printWord(until)}`]),
    ...(zone === undefined ? [] : [`--zone ${printWord(zone)}`]),
  ].join(' ')

/** When, without the markup characters of a cron expression. */
const wordsOf = ({ when: at, until, zone = 'UTC' }: Values): string => {
  if (at.kind === 'raw') return `by its ${/^\w+/.exec(at.expression)?.[0]} expression, ${zone}`
  return `${when.print(at)}${until === undefined ? '' : ` to ${until.replace('T', ' ')}`} ${zone}`
}

const changeOf = (wanted: ScheduledBounds, { schedules }: Autoscaling) => {
  const found = schedules.find(({ name }) => name === wanted.name)
  return {
    what: `Scheduled action ${wanted.name}`,
    from: found === undefined ? 'none' : scheduledText(found),
    to: scheduledText(wanted),
  }
}

const timesOf = (one: ScheduledBounds, now: string, most = MOST_TIMES): string =>
  nextFirings(one, now, most).map(timeMark).join(', ')

const MOST_NAMED = 2

const warningsOf = (made: Schedules, autoscaling: Autoscaling, { book, now }: Scaling): readonly string[] => {
  const overlaps = overlapsOf(made, autoscaling.schedules, now)
  const more = overlaps.length - MOST_NAMED
  const changes = actionsOf(made).flatMap(one => clockChanges(one, now))
  return [
    ...(autoscaling.suspended.scheduled ? ['Scheduled scaling is suspended: it does not run before a resume.'] : []),
    ...(isLeased(book, 'floor') ? ['A temporary minimum is active: a run before its end replaces it.'] : []),
    ...overlaps
      .slice(0, MOST_NAMED)
      .map(
        overlap =>
          `\`${shortName(overlap.schedule.name)}\` sets ${scheduledText(overlap.schedule)} at ${timeMark(overlap.at)}: the last to run wins.`,
      ),
    ...(more > 0 ? [`${more} more scheduled ${more === 1 ? 'action overlaps' : 'actions overlap'}.`] : []),
    ...changes.map(({ at, skipped }) =>
      skipped ? `The clocks skip ${at}: it does not run then.` : `The clocks show ${at} twice: it may run twice.`,
    ),
  ]
}
