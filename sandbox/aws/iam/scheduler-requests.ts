// The permissions that EventBridge Scheduler calls need: for the schedule in its group, and to pass the execution role.
// Sources: service authorization reference, Amazon EventBridge Scheduler; EventBridge Scheduler user guide, setting up.

import type { CreateScheduleInput } from '@aws-sdk/client-scheduler'
import type { Call } from '../wire/service.ts'
import type { Check } from './evaluate.ts'

const scheduleArn = ({ region, caller }: Call, { GroupName = 'default', Name }: CreateScheduleInput): string =>
  `arn:aws:scheduler:${region}:${caller.account}:schedule/${GroupName}/${Name}`

const passed = ({ Target }: CreateScheduleInput): readonly Check[] =>
  Target?.RoleArn === undefined
    ? []
    : [
        {
          action: 'iam:PassRole',
          resource: Target.RoleArn,
          context: { 'iam:PassedToService': 'scheduler.amazonaws.com' },
        },
      ]

/** The permissions that a call needs; undefined for a call without a schedule. */
export const schedulerChecks = (call: Call): readonly Check[] | undefined => {
  const input = call.input as unknown as CreateScheduleInput
  if (input.Name === undefined) return undefined
  return [{ action: `scheduler:${call.action}`, resource: scheduleArn(call, input), context: {} }, ...passed(input)]
}
