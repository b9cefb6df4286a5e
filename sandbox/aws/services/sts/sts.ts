// AWS STS: the identity of a caller, and sessions of roles.

import type { AssumeRoleRequest, AssumeRoleResponse } from '@aws-sdk/client-sts'
import * as client from '@aws-sdk/client-sts'
import type { Clock } from '../../../world/clock.ts'
import rules from '../../wire/constraints/sts.json' with { type: 'json' }
import { modelError } from '../../wire/constraints.ts'
import type { Credentials } from '../../wire/credentials.ts'
import { awsQuery } from '../../wire/protocol.ts'
import { AwsError, type AwsService, type Call, type Caller } from '../../wire/service.ts'
import type { Role, Roles } from '../iam/roles.ts'
import { checkAssumeRole } from './sts-rules.ts'

const protocol = awsQuery({
  version: '2011-06-15',
  namespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
  client,
  rules,
  refuse: modelError('ValidationError'),
})

const denied = ({ arn }: Caller, roleArn: string) =>
  new AwsError('AccessDenied', `User: ${arn} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`, {
    status: 403,
  })

const tagsOf = (input: AssumeRoleRequest, caller: Caller): Readonly<Record<string, string>> => ({
  ...caller.transitiveTags,
  ...Object.fromEntries((input.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value])),
})

const transitiveTagsOf = (input: AssumeRoleRequest, tags: Readonly<Record<string, string>>, caller: Caller) => {
  const keys = [...Object.keys(caller.transitiveTags ?? {}), ...(input.TransitiveTagKeys ?? [])]
  return Object.fromEntries(keys.flatMap(key => (tags[key] === undefined ? [] : [[key, tags[key]]])))
}

/** The packed size of the session policy and tags together, in percent of its limit. AssumeRole returns this number. */
const packedSize = (input: AssumeRoleRequest): number | undefined => {
  if (input.Policy === undefined && !input.Tags?.length) return undefined
  const size = JSON.stringify([input.Policy ?? '', input.Tags ?? []]).length
  return Math.max(1, Math.ceil((size / 4_096) * 100))
}

type Sts = { readonly clock: Clock; readonly credentials: Credentials; readonly roles: Roles }

const sessionOf = (role: Role, input: AssumeRoleRequest, { caller }: Call, now: number) => {
  const tags = tagsOf(input, caller)
  const sourceIdentity = input.SourceIdentity ?? caller.sourceIdentity
  return {
    account: role.account,
    arn: `arn:aws:sts::${role.account}:assumed-role/${role.name}/${input.RoleSessionName}`,
    userId: `${role.id}:${input.RoleSessionName}`,
    roleArn: role.arn,
    tags,
    transitiveTags: transitiveTagsOf(input, tags, caller),
    expiresAt: now + (input.DurationSeconds ?? 3_600) * 1_000,
    ...(input.Policy !== undefined && { sessionPolicy: JSON.parse(input.Policy) as unknown }),
    ...(sourceIdentity !== undefined && { sourceIdentity }),
    ...(caller.container !== undefined && { container: caller.container }),
  }
}

const assumeRole = ({ clock, credentials, roles }: Sts, input: AssumeRoleRequest, call: Call): AssumeRoleResponse => {
  checkAssumeRole(input, call.caller)
  const role = roles.find(input.RoleArn ?? '')
  if (!role) throw denied(call.caller, input.RoleArn ?? '')
  if ((input.DurationSeconds ?? 0) > role.maxSessionDuration)
    throw new AwsError(
      'ValidationError',
      'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    )
  const session = sessionOf(role, input, call, clock.now())
  const issued = credentials.issue(session)
  return {
    Credentials: {
      AccessKeyId: issued.accessKeyId,
      SecretAccessKey: issued.secretAccessKey,
      SessionToken: issued.sessionToken,
      Expiration: new Date(session.expiresAt),
    },
    AssumedRoleUser: { AssumedRoleId: session.userId, Arn: session.arn },
    PackedPolicySize: packedSize(input),
    SourceIdentity: session.sourceIdentity,
  }
}

export const createSts = (sts: Sts): AwsService => ({
  name: 'sts',
  protocol,
  operations: {
    GetCallerIdentity: (_input, { caller }) => ({ UserId: caller.userId, Account: caller.account, Arn: caller.arn }),
    AssumeRole: (input: AssumeRoleRequest, call) => assumeRole(sts, input, call),
  },
  resources: ({ action, input }) => {
    if (action !== 'AssumeRole') return []
    const arn = String(input['RoleArn'] ?? '')
    return [{ arn, ...(sts.roles.find(arn) && { tags: sts.roles.find(arn)?.tags ?? {} }) }]
  },
})
