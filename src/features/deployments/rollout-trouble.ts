// Detects a deployment that will not succeed: its tasks keep failing, or ECS reports a problem in an event.

import { fullName } from '../../kit/language/target.ts'
import type { Deployment, Service, ServiceRef, StoppedTask } from '../../model/ecs.ts'
import { RemoteError } from '../../model/errors.ts'
import { commonCause } from '../status/common-cause.ts'
import type { StatusReads } from '../status/reads.ts'
import { isFailure } from '../status/why-stopped.ts'

type Reads = Pick<StatusReads, 'stoppedTasks'>

/**
 * A deployment in progress. `stillMs`: milliseconds since its task counts last changed. `elapsedMs`: milliseconds since
 * the operation's calls.
 */
export type Watched = {
  readonly service: Service
  readonly ours: Deployment
  readonly stillMs: number
  readonly elapsedMs: number
}

export type Trouble = { readonly text: string; readonly details: readonly string[] }

const MINUTE_MS = 60_000
/**
 * How long a placement may fail. Capacity providers need some minutes to add capacity; after that, the placement will
 * not succeed by itself.
 */
const MOST_MS_STILL = 10 * MINUTE_MS
/**
 * How long the decision is left to ECS's circuit breaker, which does not trigger if tasks fail between healthy tasks.
 */
const MOST_MS_OF_BREAKER = 60 * MINUTE_MS
const LEAST_FAILURES = 3
/** The highest threshold of failed tasks. */
const MOST_FAILURES = 50

/** The problem of a deployment; undefined while the deployment may still succeed. */
export const troubleOf = async (watched: Watched, read: Reads): Promise<Trouble | undefined> => {
  const { service, elapsedMs } = watched
  const isLeftToEcs = service.hasBreaker === true && elapsedMs < MOST_MS_OF_BREAKER
  const looping = isLeftToEcs ? undefined : await crashLoop(watched, read)
  return looping ?? impaired(watched, isLeftToEcs)
}

/**
 * The number of failures that are allowed: as in ECS's circuit breaker, half of the tasks, but between LEAST_FAILURES
 * and MOST_FAILURES.
 */
const failuresAllowed = ({ desired }: Service): number =>
  Math.min(MOST_FAILURES, Math.max(LEAST_FAILURES, Math.ceil(desired / 2)))

const crashLoop = async ({ service, ours }: Watched, read: Reads): Promise<Trouble | undefined> => {
  if (ours.running >= service.desired && ours.pending === 0) return undefined
  // `failed` counts only the failures in a row before the first healthy task, so stopped tasks that failed are counted
  // too.
  const stopped = (await read.stoppedTasks(service.ref)).filter(task => isOf(ours, task) && isFailure(task))
  const failures = Math.max(ours.failed, stopped.length)
  if (failures < failuresAllowed(service)) return undefined
  const told = troubleIn(service.ref, stopped)
  if (told !== undefined) return told
  return { text: `its tasks keep failing, ${failures} failed.`, details: eventsOf(ours, service).slice(0, 1) }
}

/** The maximum number of other causes that are shown. */
const MOST_OTHERS = 3

/** Why these tasks failed, with the next step; undefined if none failed. */
export const troubleIn = (ref: ServiceRef, stopped: readonly StoppedTask[]): Trouble | undefined => {
  const common = commonCause(stopped, '', fullName(ref))
  if (common === undefined) return undefined
  return { text: `${common.text}.`, details: [common.cause.nextStep, ...common.others.slice(0, MOST_OTHERS)] }
}

/**
 * Why tasks failed that were created since `since` (ISO 8601), for a deployment that ECS has ended. Undefined if none
 * failed, or if the tasks cannot be read: the reason that ECS gave is then all there is.
 */
export const troubleSince = async (ref: ServiceRef, since: string, read: Reads): Promise<Trouble | undefined> => {
  const stopped = await read.stoppedTasks(ref).catch((error: unknown) => {
    if (!(error instanceof RemoteError)) throw error
    return []
  })
  return troubleIn(
    ref,
    stopped.filter(({ createdAt }) => createdAt >= since),
  )
}

const isOf = ({ createdAt, taskDefinition }: Deployment, task: StoppedTask): boolean =>
  task.createdAt >= createdAt && (task.taskDefinition ?? taskDefinition) === taskDefinition

/**
 * Whether the message of an event reports that ECS was unable to do something (ECS developer guide, service event
 * messages).
 */
export const isUnable = (message: string): boolean => /\b(was|is) unable to\b/.test(message)
const NEVER_STARTS = /unable to consistently start tasks/

const impaired = ({ service, ours, stillMs }: Watched, isLeftToEcs: boolean): Trouble | undefined => {
  const messages = eventsOf(ours, service).filter(isUnable)
  const never = isLeftToEcs ? undefined : messages.find(message => NEVER_STARTS.test(message))
  const cause = never ?? (stillMs >= MOST_MS_STILL ? messages[0] : undefined)
  return cause === undefined ? undefined : { text: `ECS reports that it ${cause}`, details: [] }
}

/** The events since the deployment began, newest first, without the service's name. */
const eventsOf = ({ createdAt }: Deployment, { events }: Service): readonly string[] =>
  events
    .filter(({ at }) => at >= createdAt)
    .map(({ message }) =>
      message
        .replace(/^\(service [^)]*\) ?/, '')
        .replace(/[*`\n]/g, '')
        .slice(0, 300),
    )
