// The validation of AssumeRole before the role is read. Sources: STS API reference, AssumeRole; IAM and STS quotas.

import type { AssumeRoleRequest, Tag } from '@aws-sdk/client-sts'
import { AwsError, type Caller } from '../../wire/service.ts'

const invalid = (value: unknown, member: string, constraint: string) =>
  new AwsError(
    'ValidationError',
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: ${constraint}`,
  )

type Text = { readonly member: string; readonly min: number; readonly max: number; readonly pattern: RegExp }

const checkText = (value: string | undefined, { member, min, max, pattern }: Text) => {
  if (value === undefined) return
  if (value.length < min) throw invalid(value, member, `Member must have length greater than or equal to ${min}`)
  if (value.length > max) throw invalid(value, member, `Member must have length less than or equal to ${max}`)
  if (!pattern.test(value))
    throw invalid(value, member, `Member must satisfy regular expression pattern: ${pattern.source.slice(1, -1)}`)
}

const name = /^[\w+=,.@-]*$/
const anyText = /^[\t\n\r\u0020-\u00FF]+$/
const tagText = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u

const checkDuration = (seconds: number, isChained: boolean) => {
  if (seconds < 900) throw invalid(seconds, 'durationSeconds', 'Member must have value greater than or equal to 900')
  if (seconds > 43_200) throw invalid(seconds, 'durationSeconds', 'Member must have value less than or equal to 43200')
  if (isChained && seconds > 3_600)
    throw new AwsError(
      'ValidationError',
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining',
    )
}

const checkPolicy = (policy: string) => {
  checkText(policy, { member: 'policy', min: 1, max: 2_048, pattern: anyText })
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

const checkTag = ({ Key = '', Value = '' }: Tag, index: number) => {
  checkText(Key, { member: `tags.${index + 1}.member.key`, min: 1, max: 128, pattern: tagText })
  checkText(Value, { member: `tags.${index + 1}.member.value`, min: 0, max: 256, pattern: tagText })
  if (/^aws:/i.test(Key))
    throw new AwsError('InvalidParameterValue', 'aws: prefixed tag names are not allowed for external use.')
}

const checkTags = (tags: readonly Tag[], caller: Caller) => {
  if (tags.length > 50) throw invalid(tags.length, 'tags', 'Member must have length less than or equal to 50')
  tags.forEach(checkTag)
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
 * Checks the packed size. STS packs policy and tags together, and they can exceed its limit although each is within its
 * plain-text limit.
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
  checkText(input.RoleArn, { member: 'roleArn', min: 20, max: 2_048, pattern: anyText })
  if (!/^arn:aws:iam::\d{12}:role\/.+$/.test(input.RoleArn ?? ''))
    throw new AwsError('ValidationError', `${input.RoleArn} is invalid`)
  checkText(input.RoleSessionName, { member: 'roleSessionName', min: 2, max: 64, pattern: name })
  checkText(input.SourceIdentity, { member: 'sourceIdentity', min: 2, max: 64, pattern: name })
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
