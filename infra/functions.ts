// The hub's seven Lambda functions, each with its own role, log group and dead-letter queue.
import { Annotations, Duration, RemovalPolicy, Validations } from 'aws-cdk-lib'
import type { IRole } from 'aws-cdk-lib/aws-iam'
import { Architecture, Code, Function as LambdaFunction, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda'
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import { countLines } from './log-metrics.ts'
import { ALIAS, type FunctionName, failureQueueName, functionName } from './names.ts'

type Spec = {
  /** The memory in MB. The CPU of a function grows with its memory, so more memory shortens cold starts. */
  readonly memorySize: number
  readonly timeout: Duration
  readonly retention: RetentionDays
  readonly environment: Readonly<Record<string, string>>
  /** The reserved concurrency. It is guaranteed to the function, and is also its limit. */
  readonly reserved?: number
  /** Whether the function runs durable executions. These may last for days, so the old function versions are retained. */
  readonly isDurable?: true
  /** Whether the function creates schedules. */
  readonly isScheduling?: true
  /** Whether the function exports the audit. */
  readonly isExporting?: true
}

export const TABLE = 'quarterdeck'
const TO_TABLE = { TABLE } as const
/** The environment of functions that invoke the query function, for example to continue a log follow. */
const TO_QUERY = { QUERY_FUNCTION: functionName('query') } as const

const TO_OPERATION = { OPERATION_FUNCTION: `${functionName('operation')}:${ALIAS}` } as const

const SPECS: Readonly<Record<FunctionName, Spec>> = {
  slack: {
    memorySize: 1_024,
    timeout: Duration.seconds(10),
    retention: RetentionDays.THREE_MONTHS,
    // The URL of the function is public. The reserved concurrency limits a flood of requests, and so protects the other
    // functions.
    reserved: 20,
    environment: {
      ...TO_TABLE,
      QUERY_FUNCTION: functionName('query'),
      DECISION_FUNCTION: functionName('decision'),
      ...TO_OPERATION,
    },
  },
  query: {
    memorySize: 1_024,
    timeout: Duration.minutes(5),
    retention: RetentionDays.THREE_MONTHS,
    // Reads and log follows may last for minutes. The limit leaves the rest of the account's concurrency to the other functions.
    reserved: 40,
    environment: { ...TO_TABLE, ...TO_QUERY },
    isScheduling: true,
  },
  // Concurrency is reserved so that there is always capacity for a vote.
  decision: {
    isScheduling: true,
    memorySize: 1_024,
    timeout: Duration.minutes(1),
    retention: RetentionDays.ONE_YEAR,
    environment: { ...TO_TABLE, GATES_FUNCTION: functionName('schedule') },
    reserved: 10,
  },
  operation: {
    memorySize: 1_024,
    // A command may run for 13 minutes. The remaining two minutes are for ending its session.
    timeout: Duration.minutes(15),
    retention: RetentionDays.ONE_YEAR,
    // The operation of a change set starts an execution for each service.
    environment: { ...TO_TABLE, ...TO_OPERATION },
    isDurable: true,
    isScheduling: true,
  },
  schedule: {
    memorySize: 1_024,
    // Listing 10,000 services in one account and region needs 200 sequential calls.
    timeout: Duration.minutes(3),
    retention: RetentionDays.ONE_YEAR,
    environment: { ...TO_TABLE, ...TO_QUERY, ...TO_OPERATION },
    isScheduling: true,
  },
  // If many tasks stop at the same time, their events wait in Lambda's queue.
  events: {
    memorySize: 512,
    timeout: Duration.seconds(30),
    retention: RetentionDays.THREE_MONTHS,
    environment: { ...TO_TABLE, ...TO_OPERATION, GATES_FUNCTION: functionName('schedule') },
  },
  // The concurrency is one, because each export continues after the last record of the previous export.
  export: {
    memorySize: 512,
    timeout: Duration.minutes(5),
    retention: RetentionDays.ONE_YEAR,
    environment: TO_TABLE,
    reserved: 1,
    isExporting: true,
  },
}

/**
 * The settings of durable executions. The timeout is Lambda's maximum, because a timeout would end an operation without reverting
 * its lease. Operations end without a timeout, because approvals expire and leases end.
 */
const DURABLE = { executionTimeout: Duration.days(366), retentionPeriod: Duration.days(90) }

export type Made = { readonly fn: LambdaFunction; readonly failures?: Queue }

type Surroundings = {
  /** The folder that contains one subfolder with a bundle for each function. */
  readonly dist: string
  /** The environment variables of the functions that create schedules. */
  readonly scheduling: Readonly<Record<string, string>>
  /** The environment variables of the function that exports the audit. */
  readonly exporting: Readonly<Record<string, string>>
}

export const createFunction = (
  scope: Construct,
  name: FunctionName,
  role: IRole,
  { dist, scheduling, exporting }: Surroundings,
): Made => {
  const { memorySize, timeout, retention, environment, reserved, isDurable, isScheduling, isExporting } = SPECS[name]
  const id = name.charAt(0).toUpperCase() + name.slice(1)
  const failures = name === 'slack' ? undefined : createFailures(scope, id, name)
  const fn = new LambdaFunction(scope, id, {
    functionName: functionName(name),
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    handler: 'index.handler',
    code: Code.fromAsset(`${dist}/${name}`),
    role,
    memorySize,
    timeout,
    environment: { ...environment, ...(isScheduling && scheduling), ...(isExporting && exporting) },
    tracing: Tracing.ACTIVE,
    logGroup: new LogGroup(scope, `${id}Log`, {
      logGroupName: `/aws/lambda/${functionName(name)}`,
      retention,
      removalPolicy: RemovalPolicy.RETAIN,
    }),
    // The version is retained, because operations that have not ended run on it. The next deployment would otherwise delete it.
    currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN },
    ...(reserved !== undefined && { reservedConcurrentExecutions: reserved }),
    ...(isDurable && { durableConfig: DURABLE }),
    ...(failures !== undefined && { deadLetterQueue: failures }),
  })
  if (isDurable)
    Annotations.of(fn).acknowledgeInfo(
      'aws-lambda:Function.DurableConfig',
      'The function is durable since its first deployment.',
    )
  countLines(fn.logGroup)
  if (failures !== undefined) return { fn, failures }
  Validations.of(fn).acknowledge({
    id: 'Serverless-LambdaDLQ',
    reason:
      'The function is invoked only synchronously, through its URL: no event can be lost, and Slack receives every failure.',
  })
  return { fn }
}

/**
 * Creates a dead-letter queue. It is encrypted, because its messages contain the requests of users. Messages are kept for 14
 * days, which is the maximum of SQS.
 */
const createFailures = (scope: Construct, id: string, name: FunctionName): Queue => {
  const queue = new Queue(scope, `${id}Failures`, {
    queueName: failureQueueName(name),
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: Duration.days(14),
    // The visibility timeout must not be shorter than the timeout of the function that reads the queue (Lambda developer guide,
    // SQS as an event source).
    visibilityTimeout: Duration.minutes(6),
  })
  const reason = 'This is a function’s dead-letter queue itself, with an alarm on its first message.'
  for (const rule of ['AwsSolutions-SQS3', 'Serverless-SQSRedrivePolicy'])
    Validations.of(queue).acknowledge({ id: rule, reason })
  return queue
}
