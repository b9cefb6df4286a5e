// How far a count is: done, failing and why, taken over by somebody else, or held up by protected tasks.

import type { Plan } from '../../engine/change/plan.ts'
import type { Progress } from '../../engine/change/progress.ts'
import { isUnable } from '../../features/deployments/rollout-trouble.ts'
import { tasks } from '../../features/scaling/load-scaling.ts'
import { whyStopped } from '../../features/status/why-stopped.ts'
import type { Autoscaling, ScalingActivity, Service, StoppedTask } from '../../model/ecs.ts'
import type { Readers } from '../readers.ts'
import { limitMinutes } from './wanted.ts'

export type Seen = {
  readonly service: Service
  /** Tasks that failed since the calls began. */
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

/** Autoscaling may go above a floor on its own: that is no less than was asked for. */
export const progressOfFloor = (floor: number, seen: Seen, autoscaling: Autoscaling | undefined): Progress => {
  if (autoscaling === undefined)
    return { status: 'superseded', text: 'Its scalable target was deregistered meanwhile.' }
  if (autoscaling.min < floor)
    return {
      status: 'superseded',
      text: `The minimum was set to ${autoscaling.min} meanwhile, not by this operation.`,
    }
  const { running } = seen.service
  return running >= floor ? { status: 'done', text: `${running} running.` } : progress(floor, seen)
}

const superseded = (desired: number, since: string, activities: readonly ScalingActivity[]): Progress => {
  const own = activities.find(({ at, notScaled }) => at >= since && notScaled.length === 0)
  return own === undefined
    ? { status: 'superseded', text: `The count was set to ${desired} meanwhile, not by this operation.` }
    : {
        status: 'superseded',
        text: `Autoscaling set the count to ${desired} meanwhile.`,
        details: [own.cause.slice(0, 300)],
      }
}

/** Only protected tasks are left to stop: ECS waits for them, and so need nobody else. */
const blocked = async (plan: Plan, { service }: Seen, read: Readers): Promise<Progress | undefined> => {
  const kept = await read.protectedTasks(plan.target)
  if (kept.length < service.running || kept.length <= plan.tasks) return undefined
  const until =
    kept
      .map(({ until: at }) => at)
      .toSorted()
      .at(-1) ?? ''
  return {
    status: 'blocked',
    text: `Blocked by ${kept.length} protected ${kept.length === 1 ? 'task' : 'tasks'} until ${until.slice(11, 16)} UTC; ECS stops ${tasks(kept.length - plan.tasks)} then.`,
  }
}

const FAILURES_TO_GIVE_UP = 3

const progress = (wanted: number, { service, failed, since, now }: Seen): Progress => {
  const { running, pending } = service
  const counts = `${running}/${wanted} running${pending > 0 ? `, ${pending} pending` : ''}`
  const text = failed.length > 0 ? `${counts}, ${failed.length} failed to start` : counts
  if (running === wanted && pending === 0) return { status: 'done', text: `${running}/${wanted} running` }
  if (running < wanted && failed.length >= FAILURES_TO_GIVE_UP)
    return failure(`${text}: its tasks do not stay up.`, failed)
  const minutes = (Date.parse(now) - Date.parse(since)) / 60_000
  if (minutes > limitMinutes(wanted, service.graceSeconds))
    return failure(`${text} after ${Math.round(minutes)} min.`, failed, latest(service))
  return { status: 'moving', text, share: wanted === 0 ? 0 : Math.min(1, running / wanted) }
}

const failure = (text: string, failed: readonly StoppedTask[], also: readonly string[] = []): Progress => ({
  status: 'failed',
  text,
  details: [...new Set([...failed.map(whyStopped), ...also])].slice(0, 5),
})

/** What ECS could not do says more than what it did last. */
const latest = ({ events }: Service): readonly string[] => {
  const said = events.map(({ message }) => message)
  return [said.find(isUnable) ?? said[0] ?? []].flat()
}
