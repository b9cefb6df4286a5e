// /ecs autoscale suspend: suspends scale-in, scale-out or scheduled scaling, as a temporary change or without an end.

import { cardLine, REVERTS_BY_ITSELF } from '../../engine/cards/card-line.ts'
import type { NewPlan } from '../../engine/change/plan.ts'
import { riskOfClamp, riskOfSuspension } from '../../engine/change/risk.ts'
import type { PlannedLease } from '../../engine/leases/book.ts'
import { baselineWith, isLeased, valueWith } from '../../engine/leases/compose.ts'
import type { Value } from '../../engine/leases/holding.ts'
import { loadScaling, originOf, type Scaling } from '../../features/scaling/load-scaling.ts'
import { setSuspensions } from '../../features/scaling/scaling-calls.ts'
import { callerLosses, countLosses, scheduleDue, suspensionLosses } from '../../features/scaling/scaling-losses.ts'
import type { Direction } from '../../kit/language/kinds/direction.ts'
import { printDuration } from '../../kit/language/kinds/duration.ts'
import { fullName } from '../../kit/language/target.ts'
import type { Autoscaling, Suspensions } from '../../model/ecs.ts'
import { isRefusal, type Refusal, refuse } from '../../model/errors.ts'
import { suspendedNames } from '../../model/scaling-words.ts'
import { mutation } from '../command.ts'
import { endOfSuspension } from '../lease/losses.ts'
import { endingByLoss } from '../lease/weight.ts'
import { minutesAfter, oneDayAfter } from '../scale/losses.ts'
import { autoscalingOf, clampOf, planOf } from './plan.ts'
import { SCALING_READS } from './reads.ts'
import { settledSuspensions } from './settled.ts'

type How = {
  readonly direction?: Direction | undefined
  readonly for?: number | undefined
  readonly permanent?: true | undefined
}

export const suspend = mutation({
  name: 'autoscale suspend',
  summary: 'Suspend autoscaling, as a temporary change: scale-in, scale-out, schedules, or in and out',
  args: { service: { kind: 'service' }, direction: { kind: 'direction', optional: true } },
  options: {
    for: { kind: 'duration', hint: 'how long' },
    permanent: { kind: 'flag', hint: 'without an end, where configuration allows it' },
  },
  examples: ['autoscale suspend checkout --for 2h', 'autoscale suspend checkout in --for 30m'],
  reads: SCALING_READS,
  writes: ['application-autoscaling:RegisterScalableTarget'],
  load: ({ service }, read, asker) => loadScaling(service, read, asker, { callers: true }),
  plan: (values, state: Scaling) => {
    const autoscaling = autoscalingOf(state)
    if (isRefusal(autoscaling)) return autoscaling
    return refusalOf(values, state) ?? planSuspend(state, autoscaling, values)
  },
  settled: settledSuspensions,
})

const refusalOf = ({ direction, for: minutes, permanent }: How, { service: { ref } }: Scaling): Refusal | undefined => {
  if (minutes !== undefined && permanent === true)
    return refuse('`--for` and `--permanent` exclude each other.', 'Use one of them.')
  if (minutes !== undefined || permanent === true) return undefined
  const line = `autoscale suspend ${fullName(ref)}${direction === undefined ? '' : ` ${direction}`}`
  return refuse('For how long?', `A suspension needs an end, for example \`/ecs ${line} --for 2h\`.`, [
    { label: 'For 30 Minutes', invocation: `${line} --for 30m` },
    { label: 'For 2 Hours', invocation: `${line} --for 2h` },
  ])
}

