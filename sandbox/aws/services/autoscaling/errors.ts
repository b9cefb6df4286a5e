// The errors of Application Auto Scaling. The texts were seen in public issues and in emulators measured against AWS;
// comments mark guesses.

import { AwsError } from '../../wire/service.ts'

export const invalid = (message: string) => new AwsError('ValidationException', message)

const constraint = (value: string, at: string, rule: string) =>
  invalid(`1 validation error detected: Value '${value}' at '${at}' failed to satisfy constraint: Member must ${rule}`)

export const checkEnum = (value: string | undefined, at: string, known: readonly string[]): void => {
  if (value !== undefined && !known.includes(value))
    throw constraint(value, at, `satisfy enum value set: [${known.join(', ')}]`)
}

export const checkPattern = (value: string, at: string, pattern: RegExp, written = pattern.source): void => {
  if (!pattern.test(value)) throw constraint(value, at, `satisfy regular expression pattern: ${written}`)
}

export const checkRange = (value: number | undefined, at: string, low: number, high: number): void => {
  if (value !== undefined && value < low) throw constraint(`${value}`, at, `have value greater than or equal to ${low}`)
  if (value !== undefined && value > high) throw constraint(`${value}`, at, `have value less than or equal to ${high}`)
}

export const checkLength = (value: string, at: string, most: number): void => {
  if (value.length < 1) throw constraint(value, at, 'have length greater than or equal to 1')
  if (value.length > most) throw constraint(value, at, `have length less than or equal to ${most}`)
}

export const limitExceeded = (message: string) => new AwsError('LimitExceededException', message)

const notFound = (message: string) => new AwsError('ObjectNotFoundException', message)

const of = (resourceId: string) =>
  `for service namespace: ecs, resource ID: ${resourceId}, scalable dimension: ecs:service:DesiredCount`

/** The errors for a put on a missing target and for a delete of a missing target. AWS uses different texts. */
export const targetNotRegistered = (resourceId: string) => notFound(`No scalable target registered ${of(resourceId)}`)
export const targetNotFound = (resourceId: string) => notFound(`No scalable target found ${of(resourceId)}`)
export const policyNotFound = (resourceId: string, name: string) =>
  notFound(`No scaling policy found ${of(resourceId)}, policy name: ${name}`)
export const actionNotFound = (resourceId: string, name: string) =>
  notFound(`No scheduled action found ${of(resourceId)}, scheduled action name: ${name}`)
