// The permissions that AssumeRole needs, both in the caller's policies and in the role's trust policy. Source: STS API
// reference; IAM user guide, session tags and source identity.

import type { AssumeRoleRequest } from '@aws-sdk/client-sts'
import type { Roles } from '../services/iam/roles.ts'
import type { Call } from '../wire/service.ts'
import { type Context, tagKeys } from './context.ts'
import type { Check } from './evaluate.ts'

/**
 * The tags of the new session. They include the transitive tags of the caller's session, which need the same permission as
 * tags in the request.
 */
const tagsOf = (input: Partial<AssumeRoleRequest>, { caller }: Call): Readonly<Record<string, string>> => ({
  ...caller.transitiveTags,
  ...Object.fromEntries((input.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value])),
})

const transitiveKeys = (input: Partial<AssumeRoleRequest>, { caller }: Call): readonly string[] => [
  ...Object.keys(caller.transitiveTags ?? {}),
  ...(input.TransitiveTagKeys ?? []),
]

/**
 * The permissions that AssumeRole needs. Each action gets only the condition keys that the service authorization
 * reference lists for it.
 */
export const assumeRoleChecks = (roles: Roles, call: Call): readonly Check[] => {
  const input: Partial<AssumeRoleRequest> = call.input
  const resource = input.RoleArn ?? ''
  const tags = tagsOf(input, call)
  const tagging: Context = {
    ...tagKeys('aws:RequestTag', tags),
    'aws:TagKeys': Object.keys(tags),
    'sts:TransitiveTagKeys': transitiveKeys(input, call),
  }
  const sourceIdentity = input.SourceIdentity ?? call.caller.sourceIdentity
  const identity: Context = sourceIdentity === undefined ? {} : { 'sts:SourceIdentity': sourceIdentity }
  const ofRole = roles.find(resource)?.tags
  const role = { ...tagKeys('aws:ResourceTag', ofRole), ...tagKeys('iam:ResourceTag', ofRole) }
  const naming: Context = {
    'sts:RoleSessionName': input.RoleSessionName ?? '',
    ...(input.ExternalId !== undefined && { 'sts:ExternalId': input.ExternalId }),
  }
  return [
    { action: 'sts:AssumeRole', resource, context: { ...role, ...tagging, ...identity, ...naming } },
    ...(sourceIdentity === undefined ? [] : [{ action: 'sts:SetSourceIdentity', resource, context: identity }]),
    ...(Object.keys(tags).length === 0 ? [] : [{ action: 'sts:TagSession', resource, context: tagging }]),
  ]
}
