// From one function to the next: asynchronous invocations, and the callback that wakes an operation.
import type { DecisionJob, OperationJob, QueryJob } from '../job.ts'
import { createSignedFetch, refusedBy } from './signed.ts'

export type Dispatch = {
  readonly query: (job: QueryJob) => Promise<void>
  readonly decision: (job: DecisionJob) => Promise<void>
  /** The same id with the same job again finds the operation that is there. */
  readonly operation: (job: OperationJob) => Promise<void>
}

/** Function names come from the environment: QUERY_FUNCTION, DECISION_FUNCTION, OPERATION_FUNCTION (an alias's name). */
export const createDispatch = (env: NodeJS.ProcessEnv): Dispatch => {
  const send = createSignedFetch('lambda', env)
  const invoke = async (
    functionName: string | undefined,
    job: object,
    headers: Readonly<Record<string, string>> = {},
  ) => {
    const answer = await send(`/2015-03-31/functions/${encodeURIComponent(functionName ?? '')}/invocations`, {
      headers: { 'content-type': 'application/json', 'x-amz-invocation-type': 'Event', ...headers },
      body: JSON.stringify(job),
    })
    if (!answer.ok) throw await refusedBy('passing the command on: Lambda', answer)
  }
  return {
    query: job => invoke(env['QUERY_FUNCTION'], job),
    decision: job => invoke(env['DECISION_FUNCTION'], job),
    operation: job => invoke(env['OPERATION_FUNCTION'], job, { 'x-amz-durable-execution-name': job.id }),
  }
}

export type Wake = (callbackId: string) => Promise<void>

/** Completes an operation's callback. One that is completed already, or gone, is no error: waking is repeatable. */
export const createWake = (env: NodeJS.ProcessEnv): Wake => {
  const send = createSignedFetch('lambda', env)
  return async callbackId => {
    const answer = await send(`/2025-12-01/durable-execution-callbacks/${encodeURIComponent(callbackId)}/succeed`, {
      headers: { 'content-type': 'application/octet-stream' },
      body: '"settled"',
    })
    if (!answer.ok && answer.status !== 404 && answer.status !== 400 && answer.status !== 409) {
      throw await refusedBy('waking the operation: Lambda', answer)
    }
  }
}
