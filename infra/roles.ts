// Who may do what in AWS, as data: the roles of the hub's functions, and the roles that they assume in each account.
// The stacks deploy exactly these documents, and the sandbox evaluates every call against them.
import { commands } from '../src/commands/index.ts'
import { INDEX_MINUTES } from '../src/features/services/service-index.ts'
import type { DigestJob, IndexJob } from '../src/model/ports/job.ts'
import { type Actions, allow, DEPLOYS, EXECS, type Place, READS, REVERTS, WRITES } from './actions.ts'
import { allowing, type PolicyDocument, policy, type Role, type Statement, type TrustStatement } from './policy.ts'

export const FUNCTIONS = ['slack', 'query', 'decision', 'operation', 'schedule', 'events'] as const
export type FunctionName = (typeof FUNCTIONS)[number]

/** The alias that pins an operation to the version of the code that it began with. */
export const ALIAS = 'live'
/** Of the key that SecureStrings are encrypted with. */
export const KEY_ALIAS = 'alias/quarterdeck'

export const functionName = (name: FunctionName): string => `quarterdeck-${name}`
/** The schedules of EventBridge Scheduler, in a group of their own: what its role trusts. */
export const SCHEDULE_GROUP = 'quarterdeck'
const SCHEDULER = 'quarterdeck-scheduler'

const again = (job: IndexJob | DigestJob, minutes: number) => ({
  name: job.kind,
  expression: `rate(${minutes} minutes)`,
  input: JSON.stringify(job),
})

/** What comes again and again, from the day that the hub is deployed. */
export const RECURRING = [again({ kind: 'index' }, INDEX_MINUTES), again({ kind: 'digest' }, 15)] as const

/** Where events end up that a function did not take. */
export const failureQueueName = (name: FunctionName): string => `quarterdeck-${name}-failed`

export type Hub = {
  readonly account: string
  readonly region: string
  readonly table: string
  readonly partition?: string
  /** Accounts whose roles may be assumed; without them any that trusts this hub. */
  readonly accounts?: readonly string[]
}

type Where = Required<Hub>

const HOUR_SECONDS = 3_600

const whereOf = (hub: Hub): Where => ({ partition: 'aws', accounts: ['*'], ...hub })

/** What a function's environment needs to schedule something. */
export const toSchedule = (hub: Omit<Hub, 'table'>): Readonly<Record<string, string>> => {
  const where = whereOf({ table: '', ...hub })
  return {
    SCHEDULE_GROUP,
    SCHEDULE_FUNCTION: functionArn('schedule', where),
    SCHEDULER_ROLE: schedulerArn(where),
  }
}

export const hubRoles = (hub: Hub): readonly Role[] => [...functionRoles(hub), schedulerRole(hub)]

/** In the order of FUNCTIONS. */
export const functionRoles = (hub: Hub): readonly Role[] => {
  const where = whereOf(hub)
  return FUNCTIONS.map(name => ({
    name: functionName(name),
    trustPolicy: policy<TrustStatement>({
      Sid: 'Lambda',
      Effect: 'Allow',
      Principal: { Service: 'lambda.amazonaws.com' },
      Action: 'sts:AssumeRole',
    }),
    policies: [policy(...POLICIES[name](where), ...runs(name, where), appendOnly(hub))],
    maxSessionSeconds: HOUR_SECONDS,
  }))
}

/** Whom Scheduler invokes as: nothing but that one function, for schedules of our group alone. */
export const schedulerRole = (hub: Hub): Role => {
  const where = whereOf(hub)
  return {
    name: SCHEDULER,
    trustPolicy: policy<TrustStatement>({
      Sid: 'Scheduler',
      Effect: 'Allow',
      Principal: { Service: 'scheduler.amazonaws.com' },
      Action: 'sts:AssumeRole',
      Condition: {
        StringEquals: {
          'aws:SourceAccount': hub.account,
          'aws:SourceArn': arn('scheduler', where, `schedule-group/${SCHEDULE_GROUP}`),
        },
      },
    }),
    policies: [policy(allowing('InvokeSchedule', 'lambda:InvokeFunction', functionArn('schedule', where)))],
    maxSessionSeconds: HOUR_SECONDS,
  }
}

