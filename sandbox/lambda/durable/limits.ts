// The limits of executions, operations and requests, and the counting of what AWS meters. Source: Lambda API reference
// (OperationUpdate and its options) and Lambda quotas, durable functions.
import { AwsError } from '../../aws/wire/service.ts'
import type { ErrorObject, Execution, Operation, Update } from './execution.ts'
import { invalid } from './state-machine.ts'

const DAY_MS = 86_400_000
const MOST_OPERATIONS = 3_000
const MOST_STORED_BYTES = 100 * 1024 * 1024
export const LONGEST_EXECUTION_MS = 366 * DAY_MS
export const MOST_REQUEST_BYTES = 6 * 1024 * 1024
const MOST_PAYLOAD_BYTES = 262_144
const MOST_ERROR_BYTES = 32_768
const MOST_SECONDS = 31_622_400
const MOST_CALLBACK_SECONDS = 99_999_999

const ID = /^[a-zA-Z0-9-_]{1,64}$/
const NAME = /^[\x20-\x7E]{1,256}$/
const SUB_TYPE = /^[a-zA-Z-_]{1,32}$/

/** The error, with Lambda's text, for a value that does not match Lambda's model. */
const invalidValue = (value: unknown, at: string, pattern: string): AwsError =>
  new AwsError(
    'ValidationException',
    `1 validation error detected: Value '${String(value)}' at '${at}' failed to satisfy constraint: Member must satisfy ${pattern}`,
    { status: 400 },
  )

const demandPattern = (value: string | undefined, at: string, pattern: RegExp): void => {
  if (value !== undefined && !pattern.test(value))
    throw invalidValue(value, at, `regular expression pattern: ${pattern.source}`)
}

const demandRange = (value: number | undefined, at: string, least: number, most: number): void => {
  if (value !== undefined && !(Number.isInteger(value) && value >= least && value <= most))
    throw invalidValue(value, at, `range: [${least}, ${most}]`)
}

/** Checks the updates of a request. Throws if an update does not match AWS's model or exceeds a limit. */
export const demandSizes = (updates: readonly Update[]): void => {
  updates.forEach((update, index) => {
    const at = (member: string) => `updates.${index + 1}.member.${member}`
    demandPattern(update.Id, at('id'), ID)
    demandPattern(update.ParentId, at('parentId'), ID)
    demandPattern(update.Name, at('name'), NAME)
    demandPattern(update.SubType, at('subType'), SUB_TYPE)
    demandRange(update.StepOptions?.NextAttemptDelaySeconds, at('stepOptions.nextAttemptDelaySeconds'), 1, MOST_SECONDS)
    if (update.Type === 'WAIT' && update.Action === 'START')
      demandRange(update.WaitOptions?.WaitSeconds ?? 0, at('waitOptions.waitSeconds'), 1, MOST_SECONDS)
    const { TimeoutSeconds, HeartbeatTimeoutSeconds } = update.CallbackOptions ?? {}
    demandRange(TimeoutSeconds, at('callbackOptions.timeoutSeconds'), 0, MOST_CALLBACK_SECONDS)
    demandRange(HeartbeatTimeoutSeconds, at('callbackOptions.heartbeatTimeoutSeconds'), 0, MOST_CALLBACK_SECONDS)
    // Only the maximum size of the request limits the result of an execution.
    if (update.Type !== 'EXECUTION') demandPayload(update.Type, update.Payload)
  })
}

export const demandPayload = (type: Update['Type'], payload: string | undefined): void => {
  if (payload !== undefined && Buffer.byteLength(payload) > MOST_PAYLOAD_BYTES)
    throw invalid(`${type} output payload size must be less than or equal to ${MOST_PAYLOAD_BYTES} bytes.`)
}

export const demandError = (error: ErrorObject): void => {
  if (Buffer.byteLength(JSON.stringify(error)) > MOST_ERROR_BYTES)
    throw invalid(`Error object size must be less than ${MOST_ERROR_BYTES} bytes.`)
}

/** The number of metered operations of an update: one if its operation is new, plus one for a retry of a step or a poll. */
export const meteredBy = ({ Type, SubType, Action }: Update, known: Operation | undefined): number => {
  if (Type === 'EXECUTION') return 0
  const isPoll = SubType === 'WaitForCondition' && (Action === 'SUCCEED' || Action === 'FAIL')
  return (known === undefined ? 1 : 0) + (Action === 'RETRY' || isPoll ? 1 : 0)
}

export const bytesOf = ({ Payload, Error: error }: Update): number =>
  Buffer.byteLength(Payload ?? '') + (error === undefined ? 0 : Buffer.byteLength(JSON.stringify(error)))

/** The error with which an execution ends if it exceeds a limit; undefined if it exceeds none. */
export const excessOf = ({ metered, bytes }: Pick<Execution, 'metered' | 'bytes'>): ErrorObject | undefined => {
  const ErrorType = 'InvalidParameterValueException'
  if (metered > MOST_OPERATIONS)
    return { ErrorType, ErrorMessage: `The durable execution has more than ${MOST_OPERATIONS} operations.` }
  return bytes > MOST_STORED_BYTES
    ? { ErrorType, ErrorMessage: `The durable execution stores more than ${MOST_STORED_BYTES} bytes.` }
    : undefined
}
