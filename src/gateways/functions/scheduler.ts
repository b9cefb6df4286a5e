// Schedules jobs with EventBridge Scheduler. The schedule function runs each job once.

import type { Schedule } from '../../model/ports/functions.ts'
import type { ScheduledJob } from '../../model/ports/job.ts'
import { createSignedPost, refusedBy } from '../signed-request.ts'

/** Creates the scheduler. `env`: SCHEDULE_FUNCTION (ARN of the target), SCHEDULER_ROLE (ARN of its role), SCHEDULE_GROUP. */
export const createSchedule = (env: NodeJS.ProcessEnv): Schedule => {
  const send = createSignedPost('scheduler', env)
  return async (job, at) => {
    const request = {
      GroupName: env['SCHEDULE_GROUP'],
      ScheduleExpression: `at(${new Date(at).toISOString().slice(0, 19)})`,
      FlexibleTimeWindow: { Mode: 'OFF' },
      // The schedule is deleted after it has run, because completed schedules count against the quota.
      ActionAfterCompletion: 'DELETE',
      Target: { Arn: env['SCHEDULE_FUNCTION'], RoleArn: env['SCHEDULER_ROLE'], Input: JSON.stringify(job) },
    }
    const reply = await send(`/schedules/${nameOf(job)}`, JSON.stringify(request), {
      'content-type': 'application/json',
    })
    if (reply.status >= 300 && reply.status !== 409) throw refusedBy(`scheduling a ${job.kind}: Scheduler`, reply)
  }
}

/** The name of a schedule: at most 64 letters, digits and `-_.` (Scheduler API reference). */
const nameOf = ({ kind, operation, number }: ScheduledJob): string => `${kind}-${number}-${operation}`.slice(0, 64)
