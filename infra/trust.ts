// Trust policies of the roles in each account. A function that assumes a role must set a session name, a source identity and
// tags.
import { type PolicyDocument, policy, type TrustStatement } from './policy.ts'

const OPERATION_TAG = 'quarterdeck:operation'
const APPROVERS_TAG = 'quarterdeck:approvers'
/** Patterns of the session name `<Slack user>-<operation or query>`. The ids of Slack users start with U or W. */
const PEOPLE = ['U*-?*', 'W*-?*'] as const
/** The session name and source identity of system jobs. These jobs have no requester, and they only read. */
const SYSTEM = { name: 'quarterdeck-?*', identity: 'quarterdeck' } as const
/** The pattern of a source identity. STS requires 2 to 64 characters. */
const ANY_IDENTITY = '??*'

export const trustForReading = (principals: readonly string[]): PolicyDocument<TrustStatement> =>
  trust(
    principals,
    [OPERATION_TAG],
    [
      person(principals, [OPERATION_TAG]),
      {
        ...entry('System', principals, 'sts:AssumeRole'),
        Condition: {
          StringEquals: { 'sts:SourceIdentity': SYSTEM.identity },
          StringLike: { 'sts:RoleSessionName': SYSTEM.name, ...tagged([OPERATION_TAG]) },
        },
      },
    ],
  )

export const trustForWriting = (principals: readonly string[]): PolicyDocument<TrustStatement> =>
  trust(principals, [OPERATION_TAG, APPROVERS_TAG], [person(principals, [OPERATION_TAG, APPROVERS_TAG])])

/**
 * A trust policy that requires a session name, a source identity and tags. The condition of each action contains only condition
 * keys that this action has.
 */
const trust = (
  principals: readonly string[],
  tags: readonly string[],
  entries: readonly TrustStatement[],
): PolicyDocument<TrustStatement> =>
  policy<TrustStatement>(
    ...entries,
    {
      ...entry('Identity', principals, 'sts:SetSourceIdentity'),
      Condition: { StringLike: { 'sts:SourceIdentity': ANY_IDENTITY } },
    },
    {
      ...entry('Tags', principals, 'sts:TagSession'),
      Condition: {
        StringLike: tagged(tags),
        'ForAllValues:StringEquals': { 'aws:TagKeys': [OPERATION_TAG, APPROVERS_TAG] },
      },
    },
  )

const person = (principals: readonly string[], tags: readonly string[]): TrustStatement => ({
  ...entry('People', principals, 'sts:AssumeRole'),
  Condition: {
    StringLike: { 'sts:RoleSessionName': PEOPLE, 'sts:SourceIdentity': ANY_IDENTITY, ...tagged(tags) },
    StringNotEquals: { 'sts:SourceIdentity': SYSTEM.identity },
  },
})

const tagged = (tags: readonly string[]) => Object.fromEntries(tags.map(tag => [`aws:RequestTag/${tag}`, '?*']))

const entry = (sid: string, principals: readonly string[], action: string): TrustStatement => ({
  Sid: sid,
  Effect: 'Allow',
  Principal: { AWS: principals },
  Action: action,
})
