// The roles that the hub assumes in each account, as data: viewer, operator, deployer, gate, revert and exec. The stacks deploy
// exactly these documents, and the sandbox evaluates calls against them.
import { commands } from '../src/commands/index.ts'
import { type Actions, DEPLOYS, EXECS, GATES, type Place, READS, REVERTS, WRITES } from './actions.ts'
import { type FunctionName, functionName, MAX_SESSION_SECONDS, type SpokeRoleName, spokeRoleName } from './names.ts'
import { type PolicyDocument, policy, type Role, type Statement, type TrustStatement } from './policy.ts'
import { allow } from './statements.ts'
import { trustForReading, trustForWriting } from './trust.ts'

export type Spoke = {
  readonly account: string
  /** The account id of the hub. */
  readonly hub: string
  readonly partition?: string
}

export const spokeRoles = ({ account, hub, partition = 'aws' }: Spoke): readonly Role[] => {
  const place = { partition, account }
  const hubRoleArn = (name: FunctionName) => `arn:${partition}:iam::${hub}:role/${functionName(name)}`
  const role = (
    name: SpokeRoleName,
    actions: Actions,
    allowed: readonly string[],
    trustPolicy: PolicyDocument<TrustStatement>,
    ...denied: readonly Statement[]
  ): Role => ({
    name: spokeRoleName(name),
    trustPolicy,
    policies: [policy(...allow(actions, allowed, place), ...denied)],
    boundary: boundary(actions, place),
    maxSessionSeconds: MAX_SESSION_SECONDS,
  })
  const operation = hubRoleArn('operation')
  return [
    role(
      'viewer',
      READS,
      [...COMMON_READS, ...commands.flatMap(readsOf)],
      trustForReading([operation, hubRoleArn('query'), hubRoleArn('decision'), hubRoleArn('schedule')]),
      noOwnLogs(partition),
    ),
    role('operator', WRITES, commands.flatMap(writesOf('operator')), trustForWriting([operation])),
    role('deployer', DEPLOYS, commands.flatMap(writesOf('deployer')), trustForWriting([operation])),
    role('gate', GATES, commands.flatMap(writesOf('gate')), trustForWriting([operation])),
    role('revert', REVERTS, Object.keys(REVERTS), trustForWriting([operation])),
    role('exec', EXECS, Object.keys(EXECS), trustForWriting([operation])),
  ]
}

type Command = (typeof commands)[number]

const readsOf = (command: Command): readonly string[] => ('reads' in command ? command.reads : [])
const writesOf =
  (role: 'operator' | 'deployer' | 'gate') =>
  (command: Command): readonly string[] =>
    'writes' in command && (command.role ?? 'operator') === role ? command.writes : []

/**
 * Denies reading the logs of the hub's functions. They contain the audit records of all accounts, and a rule may hide these
 * records from a viewer of the hub's account.
 */
const noOwnLogs = (partition: string): Statement => ({
  Sid: 'DenyOwnLogs',
  Effect: 'Deny',
  Action: ['logs:FilterLogEvents', 'logs:StartLiveTail'],
  Resource: `arn:${partition}:logs:*:*:log-group:/aws/lambda/${functionName('*')}`,
})

/** The reads that every command needs: to find services and their tags, and to read the account's halt switch. */
const COMMON_READS = [
  'ecs:DescribeServices',
  'ecs:DescribeTasks',
  'ecs:ListClusters',
  'ecs:ListServices',
  'ecs:ListTasks',
  'ssm:GetParameters',
  'tag:GetResources',
] as const

const boundary = (actions: Actions, place: Place): PolicyDocument =>
  policy(...allow(actions, Object.keys(actions), place))
