// How it becomes known that a durable execution ended badly: EventBridge's status change, or the dead-letter queue.
// Sources: Lambda developer guide, "Monitoring durable functions" (the event) and "Asynchronous invocation" (the queue).
import { isRecord } from '../json.ts'

/**
 * `operation`: the execution's name. `arn`: of the execution; a message of the dead-letter queue does not have it.
 * `job`: what the execution was started with; only such a message has it.
 */
export type EndedExecution = {
  readonly kind: 'ended'
  readonly from: 'event' | 'queue'
  readonly operation: string
  readonly arn?: string
  readonly job?: unknown
}

/** Undefined where the event is neither of the two. */
export const endedExecutionIn = (event: unknown): EndedExecution | undefined => {
  if (!isRecord(event)) return undefined
  if (event['detail-type'] === 'Durable Execution Status Change') return fromStatusChange(event['detail'])
  // The event source mapping hands over one message at a time.
  const [message]: readonly unknown[] = Array.isArray(event['Records']) ? event['Records'] : []
  return isRecord(message) && message['eventSource'] === 'aws:sqs' ? fromDeadLetter(message['body']) : undefined
}

const fromStatusChange = (detail: unknown): EndedExecution | undefined => {
  if (!isRecord(detail)) return undefined
  const { durableExecutionName: operation, durableExecutionArn: arn } = detail
  return typeof operation === 'string' && typeof arn === 'string'
    ? { kind: 'ended', from: 'event', operation, arn }
    : undefined
}

/** Lambda puts the event that was not handled into the message as it was sent. */
const fromDeadLetter = (body: unknown): EndedExecution | undefined => {
  const job = parsed(body)
  return isRecord(job) && typeof job['id'] === 'string'
    ? { kind: 'ended', from: 'queue', operation: job['id'], job }
    : undefined
}

const parsed = (body: unknown): unknown => {
  try {
    return typeof body === 'string' ? JSON.parse(body) : undefined
  } catch {
    return undefined
  }
}
