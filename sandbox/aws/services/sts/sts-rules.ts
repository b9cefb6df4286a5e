// The checks of an AssumeRole request before the role is read. Sources: STS API reference, AssumeRole; IAM and STS quotas.

import type { AssumeRoleRequest, Tag } from '@aws-sdk/client-sts'
import { AwsError, type Caller } from '../../wire/service.ts'

const checkDuration = (seconds: number, isChained: boolean) => {
  if (isChained && seconds > 3_600)
    throw new AwsError(
      'ValidationError',
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining',
    )
}

const checkPolicy = (policy: string) => {
  if (policy.length > 2_048)
    throw new AwsError(
      'ValidationError',
      `1 validation error detected: Value '${policy}' at 'policy' failed to satisfy constraint: Member must have length less than or equal to 2048`,
    )
  const malformed = (message: string) => new AwsError('MalformedPolicyDocument', message)
  let parsed: unknown
  try {
    parsed = JSON.parse(policy)
  } catch {
    throw malformed('This policy contains invalid Json')
  }
  if (parsed === null || typeof parsed !== 'object' || !('Statement' in parsed))
    throw malformed('Syntax errors in policy.')
}

const checkTag = ({ Key = '' }: Tag) => {
  if (/^aws:/i.test(Key))
    throw new AwsError('InvalidParameterValue', 'aws: prefixed tag names are not allowed for external use.')
}

const checkTags = (tags: readonly Tag[], caller: Caller) => {
  for (const tag of tags) checkTag(tag)
  const keys = tags.map(({ Key = '' }) => Key.toLowerCase())
  if (new Set(keys).size < keys.length)
    throw new AwsError(
      'InvalidParameterValue',
      'Duplicate tag keys found. Please note that Tag keys are case insensitive.',
    )
  const inherited = Object.keys(caller.transitiveTags ?? {}).find(key => keys.includes(key.toLowerCase()))
  if (inherited)
    throw new AwsError(
      'InvalidParameterValue',
      `One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session: ${inherited}`,
    )
}

/**
 * Checks the packed size. STS packs the policy and the tags together. The packed size can exceed its limit even if the
 * policy and the tags are within their plain-text limits.
 */
const checkPacked = ({ Policy = '', Tags = [] }: AssumeRoleRequest) => {
  const percent = Math.ceil((JSON.stringify([Policy, Tags]).length / 4_096) * 100)
  if (percent > 100)
    throw new AwsError(
      'PackedPolicyTooLarge',
      `Packed policy consumes ${percent}% of allotted space, please use smaller policy.`,
    )
}

export const checkAssumeRole = (input: AssumeRoleRequest, caller: Caller): void => {
  if (!/^arn:aws:iam::\d{12}:role\/.+$/.test(input.RoleArn ?? ''))
    throw new AwsError('ValidationError', `${input.RoleArn} is invalid`)
  checkDuration(input.DurationSeconds ?? 3_600, caller.roleArn !== undefined)
  if (input.Policy !== undefined) checkPolicy(input.Policy)
  checkTags(input.Tags ?? [], caller)
  checkPacked(input)
  if (caller.sourceIdentity !== undefined && (input.SourceIdentity ?? caller.sourceIdentity) !== caller.sourceIdentity)
    throw new AwsError(
      'AccessDenied',
      `User: ${caller.arn} is not authorized to perform: sts:SetSourceIdentity on resource: ${input.RoleArn}`,
      { status: 403 },
    )
}
