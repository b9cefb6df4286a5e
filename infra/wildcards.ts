// Every wildcard in a resource of a role, with the reason why nothing narrower would do. cdk-nag fails on any other.

import { Validations } from 'aws-cdk-lib'
import type { IConstruct } from 'constructs'
import type { PolicyDocument } from './policy.ts'

const REASONS: readonly (readonly [RegExp, string])[] = [
  [
    /^\*$/,
    'Actions that have no resource that IAM could name, or none known before they answer: X-Ray, lists and prices. actions.ts and roles.ts say which.',
  ],
  [/:log-group:\/aws\/lambda\/quarterdeck-\w+:\*$/, 'The streams of one function’s own log group: Lambda names them.'],
  [
    /:function:quarterdeck-operation:\*\/durable-execution\/\*$/,
    'Executions of one function, in every version that still runs something: Lambda names them.',
  ],
  [
    /:scheduler:[\w-]+:\d+:schedule\/quarterdeck\/\*$/,
    'The schedules of one group, which is ours: each is named for its operation.',
  ],
  [
    /:kms:[\w-]+:\d+:key\/\*$/,
    'Narrowed by alias, by SSM as the only way, and by the names of the parameters as the encryption context.',
  ],
  [
    /:iam::\*:role\/quarterdeck-(viewer|operator|deployer|revert|exec)$/,
    'Which accounts there are, the published configuration says; each account’s role trusts this hub alone, and only by name.',
  ],
  [
    /:ecs:\*:\d+:[\w-]+\/\*$/,
    'Which services a person may touch, the rules and the session policy of each plan say; this is all of one account.',
  ],
  [/:logs:\*:\d+:log-group:\*$/, 'The log groups of one account: services name them as they like.'],
  [
    /:cloudformation:\*:\d+:stack\/\*$/,
    'The stacks of one account: which of them made a service, only the service’s tags say.',
  ],
  [
    /:ssm:\*:\d+:session\/ecs-execute-command-\*$/,
    'Sessions of ECS Exec, which ECS names as it opens them; the session policy of each operation names its own.',
  ],
  [
    /:kms:\*:\d+:key\/\*$/,
    'The key that a cluster encrypts its sessions with, which the cluster says; narrowed to containers by the encryption context.',
  ],
  [/:vpc-lattice:\*:\d+:targetgroup\/\*$/, 'The target groups of one account: services name any of them.'],
  [/:ecr:\*:\d+:repository\/\*$/, 'The repositories of one account: task definitions name any of them.'],
  [
    /:iam::\d+:role\/\*$/,
    'Task roles, which a task definition names: passed to tasks alone, and only those that the session policy names; or asked what they may do.',
  ],
  [/:ssm:\*:\d+:parameter\/quarterdeck\/halt$/, 'One parameter, in whichever regions the account is worked in.'],
  [
    /:application-autoscaling:\*:\d+:scalable-target\/\*$/,
    'The ids of scalable targets are opaque; narrowed to ECS by its namespace, and to one by the session policy.',
  ],
]

const reasonFor = (resource: string): string | undefined => REASONS.find(([pattern]) => pattern.test(resource))?.[1]

/** The wildcards of these documents, and why each is there; undefined where nobody has said. */
export const wildcardsOf = (documents: readonly PolicyDocument[]): ReadonlyMap<string, string | undefined> => {
  const statements = documents.flatMap(({ Statement }) => Statement).filter(({ Effect }) => Effect === 'Allow')
  const resources = statements.flatMap(({ Resource }) => [Resource].flat()).filter(resource => resource.includes('*'))
  return new Map(resources.map(resource => [resource, reasonFor(resource)]))
}

/** Of a role or a boundary. What has no reason stays a finding. */
export const acknowledgeWildcards = (construct: IConstruct, documents: readonly PolicyDocument[]): void => {
  for (const [resource, reason] of wildcardsOf(documents)) {
    if (reason === undefined) continue
    Validations.of(construct).acknowledge({ id: `AwsSolutions-IAM5[Resource::${resource}]`, reason })
    if (resource === '*') Validations.of(construct).acknowledge({ id: 'Serverless-LambdaStarPermissions', reason })
  }
}
