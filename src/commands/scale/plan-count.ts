// Plans a new desired count, permanent or temporary: alone, after moving the bounds, or after suspending autoscaling.

import type { Call, Change, NewPlan, Plan, Risk } from '../../engine/change/plan.ts'
import { type Capacity, capacityRisk, riskOfClamp } from '../../engine/change/risk.ts'
import type { PlannedLease } from '../../engine/leases/book.ts'
import { baselineWith, isLeased, valueWith } from '../../engine/leases/compose.ts'
import { withSpot } from '../../features/capacity/spot-risk.ts'
import { costOfCount } from '../../features/cost/cost-of-count.ts'
import { revertWarning } from '../../features/managed-by/revert-warning.ts'
import { autoscalingText, firstLines, schedulesBefore, scheduleText } from '../../features/scaling/autoscaling.ts'
import {
  amountsOf,
  bindsOf,
  callersOf,
  directionOf,
  originOf,
  type Scaling,
} from '../../features/scaling/load-scaling.ts'
import { setBounds, setCount, setSuspensions } from '../../features/scaling/scaling-calls.ts'
import { printDuration } from '../../kit/language/kinds/duration.ts'
import { fullName } from '../../kit/language/target.ts'
import type { Autoscaling, Bounds, Service } from '../../model/ecs.ts'
import { boundsText, inBounds, suspendedNames, tasks } from '../../model/scaling-words.ts'
import { clampOf } from '../autoscale/plan.ts'
import { heavier, type Weight, weightOf, weightOfBounds } from '../lease/weight.ts'
import { includedInCount, lossesOfCount, oneDayAfter, type Registered, undoOfCount } from './losses.ts'
import { offersOf } from './offers.ts'
import { type CountMode, taskText } from './wanted.ts'

/**
 * Plans a count. `requested`: the count in the command. A temporary change may set a higher one, if other temporary
 * changes need it.
 */
export const planCount = (state: Scaling, requested: number, mode: CountMode): NewPlan => {
  const { service, autoscaling, callers } = state
  const { ref, desired } = service
  const lease = leaseOf(state, requested, mode)
  const wanted = lease?.holding.kind === 'count' ? composedCount(state, lease) : requested
  const prepared = autoscaling && prepare(service, autoscaling, wanted, mode)
  const change = { state, requested, wanted, mode, prepared }
  const after = prepared?.autoscaling ?? autoscaling
  const boundsWeight = mode.kind === 'move-bounds' && autoscaling && after && weightOfBounds(state, autoscaling, after)
  const step: Weight = {
    risk: withSpot(riskViaClamp({ from: desired, to: wanted, callers }, prepared?.count ?? desired), state, {
      count: wanted,
      most: after?.max,
    }),
    size: Math.max(Math.abs(wanted - desired), Math.abs((prepared?.count ?? desired) - desired)),
    tasks: wanted,
  }
  const weights = [
    weightOf({ kind: 'count', tasks: requested }, { tasks: baselineCount(state, requested) }, { callers }),
    ...(mode.kind === 'suspend'
      ? [weightOf(SUSPENSION, undefined, { callers, isPermanent: mode.minutes === undefined })]
      : []),
    ...(boundsWeight ? [boundsWeight] : []),
  ]
  return {
    kind: 'plan',
    command: 'scale',
    invocation: `scale ${fullName(ref)} ${requested}${flagOf(mode)}`,
    target: ref,
    title:
      requested === wanted
        ? `Scale *${ref.service}* ${desired} → ${wanted}${forText(mode)}`
        : `Scale *${ref.service}* to at least ${requested}${forText(mode)}`,
    changes: [
      ...(prepared?.changes ?? []),
      { what: 'Desired count', from: `${desired}`, to: `${wanted}` },
      ...(requested === wanted ? [] : [{ what: AFTER_OTHERS, from: `${wanted}`, to: `${requested}` }]),
    ],
    ...weights.reduce(heavier, step),
    consequences: [
      ...taskText(state, wanted),
      ...(lease === undefined ? revertWarning(state.managed) : []),
      ...(after === undefined ? [] : autoscalingText(wanted, after)),
      ...(after === undefined ? [] : upcoming(after, state.now)),
      ...(lease === undefined ? [] : [revertText(state, lease, wanted)]),
    ],
    losses: lossesOfCount(change),
    undo: undoOfCount(change),
    ...costPart(state, wanted),
    included: includedInCount(state, wanted, lease, after, baselineCount(state, requested)),
    offers: offersOf(state, requested, mode),
    calls: [...(prepared?.calls.map(call => call(ref)) ?? []), setCount(ref, wanted)],
    amounts: { tasks: { from: desired, to: wanted }, ...boundsAmounts(autoscaling, after) },
    binds: { ...bindsOf(state, prepared?.count), direction: directionOf(desired, wanted) },
    drifts: { 'desired tasks': desired },
    ...alsoOf(prepared, mode),
    ...callersOf(state),
    ...(lease === undefined ? endlessParts(service, prepared, mode) : { lease }),
  }
}

