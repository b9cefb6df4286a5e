// What every step is bounded by: a result that AWS would refuse becomes an error of the step, which its story handles, and
// an error is cut to what AWS takes.
import { cutBytes, jsonBytes, MOST_ERROR_BYTES, MOST_PAYLOAD_BYTES } from '../../model/bytes.ts'
import type { Json } from '../../model/json.ts'

const MOST_MESSAGE_BYTES = MOST_ERROR_BYTES / 4
const MOST_NAME_BYTES = 256

/** The same step, whose result and error AWS takes. */
export const bounded =
  <Given extends readonly unknown[], T extends Json>(run: (...given: Given) => Promise<T>) =>
  async (...given: Given): Promise<T> => {
    try {
      return checked(await run(...given))
    } catch (error) {
      throw cutError(error)
    }
  }

const checked = <T extends Json>(value: T): T => {
  const bytes = jsonBytes(value)
  if (bytes <= MOST_PAYLOAD_BYTES) return value
  throw new RangeError(
    `what came of it has ${bytes.toLocaleString('en')} bytes, and AWS keeps ${MOST_PAYLOAD_BYTES.toLocaleString('en')}`,
  )
}

/** The same error, so that its class and code stay: who decides about another try looks at them. */
const cutError = (error: unknown): Error => {
  if (!(error instanceof Error)) return new Error(cutBytes(String(error), MOST_MESSAGE_BYTES))
  const { name, message, stack } = error
  const parts = {
    name: cutBytes(name, MOST_NAME_BYTES),
    message: cutBytes(message, MOST_MESSAGE_BYTES),
    ...(stack !== undefined && { stack: cutBytes(stack, MOST_MESSAGE_BYTES) }),
  }
  for (const [key, value] of Object.entries(parts))
    Object.defineProperty(error, key, { value, configurable: true, writable: true, enumerable: false })
  return error
}
