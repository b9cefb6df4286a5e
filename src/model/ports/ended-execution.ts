// Decodes notices of failed durable executions: EventBridge status changes and dead-letter queue messages. Sources:
// Lambda developer guide, "Monitoring durable functions" (the event) and "Asynchronous invocation" (the queue).
import { isRecord } from '../json.ts'

/**
 * A notice of an ended execution. `operation`: the execution's name. `arn`: the execution's ARN, from status changes
 * only. `job`: the execution's input, from the dead-letter queue only.
 */
export type EndedExecution = {
  readonly kind: 'ended'
  readonly from: 'event' | 'queue'
  readonly operation: string
  readonly arn?: string
  readonly job?: unknown
}

/** Decodes a notice from an event; undefined for any other event. */
export const endedExecutionIn = (event: unknown): EndedExecution | undefined => {
  if (!isRecord(event)) return undefined
  if (event['detail-type'] === 'Durable Execution Status Change') return fromStatusChange(event['detail'])
  // There is one record at most, because the event source mapping has a batch size of 1.
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

/** Decodes a message of the dead-letter queue. Its body is the event that the function did not handle. */
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
