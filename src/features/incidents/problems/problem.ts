// Pure: computes the state of one problem from what is stored. Events that arrive twice, late or in another order
// therefore lead to the same state. A problem is watched until its signs reach a threshold; then it is open, and later
// closed. A sign is a failed task, a notice of ECS, an alarm or a retirement.

import type { ServiceRef, StoppedTask } from '../../../model/ecs.ts'
import type { Key } from '../../../model/ports/store.ts'
import { shortCause } from '../../status/common-cause.ts'
import type { StopCause } from '../../status/why-stopped.ts'
import type { ProblemKind } from './kinds.ts'
import { THRESHOLDS } from './kinds.ts'
import type { Notice } from './notice.ts'
import type { Cause, Sighting } from './sightings.ts'

/** What a problem is in one service. */
export type Part = {
  readonly kinds: Readonly<Partial<Record<ProblemKind, number>>>
  /** The number of tasks that failed; 0 if no sign is a task. */
  readonly tasks: number
  /** The times of the first and the last sign in the service, ISO 8601. */
  readonly first: string
  readonly last: string
  /** What happened in a few words, such as `out of memory`. Absent if only the counts of this part are stored. */
  readonly words?: string
  readonly detail?: string
  readonly nextStep?: string
  /** The newest task that failed for the most frequent cause. */
  readonly failed?: FailedTask
  /** When the deployment of the failing tasks began. */
  readonly deployedAt?: string
  /** What ECS reported in addition to the failed tasks, such as `deployment rolled back`. */
  readonly also?: string
}

export type FailedTask = {
  readonly id: string
  readonly createdAt: string
  readonly container?: string
  readonly definition?: string
}

export const PROBLEMS = 'problems'
export const problemKey = ({ id }: Pick<Problem, 'id'>): Key => ({ pk: PROBLEMS, sk: id })

export type Problem = {
  readonly id: string
  readonly key: string
  readonly cause: Cause
  readonly state: 'watched' | 'open' | 'closed'
  readonly first: string
  readonly last: string
  /** The affected services: one part for each, by the ARN of the service. */
  readonly parts: Readonly<Record<string, Part>>
  /** How many times a further service was not stored in `parts` because MOST_PARTS was reached. */
  readonly more?: number
  /** Whether some events of the problem arrived long after they happened. */
  readonly isLate?: true
  readonly closedAt?: string
  /** When the affected services were steady again, ISO 8601. */
  readonly endedAt?: string
  /** Why the problem was closed, if it was closed for another reason than that all services are steady. */
  readonly because?: string
}

/**
 * How long before the first known sign of an open problem another sign may be that belongs to the same problem. Events
 * arrive in any order.
 */
export const JOIN_MS = 30 * 60_000
/** How old a sign may be to count as recent. */
export const RECENT_MS = 30 * 60_000
/**
 * A sign within this time after a problem was closed opens the same problem again. A later sign begins another problem.
 */
const REOPEN_MS = 10 * 60_000
const MOST_PARTS = 1_000
/** The maximum number of parts that are stored in full. Of further parts only the counts are stored. */
const MOST_FULL = 40

export type Fold = {
  readonly ref: ServiceRef
  readonly now: string
  /** The signs that have the key of the problem, oldest first. */
  readonly sightings: readonly Sighting[]
  readonly notices: readonly Notice[]
  /** The maximum age of a sign that opens a problem, in milliseconds. */
  readonly recentMs: number
  readonly isLate: boolean
}

/**
 * Adds the signs of one service to a problem. `before`: the stored problem, if there is one. `id`: returns the id for
 * another problem, from the time of its first sign. Returns undefined if there is neither a stored problem nor a sign
 * that counts.
 */
export const fold = (before: Problem | undefined, given: Fold, id: (first: string) => string): Problem | undefined => {
  const { ref, sightings, now } = given
  const current = before !== undefined && isSame(before, sightings) ? withoutOld(before, given) : undefined
  const isNew = current === undefined || current.state === 'watched'
  const earliest = isNew ? ago(now, given.recentMs) : ago(current.first, JOIN_MS)
  const own = sightings.filter(({ at, isLasting }) => at >= earliest || (isNew && isLasting === true))
  const fresh = current === undefined && before !== undefined ? own.filter(({ at }) => at > before.last) : own
  const [first] = fresh
  if (first === undefined) return current ?? before
  const start: Problem = current ?? {
    ...{ id: id(first.at), key: first.key, cause: first.cause, state: 'watched', first: first.at, last: first.at },
    parts: {},
  }
  return withState(withPart(start, ref.arn, partOf(fresh, given), given.isLate), before)
}

const ago = (at: string, ms: number): string => new Date(Date.parse(at) - ms).toISOString()

/** Removes the parts without recent signs from a problem that is still watched. */
const withoutOld = (problem: Problem, { now, recentMs }: Fold): Problem => {
  if (problem.state !== 'watched') return problem
  const earliest = ago(now, recentMs)
  const parts = Object.fromEntries(Object.entries(problem.parts).filter(([, { last }]) => last >= earliest))
  const firsts = Object.values(parts).map(({ first }) => first)
  return { ...problem, parts, first: firsts.toSorted()[0] ?? problem.last }
}

/**
 * Whether signs belong to the stored problem. For a closed problem: no sign is later than its last sign (the event
 * arrived late), or the first later sign came within REOPEN_MS after the problem was closed.
 */
const isSame = ({ state, closedAt = '', last }: Problem, sightings: readonly Sighting[]): boolean => {
  if (state !== 'closed') return true
  const next = sightings.find(({ at }) => at > last)
  return next === undefined || Date.parse(next.at) < Date.parse(closedAt) + REOPEN_MS
}

