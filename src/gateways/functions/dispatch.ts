// From one function to the next: asynchronous invocations, and the callback that wakes an operation.

import type { ContinueFollow, Dispatch, Wake } from '../../model/ports/functions.ts'
import { codeOf, createSignedPost, refusedBy } from '../signed-request.ts'

/** Function names come from the environment: QUERY_FUNCTION, DECISION_FUNCTION, OPERATION_FUNCTION (an alias's name). */
export const createDispatch = (env: NodeJS.ProcessEnv): Dispatch => {
  const invoke = createInvoke(env)
  return {
    query: job => invoke(env['QUERY_FUNCTION'], job),
    decision: job => invoke(env['DECISION_FUNCTION'], job),
    operation: job => invoke(env['OPERATION_FUNCTION'], job, { 'x-amz-durable-execution-name': job.id }),
  }
}

export const createContinueFollow = (env: NodeJS.ProcessEnv): ContinueFollow => {
  const invoke = createInvoke(env)
  return job => invoke(env['QUERY_FUNCTION'], job)
}

const createInvoke = (env: NodeJS.ProcessEnv) => {
  const send = createSignedPost('lambda', env)
  return async (functionName: string | undefined, job: object, headers: Readonly<Record<string, string>> = {}) => {
    const reply = await send(
      `/2015-03-31/functions/${encodeURIComponent(functionName ?? '')}/invocations`,
      JSON.stringify(job),
      {
        'content-type': 'application/json',
        'x-amz-invocation-type': 'Event',
        ...headers,
      },
    )
    if (reply.status >= 300) throw refusedBy('passing the command on: Lambda', reply)
  }
}

/** The callback is completed already, timed out, or its execution is gone: nobody is left to wake. */
const OVER = /^(CallbackTimeout|ResourceNotFound|InvalidParameterValue|Conflict)/

/** Completes an operation's callback. One that is completed already, or gone, is no error: waking is repeatable. */
export const createWake = (env: NodeJS.ProcessEnv): Wake => {
  const send = createSignedPost('lambda', env)
  return async callbackId => {
    const path = `/2025-12-01/durable-execution-callbacks/${encodeURIComponent(callbackId)}/succeed`
    const reply = await send(path, '"settled"', { 'content-type': 'application/octet-stream' })
    if (reply.status >= 300 && !OVER.test(codeOf(reply))) throw refusedBy('waking the operation: Lambda', reply)
  }
}
