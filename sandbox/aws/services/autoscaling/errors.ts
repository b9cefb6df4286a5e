// The errors of Application Auto Scaling. The texts were seen in public issues and in emulators whose authors measured
// AWS. Comments mark guesses.

import { AwsError } from '../../wire/service.ts'

export const invalid = (message: string) => new AwsError('ValidationException', message)

export const limitExceeded = (message: string) => new AwsError('LimitExceededException', message)

const notFound = (message: string) => new AwsError('ObjectNotFoundException', message)

const of = (resourceId: string) =>
  `for service namespace: ecs, resource ID: ${resourceId}, scalable dimension: ecs:service:DesiredCount`

/** The errors for a missing target: one for a put, and one for a delete. AWS uses different texts for them. */
export const targetNotRegistered = (resourceId: string) => notFound(`No scalable target registered ${of(resourceId)}`)
export const targetNotFound = (resourceId: string) => notFound(`No scalable target found ${of(resourceId)}`)
export const policyNotFound = (resourceId: string, name: string) =>
  notFound(`No scaling policy found ${of(resourceId)}, policy name: ${name}`)
export const actionNotFound = (resourceId: string, name: string) =>
  notFound(`No scheduled action found ${of(resourceId)}, scheduled action name: ${name}`)
