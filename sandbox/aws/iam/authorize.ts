// Decides whether IAM allows a call, and writes the text of a denial as AWS does.

import { documentsOf, type Roles } from '../services/iam/roles.ts'
import { localUser } from '../wire/credentials.ts'
import { type Authorize, AwsError, type Call, type Caller } from '../wire/service.ts'
import { type Check, type Decision, evaluate, type Policies } from './evaluate.ts'
import { accountOf, checksOf, type IamWorld } from './requests.ts'
import { judgeTrust } from './trust.ts'

const administrator: Policies = {
  identity: [{ Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } }],
}

/**
 * The policies that apply to a caller: the current policies of its role, limited by the session policy. A user has no
 * policies, except the local user.
 */
const policiesOf = ({ arn, roleArn, sessionPolicy }: Caller, roles: Roles): Policies => {
  if (arn === localUser.arn) return administrator
  const role = roles.find(roleArn ?? '')
  return {
    identity: role === undefined ? [] : documentsOf(role),
    ...(role?.boundary !== undefined && { boundary: role.boundary }),
    ...(sessionPolicy !== undefined && { session: sessionPolicy }),
  }
}

const silent = {
  'identity policy': 'no identity-based policy allows',
  'permissions boundary': 'no permissions boundary allows',
  'session policy': 'no session policy allows',
} as const

const explicit = {
  'identity policy': 'an identity-based policy',
  'permissions boundary': 'a permissions boundary',
  'session policy': 'a session policy',
} as const

const reasonFor = (action: string, decision: Exclude<Decision, { decision: 'allowed' }>): string =>
  decision.decision === 'explicit-deny'
    ? ` with an explicit deny in ${explicit[decision.by]}`
    : ` because ${silent[decision.by]} the ${action} action`

/** The services that answer a denial with status 403. All other services use JSON and answer with status 400. */
const forbidding: Readonly<Record<string, string>> = {
  sts: 'AccessDenied',
  iam: 'AccessDenied',
  s3: 'AccessDenied',
  cloudformation: 'AccessDenied',
  monitoring: 'AccessDenied',
  ec2: 'UnauthorizedOperation',
  lambda: 'AccessDeniedException',
  scheduler: 'AccessDeniedException',
  'vpc-lattice': 'AccessDeniedException',
}

const denial = (call: Call, { action, resource }: Check, reason: string): AwsError =>
  new AwsError(
    forbidding[call.service] ?? 'AccessDeniedException',
    `${call.service === 'ec2' ? 'You are not authorized to perform this operation. ' : ''}User: ${call.caller.arn} is not authorized to perform: ${action} on resource: ${resource}${reason}`,
    { status: forbidding[call.service] === undefined ? 400 : 403 },
  )

/**
 * Whether a resource belongs to another account. In the sandbox, only roles have a policy of their own that can allow
 * callers of another account.
 */
const isElsewhere = ({ caller }: Call, { resource }: Check): boolean => {
  const account = accountOf(resource)
  return account !== '' && account !== caller.account
}

const refuse = (call: Call, check: Check, roles: Roles): AwsError | undefined => {
  const decision = evaluate(policiesOf(call.caller, roles), check)
  if (decision.decision !== 'allowed') return denial(call, check, reasonFor(check.action, decision))
  if (!isElsewhere(call, check)) return undefined
  return denial(call, check, ` because no resource-based policy allows the ${check.action} action`)
}

/**
 * The error of an AssumeRole call; undefined if both the caller's policies and the role's trust policy allow the call. In
 * AWS, a trust policy that names a caller of the role's own account is sufficient; in the sandbox, that caller needs both.
 * STS gives no reason: a role that does not trust the caller and a role that does not exist give the same error.
 */
const refuseSession = (call: Call, check: Check, roles: Roles): AwsError | undefined => {
  const role = roles.find(check.resource)
  const isAllowed =
    evaluate(policiesOf(call.caller, roles), check).decision === 'allowed' &&
    role !== undefined &&
    judgeTrust(role.trustPolicy, call.caller, check) === 'allow'
  return isAllowed ? undefined : denial(call, check, '')
}

/** Whether a call needs no permission. This is true only for GetCallerIdentity. */
const isFree = ({ service, action }: Call): boolean => service === 'sts' && action === 'GetCallerIdentity'

/** `onAllowed`: called for each permission that a call needed and that was allowed. */
export type IamHooks = { onAllowed?: (caller: Caller, check: Check) => void }

/**
 * Creates the function that evaluates IAM for every call. A policy that the evaluator does not support fails the call
 * with a 500 that names the unsupported element.
 */
export const createAuthorize =
  (known: IamWorld, hooks: IamHooks = {}): Authorize =>
  (call, resources) => {
    if (isFree(call)) return undefined
    const refusal = call.service === 'sts' ? refuseSession : refuse
    for (const check of checksOf(call, resources, known)) {
      const refused = refusal(call, check, known.roles)
      if (refused) return refused
      hooks.onAllowed?.(call.caller, check)
    }
    return undefined
  }