const planSuspend = (
  state: Scaling,
  autoscaling: Autoscaling,
  { direction, for: minutes, permanent }: How,
): NewPlan | Refusal => {
  const { service, book } = state
  const { ref, desired } = service
  const found = autoscaling.suspended
  const requested: Suspensions = {
    in: direction === undefined || direction === 'in',
    out: direction === undefined || direction === 'out',
    scheduled: direction === 'scheduled',
  }
  const holding = { kind: 'suspension', ...requested } as const
  const lease: PlannedLease | undefined =
    minutes === undefined ? undefined : { holding, minutes, found, origin: originOf(state, holding) }
  const value = valueWith(lease === undefined ? undefined : book, { holding, found })
  const after: Suspensions = 'in' in value ? value : found
  const back = lease === undefined ? found : baselineWith(book, lease)
  if (includes(back, requested))
    return refuse(
      `${suspendedNames(requested)} of *${ref.service}* is already suspended.`,
      lease === undefined && isLeased(book, 'suspension')
        ? `It is temporary: \`/ecs lease keep ${fullName(ref)}\` makes it permanent.`
        : 'Nothing to change.',
    )
  const clamp = clampOf(service, autoscaling)
  const length = minutes === undefined ? 'permanently' : `for ${printDuration(minutes)}`
  const way = direction === undefined ? '' : ` ${direction}`
  return planOf(state, {
    command: 'autoscale suspend',
    invocation: `autoscale suspend ${fullName(ref)}${way}${permanent ? ' --permanent' : ` --for ${printDuration(minutes ?? 0)}`}`,
    title: `Suspend ${suspendedNames(requested)} of *${ref.service}* ${length}`,
    changes: [
      { what: 'Suspended', from: suspendedNames(found) || 'nothing', to: suspendedNames(after) },
      ...clamp.changes,
    ],
    risk: riskOfClamp(
      { from: desired, to: clamp.count, callers: state.callers },
      riskOfSuspension(requested, permanent === true),
    ),
    clamped: clamp.count,
    size: Math.abs(clamp.count - desired),
    tasks: clamp.count,
    losses: [
      ...[...countLosses(desired, clamp.count, ' at once'), ...callerLosses(state, clamp.count)].map(cardLine),
      ...suspensionLosses(requested),
      ...endLosses(permanent),
    ],
    ...wayBack(state, lease, after),
    consequences: [
      `The desired count stays at ${clamp.count} unless ${requested.out && requested.in ? 'someone' : 'someone or active scaling'} changes it.`,
      ...(lease === undefined
        ? ['Only `/ecs autoscale resume` ends this.']
        : [
            'When it expires, scaling resumes and the count moves into the bounds at once, unless someone else changed the suspension.',
          ]),
    ],
    calls: [setSuspensions(ref, autoscaling.arn, after)],
    ...(lease !== undefined && {
      lease,
      ...endingByLoss(state, lease.holding, minutesAfter(state.now, lease.minutes)),
    }),
    ...(permanent && { isPermanent: true, takeBack: `autoscale resume ${fullName(ref)}` }),
  })
}

const endLosses = (isPermanent = false): readonly string[] =>
  isPermanent ? ['Stays suspended until a person resumes it'] : []

/** `suspended`: what is suspended after the change. */
const wayBack = (
  state: Scaling,
  lease: PlannedLease | undefined,
  suspended: Suspensions,
): Pick<NewPlan, 'undo' | 'included'> => {
  const { autoscaling, now } = state
  const after = autoscaling && { ...autoscaling, suspended }
  if (lease !== undefined)
    return {
      undo: REVERTS_BY_ITSELF,
      included: [endOfSuspension(state, lease), ...scheduleDue(after, now, minutesAfter(now, lease.minutes))],
    }
  const hasEarlier = autoscaling !== undefined && suspendedNames(autoscaling.suspended) !== ''
  return {
    undo: hasEarlier ? 'resume autoscaling, which also ends the earlier suspension' : 'resume autoscaling',
    included: scheduleDue(after, now, oneDayAfter(now)),
  }
}

const includes = (value: Value, requested: Suspensions): boolean =>
  'in' in value &&
  (value.in || !requested.in) &&
  (value.out || !requested.out) &&
  (value.scheduled || !requested.scheduled)
