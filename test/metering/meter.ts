// What AWS meters of a durable execution, counted from the updates that its function sent. Facts: the Lambda developer guide.
import type { Update } from '../../sandbox/lambda/durable/execution.ts'

export type Metered = { readonly operations: number; readonly bytes: number }

/**
 * A step is 1 and its retries, a condition 1 and each of its looks, a callback, a wait and a context 1. Bytes: of what steps,
 * looks, callbacks and contexts carry, as UTF-8.
 */
export const meter = (updates: readonly Update[]): Metered => {
  const known = new Set<string>()
  let operations = 0
  let bytes = 0
  for (const update of updates) {
    if (update.Type === 'EXECUTION') continue
    if (!known.has(update.Id)) operations += 1
    known.add(update.Id)
    if (update.Action === 'RETRY') operations += 1
    // The last look of a condition ends it; those before are retries.
    if (update.SubType === 'WaitForCondition' && (update.Action === 'SUCCEED' || update.Action === 'FAIL'))
      operations += 1
    bytes += size(update.Payload ?? '') + (update.Error === undefined ? 0 : size(JSON.stringify(update.Error)))
  }
  return { operations, bytes }
}

const size = (text: string): number => Buffer.byteLength(text)