const POLICIES: Readonly<Record<FunctionName, (where: Where) => readonly Statement[]>> = {
  slack: where => [
    ...readsParameters([...SECRETS, 'config'], where),
    ...usesTable('slack', where),
    allowing('InvokeFunctions', 'lambda:InvokeFunction', [
      functionArn('query', where),
      functionArn('decision', where),
      `${functionArn('operation', where)}:${ALIAS}`,
    ]),
  ],
  query: where => [
    ...readsParameters(PARAMETERS, where),
    ...usesTable('query', where),
    allowing('GoOn', 'lambda:InvokeFunction', functionArn('query', where)),
    ...schedules(where),
    assumes(['viewer'], where),
    failing('query', where),
  ],
  decision: where => [
    ...readsParameters(PARAMETERS, where),
    ...usesTable('decision', where),
    allowing('WakeOperations', 'lambda:SendDurableExecutionCallbackSuccess', executionsOf(where)),
    assumes(['viewer'], where),
    ...schedules(where),
    failing('decision', where),
  ],
  operation: where => [
    ...readsParameters(PARAMETERS, where),
    ...usesTable('operation', where),
    allowing(
      'Checkpoint',
      ['lambda:CheckpointDurableExecution', 'lambda:GetDurableExecutionState'],
      executionsOf(where),
    ),
    assumes(['viewer', 'operator', 'deployer', 'revert', 'exec'], where),
    ...schedules(where),
    failing('operation', where),
  ],
  schedule: where => [
    ...readsParameters(['slack/bot-token', 'config'], where),
    ...usesTable('schedule', where),
    assumes(['viewer'], where),
    allowing('WakeOperations', 'lambda:SendDurableExecutionCallbackSuccess', executionsOf(where)),
    allowing('TendFollows', 'lambda:InvokeFunction', functionArn('query', where)),
    allowing('LookAfterOperations', 'lambda:GetDurableExecution', executionsOf(where)),
    allowing(
      'TakeFailedOperations',
      ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
      arn('sqs', where, failureQueueName('operation')),
    ),
    ...schedules(where),
    failing('schedule', where),
  ],
  events: where => [...usesTable('events', where), failing('events', where)],
}

const arn = (service: string, { partition, region, account }: Where, rest: string): string =>
  `arn:${partition}:${service}:${region}:${account}:${rest}`

const functionArn = (name: FunctionName, where: Where): string => arn('lambda', where, `function:${functionName(name)}`)

/** Without a version or an alias. */
export const operationArn = (hub: Hub): string => functionArn('operation', whereOf(hub))

const schedulerArn = ({ partition, account }: Where): string => `arn:${partition}:iam::${account}:role/${SCHEDULER}`

/** Once, later: whoever makes a schedule passes on the role that it will run as. */
const schedules = (where: Where): readonly Statement[] => [
  allowing('Schedule', 'scheduler:CreateSchedule', arn('scheduler', where, `schedule/${SCHEDULE_GROUP}/*`)),
  allowing('PassScheduler', 'iam:PassRole', schedulerArn(where), {
    StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' },
  }),
]

/** Of every version that still runs something. */
const executionsOf = (where: Where): string => `${functionArn('operation', where)}:*/durable-execution/*`

/** What every function needs to run: its own log group, and traces, which have no resource. */
const runs = (name: FunctionName, where: Where): readonly Statement[] => [
  allowing(
    'Log',
    ['logs:CreateLogStream', 'logs:PutLogEvents'],
    arn('logs', where, `log-group:/aws/lambda/${functionName(name)}:*`),
  ),
  allowing('Trace', ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], '*'),
]

/** Lambda sends what a function did not take as that function's role. */
const failing = (name: FunctionName, where: Where): Statement =>
  allowing('ReportFailures', 'sqs:SendMessage', arn('sqs', where, failureQueueName(name)))

const SECURE_STRINGS = ['slack/signing-secret', 'slack/signing-secret-before', 'slack/bot-token'] as const
const SECRETS = [...SECURE_STRINGS, 'slack/bot-identity']
/** All but ingress: the signing secrets are for ingress alone. */
const PARAMETERS = ['slack/bot-token', 'config', 'halt']

const readsParameters = (names: readonly string[], where: Where): readonly Statement[] => {
  const parameterArn = (name: string) => arn('ssm', where, `parameter/quarterdeck/${name}`)
  return [
    allowing('ReadParameters', 'ssm:GetParameters', names.map(parameterArn)),
    allowing('DecryptSecrets', 'kms:Decrypt', arn('kms', where, 'key/*'), {
      StringEquals: {
        'kms:ViaService': `ssm.${where.region}.amazonaws.com`,
        'kms:EncryptionContext:PARAMETER_ARN': SECURE_STRINGS.filter(name => names.includes(name)).map(parameterArn),
      },
      'ForAnyValue:StringEquals': { 'kms:ResourceAliases': KEY_ALIAS },
    }),
  ]
}

