// The errors of Application Auto Scaling. The texts were seen in public issues and in emulators measured against AWS;
// comments mark guesses.

import { AwsError } from '../../wire/service.ts'

export const invalid = (message: string) => new AwsError('ValidationException', message)

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
