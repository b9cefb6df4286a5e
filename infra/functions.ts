// The six functions of the hub: the bundles of `npm run build`, each in its own role, with its own log and its own end
// for events that it did not take.
import { Annotations, Duration, RemovalPolicy, Validations } from 'aws-cdk-lib'
import type { IRole } from 'aws-cdk-lib/aws-iam'
import { Architecture, Code, Function as LambdaFunction, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda'
import { FilterPattern, LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import { ALIAS, type FunctionName, failureQueueName, functionName } from './roles.ts'

type Spec = {
  /** More memory is more processor: what shortens a cold start. */
  readonly memorySize: number
  readonly timeout: Duration
  readonly retention: RetentionDays
  readonly environment: Readonly<Record<string, string>>
  /** Kept for this function alone, and the most that it may take from the others. */
  readonly reserved?: number
  /** Ends after days rather than minutes: its versions outlive a deployment. */
  readonly isDurable?: true
  /** Makes schedules. */
  readonly isScheduling?: true
}

export const TABLE = 'quarterdeck'
const TO_TABLE = { TABLE } as const
/** A follow goes on in another invocation. */
const TO_QUERY = { QUERY_FUNCTION: functionName('query') } as const

const SPECS: Readonly<Record<FunctionName, Spec>> = {
  slack: {
    memorySize: 1_024,
    timeout: Duration.seconds(10),
    retention: RetentionDays.THREE_MONTHS,
    // The URL is open to the world: a flood stays within this, and away from the other functions.
    reserved: 20,
    environment: {
      ...TO_TABLE,
      QUERY_FUNCTION: functionName('query'),
      DECISION_FUNCTION: functionName('decision'),
      OPERATION_FUNCTION: `${functionName('operation')}:${ALIAS}`,
    },
  },
  query: {
    memorySize: 1_024,
    timeout: Duration.minutes(5),
    retention: RetentionDays.THREE_MONTHS,
    environment: { ...TO_TABLE, ...TO_QUERY },
    isScheduling: true,
  },
  // A vote always finds room.
  decision: {
    isScheduling: true,
    memorySize: 1_024,
    timeout: Duration.minutes(1),
    retention: RetentionDays.ONE_YEAR,
    environment: TO_TABLE,
    reserved: 10,
  },
  operation: {
    memorySize: 1_024,
    // A command may run for 13 minutes, and its session is ended within the rest.
    timeout: Duration.minutes(15),
    retention: RetentionDays.ONE_YEAR,
    environment: TO_TABLE,
    isDurable: true,
    isScheduling: true,
  },
  schedule: {
    memorySize: 1_024,
    // Ten thousand services in one account and region are two hundred calls, one after the other.
    timeout: Duration.minutes(3),
    retention: RetentionDays.ONE_YEAR,
    environment: { ...TO_TABLE, ...TO_QUERY },
    isScheduling: true,
  },
  // Busy when many tasks stop at once; what waits is not lost.
  events: {
    memorySize: 512,
    timeout: Duration.seconds(30),
    retention: RetentionDays.THREE_MONTHS,
    environment: TO_TABLE,
  },
}

/**
 * The story ends by itself: consent expires, a lease is over. The engine, whose end would leave a lease unreverted,
 * never comes first: it has the longest that Lambda gives.
 */
const DURABLE = { executionTimeout: Duration.days(366), retentionPeriod: Duration.days(90) }

/** The lines that the code itself calls an alarm: a configuration that is none, for one. */
const countAlarms = (fn: LambdaFunction, name: FunctionName): void => {
  fn.logGroup.addMetricFilter('AlarmLines', {
    filterPattern: FilterPattern.stringValue('$.level', '=', 'alarm'),
    metricNamespace: 'Quarterdeck',
    metricName: `${functionName(name)}-alarms`,
  })
}

export type Made = { readonly fn: LambdaFunction; readonly failures?: Queue }

type Surroundings = {
  /** Where the bundles are, a folder each. */
  readonly dist: string
  /** What whoever makes schedules has to know. */
  readonly scheduling: Readonly<Record<string, string>>
}

export const createFunction = (
  scope: Construct,
  name: FunctionName,
  role: IRole,
  { dist, scheduling }: Surroundings,
): Made => {
  const { memorySize, timeout, retention, environment, reserved, isDurable, isScheduling } = SPECS[name]
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
    environment: { ...environment, ...(isScheduling && scheduling) },
    tracing: Tracing.ACTIVE,
    logGroup: new LogGroup(scope, `${id}Log`, {
      logGroupName: `/aws/lambda/${functionName(name)}`,
      retention,
      removalPolicy: RemovalPolicy.RETAIN,
    }),
    // Without this, the next deployment deletes the version that pending executions run on.
    currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN },
    ...(reserved !== undefined && { reservedConcurrentExecutions: reserved }),
    ...(isDurable && { durableConfig: DURABLE }),
    ...(failures !== undefined && { deadLetterQueue: failures }),
  })
  if (isDurable)
    Annotations.of(fn).acknowledgeInfo('aws-lambda:Function.DurableConfig', 'It is durable from its first deployment.')
  countAlarms(fn, name)
  if (failures !== undefined) return { fn, failures }
  Validations.of(fn).acknowledge({
    id: 'Serverless-LambdaDLQ',
    reason:
      'It is only ever invoked synchronously, by its URL: there is no event that could be lost, and Slack is told of every failure.',
  })
  return { fn }
}

/** They hold what people asked for: encrypted, and kept as long as SQS can for somebody to look. */
const createFailures = (scope: Construct, id: string, name: FunctionName): Queue => {
  const queue = new Queue(scope, `${id}Failures`, {
    queueName: failureQueueName(name),
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: Duration.days(14),
    // At least as long as the function that takes from it may run (Lambda developer guide, SQS as an event source).
    visibilityTimeout: Duration.minutes(6),
  })
  const reason = 'It is the dead-letter queue of a function: the end of the line, with an alarm on its first message.'
  for (const rule of ['AwsSolutions-SQS3', 'Serverless-SQSRedrivePolicy'])
    Validations.of(queue).acknowledge({ id: rule, reason })
  return queue
}
