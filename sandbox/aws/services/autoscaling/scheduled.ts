// The operations on scheduled actions of Application Auto Scaling.

import type {
  DeleteScheduledActionRequest,
  DescribeScheduledActionsRequest,
  PutScheduledActionRequest,
  ScalableTargetAction,
} from '@aws-sdk/client-application-auto-scaling'
import type { Autoscaling } from '../../../world/autoscaling/autoscaling.ts'
import { isTimezone, parseSchedule } from '../../../world/autoscaling/schedule.ts'
import type { Call, Operation } from '../../wire/service.ts'
import { actionNotFound, invalid, limitExceeded, targetNotFound } from './errors.ts'
import { expectTarget, targetsIn } from './find.ts'
import { pageOf } from './page.ts'
import { viewScheduled } from './views.ts'

const MOST = 200

const checkAction = (action: ScalableTargetAction | undefined): ScalableTargetAction => {
  if (!action) throw invalid('ScalableTargetAction must be set')
  const { MinCapacity: min, MaxCapacity: max } = action
  if (min === undefined && max === undefined)
    throw invalid('At least one of minimum capacity and maximum capacity should be provided')
  if ((min ?? 0) < 0 || (max ?? 0) < 0) throw invalid('Minimum and maximum capacity must be non-negative')
  if (min !== undefined && max !== undefined && min > max)
    throw invalid('Minimum capacity cannot be greater than maximum capacity')
  return action
}

const checkSchedule = (schedule: string | undefined, timezone: string | undefined): string => {
  if (schedule === undefined || !parseSchedule(schedule)) throw invalid('Invalid schedule expression')
  if (timezone !== undefined && !isTimezone(timezone)) throw invalid(`Invalid timezone: ${timezone}`)
  return schedule
}

/** PutScheduledAction. Settings that the request omits are kept, except the start and end, which are erased. */
const put = (autoscaling: Autoscaling, input: PutScheduledActionRequest, call: Call) => {
  const { ScheduledActionName: name = '' } = input
  const target = expectTarget(autoscaling, input, call)
  const before = target.scheduled.get(name)
  const action = checkAction(input.ScalableTargetAction ?? before?.action)
  const timezone = input.Timezone ?? before?.timezone
  const schedule = checkSchedule(input.Schedule ?? before?.schedule, timezone)
  const [startAt, endAt] = [input.StartTime?.getTime(), input.EndTime?.getTime()]
  if (startAt !== undefined && endAt !== undefined && startAt >= endAt)
    throw invalid('StartTime must be before EndTime')
  // AWS limits the number of scheduled actions of a target; the text of its error is a guess.
  if (!before && target.scheduled.size >= MOST)
    throw limitExceeded(`Cannot exceed ${MOST} scheduled actions per scalable target`)
  autoscaling.putScheduled(target, { name, schedule, timezone, startAt, endAt, action })
  return {}
}

const describe = (autoscaling: Autoscaling, input: DescribeScheduledActionsRequest, call: Call) => {
  const actions = targetsIn(autoscaling, input, call)
    .flatMap(target => [...target.scheduled.values()])
    .filter(({ name }) => input.ScheduledActionNames?.includes(name) ?? true)
  const { page, ...next } = pageOf(actions, 'scheduled', input)
  return { ScheduledActions: page.map(viewScheduled), ...next }
}

const remove = (autoscaling: Autoscaling, input: DeleteScheduledActionRequest, call: Call) => {
  const target = expectTarget(autoscaling, input, call, targetNotFound)
  const action = target.scheduled.get(input.ScheduledActionName ?? '')
  if (!action) throw actionNotFound(target.resourceId, input.ScheduledActionName ?? '')
  autoscaling.removeScheduled(action)
  return {}
}

export const scheduledOperations = (autoscaling: Autoscaling) =>
  ({
    PutScheduledAction: (input: PutScheduledActionRequest, call) => put(autoscaling, input, call),
    DescribeScheduledActions: (input: DescribeScheduledActionsRequest, call) => describe(autoscaling, input, call),
    DeleteScheduledAction: (input: DeleteScheduledActionRequest, call) => remove(autoscaling, input, call),
  }) satisfies Record<string, Operation>
