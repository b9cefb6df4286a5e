// Creates an IAM role from data. The role has exactly the given policy documents: CDK does not add statements.
import { CfnManagedPolicy, CfnRole, Role as IamRole, type IRole } from 'aws-cdk-lib/aws-iam'
import type { Construct } from 'constructs'
import type { Role } from './policy.ts'
import { acknowledgeWildcards } from './wildcards.ts'

export const createRole = (scope: Construct, id: string, role: Role): IRole => {
  const { name, trustPolicy, policies, boundary, maxSessionSeconds } = role
  const cap =
    boundary &&
    new CfnManagedPolicy(scope, `${id}Boundary`, { managedPolicyName: `${name}-boundary`, policyDocument: boundary })
  if (cap !== undefined && boundary !== undefined) acknowledgeWildcards(cap, [boundary])
  const made = new CfnRole(scope, `${id}Role`, {
    roleName: name,
    assumeRolePolicyDocument: trustPolicy,
    policies: policies.map((policyDocument, at) => ({ policyName: `${name}-${at + 1}`, policyDocument })),
    maxSessionDuration: maxSessionSeconds,
    ...(cap !== undefined && { permissionsBoundary: cap.ref }),
  })
  acknowledgeWildcards(made, policies)
  return IamRole.fromRoleArn(scope, id, made.attrArn, { mutable: false })
}
