// Asks @cloud-copilot/iam-simulate about the roles of a synthesised template. It is AGPL: tests only, never in a bundle.
import { isWildcardOnlyAction, runSimulation } from '@cloud-copilot/iam-simulate'
import type { Template } from 'aws-cdk-lib/assertions'
import type { PolicyDocument, TrustStatement } from '../policy.ts'

export type Context = Readonly<Record<string, string | readonly string[]>>

export type Asked = {
  readonly action: string
  readonly resource: string
  readonly context?: Context
  readonly session?: unknown
}

/** A role as a template has it. */
export type Deployed = {
  readonly name: string
  readonly account: string
  readonly policies: readonly PolicyDocument[]
  readonly boundary?: PolicyDocument
  readonly trust: PolicyDocument<TrustStatement>
}

type Properties = {
  readonly RoleName: string
  readonly Policies: readonly { readonly PolicyDocument: PolicyDocument }[]
  readonly AssumeRolePolicyDocument: PolicyDocument<TrustStatement>
  readonly PermissionsBoundary?: { readonly Ref: string }
}

/** The roles of a template, with the boundaries that they refer to. */
export const rolesIn = (template: Template, account: string): readonly Deployed[] => {
  const policies = template.findResources('AWS::IAM::ManagedPolicy')
  const documentOf = (id: string): PolicyDocument => {
    const { [id]: found } = policies
    if (found === undefined) throw new Error(`no managed policy ${id}`)
    return found['Properties'].PolicyDocument
  }
  return Object.values(template.findResources('AWS::IAM::Role')).map(resource => {
    const { RoleName, Policies, AssumeRolePolicyDocument, PermissionsBoundary } = resource['Properties'] as Properties
    return {
      name: RoleName,
      account,
      policies: Policies.map(({ PolicyDocument }) => PolicyDocument),
      trust: AssumeRolePolicyDocument,
      ...(PermissionsBoundary !== undefined && { boundary: documentOf(PermissionsBoundary.Ref) }),
    }
  })
}

/**
 * Keys of KMS with the name of an encryption context, which the simulator ignores. Another key of the same action with one
 * value stands for each, in all policies and in the request.
 */
const STAND_INS = [
  ['kms:EncryptionContext:aws:ssm:TargetId', 'kms:RequestAlias'],
  ['kms:EncryptionContext:aws:ssm:SessionId', 'kms:EncryptionAlgorithm'],
] as const

const renamed = <T>(value: T): T =>
  JSON.parse(STAND_INS.reduce((text, [key, by]) => text.replaceAll(key, by), JSON.stringify(value)))

const named = (policies: readonly unknown[]) =>
  policies.map((policy, n) => ({ name: `p${n}`, policy: renamed(policy) }))

/** Keys without values are not sent. */
const contextOf = (context: Context): Record<string, string | string[]> =>
  Object.fromEntries(
    Object.entries(context)
      .filter(([, value]) => value.length > 0)
      .map(([key, value]) => [key, typeof value === 'string' ? value : [...value]]),
  )

/** A key's policy leaves the decision to IAM, as the default one does. */
const policyOf = (action: string, account: string, trust: unknown) => {
  if (trust !== undefined) return { resourcePolicy: trust }
  if (!action.startsWith('kms:')) return undefined
  const root = { AWS: `arn:aws:iam::${account}:root` }
  return {
    resourcePolicy: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: root, Action: 'kms:*', Resource: '*' }],
    },
  }
}

/** Whether a role may do it, by all of its policies. `trust`: the trust policy of a role that is to be assumed. */
export const isAllowed = async (
  { name, account, policies, boundary }: Deployed,
  { action, resource, context = {}, session }: Asked,
  trust?: PolicyDocument<TrustStatement>,
): Promise<boolean> => {
  const [service = '', operation = ''] = action.split(':')
  // IAM evaluates an action without resource-level permissions on `*`.
  const on = (await isWildcardOnlyAction(service, operation)) ? '*' : resource
  const answer = await runSimulation(
    {
      request: {
        principal: `arn:aws:sts::${account}:assumed-role/${name}/U1-op`,
        action,
        resource: { resource: on, accountId: resource.split(':')[4] || account },
        contextVariables: renamed(
          contextOf({ 'aws:PrincipalArn': `arn:aws:iam::${account}:role/${name}`, ...context }),
        ),
      },
      identityPolicies: named(policies),
      ...(session !== undefined && { sessionPolicy: renamed(session) }),
      ...(boundary !== undefined && { permissionBoundaryPolicies: named([boundary]) }),
      ...(policyOf(action, account, trust) ?? {}),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    { simulationMode: 'Strict' },
  )
  if (answer.resultType === 'error') throw new Error(`${action} on ${resource}: ${JSON.stringify(answer)}`)
  return answer.overallResult === 'Allowed'
}
