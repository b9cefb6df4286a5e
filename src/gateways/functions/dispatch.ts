// Invokes Quarterdeck's other functions asynchronously, and resumes operations by completing their callbacks.

import type {
  ContinueFollow,
  Dispatch,
  LookAtGate,
  LookAtIncident,
  TellProblems,
  Wake,
} from '../../model/ports/functions.ts'
import { incidentJob, problemsJob } from '../../model/ports/job.ts'
import { codeOf, createSignedPost, refusedBy } from '../signed-request.ts'

/**
 * Creates the dispatch. `env`: QUERY_FUNCTION, DECISION_FUNCTION and OPERATION_FUNCTION, each the name of a function with an
 * alias.
 */
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

export const createLookAtGate = (env: NodeJS.ProcessEnv): LookAtGate => {
  const invoke = createInvoke(env)
  return job => invoke(env['GATES_FUNCTION'], job)
}

export const createTellProblems = (env: NodeJS.ProcessEnv): TellProblems => {
  const invoke = createInvoke(env)
  return () => invoke(env['GATES_FUNCTION'], problemsJob(0))
}

export const createLookAtIncident = (env: NodeJS.ProcessEnv): LookAtIncident => {
  const invoke = createInvoke(env)
  return id => invoke(env['GATES_FUNCTION'], incidentJob(id, 0))
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
    if (reply.status >= 300) throw refusedBy('invoking a function: Lambda', reply)
  }
}

/** Matches Lambda's errors for a callback that is complete or timed out, or whose execution has ended. */
const CALLBACK_ENDED = /^(CallbackTimeout|ResourceNotFound|InvalidParameterValue|Conflict)/

/** Creates the function that completes an operation's callback. Idempotent: for a callback that has ended, it does nothing. */
export const createWake = (env: NodeJS.ProcessEnv): Wake => {
  const send = createSignedPost('lambda', env)
  return async callbackId => {
    const path = `/2025-12-01/durable-execution-callbacks/${encodeURIComponent(callbackId)}/succeed`
    const reply = await send(path, '"settled"', { 'content-type': 'application/octet-stream' })
    if (reply.status >= 300 && !CALLBACK_ENDED.test(codeOf(reply)))
      throw refusedBy('waking the operation: Lambda', reply)
  }
}
