// The errors of CloudWatch Logs.

import { AwsError } from '../../wire/service.ts'

export const invalid = (message: string) => new AwsError('InvalidParameterException', message)

/** The error for a number that is out of range, with the text of AWS's validation. */
export const outOfRange = (value: number, at: string, least: number, most: number) =>
  invalid(
    `1 validation error detected: Value '${value}' at '${at}' failed to satisfy constraint: Member must have value ${
      value < least ? `greater than or equal to ${least}` : `less than or equal to ${most}`
    }`,
  )

export const noGroup = () => new AwsError('ResourceNotFoundException', 'The specified log group does not exist.')

export const noStream = () => new AwsError('ResourceNotFoundException', 'The specified log stream does not exist.')
