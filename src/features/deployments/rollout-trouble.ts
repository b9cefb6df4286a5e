// Why a deployment will not come about, from what ECS says of it: tasks that keep failing, and events of the service.

import type { Deployment, Service, StoppedTask } from '../../model/ecs.ts'
import type { StatusReads } from '../status/reads.ts'
import { whyStopped } from '../status/why-stopped.ts'

type Reads = Pick<StatusReads, 'stoppedTasks'>

/** How long its counts have stood still, and how long ago it was begun. */
export type Watched = {
  readonly service: Service
  readonly ours: Deployment
  readonly stillMs: number
  readonly elapsedMs: number
}

export type Trouble = { readonly text: string; readonly details: readonly string[] }

const MINUTE_MS = 60_000
/** Capacity providers need some minutes to make room; then a placement that fails will not come about by itself. */
const MOST_MS_STILL = 10 * MINUTE_MS
/** With a circuit breaker ECS decides; of tasks that fail now and then between healthy ones, it never does. */
const MOST_MS_OF_BREAKER = 60 * MINUTE_MS
const LEAST_FAILURES = 3
/** ECS lists a hundred stopped tasks at most. */
const MOST_FAILURES = 50

/** Tasks that ended by themselves, not because somebody or the scheduler no longer needed them. */
export const isFailure = ({ stopCode, reason }: StoppedTask): boolean =>
  /TaskFailedToStart|EssentialContainerExited/.test(stopCode) || /failed .*health checks/i.test(reason)

/** Undefined while it may still come about. */
export const troubleOf = async (watched: Watched, read: Reads): Promise<Trouble | undefined> => {
  const { service, elapsedMs } = watched
  const isLeftToEcs = service.hasBreaker === true && elapsedMs < MOST_MS_OF_BREAKER
  const looping = isLeftToEcs ? undefined : await crashLoop(watched, read)
  return looping ?? impaired(watched, isLeftToEcs)
}

/** As many as ECS's own circuit breaker allows by default: half of the tasks, three at least. */
const failuresAllowed = ({ desired }: Service): number =>
  Math.min(MOST_FAILURES, Math.max(LEAST_FAILURES, Math.ceil(desired / 2)))

const crashLoop = async ({ service, ours }: Watched, read: Reads): Promise<Trouble | undefined> => {
  if (ours.running >= service.desired && ours.pending === 0) return undefined
  // `failed` counts failures in a row and not after the first healthy task; the stopped tasks tell of those.
  const stopped = (await read.stoppedTasks(service.ref)).filter(task => isOf(ours, task) && isFailure(task))
  const failures = Math.max(ours.failed, stopped.length)
  if (failures < failuresAllowed(service)) return undefined
  const [cause = '', ...more] = new Set([...stopped.filter(hasExit), ...stopped].map(whyStopped))
  return {
    text: `its tasks do not stay up, ${failures} failed. ${cause}`.trim(),
    details: [...more.slice(0, 4), ...(cause === '' ? eventsOf(ours, service).slice(0, 1) : [])],
  }
}

/** Of a task that has only just stopped, ECS does not know yet how its containers ended: others say more. */
const hasExit = ({ containers }: StoppedTask): boolean => containers.some(({ exitCode = 0 }) => exitCode !== 0)

const isOf = ({ createdAt, taskDefinition }: Deployment, task: StoppedTask): boolean =>
  task.createdAt >= createdAt && (task.taskDefinition ?? taskDefinition) === taskDefinition

/** ECS developer guide, service event messages: all that speak of what ECS could not do. */
export const isUnable = (message: string): boolean => /\b(was|is) unable to\b/.test(message)
const NEVER_STARTS = /unable to consistently start tasks/

const impaired = ({ service, ours, stillMs }: Watched, isLeftToEcs: boolean): Trouble | undefined => {
  const said = eventsOf(ours, service).filter(isUnable)
  const never = isLeftToEcs ? undefined : said.find(message => NEVER_STARTS.test(message))
  const cause = never ?? (stillMs >= MOST_MS_STILL ? said[0] : undefined)
  return cause === undefined ? undefined : { text: `ECS says it ${cause}`, details: [] }
}

/** Since the deployment began, the newest first, without the name of the service before them. */
const eventsOf = ({ createdAt }: Deployment, { events }: Service): readonly string[] =>
  events
    .filter(({ at }) => at >= createdAt)
    .map(({ message }) =>
      message
        .replace(/^\(service [^)]*\) ?/, '')
        .replace(/[*`\n]/g, '')
        .slice(0, 300),
    )
