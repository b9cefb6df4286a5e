// Limits the size of step results and errors, because AWS ends an execution whose step returns too much.
import { cutBytes, jsonBytes, MOST_ERROR_BYTES, MOST_PAYLOAD_BYTES } from '../../model/bytes.ts'
import type { Json } from '../../model/json.ts'

const MAX_MESSAGE_BYTES = MOST_ERROR_BYTES / 4
const MAX_NAME_BYTES = 256

/** Limits a step: a result over AWS's limit becomes a RangeError, and a long error is shortened. */
export const bounded =
  <Given extends readonly unknown[], T extends Json>(run: (...args: Given) => Promise<T>) =>
  async (...given: Given): Promise<T> => {
    try {
      return limitResult(await run(...given))
    } catch (error) {
      throw shortenError(error)
    }
  }

const limitResult = <T extends Json>(value: T): T => {
  const bytes = jsonBytes(value)
  if (bytes <= MOST_PAYLOAD_BYTES) return value
  throw new RangeError(
    `the result of the step has ${bytes.toLocaleString('en')} bytes; AWS keeps at most ${MOST_PAYLOAD_BYTES.toLocaleString('en')}`,
  )
}

/**
 * Shortens the text of an error without creating another error, because the retry strategy reads its class and code.
 */
const shortenError = (error: unknown): Error => {
  if (!(error instanceof Error)) return new Error(cutBytes(String(error), MAX_MESSAGE_BYTES))
  const { name, message, stack } = error
  const parts = {
    name: cutBytes(name, MAX_NAME_BYTES),
    message: cutBytes(message, MAX_MESSAGE_BYTES),
    ...(stack !== undefined && { stack: cutBytes(stack, MAX_MESSAGE_BYTES) }),
  }
  for (const [key, value] of Object.entries(parts))
    Object.defineProperty(error, key, { value, configurable: true, writable: true, enumerable: false })
  return error
}