/** The cost of the count that the service has at once. */
export const costPart = ({ service, fit }: Scaling, to: number): Pick<Plan, 'cost'> => {
  const cost = costOfCount(service, fit, { from: service.desired, to })
  return cost === undefined ? {} : { cost }
}

/** For a change without an end. Where nothing but the count changes, one line takes it back. */
const endlessParts = (
  { ref, desired }: Service,
  prepared: Prepared | undefined,
  { kind }: CountMode,
): Pick<Plan, 'takeBack' | 'isPermanent'> => ({
  ...(prepared === undefined && { takeBack: `scale ${fullName(ref)} ${desired}` }),
  ...(kind === 'suspend' && { isPermanent: true }),
})

/** The commands for what is changed before the count. */
const alsoOf = (prepared: Prepared | undefined, { kind }: CountMode): Pick<Plan, 'also'> =>
  prepared === undefined ? {} : { also: [kind === 'suspend' ? 'autoscale suspend' : 'autoscale bounds'] }

/** What `--suspend` suspends. */
const SUSPENSION = { kind: 'suspension', in: true, out: true, scheduled: false } as const

/** The label of the new count while other temporary changes need a higher count. */
const AFTER_OTHERS = 'Desired count after higher temporary changes end'

/**
 * Risk of a count that follows a suspension. Registering the suspension may first move the count to `clamped`, which
 * stops tasks that are then started again.
 */
const riskViaClamp = (capacity: Capacity, clamped: number): Risk => {
  const risk = capacityRisk(capacity)
  return clamped < Math.min(capacity.from, capacity.to) ? riskOfClamp({ ...capacity, to: clamped }, risk) : risk
}

/**
 * The lease of a temporary count. With `--suspend`, it is a lease of the suspension, because the count then follows
 * from the bounds.
 */
const leaseOf = (state: Scaling, requested: number, { kind, minutes }: CountMode): PlannedLease | undefined => {
  const { service, autoscaling } = state
  if (minutes === undefined) return undefined
  if (kind !== 'suspend' || autoscaling === undefined) {
    const holding = { kind: 'count', tasks: requested } as const
    return { holding, minutes, found: { tasks: service.desired }, origin: originOf(state, holding) }
  }
  return { holding: SUSPENSION, minutes, found: autoscaling.suspended, origin: originOf(state, SUSPENSION) }
}

const revertText = (state: Scaling, lease: PlannedLease, count: number): string => {
  if (lease.holding.kind !== 'count')
    return `When it expires, scaling resumes, unless someone else changed the suspension. The count of ${count} is not reverted: it only moves into the bounds.`
  const when = isLeased(state.book, 'count') ? 'After the last temporary change' : 'When it expires'
  return `${when}, it is reverted to ${tasks(baselineCount(state, lease.holding.tasks))}, unless someone else changed it.`
}

const composedCount = ({ book }: Scaling, lease: PlannedLease): number => {
  const value = valueWith(book, lease)
  return 'tasks' in value ? value.tasks : 0
}

/** The desired count as it would be without leases of the count. */
const baselineCount = (state: Scaling, requested: number): number => {
  const { book, service } = state
  const holding = { kind: 'count', tasks: requested } as const
  const value = baselineWith(book, { holding, found: { tasks: service.desired }, origin: originOf(state, holding) })
  return 'tasks' in value ? value.tasks : 0
}

type Prepared = Registered & {
  readonly changes: readonly Change[]
  readonly calls: readonly ((ref: Scaling['service']['ref']) => Call)[]
}

/**
 * The calls that set bounds and suspensions. They come before the count, because registering a scalable target would
 * move a count outside the bounds.
 */
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
        ...clamp.changes.map(({ from, to }) => ({ what: 'Desired count, by suspending', from, to })),
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

const upcoming = (autoscaling: Autoscaling, now: string): readonly string[] =>
  firstLines(
    schedulesBefore(autoscaling, now, oneDayAfter(now)).map(scheduleText),
    'more scheduled actions within a day.',
  )

const flagOf = ({ kind, minutes }: CountMode): string =>
  `${kind === 'count-only' ? '' : ` --${kind}`}${minutes === undefined ? '' : ` --for ${printDuration(minutes)}`}`

const forText = ({ kind, minutes }: CountMode): string => {
  if (minutes === undefined) return kind === 'suspend' ? ' and suspend autoscaling' : ''
  return `${kind === 'suspend' ? ', scaling suspended' : ''} for ${printDuration(minutes)}`
}

const boundsAmounts = (before: Bounds | undefined, after: Bounds | undefined): Plan['amounts'] =>
  before === undefined || after === undefined ? {} : amountsOf(before, after)
