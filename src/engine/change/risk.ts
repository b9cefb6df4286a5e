// Pure: the risk classes of all changes. docs/risk.md has the same table; test/commands/risk.test.ts compares the two.

import { plainName } from '../../kit/messages/text.ts'
import type { Bounds, Suspensions } from '../../model/ecs.ts'
import { inBounds, tasks } from '../../model/scaling-words.ts'
import { isHigher, type Risk } from './plan.ts'

/** The higher of two risks. The reasons of the higher one come first. */
export const worse = (a: Risk, b: Risk): Risk =>
  isHigher(b.level, a.level) ? { level: b.level, reasons: [...b.reasons, ...a.reasons] } : a

/**
 * `from`, `to`: counts of tasks. `callers`: the names of the services that call this one; undefined if they could not be
 * read.
 */
export type Capacity = { readonly from: number; readonly to: number; readonly callers: readonly string[] | undefined }

export const CALLERS_UNREAD = 'Whether other services call it could not be read'

/** The risk of another number of tasks. The first reason states the size; the second one is about callers. */
export const capacityRisk = ({ from, to, callers }: Capacity): Risk => {
  if (to >= from) return addedRisk(from, to)
  const lost = lostRisk(from, to)
  if ((from - to) * 4 < from || callers?.length === 0) return lost
  const reason = callers === undefined ? CALLERS_UNREAD : callersText(callers)
  return { level: 'high', reasons: [...lost.reasons, reason] }
}

const lostRisk = (from: number, to: number): Risk => {
  if (to === 0) return { level: 'high', reasons: ['All tasks stop: the service stops responding'] }
  if (to < from / 2) return { level: 'high', reasons: [`More than half of the tasks stop (${from - to} of ${from})`] }
  return { level: 'medium', reasons: [`${tasks(from - to)} fewer for the same load`] }
}

/** The most tasks that start at low risk where none ran. */
const MOST_FROM_NONE = 10
/** The most tasks more at medium risk, where they are also more than ten times as many. */
const MOST_ADDED = 50

const addedRisk = (from: number, to: number): Risk => {
  const added = to - from
  if (added === 0) return { level: 'low', reasons: ['No task starts or stops now'] }
  if (from === 0)
    return { level: to > MOST_FROM_NONE ? 'medium' : 'low', reasons: [`Starts a stopped service with ${tasks(to)}`] }
  if (to > from * 10 && added > MOST_ADDED)
    return { level: 'high', reasons: [`More than ten times as many tasks (${added} more)`] }
  if (to > from * 2) return { level: 'medium', reasons: [`More than twice as many tasks (${added} more)`] }
  return { level: 'low', reasons: ['Adds tasks; none stops'] }
}

