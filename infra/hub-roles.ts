// The roles of the hub's functions and of its scheduler, as data. The stacks deploy exactly these documents, and the sandbox
// evaluates calls against them.
import { INDEX_MINUTES } from '../src/features/services/service-index.ts'
import { type DigestJob, type GatesJob, type IndexJob, type ProblemsJob, problemsJob } from '../src/model/ports/job.ts'
import {
  ALIAS,
  arn,
  auditBucketName,
  FUNCTIONS,
  type FunctionName,
  failureQueueName,
  functionArn,
  functionName,
  type Hub,
  KEY_ALIAS,
  MAX_SESSION_SECONDS,
  SCHEDULE_GROUP,
  SCHEDULER,
  type SpokeRoleName,
  schedulerArn,
  spokeRoleName,
  type Where,
  whereOf,
} from './names.ts'
import { allowing, policy, type Role, type Statement, type TrustStatement } from './policy.ts'
import { appendOnly, usesTable } from './table-items.ts'

const recurring = (job: IndexJob | DigestJob | GatesJob | ProblemsJob, minutes: number) => ({
  name: job.kind,
  expression: `rate(${minutes} minutes)`,
  input: JSON.stringify(job),
})

/** The recurring schedules. The hub's stack creates them. */
export const RECURRING = [
  recurring({ kind: 'index' }, INDEX_MINUTES),
  recurring({ kind: 'digest' }, 5),
  recurring({ kind: 'gates' }, 15),
  // Events start the runs of the notifier. This schedule reports what a run that died has not reported.
  recurring(problemsJob(0), 5),
] as const

/** The environment variables that a function needs to create schedules. */
export const toSchedule = (hub: Omit<Hub, 'table'>): Readonly<Record<string, string>> => {
  const where = whereOf({ table: '', ...hub })
  return {
    SCHEDULE_GROUP,
    SCHEDULE_FUNCTION: functionArn('schedule', where),
    SCHEDULER_ROLE: schedulerArn(where),
  }
}

export const hubRoles = (hub: Hub): readonly Role[] => [...functionRoles(hub), schedulerRole(hub)]

/** The roles of the functions, in the order of FUNCTIONS. */
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
    maxSessionSeconds: MAX_SESSION_SECONDS,
  }))
}

/** The environment variables that the export function needs. */
export const toExport = (hub: Pick<Hub, 'account' | 'region'>): Readonly<Record<string, string>> => ({
  AUDIT_BUCKET: auditBucketName(hub),
})

/** The hourly schedule of the export function. The hub's stack creates it. */
export const EXPORTING = { name: 'export', expression: 'rate(1 hour)', input: '{}' } as const

/**
 * The role of EventBridge Scheduler. It may invoke only the schedule function and the export function. Only schedules in
 * Quarterdeck's schedule group may use this role.
 */
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
    policies: [
      policy(
        allowing('InvokeScheduled', 'lambda:InvokeFunction', [
          functionArn('schedule', where),
          functionArn('export', where),
        ]),
      ),
    ],
    maxSessionSeconds: MAX_SESSION_SECONDS,
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
    allowing('ContinueFollow', 'lambda:InvokeFunction', functionArn('query', where)),
    ...schedules(where),
    assumes(['viewer'], where),
    failing('query', where),
  ],
  decision: where => [
    ...readsParameters(PARAMETERS, where),
    ...usesTable('decision', where),
    allowing('WakeOperations', 'lambda:SendDurableExecutionCallbackSuccess', executionsOf(where)),
    assumes(['viewer'], where),
    allowing('LookAtIncidents', 'lambda:InvokeFunction', functionArn('schedule', where)),
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
    allowing('StartServicesOfASet', 'lambda:InvokeFunction', `${functionArn('operation', where)}:${ALIAS}`),
    assumes(['viewer', 'operator', 'deployer', 'gate', 'revert', 'exec'], where),
    ...schedules(where),
    failing('operation', where),
  ],
  schedule: where => [
    ...readsParameters(['slack/bot-token', 'config', 'pagerduty/token'], where),
    ...usesTable('schedule', where),
    assumes(['viewer'], where),
    allowing('WakeOperations', 'lambda:SendDurableExecutionCallbackSuccess', executionsOf(where)),
    allowing('ContinueFollowsAndStartGates', 'lambda:InvokeFunction', [
      functionArn('query', where),
      `${functionArn('operation', where)}:${ALIAS}`,
    ]),
    allowing('ReadOperations', 'lambda:GetDurableExecution', executionsOf(where)),
    allowing(
      'ReadFailedOperations',
      ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
      arn('sqs', where, failureQueueName('operation')),
    ),
    ...schedules(where),
    failing('schedule', where),
  ],
  // The function reads the audit and adds objects to its bucket. Object Lock protects every version of these objects.
  export: where => [
    ...readsConfig(where),
    ...usesTable('export', where),
    allowing('ExportAudit', 's3:PutObject', `arn:${where.partition}:s3:::${auditBucketName(where)}/audit/*`),
    failing('export', where),
  ],
  // The function starts the operation of a gate. It invokes the schedule function to check an answered gate and to post problems.
  // The function itself does not read AWS and makes no decisions.
  events: where => [
    ...usesTable('events', where),
    allowing('StartGates', 'lambda:InvokeFunction', [
      `${functionArn('operation', where)}:${ALIAS}`,
      functionArn('schedule', where),
    ]),
    failing('events', where),
  ],
}

/** Allows a function to create schedules, and to pass the scheduler's role to EventBridge Scheduler. */
const schedules = (where: Where): readonly Statement[] => [
  allowing('Schedule', 'scheduler:CreateSchedule', arn('scheduler', where, `schedule/${SCHEDULE_GROUP}/*`)),
  allowing('PassScheduler', 'iam:PassRole', schedulerArn(where), {
    StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' },
  }),
]

/** The ARN pattern of the durable executions of the operation function, in all its versions. */
const executionsOf = (where: Where): string => `${functionArn('operation', where)}:*/durable-execution/*`

/** Allows a function to write its logs and traces. */
const runs = (name: FunctionName, where: Where): readonly Statement[] => [
  allowing(
    'Log',
    ['logs:CreateLogStream', 'logs:PutLogEvents'],
    arn('logs', where, `log-group:/aws/lambda/${functionName(name)}:*`),
  ),
  allowing('Trace', ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], '*'),
]

/** Allows a function to send to its dead-letter queue. Lambda sends the messages with the function's role. */
const failing = (name: FunctionName, where: Where): Statement =>
  allowing('ReportFailures', 'sqs:SendMessage', arn('sqs', where, failureQueueName(name)))

const SLACK_SECRETS = ['slack/signing-secret', 'slack/signing-secret-before', 'slack/bot-token'] as const
const SECURE_STRINGS = [...SLACK_SECRETS, 'pagerduty/token'] as const
const SECRETS = [...SLACK_SECRETS, 'slack/bot-identity']
/** The SSM parameters that the query, decision and operation functions read. Only ingress reads the signing secrets. */
const PARAMETERS = ['slack/bot-token', 'config', 'halt']

const readsConfig = (where: Where): readonly Statement[] => [
  allowing('ReadParameters', 'ssm:GetParameters', arn('ssm', where, 'parameter/quarterdeck/config')),
]

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

const assumes = (roles: readonly SpokeRoleName[], { partition, accounts }: Where): Statement =>
  allowing(
    'AssumeRoles',
    ['sts:AssumeRole', 'sts:SetSourceIdentity', 'sts:TagSession'],
    roles.flatMap(role => accounts.map(account => `arn:${partition}:iam::${account}:role/${spokeRoleName(role)}`)),
  )