/** Which items each function touches, by what their partition keys begin with, and how. */
const ITEMS: Readonly<Record<FunctionName, Readonly<Record<string, readonly string[]>>>> = {
  /** What pickers offer, and to whom. */
  slack: {
    'here#*': ['GetItem'],
    services: ['Query'],
    'usergroup#*': ['GetItem'],
  },
  query: {
    halt: ['GetItem'],
    'here#*': ['GetItem'],
    holds: ['Query'],
    leases: ['GetItem', 'Query'],
    'audited#*': ['Query'],
    'exec#*': ['GetItem'],
    'follow#*': ['GetItem', 'PutItem'],
    livetails: ['GetItem', 'PutItem'],
    pending: ['Query'],
    'service-tags': ['Query'],
    services: ['Query'],
    'states#*': ['Query'],
    'stopped#*': ['Query'],
    updates: ['UpdateItem'],
    'usergroup#*': ['GetItem', 'PutItem'],
  },
  decision: {
    'audit#*': ['PutItem', 'Query'],
    'audited#*': ['PutItem'],
    'follow#*': ['GetItem', 'PutItem'],
    halt: ['DeleteItem', 'GetItem', 'PutItem'],
    'here#*': ['DeleteItem', 'GetItem', 'PutItem'],
    holds: ['DeleteItem', 'PutItem', 'Query'],
    leases: ['GetItem', 'PutItem'],
    'operation#*': ['GetItem', 'PutItem'],
    services: ['Query'],
    updates: ['UpdateItem'],
    'usergroup#*': ['GetItem', 'PutItem'],
  },
  operation: {
    'audit#*': ['PutItem', 'Query'],
    'audited#*': ['PutItem', 'Query'],
    'exec#*': ['GetItem', 'PutItem'],
    halt: ['GetItem'],
    'here#*': ['GetItem'],
    holds: ['Query'],
    leases: ['DeleteItem', 'GetItem', 'PutItem'],
    'lock#*': ['DeleteItem', 'GetItem', 'PutItem'],
    'operation#*': ['GetItem', 'PutItem'],
    pending: ['DeleteItem', 'GetItem', 'PutItem', 'Query'],
    // Of operations that an earlier version began.
    'pending#*': ['DeleteItem', 'GetItem', 'PutItem', 'Query'],
    services: ['Query'],
    updates: ['UpdateItem'],
    'usergroup#*': ['GetItem', 'PutItem'],
  },
  events: {
    services: ['GetItem', 'PutItem'],
    'states#*': ['GetItem', 'PutItem'],
    'stopped#*': ['PutItem'],
  },
  /** It has the last word of an operation that ended without one, fills the service index, and posts the digest. */
  schedule: {
    'audit#*': ['PutItem', 'Query'],
    'audited#*': ['PutItem', 'Query'],
    digest: ['PutItem'],
    'follow#*': ['GetItem'],
    leases: ['DeleteItem', 'GetItem', 'PutItem', 'Query'],
    'operation#*': ['GetItem', 'PutItem'],
    pending: ['Query'],
    'service-tags': ['DeleteItem', 'PutItem', 'Query'],
    services: ['DeleteItem', 'GetItem', 'PutItem', 'Query'],
    updates: ['UpdateItem'],
  },
}

const tableArn = (where: Where): string => arn('dynamodb', where, `table/${where.table}`)

const usesTable = (name: keyof typeof ITEMS, where: Where): readonly Statement[] => {
  const items = Object.entries(ITEMS[name])
  const actions = [...new Set(items.flatMap(([, allowed]) => allowed))].toSorted()
  return actions.map(action =>
    allowing(`Table${action}`, `dynamodb:${action}`, tableArn(where), {
      'ForAllValues:StringLike': {
        'dynamodb:LeadingKeys': items.filter(([, allowed]) => allowed.includes(action)).map(([key]) => key),
      },
      Null: { 'dynamodb:LeadingKeys': 'false' },
    }),
  )
}

const AUDIT = ['audit#*', 'audited#*'] as const
/** Every way of DynamoDB to change or remove an item that is there, but PutItem, which is also how one is added. */
const REWRITES = ['UpdateItem', 'DeleteItem', 'BatchWriteItem', 'PartiQLUpdate', 'PartiQLDelete'] as const

