// What a new desired count costs, how it is taken back, and what runs later by itself.

import { cardLine, REVERTS_BY_ITSELF } from '../../engine/cards/card-line.ts'
import type { Line, NewPlan } from '../../engine/change/plan.ts'
import type { PlannedLease } from '../../engine/leases/book.ts'
import { shiftLosses, stuckLosses } from '../../features/deployments/replacement.ts'
import { isActive, mayScaleIn, mayScaleOut } from '../../features/scaling/autoscaling.ts'
import type { Scaling } from '../../features/scaling/load-scaling.ts'
import {
  boundsLosses,
  callerLosses,
  countLosses,
  NO_TASK_MOVES,
  scheduleDue,
} from '../../features/scaling/scaling-losses.ts'
import { durationWords } from '../../kit/language/kinds/duration.ts'
import type { Autoscaling } from '../../model/ecs.ts'
import { boundsText, inBounds } from '../../model/scaling-words.ts'
import { endOfLease, endOfSuspension, movedAtEnd, undoOfCountChange } from '../lease/losses.ts'
import { type CountMode, quotaLosses } from './wanted.ts'

/** What is registered before the count is set. `count`: the desired count then. */
export type Registered = { readonly autoscaling: Autoscaling; readonly count: number }

/** `wanted`: the count that is set now. `requested`: the count without other temporary changes. */
type NewCount = {
  readonly state: Scaling
  readonly requested: number
  readonly wanted: number
  readonly mode: CountMode
  readonly prepared: Registered | undefined
}

export const lossesOfCount = (change: NewCount): NewPlan['losses'] => {
  const { state, requested, wanted, mode, prepared } = change
  const after = prepared?.autoscaling ?? state.autoscaling
  const added = wanted - state.service.desired
  return [
    ...laterCount(requested, wanted),
    ...stepLosses(change),
    ...callerLosses(state, Math.min(wanted, prepared?.count ?? wanted)),
    ...(wanted === 0 ? [staysText(mode, after, state.now)] : []),
    ...quotaLosses(state, Math.max(0, added)),
    ...preparedLosses(change),
    ...shiftLosses(state.service),
    ...stuckLosses(state.service, wanted),
    ...(after === undefined || wanted === 0 ? [] : reaction(wanted, after)),
  ].map(cardLine)
}

/** The count after other temporary changes, which need a higher one now. */
const laterCount = (requested: number, wanted: number): readonly string[] =>
  requested === wanted
    ? []
    : [`${requested} when higher temporary changes end${requested === 0 ? '; nothing answers then' : ''}`]

/** Suspending may first stop tasks, which then start again. */
const stepLosses = ({ state: { service }, wanted, prepared }: NewCount): readonly string[] => {
  const { desired } = service
  const clamped = prepared?.count ?? desired
  if (clamped < Math.min(desired, wanted))
    return [...countLosses(desired, clamped, ' at once'), `Then the count goes from ${clamped} to ${wanted}`]
  return wanted === desired ? [NO_TASK_MOVES] : countLosses(desired, wanted)
}

const staysText = ({ kind, minutes }: CountMode, after: Autoscaling | undefined, now: string): string => {
  if (minutes !== undefined)
    return `Stays at 0 for ${kind === 'suspend' && after?.min === 0 ? 'at least ' : ''}${durationWords(minutes)}`
  if (after !== undefined && mayScaleOut(after)) return 'Stays at 0 until a person or autoscaling scales it'
  return scheduleDue(after, now, FOREVER).length > 0
    ? 'Stays at 0 until a person or a scheduled action scales it'
    : 'Stays at 0 until a person scales it'
}

/** Later than every scheduled action. */
const FOREVER = '9999-12-31T23:59:59.999Z'

const preparedLosses = ({ state: { autoscaling }, mode, prepared }: NewCount): readonly string[] => {
  if (autoscaling === undefined || prepared === undefined) return []
  if (mode.kind !== 'suspend') return boundsLosses(autoscaling, prepared.autoscaling)
  const length = mode.minutes === undefined ? '' : `, for ${durationWords(mode.minutes)}`
  return [
    `No scale-out when load grows, no scale-in when load falls${length}`,
    ...(mode.minutes === undefined ? ['Autoscaling stays suspended until a person resumes it'] : []),
  ]
}

/** What autoscaling makes of the count. */
const reaction = (count: number, autoscaling: Autoscaling): readonly string[] => {
  const { min, max } = autoscaling
  if (count > max) return mayScaleIn(autoscaling) ? [`Autoscaling reduces it to its maximum of ${max} again`] : []
  if (count < min) return mayScaleOut(autoscaling) ? [`Autoscaling raises it to its minimum of ${min} again`] : []
  return isActive(autoscaling) ? ['Autoscaling may change it at its next alarm'] : []
}

/** A resumption moves a count outside of the bounds at once, so the count goes back first then. */
export const undoOfCount = ({ state: { service, autoscaling }, wanted, mode, prepared }: NewCount): string => {
  if (mode.minutes !== undefined && mode.kind !== 'suspend') return REVERTS_BY_ITSELF
  const count = undoOfCountChange(wanted, service.desired)
  if (autoscaling === undefined || prepared === undefined) return count
  if (mode.kind !== 'suspend') return `set ${boundsText(autoscaling)} again, then ${count}`
  return inBounds(wanted, autoscaling) === wanted
    ? `resume autoscaling, then ${count}`
    : `scale to ${service.desired}, then resume autoscaling`
}

/** The revert, and the first scheduled action before it or within a day. `count`: the desired count that is set. */
export const includedInCount = (
  state: Scaling,
  count: number,
  lease: PlannedLease | undefined,
  after: Autoscaling | undefined,
  baseline: number,
): readonly Line[] => {
  const { book, now } = state
  if (lease === undefined) return scheduleDue(after, now, oneDayAfter(now))
  const revert =
    lease.holding.kind === 'count'
      ? cardLine(`reverts to ${baseline} ${endOfLease(book, lease)}${movedAtEnd(count, baseline)}`)
      : endOfSuspension(state, lease, count)
  return [revert, ...scheduleDue(after, now, minutesAfter(now, lease.minutes))]
}

/** `now` and the results are ISO 8601. */
export const minutesAfter = (now: string, minutes: number): string =>
  new Date(Date.parse(now) + minutes * 60_000).toISOString()

/** The period ahead for which a card shows scheduled actions: one day. */
export const oneDayAfter = (now: string): string => minutesAfter(now, 1_440)
