// Records scaling activities with the texts of Application Auto Scaling. Source: Application Auto Scaling user guide,
// scaling activities.

import type { NotScaledReason } from '@aws-sdk/client-application-auto-scaling'
import type { Service } from '../state.ts'
import { activeService, type Scaling, uuid } from './context.ts'
import { runningOf } from './meters.ts'
import type { Activity, Target } from './state.ts'

const SIX_WEEKS = 42 * 86_400_000

type New = Pick<Activity, 'description' | 'cause' | 'status'> & Partial<Pick<Activity, 'message' | 'to' | 'notScaled'>>

const add = (scaling: Scaling, target: Target, made: New): void => {
  const now = scaling.fleet.clock.now()
  const { status } = made
  const activity: Activity = {
    ...made,
    id: uuid(scaling),
    resourceId: target.resourceId,
    startAt: now,
    ...(status !== 'InProgress' && !made.notScaled && { endAt: now }),
  }
  target.activities = [activity, ...target.activities.filter(({ startAt }) => startAt > now - SIX_WEEKS)]
}

const end = (activity: Activity, now: number, status: Activity['status'], message: string) => {
  activity.status = status
  activity.message = message
  activity.endAt = now
}

/** Ends each activity whose desired number of tasks is running, or whose desired count was replaced by another count. */
export const settleActivities = ({ fleet }: Scaling, target: Target, service: Service): void => {
  for (const activity of target.activities) {
    if (activity.status !== 'InProgress') continue
    const now = fleet.clock.now()
    const { to = 0 } = activity
    // The text for a replaced activity is a guess.
    if (service.desired !== to) end(activity, now, 'Overridden', `Desired count was set to ${service.desired}.`)
    else if (runningOf(service) === to)
      end(activity, now, 'Successful', `Successfully set desired count to ${to}. Change successfully fulfilled by ecs.`)
  }
}

/** Sets the desired count and records an activity. */
export const setCount = (scaling: Scaling, target: Target, to: number, cause: string): void => {
  const service = activeService(scaling, target)
  if (!service || service.desired === to) return
  scaling.fleet.autoscale(service, to)
  settleActivities(scaling, target, service)
  add(scaling, target, {
    description: `Setting desired count to ${to}.`,
    cause,
    status: 'InProgress',
    message: `Successfully set desired count to ${to}. Waiting for change to be fulfilled by ecs.`,
    to,
  })
}

/** Records that the service was not scaled. The same reason is not recorded twice in succession. */
export const noteNotScaled = (scaling: Scaling, target: Target, cause: string, reason: NotScaledReason): void => {
  if (target.activities[0]?.notScaled?.[0]?.Code === reason.Code) return
  add(scaling, target, {
    description: 'Attempting to scale due to alarm triggered',
    cause,
    status: reason.Code === 'AlreadyAtDesiredCapacity' ? 'Successful' : 'Failed',
    notScaled: [reason],
  })
}

export const noteBounds = (scaling: Scaling, target: Target, action: string): void => {
  const bounds = `min capacity to ${target.min} and max capacity to ${target.max}`
  add(scaling, target, {
    description: `Setting ${bounds}`,
    cause: `scheduled action name ${action} was triggered`,
    status: 'Successful',
    message: `Successfully set ${bounds}`,
  })
}

/** Moves the desired count between the minimum and the maximum, even while scaling is suspended. */
export const moveIntoBounds = (scaling: Scaling, target: Target): void => {
  const service = activeService(scaling, target)
  if (!service) return
  if (service.desired < target.min) setCount(scaling, target, target.min, `minimum capacity was set to ${target.min}`)
  if (service.desired > target.max) setCount(scaling, target, target.max, `maximum capacity was set to ${target.max}`)
}
