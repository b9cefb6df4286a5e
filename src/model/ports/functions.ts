// The ports to Quarterdeck's other functions: invoke one, wake a waiting one, schedule a job, read the status of an
// execution.

import type {
  AskJob,
  AudienceJob,
  CardJob,
  DecisionJob,
  FollowJob,
  GateJob,
  HomeJob,
  OperationJob,
  QueryJob,
  RateLimitJob,
  ScheduledJob,
  SettingJob,
} from './job.ts'

/** Schedules a job. `at`: ISO 8601; the job runs within the minute after that time. Idempotent for the same job. */
export type Schedule = (job: ScheduledJob, at: string) => Promise<void>

/**
 * Reads the status of a durable execution: RUNNING, SUCCEEDED, FAILED, TIMED_OUT or STOPPED. `arn`: the execution's
 * ARN.
 */
export type ExecutionStatus = (arn: string) => Promise<string>

export type Dispatch = {
  readonly query: (job: QueryJob | HomeJob | AudienceJob | RateLimitJob) => Promise<void>
  /** Sends a vote, a setting or the request for a card's dialog to the decision function, which has reserved concurrency. */
  readonly decision: (job: DecisionJob | SettingJob | CardJob | AskJob) => Promise<void>
  /** Starts an operation. Idempotent for the same id and job. */
  readonly operation: (job: OperationJob) => Promise<void>
}

/** Continues a log follow in another invocation of the query function (QUERY_FUNCTION). */
export type ContinueFollow = (job: FollowJob) => Promise<void>

/** Has the schedule function tell problems in channels (GATES_FUNCTION). */
export type TellProblems = () => Promise<void>

/** Has the schedule function look at the gates of a service (GATES_FUNCTION). */
export type LookAtGate = (job: GateJob) => Promise<void>

/** Has the schedule function make the channel of an incident, or update its messages (GATES_FUNCTION). `id`: of the incident. */
export type LookAtIncident = (id: string) => Promise<void>

/** Wakes an operation that waits for the given callback. Idempotent. */
export type Wake = (callbackId: string) => Promise<void>
