// The plan that sets a count: alone, after moving the bounds, or after suspending autoscaling; for good or for a while.

import type { Call, Change, Plan, Risk } from '../../engine/change/plan.ts'
import type { PlannedLease } from '../../engine/leases/book.ts'
import { baselineWith, isLeased, valueWith } from '../../engine/leases/compose.ts'
import { managedWords } from '../../features/managed-by/revert-warning.ts'
import { fateOf, fewOf, isActive, schedulesBefore, scheduleWords } from '../../features/scaling/autoscaling.ts'
import { bindsOf, originOf, type Scaling, tasks } from '../../features/scaling/load-scaling.ts'
import { setBounds, setCount, setSuspensions } from '../../features/scaling/scaling-calls.ts'
import { printDuration } from '../../kit/language/kinds/duration.ts'
import { fullName } from '../../kit/language/target.ts'
import type { Autoscaling, Bounds, Service } from '../../model/ecs.ts'
import { boundsText, inBounds, suspendedNames } from '../../model/scaling-words.ts'
import { clampOf, riskOfClamp } from '../autoscale/plan.ts'
import { heavier, type Weight, weightOf, weightOfBounds } from '../lease/weight.ts'
import { type Mode, riskOf, taskWords } from './wanted.ts'

type CountMode = Exclude<Mode, { kind: 'floor' }>

export const planCount = (state: Scaling, asked: number, mode: CountMode): Plan => {
  const { service, autoscaling } = state
  const { ref, desired } = service
  const lease = leaseOf(state, asked, mode)
  const wanted = lease?.holding.kind === 'count' ? composed(state, lease) : asked
  const moved = autoscaling && prepare(service, autoscaling, wanted, mode)
  const after = moved?.autoscaling ?? autoscaling
  const kept = mode.kind === 'move-bounds' && autoscaling && after && weightOfBounds(state, autoscaling, after)
  const step: Weight = {
    risk: riskOnTheWay(desired, moved?.count ?? desired, wanted),
    size: Math.max(Math.abs(wanted - desired), Math.abs((moved?.count ?? desired) - desired)),
    tasks: wanted,
  }
  const weight = heavier(step, weightOf({ kind: 'count', tasks: asked }, { tasks: backTo(state, asked) }))
  return {
    kind: 'plan',
    command: 'scale',
    invocation: `scale ${fullName(ref)} ${asked}${flagOf(mode)}`,
    target: ref,
    title:
      asked === wanted
        ? `Scale *${ref.service}* from ${desired} to ${wanted}${forText(mode)}`
        : `Scale *${ref.service}* to at least ${asked}${forText(mode)}`,
    changes: [
      ...(moved?.changes ?? []),
      { what: 'Desired tasks', from: `${desired}`, to: `${wanted}` },
      ...(asked === wanted ? [] : [{ what: AFTER_OTHERS, from: `${wanted}`, to: `${asked}` }]),
    ],
    ...(kept ? heavier(weight, kept) : weight),
    consequences: [
      ...taskWords(state, wanted),
      ...(lease === undefined ? managedWords(state.managed) : []),
      ...(after === undefined ? [] : fateOf(wanted, after)),
      ...(after === undefined ? [] : upcoming(after, state.now)),
      ...(lease === undefined ? [] : [afterwards(state, lease)]),
    ],
    offers: offersOf(state, asked, mode),
    calls: [...(moved?.calls.map(call => call(ref)) ?? []), setCount(ref, wanted)],
    binds: { ...bindsOf(state), direction: wanted > desired ? 'up' : wanted < desired ? 'down' : 'none' },
    drifts: { 'desired tasks': desired },
    ...(lease !== undefined && { lease }),
    ...(mode.kind === 'suspend' && lease === undefined && { isPermanent: true }),
  }
}

/** More may be leased by others: then it is theirs that counts, for as long as they run. */
const AFTER_OTHERS = 'Desired tasks, once the leases of more have ended'

/** Suspending may stop tasks that the count then asks for again. */
const riskOnTheWay = (from: number, by: number, to: number): Risk =>
  by < Math.min(from, to) ? riskOfClamp(from, by, riskOf(from, to)) : riskOf(from, to)

/** Of the count, or, where autoscaling is suspended for it, of the suspension: the count then follows from the bounds. */
const leaseOf = (state: Scaling, asked: number, { kind, minutes }: CountMode): PlannedLease | undefined => {
  const { service, autoscaling } = state
  if (minutes === undefined) return undefined
  if (kind !== 'suspend' || autoscaling === undefined) {
    const holding = { kind: 'count', tasks: asked } as const
    return { holding, minutes, found: { tasks: service.desired }, origin: originOf(state, holding) }
  }
  const holding = { kind: 'suspension', in: true, out: true, scheduled: false } as const
  return { holding, minutes, found: autoscaling.suspended, origin: originOf(state, holding) }
}