/** Names of callers in one reason. */
const MOST_CALLERS = 3
const callersText = (callers: readonly string[]): string => {
  const more = callers.length - MOST_CALLERS
  const names = callers.slice(0, MOST_CALLERS).map(name => plainName(name, 40))
  return `A quarter or more of the tasks stop, and ${callers.length === 1 ? 'another service calls' : 'other services call'} it: ${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

/** The risk of a change that also moves the count at once. `otherwise`: its risk without this move. */
export const riskOfClamp = (capacity: Capacity, otherwise: Risk): Risk => {
  const { from, to } = capacity
  if (from === to) return otherwise
  const { level, reasons } = capacityRisk(capacity)
  const moved =
    to < from
      ? `${tasks(from - to)}${level === 'high' ? ` of ${from}` : ''} ${from - to === 1 ? 'stops' : 'stop'} at once`
      : `${tasks(to - from)} ${to - from === 1 ? 'starts' : 'start'} at once`
  return {
    level: isHigher(otherwise.level, level) ? otherwise.level : level,
    reasons: [moved, ...reasons.slice(1), ...otherwise.reasons],
  }
}

export const riskOfBounds = (before: Bounds, after: Bounds): Risk => {
  if (after.max < before.max) return { level: 'medium', reasons: [`Cannot scale out beyond ${after.max}`] }
  if (after.min < before.min) return { level: 'medium', reasons: [`May scale in to ${after.min}`] }
  if (after.max > before.max * 2)
    return { level: 'medium', reasons: [`May scale out to ${after.max}, more than twice the old maximum`] }
  return { level: 'low', reasons: [`Autoscaling stays between ${after.min} and ${after.max}`] }
}

export const riskOfSuspension = ({ out }: Suspensions, isPermanent: boolean): Risk => {
  const reasons = [
    ...(out ? ['No scale-out when load grows'] : ['Scale-out stays active']),
    ...(isPermanent ? ['No end date'] : []),
  ]
  return { level: isPermanent && out ? 'high' : out ? 'medium' : 'low', reasons }
}

/** `running`: tasks of the service, with the one that stops. */
type StoppedTask = { readonly running: number; readonly isStandalone: boolean; readonly isProtected: boolean }

export const riskOfStoppedTask = ({ running, isStandalone, isProtected }: StoppedTask): Risk => {
  if (isStandalone) return { level: 'high', reasons: ['Nothing starts it again: no service owns it'] }
  if (running <= 1) return { level: 'high', reasons: ['The only task stops'] }
  if (isProtected) return { level: 'medium', reasons: ['The task is protected from scale-in: it may be at work'] }
  if (running === 2) return { level: 'medium', reasons: ['Half of the tasks stop until another one runs'] }
  return { level: 'low', reasons: ['One of several tasks stops, and another starts'] }
}

export const RESUMED: Risk = { level: 'low', reasons: ['Autoscaling becomes active again'] }

/** The risk of the deletion of a scheduled action: bounds of another time of day may stay. */
export const UNSCHEDULED: Risk = { level: 'medium', reasons: ['The bounds of now stay until something else sets them'] }

/** Of a schedule, besides the risk of its bounds. */
export const REPEATS: Risk = { level: 'medium', reasons: ['Each run sets its bounds again, also over later changes'] }
export const OVER_LEASE: Risk = { level: 'medium', reasons: ['Runs during a temporary change, and may end it early'] }
export const REPLACES: Risk = { level: 'medium', reasons: ['Replaces a scheduled action'] }

/** A step of bounds at a later time. `counts`: the counts that the service may have before it. */
export type LaterStep = {
  readonly before: Bounds
  readonly after: Bounds
  readonly counts: readonly number[]
  readonly callers: Capacity['callers']
}

export const riskOfLaterStep = ({ before, after, counts, callers }: LaterStep): Risk =>
  counts
    .map(from => capacityRisk({ from, to: inBounds(from, after), callers }))
    .reduce(worse, riskOfBounds(before, after))

export const UNTRACKED: Risk = { level: 'medium', reasons: ['Load does not move the count by this policy any more'] }

/** `target`, `before`: of the metric. `before` is undefined for a new policy. Cooldowns are in seconds. */
type Tracking = {
  readonly before: number | undefined
  readonly target: number
  /** No policy scaled in before. */
  readonly startsToScaleIn: boolean
  readonly hasLongerCooldown: boolean
}

/** The risk of a target tracking policy. The count that a new policy makes of the load is not known. */
export const riskOfTracking = ({ before, target, startsToScaleIn, hasLongerCooldown }: Tracking): Risk => {
  const reasons = [
    ...(before !== undefined && target > before ? ['A higher target: fewer tasks for the same load'] : []),
    ...(before !== undefined && target < before / 2
      ? ['A target of less than half: more than twice as many tasks for the same load']
      : []),
    ...(startsToScaleIn ? ['Tasks may stop when load falls: no policy scaled in before'] : []),
    ...(hasLongerCooldown ? ['A longer pause after a scale-out: slower when load grows'] : []),
    ...(before === undefined ? ['A new policy may move the count to either bound'] : []),
  ]
  return reasons.length === 0
    ? { level: 'low', reasons: ['Autoscaling stays within its bounds'] }
    : { level: 'medium', reasons }
}

export const FORECAST_ONLY: Risk = { level: 'low', reasons: ['A forecast alone moves no count'] }
export const PROMOTED: Risk = { level: 'medium', reasons: ['Tasks start ahead of load that may not come'] }
export const PAUSED: Risk = { level: 'medium', reasons: ['No scale-out ahead of load'] }

/** Of a temporary change, besides the risk of the value itself. */
export const EXTENDED: Risk = { level: 'low', reasons: ['The current value stays for longer'] }
export const KEPT: Risk = { level: 'medium', reasons: ['It is no longer reverted'] }

/** The risk of replacing tasks. */
export const replacementRisk = (...reasons: readonly string[]): Risk => ({ level: 'medium', reasons })

export const replacedText = (desired: number): string =>
  desired === 1 ? 'The only task is replaced' : `All ${desired} tasks are replaced`

/** The risk where tasks start with an image or a role that does not run now. `reason`: which. */
export const withUnseen = (risk: Risk, reason: string | undefined): Risk =>
  reason === undefined ? risk : { level: 'high', reasons: [...risk.reasons, reason] }

/** `peaks`: projected, in percent of the new size; undefined where unknown. */
type Resized = {
  readonly isProduction: boolean
  readonly isLess: { readonly cpu: boolean; readonly memory: boolean }
  readonly peaks: { readonly cpu: number | undefined; readonly memory: number | undefined }
}

/** A peak above this percent leaves no room. */
const MOST_PEAK = 90

/** The risk of tasks of another size. `otherwise`: that of replacing them. */
export const riskOfSize = ({ isProduction, isLess, peaks }: Resized, otherwise: Risk): Risk => {
  const less = isLess.memory ? ['Tasks get less memory: they may run out of it'] : []
  const known: Risk = {
    level: isHigher('medium', otherwise.level) ? 'medium' : otherwise.level,
    reasons: [...otherwise.reasons, ...less],
  }
  if (isLess.memory && (peaks.memory ?? 0) > 100)
    return withUnseen(known, 'The memory peak so far is above the new memory')
  if (!isProduction) return known
  if (isLess.memory && peaks.memory === undefined) return withUnseen(known, 'The memory peak so far is not known')
  const full = [
    ...(peaks.cpu !== undefined && peaks.cpu > MOST_PEAK ? ['CPU'] : []),
    ...((peaks.memory ?? 0) > MOST_PEAK ? ['memory'] : []),
  ]
  return withUnseen(
    known,
    full.length === 0 ? undefined : `Production, and the peak of ${full.join(' and ')} would be over ${MOST_PEAK} %`,
  )
}

/** The risk of a shell, or of a command that a person wrote: it cannot be undone. */
export const shellRisk = (reasons: readonly string[]): Risk => ({ level: 'high', reasons })

export const CONFIGURED: Risk = { level: 'low', reasons: ['The configuration defines this exact command'] }

/** The exception to "cannot be undone": ending a session only takes access away. */
export const SESSION_ENDED: Risk = {
  level: 'low',
  reasons: ['Ends that session and its shell; the container keeps running'],
}
