// Reads the status of a durable execution from Lambda.
import { isRecord } from '../../model/json.ts'
import type { ExecutionStatus } from '../../model/ports/functions.ts'
import { createSignedGet, refusedBy } from '../signed-request.ts'

/** Creates the reader. It sends the same request as `aws lambda get-durable-execution --durable-execution-arn …`. */
export const createExecutionStatus = (env: NodeJS.ProcessEnv): ExecutionStatus => {
  const ask = createSignedGet('lambda', env)
  return async arn => {
    const reply = await ask(`/2025-12-01/durable-executions/${encodeURIComponent(arn)}`)
    const body: unknown = reply.status === 200 ? JSON.parse(reply.text) : undefined
    if (isRecord(body) && typeof body['Status'] === 'string') return body['Status']
    throw refusedBy('reading the execution: Lambda', reply)
  }
}
