// EventBridge Scheduler: a job for the schedule function at some later time, once. Signed without an SDK, like all that
// passes a job on.

import type { Schedule } from '../../model/ports/functions.ts'
import type { ScheduledJob } from '../../model/ports/job.ts'
import { createSignedPost, refusedBy } from '../signed-request.ts'

/** `env`: SCHEDULE_FUNCTION and SCHEDULER_ROLE, ARNs: what is invoked, and as whom; SCHEDULE_GROUP, where schedules are kept. */
export const createSchedule = (env: NodeJS.ProcessEnv): Schedule => {
  const send = createSignedPost('scheduler', env)
  return async (job, at) => {
    const request = {
      GroupName: env['SCHEDULE_GROUP'],
      ScheduleExpression: `at(${new Date(at).toISOString().slice(0, 19)})`,
      FlexibleTimeWindow: { Mode: 'OFF' },
      // Schedules that are over count against the quota for as long as they are there.
      ActionAfterCompletion: 'DELETE',
      Target: { Arn: env['SCHEDULE_FUNCTION'], RoleArn: env['SCHEDULER_ROLE'], Input: JSON.stringify(job) },
    }
    const reply = await send(`/schedules/${nameOf(job)}`, JSON.stringify(request), {
      'content-type': 'application/json',
    })
    if (reply.status >= 300 && reply.status !== 409) throw refusedBy(`scheduling a ${job.kind}: Scheduler`, reply)
  }
}

/** Scheduler takes 64 letters, digits and `-_.`; an operation's id is of those. */
const nameOf = ({ kind, operation, number }: ScheduledJob): string => `${kind}-${number}-${operation}`.slice(0, 64)