/**
 * Audit records are only ever added. IAM cannot see that PutItem is conditional: a record that is put over another is
 * found by the chain of hashes.
 */
export const appendOnly = (hub: Hub): Statement => ({
  Sid: 'AuditIsOnlyAddedTo',
  Effect: 'Deny',
  Action: REWRITES.map(action => `dynamodb:${action}`),
  Resource: tableArn(whereOf(hub)),
  Condition: { 'ForAnyValue:StringLike': { 'dynamodb:LeadingKeys': AUDIT } },
})

const assumes = (roles: readonly SpokeRoleName[], { partition, accounts }: Where): Statement =>
  allowing(
    'ActInAccounts',
    ['sts:AssumeRole', 'sts:SetSourceIdentity', 'sts:TagSession'],
    roles.flatMap(role => accounts.map(account => `arn:${partition}:iam::${account}:role/${spokeRoleName(role)}`)),
  )

export type SpokeRoleName = 'viewer' | 'operator' | 'deployer' | 'revert' | 'exec'

export const spokeRoleName = (role: SpokeRoleName): string => `quarterdeck-${role}`

export type Spoke = {
  readonly account: string
  /** The hub's account id. */
  readonly hub: string
  readonly partition?: string
}

export const spokeRoles = ({ account, hub, partition = 'aws' }: Spoke): readonly Role[] => {
  const place = { partition, account }
  const hubRoleArn = (name: FunctionName) => `arn:${partition}:iam::${hub}:role/${functionName(name)}`
  const role = (
    name: SpokeRoleName,
    actions: Actions,
    held: readonly string[],
    trustPolicy: PolicyDocument<TrustStatement>,
  ): Role => ({
    name: spokeRoleName(name),
    trustPolicy,
    policies: [policy(...allow(actions, held, place))],
    boundary: boundary(actions, place),
    maxSessionSeconds: HOUR_SECONDS,
  })
  const operation = hubRoleArn('operation')
  return [
    role(
      'viewer',
      READS,
      [...FINDING, ...commands.flatMap(readsOf)],
      trustForReading([operation, hubRoleArn('query'), hubRoleArn('decision'), hubRoleArn('schedule')]),
    ),
    role('operator', WRITES, commands.flatMap(writesOf('operator')), trustForWriting([operation])),
    role('deployer', DEPLOYS, commands.flatMap(writesOf('deployer')), trustForWriting([operation])),
    role('revert', REVERTS, Object.keys(REVERTS), trustForWriting([operation])),
    role('exec', EXECS, Object.keys(EXECS), trustForWriting([operation])),
  ]
}

type Command = (typeof commands)[number]

const readsOf = (command: Command): readonly string[] => ('reads' in command ? command.reads : [])
const writesOf =
  (role: 'operator' | 'deployer') =>
  (command: Command): readonly string[] =>
    'writes' in command && (command.role ?? 'operator') === role ? command.writes : []

/** How services are found, with their tags, and whether their account is halted, whatever the command. */
const FINDING = [
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

const OPERATION_TAG = 'quarterdeck:operation'
const APPROVERS_TAG = 'quarterdeck:approvers'
/** `<Slack user>-<operation or query>`: Slack's people are U… or W…. */
const PEOPLE = ['U*-?*', 'W*-?*'] as const
/** System work, without a person: only ever reads. */
const SYSTEM = { name: 'quarterdeck-?*', identity: 'quarterdeck' } as const
/** STS takes 2 to 64 characters. */
const ANYBODY = '??*'

const trustForReading = (principals: readonly string[]): PolicyDocument<TrustStatement> =>
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

const trustForWriting = (principals: readonly string[]): PolicyDocument<TrustStatement> =>
  trust(principals, [OPERATION_TAG, APPROVERS_TAG], [person(principals, [OPERATION_TAG, APPROVERS_TAG])])

/** Who comes in has a name, a source identity and the tags; each action is asked about the keys that it has. */
const trust = (
  principals: readonly string[],
  tags: readonly string[],
  entries: readonly TrustStatement[],
): PolicyDocument<TrustStatement> =>
  policy<TrustStatement>(
    ...entries,
    {
      ...entry('Identity', principals, 'sts:SetSourceIdentity'),
      Condition: { StringLike: { 'sts:SourceIdentity': ANYBODY } },
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
    StringLike: { 'sts:RoleSessionName': PEOPLE, 'sts:SourceIdentity': ANYBODY, ...tagged(tags) },
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
