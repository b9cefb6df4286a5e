// The errors of Amazon ECS, with AWS's texts.

import { AwsError } from '../../wire/service.ts'

export const invalid = (message: string) => new AwsError('InvalidParameterException', message)
export const clientError = (message: string) => new AwsError('ClientException', message)
export const clusterNotFound = () => new AwsError('ClusterNotFoundException', 'Cluster not found.')
export const serviceNotFound = () => new AwsError('ServiceNotFoundException', 'Service not found.')
export const serviceNotActive = () => new AwsError('ServiceNotActiveException', 'Service was not ACTIVE.')

/** The error for a missing member: for `services`, the text is `Services cannot be empty.` */
export const missingMember = (path: string): AwsError => {
  const name = path.split('.').findLast(part => !/^(\d+|member)$/.test(part)) ?? path
  return invalid(`${name.charAt(0).toUpperCase()}${name.slice(1)} cannot be empty.`)
}
