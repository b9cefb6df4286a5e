// What operations gave to Lambda to keep, as it came over the wire: the largest of each name, and what AWS refuses of it.
import { MOST_ERROR_BYTES, MOST_PAYLOAD_BYTES } from '../../../src/model/bytes.ts'
import type { World } from '../world.ts'

/** Facts: what a name of an operation may be. */
const NAME = /^[\x20-\x7E]{1,256}$/

export type Payloads = {
  /** By the name of the operation: the most bytes that it gave at once. */
  readonly largest: ReadonlyMap<string, number>
  /** A line for each that AWS refuses, and ends the execution for. */
  readonly refused: readonly string[]
}

/** From now on. */
export const watchPayloads = ({ durable }: World): Payloads => {
  const largest = new Map<string, number>()
  const refused: string[] = []
  const checkpoint = durable.checkpoint.bind(durable)
  durable.checkpoint = (arn, body) => {
    for (const { Name: name, Payload: payload = '', Error: error } of body.Updates ?? []) {
      const [bytes, errorBytes] = [Buffer.byteLength(payload), Buffer.byteLength(JSON.stringify(error ?? {}))]
      const key = name ?? '(no name)'
      largest.set(key, Math.max(largest.get(key) ?? 0, bytes, errorBytes))
      if (bytes > MOST_PAYLOAD_BYTES) refused.push(`${key}: ${bytes} bytes`)
      if (errorBytes > MOST_ERROR_BYTES) refused.push(`${key}: an error of ${errorBytes} bytes`)
      if (name !== undefined && !NAME.test(name)) refused.push(`${JSON.stringify(name)} is no name`)
    }
    return checkpoint(arn, body)
  }
  return { largest, refused }
}
