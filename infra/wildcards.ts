// The reason for each wildcard in the resources of a role. cdk-nag reports any other wildcard as an error.

import { Validations } from 'aws-cdk-lib'
import type { IConstruct } from 'constructs'
import type { PolicyDocument } from './policy.ts'

const REASONS: readonly (readonly [RegExp, string])[] = [
  [
    /^\*$/,
    'Actions without resource-level permissions, or with resources unknown before the call: X-Ray, lists and prices. See actions.ts and hub-roles.ts.',
  ],
  [/:log-group:\/aws\/lambda\/quarterdeck-\w+:\*$/, 'The streams of the function’s own log group: Lambda names them.'],
  [
    /:function:quarterdeck-operation:\*\/durable-execution\/\*$/,
    'Durable executions of one function, in all versions: Lambda names them.',
  ],
  [
    /:scheduler:[\w-]+:\d+:schedule\/quarterdeck\/\*$/,
    'The schedules of Quarterdeck’s own group: their names contain operation ids.',
  ],
  [
    /:kms:[\w-]+:\d+:key\/\*$/,
    'Limited by key alias, to SSM as the caller, and by the parameter names in the encryption context.',
  ],
  [
    /:iam::\*:role\/quarterdeck-(viewer|operator|deployer|gate|revert|exec)$/,
    'The published configuration lists the accounts; each account’s role trusts only this hub’s roles, by name.',
  ],
  [
    /:ecs:\*:\d+:[\w-]+\/\*$/,
    'All services of one account: rules and each plan’s session policy limit a session to one service.',
  ],
  [/:logs:\*:\d+:log-group:\*$/, 'The log groups of one account: services may use any of them.'],
  [/:cloudformation:\*:\d+:stack\/\*$/, 'The stacks of one account: a service’s tags name its stack.'],
  [
    /:ssm:\*:\d+:session\/ecs-execute-command-\*$/,
    'ECS Exec sessions, which ECS names; each operation’s session policy allows only its own.',
  ],
  [
    /:kms:\*:\d+:key\/\*$/,
    'The cluster’s session key, known only from the cluster; limited to containers by the encryption context.',
  ],
  [/:vpc-lattice:\*:\d+:targetgroup\/\*$/, 'The target groups of one account: services may use any of them.'],
  [/:ecr:\*:\d+:repository\/\*$/, 'The repositories of one account: task definitions may use any of them.'],
  [
    /:iam::\d+:role\/\*$/,
    'Task roles, which task definitions name: passed only to tasks and limited by the session policy, or only read.',
  ],
  [/:secretsmanager:\*:\d+:secret:\*$/, 'The secrets of one account, which task definitions name: only described.'],
  [
    /:s3:::quarterdeck-audit-[\w-]+\/audit\/\*$/,
    'The objects of the audit: their keys have the numbers of the records.',
  ],
  [/:ssm:\*:\d+:parameter\/quarterdeck\/halt$/, 'One parameter, in all regions in use.'],
  [
    /:application-autoscaling:\*:\d+:scalable-target\/\*$/,
    'Ids of scalable targets are opaque; limited to ECS by the namespace, and to one target by the session policy.',
  ],
  [
    /:cloudwatch:\*:\d+:alarm:TargetTracking-service\/\*$/,
    'The alarms of target tracking policies, which AWS names; each plan’s session policy allows those of one service.',
  ],
]

const reasonFor = (resource: string): string | undefined => REASONS.find(([pattern]) => pattern.test(resource))?.[1]

/** The resources with wildcards in these documents, each with its reason; undefined if there is no reason. */
export const wildcardsOf = (documents: readonly PolicyDocument[]): ReadonlyMap<string, string | undefined> => {
  const statements = documents.flatMap(({ Statement }) => Statement).filter(({ Effect }) => Effect === 'Allow')
  const resources = statements.flatMap(({ Resource }) => [Resource].flat()).filter(resource => resource.includes('*'))
  return new Map(resources.map(resource => [resource, reasonFor(resource)]))
}

/** Acknowledges the wildcards of a role or a boundary. cdk-nag still reports a wildcard that has no reason. */
export const acknowledgeWildcards = (construct: IConstruct, documents: readonly PolicyDocument[]): void => {
  for (const [resource, reason] of wildcardsOf(documents)) {
    if (reason === undefined) continue
    Validations.of(construct).acknowledge({ id: `AwsSolutions-IAM5[Resource::${resource}]`, reason })
    if (resource === '*') Validations.of(construct).acknowledge({ id: 'Serverless-LambdaStarPermissions', reason })
  }
}
