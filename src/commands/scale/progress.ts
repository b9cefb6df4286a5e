// Tracks the progress of a new desired count: moving, done, failed with its cause, superseded, or blocked by protected
// tasks.

import type { Plan } from '../../engine/change/plan.ts'
import type { Progress } from '../../engine/change/progress.ts'
import { isUnable, troubleIn } from '../../features/deployments/rollout-trouble.ts'
import { timeMark } from '../../kit/messages/markup.ts'
import type { Autoscaling, ScalingActivity, Service, StoppedTask } from '../../model/ecs.ts'
import { tasks } from '../../model/scaling-words.ts'
import type { Readers } from '../readers.ts'
import { limitMinutes } from './wanted.ts'

export type Seen = {
  readonly service: Service
  /** The tasks of the service that failed since the operation began its calls. */
  readonly failed: readonly StoppedTask[]
  readonly since: string
  readonly now: string
}

export const progressOfCount = async (plan: Plan, seen: Seen, read: Readers): Promise<Progress> => {
  const wanted = plan.tasks
  const { desired, running } = seen.service
  if (desired !== wanted) return superseded(desired, seen.since, await read.scalingActivities(plan.target))
  if (running > wanted) return (await blocked(plan, seen, read)) ?? progress(wanted, seen)
  return progress(wanted, seen)
}

/**
 * The progress of a new minimum capacity. It is reached with `floor` running tasks or more, since autoscaling may scale
 * out above it.
 */
export const progressOfFloor = (floor: number, seen: Seen, autoscaling: Autoscaling | undefined): Progress => {
  if (autoscaling === undefined) return { status: 'superseded', text: 'Its scalable target was deregistered.' }
  if (autoscaling.min < floor)
    return {
      status: 'superseded',
      text: `Another change set the minimum to ${autoscaling.min}.`,
    }
  const { running } = seen.service
  return running >= floor ? { status: 'done', text: `${running} running.` } : progress(floor, seen)
}

const superseded = (desired: number, since: string, activities: readonly ScalingActivity[]): Progress => {
  const activity = activities.find(({ at, notScaled }) => at >= since && notScaled.length === 0)
  return activity === undefined
    ? { status: 'superseded', text: `Another change set the desired count to ${desired}.` }
    : {
        status: 'superseded',
        text: `Autoscaling set the desired count to ${desired}.`,
        details: [activity.cause.slice(0, 300)],
      }
}

/**
 * The progress if only protected tasks remain to be stopped. ECS waits until their protection ends, so this operation
 * ends first.
 */
const blocked = async (plan: Plan, { service }: Seen, read: Readers): Promise<Progress | undefined> => {
  const guarded = await read.protectedTasks(plan.target)
  if (guarded.length < service.running || guarded.length <= plan.tasks) return undefined
  const until =
    guarded
      .map(({ until: at }) => at)
      .toSorted()
      .at(-1) ?? ''
  return {
    status: 'blocked',
    text: `Blocked by ${guarded.length} protected ${guarded.length === 1 ? 'task' : 'tasks'} until ${timeMark(until)}; ECS then stops ${tasks(guarded.length - plan.tasks)}.`,
  }
}

const FAILURES_TO_GIVE_UP = 3

const progress = (wanted: number, seen: Seen): Progress => {
  const { service, failed, since, now } = seen
  const { running, pending } = service
  const counts = `${running}/${wanted} running${pending > 0 ? `, ${pending} pending` : ''}`
  const text = failed.length > 0 ? `${counts}, ${failed.length} failed to start` : counts
  if (running === wanted && pending === 0) return { status: 'done', text: `${running}/${wanted} running` }
  if (running < wanted && failed.length >= FAILURES_TO_GIVE_UP) return failure(counts, 'its tasks keep failing', seen)
  const minutes = (Date.parse(now) - Date.parse(since)) / 60_000
  if (minutes > limitMinutes(wanted, service.graceSeconds))
    return failure(`${text} after ${Math.round(minutes)} min`, undefined, seen, latest(service))
  return { status: 'moving', text, share: wanted === 0 ? 0 : Math.min(1, running / wanted) }
}

/** The failure with the cause for which most tasks failed. `otherwise`: what is said if none is known. */
const failure = (
  counts: string,
  otherwise: string | undefined,
  { service, failed }: Seen,
  also: readonly string[] = [],
): Progress => {
  const trouble = troubleIn(service.ref, failed)
  const why = trouble?.text ?? (otherwise === undefined ? undefined : `${otherwise}.`)
  return {
    status: 'failed',
    text: why === undefined ? `${counts}.` : `${counts}: ${why}`,
    details: [...(trouble?.details ?? []), ...also].slice(0, 5),
  }
}

/** The newest event in which ECS reports that it was unable to do something. If there is none, the newest event. */
const latest = ({ events }: Service): readonly string[] => {
  const messages = events.map(({ message }) => message)
  return [messages.find(isUnable) ?? messages[0] ?? []].flat()
}