const afterwards = (state: Scaling, lease: PlannedLease): string => {
  if (lease.holding.kind !== 'count')
    return 'At its end scaling resumes, unless somebody else changes the suspension; the count is then moved into the bounds at once.'
  const when = isLeased(state.book, 'count') ? 'After the last lease' : 'Afterwards'
  return `${when} it is set back to ${tasks(backTo(state, lease.holding.tasks))}, unless somebody else changes it.`
}

const composed = ({ book }: Scaling, lease: PlannedLease): number => {
  const value = valueWith(book, lease)
  return 'tasks' in value ? value.tasks : 0
}

/** What there is without any lease of the count. */
const backTo = (state: Scaling, asked: number): number => {
  const { book, service } = state
  const holding = { kind: 'count', tasks: asked } as const
  const value = baselineWith(book, { holding, found: { tasks: service.desired }, origin: originOf(state, holding) })
  return 'tasks' in value ? value.tasks : 0
}

type Prepared = {
  readonly autoscaling: Autoscaling
  /** What the count is once the bounds or the suspension are registered, and before it is set. */
  readonly count: number
  readonly changes: readonly Change[]
  readonly calls: readonly ((ref: Scaling['service']['ref']) => Call)[]
}

/** Bounds and suspensions go before the count: registering a target clamps, and a count outside would not last. */
const prepare = (
  service: Service,
  autoscaling: Autoscaling,
  wanted: number,
  { kind }: CountMode,
): Prepared | undefined => {
  if (kind === 'suspend') {
    const clamp = clampOf(service, autoscaling)
    const suspended = { ...autoscaling.suspended, in: true, out: true }
    return {
      autoscaling: { ...autoscaling, suspended },
      count: clamp.count,
      changes: [
        { what: 'Suspended', from: suspendedNames(autoscaling.suspended) || 'nothing', to: suspendedNames(suspended) },
        ...clamp.changes.map(({ from, to }) => ({ what: 'Desired tasks, by suspending', from, to })),
      ],
      calls: [ref => setSuspensions(ref, autoscaling.arn, suspended)],
    }
  }
  const bounds: Bounds = { min: Math.min(autoscaling.min, wanted), max: Math.max(autoscaling.max, wanted) }
  if (kind !== 'move-bounds' || inBounds(wanted, autoscaling) === wanted) return undefined
  return {
    autoscaling: { ...autoscaling, ...bounds },
    count: inBounds(service.desired, bounds),
    changes: [{ what: 'Autoscaling bounds', from: boundsText(autoscaling), to: boundsText(bounds) }],
    calls: [ref => setBounds(ref, autoscaling.arn, bounds)],
  }
}

/** What a schedule will do within a day stands on the card; later ones are another day's plan. */
const DAY_MS = 86_400_000
const upcoming = (autoscaling: Autoscaling, now: string): readonly string[] =>
  fewOf(
    schedulesBefore(autoscaling, now, new Date(Date.parse(now) + DAY_MS).toISOString()).map(scheduleWords),
    'more scheduled actions by then.',
  )

const flagOf = ({ kind, minutes }: CountMode): string =>
  `${kind === 'count-only' ? '' : ` --${kind}`}${minutes === undefined ? '' : ` --for ${printDuration(minutes)}`}`

const forText = ({ minutes }: CountMode): string => (minutes === undefined ? '' : ` for ${printDuration(minutes)}`)

/** The other ways to do it, and half first: what an operator does who is not sure. */
const offersOf = ({ service, autoscaling }: Scaling, wanted: number, { kind, minutes }: CountMode): Plan['offers'] => {
  const { ref, desired } = service
  const line = `scale ${fullName(ref)} ${wanted}`
  const half = Math.ceil(desired / 2)
  const isOutside = autoscaling !== undefined && inBounds(wanted, autoscaling) !== wanted
  const isActing = autoscaling !== undefined && isActive(autoscaling)
  const offers = [
    ...(desired >= 4 && wanted < half
      ? [{ label: `Scale To ${half} First`, invocation: `scale ${fullName(ref)} ${half}` }]
      : []),
    ...(isOutside && kind !== 'move-bounds'
      ? [{ label: `Move The ${wanted > autoscaling.max ? 'Maximum' : 'Minimum'}`, invocation: `${line} --move-bounds` }]
      : []),
    ...(isActing && kind !== 'suspend'
      ? [{ label: 'Suspend Autoscaling', invocation: `${line} --suspend --for 2h` }]
      : []),
    ...(isActing && kind === 'count-only' && wanted > autoscaling.min
      ? [{ label: 'Raise The Minimum For 2 Hours', invocation: `${line} --for 2h` }]
      : []),
    ...(kind === 'count-only' ? [] : [{ label: 'Only The Count', invocation: line }]),
  ]
  return kind === 'count-only' && minutes !== undefined ? [] : offers
}