const withPart = (problem: Problem, arn: string, part: Part, isLate: boolean): Problem => {
  const known = Object.hasOwn(problem.parts, arn)
  const count = Object.keys(problem.parts).length
  if (!known && count >= MOST_PARTS) return { ...problem, more: (problem.more ?? 0) + 1 }
  const isFull = count < MOST_FULL || problem.parts[arn]?.words !== undefined
  const { kinds, tasks, first, last } = part
  const parts = { ...problem.parts, [arn]: isFull ? part : { kinds, tasks, first, last } }
  return {
    ...problem,
    first: first < problem.first ? first : problem.first,
    last: last > problem.last ? last : problem.last,
    parts,
    ...(isLate && { isLate }),
  }
}

const withState = (problem: Problem, before: Problem | undefined): Problem => {
  if (problem.state === 'open') return problem
  if (problem.state === 'closed') {
    if (before === undefined || problem.last <= before.last) return problem
    const { closedAt: _, endedAt: __, because: ___, ...reopened } = problem
    return { ...reopened, state: 'open' }
  }
  return isOver(problem) ? { ...problem, state: 'open' } : problem
}

/** Whether the signs of one kind, summed over all services, have reached the threshold of this kind. */
const isOver = ({ parts }: Problem): boolean => {
  const sums = new Map<ProblemKind, number>()
  for (const { kinds } of Object.values(parts))
    for (const [kind, weight] of Object.entries(kinds) as [ProblemKind, number][])
      sums.set(kind, (sums.get(kind) ?? 0) + weight)
  return [...sums].some(([kind, sum]) => sum >= THRESHOLDS[kind])
}

const partOf = (sightings: readonly Sighting[], { notices }: Fold): Part => {
  const stops = sightings.flatMap(({ task }) => task ?? [])
  const last = sightings.at(-1)
  const kinds: Partial<Record<ProblemKind, number>> = {}
  for (const { kind, weight } of sightings) kinds[kind] = (kinds[kind] ?? 0) + weight
  const told = sightings.findLast(({ task }) => task === undefined)
  const about = stops.length === 0 ? aboutNotice(told) : aboutTasks(sightings, notices)
  return {
    kinds,
    tasks: stops.length,
    first: sightings[0]?.at ?? '',
    last: last?.at ?? '',
    ...about,
    ...(stops.length > 0 && told?.words !== undefined && { also: told.words }),
    ...(told?.detail !== undefined && { detail: told.detail }),
  }
}

const aboutNotice = (told: Sighting | undefined): Pick<Part, 'words'> => ({ words: told?.words ?? 'has a problem' })

const aboutTasks = (sightings: readonly Sighting[], notices: readonly Notice[]) => {
  const newest = newestOfMost(sightings)
  const deployment = newest?.task?.deployment
  const deployedAt =
    deployment === undefined
      ? undefined
      : notices.findLast(one => one.name === 'deploying' && one.deployment === deployment)?.at
  const cause = newest?.stop
  return {
    words: cause === undefined ? 'failed' : wordsOf(cause),
    ...(cause !== undefined && { detail: cause.text, nextStep: cause.nextStep }),
    ...(deployedAt !== undefined && { deployedAt }),
    ...(newest?.task !== undefined && { failed: failedTask(newest.task, cause) }),
  }
}

/** The newest sign among the tasks that stopped for the most frequent cause; undefined if no task stopped. */
const newestOfMost = (sightings: readonly Sighting[]): Sighting | undefined => {
  const groups = new Map<string, { count: number; newest: Sighting }>()
  for (const sighting of sightings) {
    if (sighting.stop === undefined) continue
    const count = (groups.get(sighting.stop.text)?.count ?? 0) + 1
    groups.set(sighting.stop.text, { count, newest: sighting })
  }
  return [...groups.values()].toSorted((a, b) => b.count - a.count || (a.newest.at < b.newest.at ? 1 : -1))[0]?.newest
}

const failedTask = (task: StoppedTask, cause: StopCause | undefined): FailedTask => ({
  id: task.id,
  createdAt: task.createdAt,
  ...(cause?.container !== undefined && { container: cause.container }),
  ...(task.taskDefinition !== undefined && task.taskDefinition !== '' && { definition: task.taskDefinition }),
})

const BRIEF: Readonly<Record<string, string>> = {
  memory: 'out of memory',
  image: 'image not found',
  'pull-rights': 'no right to pull its image',
  'rate-limit': 'pull rate limit',
  disk: 'out of disk space',
  health: 'failed health checks',
  'load-balancer': 'failed target health checks',
  placement: 'no capacity',
  spot: 'Spot interruptions',
  host: 'lost hosts',
  secret: 'cannot read a secret',
  network: 'no network',
}

const wordsOf = (cause: StopCause): string => BRIEF[cause.kind] ?? shortCause(cause).split(': ')[0] ?? cause.text

/** Closes a problem. `endedAt`: when the affected services were steady again. */
export const close = (problem: Problem, now: string, endedAt = problem.last, because?: string): Problem => ({
  ...problem,
  state: 'closed',
  closedAt: now,
  endedAt: endedAt < problem.last ? problem.last : endedAt,
  ...(because !== undefined && { because }),
})

/** The kinds of a problem in the services with these ARNs; by default in all its services. */
export const kindsOf = ({ parts }: Problem, arns: readonly string[] = Object.keys(parts)): readonly ProblemKind[] => [
  ...new Set(arns.flatMap(arn => Object.keys(parts[arn]?.kinds ?? {}) as ProblemKind[])),
]
