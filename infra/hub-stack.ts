// The hub: the bot itself, in one account and region. The configuration, the halt switch and the secrets are not here:
// a deployment must never overwrite what people published, and CloudFormation cannot make a SecureString.
import { CfnOutput, Duration, Stack, Validations } from 'aws-cdk-lib'
import { Alias, FunctionUrlAuthType } from 'aws-cdk-lib/aws-lambda'
import { CfnSchedule, CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler'
import type { Construct } from 'constructs'
import { createAlarms } from './alarms.ts'
import { createEndings, createEventBus } from './events.ts'
import { createFunction, type Made, TABLE } from './functions.ts'
import { createRole } from './role.ts'
import {
  ALIAS,
  appendOnly,
  FUNCTIONS,
  type FunctionName,
  functionRoles,
  type Hub,
  operationArn,
  RECURRING,
  SCHEDULE_GROUP,
  schedulerRole,
  toSchedule,
} from './roles.ts'
import { createSecretsKey, createTable } from './store.ts'

export type HubProps = {
  readonly account: string
  readonly region: string
  /** Where `npm run build` puts the bundles. */
  readonly dist: string
  /** Accounts that may be acted in; without them any that trusts this hub. */
  readonly accounts?: readonly string[]
  /** The ARN of an SNS topic that alarms are sent to. */
  readonly alarmTopic?: string
}

export class HubStack extends Stack {
  constructor(scope: Construct, id: string, { account, region, dist, accounts, alarmTopic }: HubProps) {
    super(scope, id, {
      env: { account, region },
      description: 'Quarterdeck: the functions, their store and their roles',
      terminationProtection: true,
    })
    const hub = { account, region, table: TABLE, ...(accounts !== undefined && { accounts }) }
    createTable(this, appendOnly(hub))
    const made = this.#createFunctions(hub, dist)
    createSecretsKey(
      this,
      functionRoles(hub).map(({ name }) => `arn:aws:iam::${account}:role/${name}`),
    )
    this.#open(made.slack)
    this.#takeEvents(made)
    this.#createScheduler(hub, made.schedule)
    createEventBus(this, made.events.fn, [account, ...(accounts ?? [])])
    createEndings(this, made.operation, made.schedule.fn, operationArn(hub))
    createAlarms(this, made, alarmTopic)
  }

  #createFunctions(hub: Hub, dist: string): Readonly<Record<FunctionName, Made>> {
    const roles = functionRoles(hub)
    const make = (name: FunctionName): Made => {
      const role = roles[FUNCTIONS.indexOf(name)]
      if (role === undefined) throw new Error(`no role for ${name}`)
      return createFunction(this, name, createRole(this, `${name}Identity`, role), {
        dist,
        scheduling: toSchedule(hub),
      })
    }
    return {
      slack: make('slack'),
      query: make('query'),
      decision: make('decision'),
      operation: make('operation'),
      schedule: make('schedule'),
      events: make('events'),
    }
  }

  /** Slack signs its requests and knows nothing of AWS; the receiver verifies the raw bytes before it reads them. */
  #open({ fn }: Made): void {
    const url = fn.addFunctionUrl({ authType: FunctionUrlAuthType.NONE })
    new CfnOutput(this, 'SlackUrl', { value: url.url, description: 'The request URL of everything in manifest.yml' })
  }

  /** Some come again and again. The others are made by the functions, one for each reminder, sweep and look, and delete themselves. */
  #createScheduler(hub: Hub, { fn }: Made): void {
    const group = new CfnScheduleGroup(this, 'Schedules', { name: SCHEDULE_GROUP })
    const role = createRole(this, 'schedulerIdentity', schedulerRole(hub))
    for (const { name, expression, input } of RECURRING) {
      const recurring = new CfnSchedule(this, `Recurring-${name}`, {
        name,
        groupName: SCHEDULE_GROUP,
        scheduleExpression: expression,
        flexibleTimeWindow: { mode: 'OFF' },
        target: { arn: fn.functionArn, roleArn: role.roleArn, input },
      })
      recurring.addDependency(group)
    }
  }

  /** How often and how late an event may still be taken: never again what a person no longer waits for. */
  #takeEvents({ query, decision, operation, schedule, events }: Readonly<Record<FunctionName, Made>>): void {
    const live = new Alias(this, 'Live', { aliasName: ALIAS, version: operation.fn.currentVersion })
    query.fn.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: Duration.minutes(5) })
    // A vote is a conditional write, and waking is repeatable: whoever died between the two is tried again.
    decision.fn.configureAsyncInvoke({ retryAttempts: 2, maxEventAge: Duration.hours(1) })
    // A reminder is posted at most once, and scheduling and waking are repeatable.
    schedule.fn.configureAsyncInvoke({ retryAttempts: 2, maxEventAge: Duration.hours(1) })
    // The same event twice is one item.
    events.fn.configureAsyncInvoke({ retryAttempts: 2, maxEventAge: Duration.hours(6) })
    // The engine itself resumes what has begun.
    live.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: Duration.minutes(15) })
    for (const invoked of [query.fn, decision.fn, schedule.fn, events.fn, live]) {
      Validations.of(invoked).acknowledge({
        id: 'Serverless-LambdaAsyncFailureDestination',
        reason: 'The function has a dead-letter queue, which durable functions can have; destinations they cannot.',
      })
    }
  }
}
