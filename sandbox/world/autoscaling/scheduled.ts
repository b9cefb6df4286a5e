// Scheduled actions. When an action is due, it changes the bounds and moves the desired count into them.

import type { ScalableTargetAction } from '@aws-sdk/client-application-auto-scaling'
import { moveIntoBounds, noteBounds } from './activities.ts'
import { type Scaling, uuid } from './context.ts'
import { nextOf, parseSchedule } from './schedule.ts'
import type { ScheduledAction, Target } from './state.ts'

export type NewScheduled = {
  readonly name: string
  readonly schedule: string
  readonly timezone?: string | undefined
  readonly startAt?: number | undefined
  readonly endAt?: number | undefined
  readonly action: ScalableTargetAction
}

/** Creates or updates an action. If the request omits the start or end, that of the existing action is erased. */
export const putScheduled = (scaling: Scaling, target: Target, request: NewScheduled): ScheduledAction => {
  const { name, schedule, timezone, startAt, endAt, action } = request
  const before = target.scheduled.get(name)
  before?.timer?.cancel()
  const { account, region, resourceId } = target
  const put: ScheduledAction = {
    arn:
      before?.arn ??
      `arn:aws:autoscaling:${region}:${account}:scheduledAction:${uuid(scaling)}:resource/ecs/${resourceId}:scheduledActionName/${name}`,
    name,
    target,
    createdAt: before?.createdAt ?? scaling.fleet.clock.now(),
    schedule,
    ...(timezone !== undefined && { timezone }),
    ...(startAt !== undefined && { startAt }),
    ...(endAt !== undefined && { endAt }),
    action,
  }
  target.scheduled.set(name, put)
  return put
}

const run = (scaling: Scaling, { name, target, action }: ScheduledAction): void => {
  if (target.suspended.ScheduledScalingSuspended) return
  const min = action.MinCapacity ?? target.min
  const max = action.MaxCapacity ?? target.max
  // An action that would make the minimum exceed the maximum changes nothing (a guess).
  if (min > max) return
  target.min = min
  target.max = max
  noteBounds(scaling, target, name)
  moveIntoBounds(scaling, target)
}

/** Sets a timer for the next time of an action. A recurring action always has a next time. */
export const armScheduled = (scaling: Scaling, action: ScheduledAction, changed: () => void): void => {
  const { clock } = scaling.fleet
  const { timezone = 'UTC', startAt, endAt } = action
  const schedule = parseSchedule(action.schedule)
  const due = schedule && nextOf(schedule, timezone, { from: clock.now(), startAt, endAt })
  if (due === undefined) return
  action.timer = clock.at(due, () => {
    delete action.timer
    run(scaling, action)
    changed()
    armScheduled(scaling, action, changed)
  })
}
