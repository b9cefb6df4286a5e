// The errors of Amazon ECS, with AWS's texts.

import { type Broken, brokenText, type Refuse } from '../../wire/constraints.ts'
import { AwsError } from '../../wire/service.ts'

export const invalid = (message: string) => new AwsError('InvalidParameterException', message)
export const clientError = (message: string) => new AwsError('ClientException', message)
export const clusterNotFound = () => new AwsError('ClusterNotFoundException', 'Cluster not found.')
export const serviceNotFound = () => new AwsError('ServiceNotFoundException', 'Service not found.')
export const serviceNotActive = () => new AwsError('ServiceNotActiveException', 'Service was not ACTIVE.')

const nameOf = ({ at }: Broken): string => at.split('.').findLast(part => !/^(\d+|member)$/.test(part)) ?? at

/**
 * The text for a broken constraint of the model. For a missing `services` the text is `Services cannot be empty.` The texts
 * for ranges, lengths and patterns are guesses.
 */
const textOf = (broken: Broken): string => {
  const name = nameOf(broken)
  const { value, rule } = broken
  if (value === undefined) return `${name.charAt(0).toUpperCase()}${name.slice(1)} cannot be empty.`
  if (rule.enum) return `${name} should be one of [${rule.enum.join(',')}]`
  if (typeof value !== 'number') return brokenText(broken)
  return rule.max === undefined
    ? `The ${name} value must be at least ${rule.min}.`
    : `The ${name} value must be between ${rule.min} and ${rule.max}.`
}

/** The error for a request that breaks constraints of the model. ECS reports only the first broken constraint. */
export const refuseModel: Refuse = ([first], action) =>
  action === 'RegisterTaskDefinition' ? clientError(textOf(first)) : invalid(textOf(first))
