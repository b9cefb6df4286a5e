// The hub stack: functions, table, event bus and roles in one account and region. The SSM parameters are not in this stack: a
// deployment must not overwrite a published configuration, and CloudFormation cannot create SecureStrings.
import { Duration, Stack, Validations } from 'aws-cdk-lib'
import { Alias } from 'aws-cdk-lib/aws-lambda'
import { CfnSchedule, CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler'
import type { Construct } from 'constructs'
import { createAlarms } from './alarms.ts'
import { createAuditBucket } from './audit-bucket.ts'
import { createEntry, type Entry } from './entry.ts'
import { createEndings, createEventBus } from './events.ts'
import { createFunction, type Made, TABLE } from './functions.ts'
import { EXPORTING, functionRoles, RECURRING, schedulerRole, toExport, toSchedule } from './hub-roles.ts'
import { ALIAS, FUNCTIONS, type FunctionName, type Hub, operationArn, SCHEDULE_GROUP } from './names.ts'
import { createRole } from './role.ts'
import { createSecretsKey, createTable } from './store.ts'
import { appendOnly } from './table-items.ts'

export type HubProps = {
  readonly account: string
  readonly region: string
  /** The folder with the output of `npm run build`. */
  readonly dist: string
  /** The accounts in which Quarterdeck operates. If absent: all accounts that trust this hub. */
  readonly accounts?: readonly string[]
  /** How Slack reaches the bot: `api` by default. */
  readonly entry?: Entry
  /** The ARN of an SNS topic for alarms. */
  readonly alarmTopic?: string
}

export class HubStack extends Stack {
  constructor(scope: Construct, id: string, { account, region, dist, accounts, entry = 'api', alarmTopic }: HubProps) {
    super(scope, id, {
      env: { account, region },
      description: 'Quarterdeck: functions, table and roles',
      terminationProtection: true,
    })
    const hub = { account, region, table: TABLE, ...(accounts !== undefined && { accounts }) }
    createTable(this, appendOnly(hub))
    createAuditBucket(this, hub)
    const made = this.#createFunctions(hub, dist)
    createSecretsKey(
      this,
      functionRoles(hub).map(({ name }) => `arn:aws:iam::${account}:role/${name}`),
    )
    createEntry(this, made.slack.fn, entry)
    this.#takeEvents(made)
    this.#createScheduler(hub, made)
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
        exporting: toExport(hub),
      })
    }
    return {
      slack: make('slack'),
      query: make('query'),
      decision: make('decision'),
      operation: make('operation'),
      schedule: make('schedule'),
      events: make('events'),
      export: make('export'),
    }
  }

  /**
   * Creates the recurring schedules. Functions create one-time schedules in the same group. A one-time schedule is deleted after
   * it has run.
   */
  #createScheduler(hub: Hub, made: Readonly<Record<FunctionName, Made>>): void {
    const group = new CfnScheduleGroup(this, 'Schedules', { name: SCHEDULE_GROUP })
    const role = createRole(this, 'schedulerIdentity', schedulerRole(hub))
    const recurring = [
      ...RECURRING.map(one => ({ ...one, fn: made.schedule.fn })),
      { ...EXPORTING, fn: made.export.fn },
    ]
    for (const { name, expression, input, fn } of recurring) {
      const schedule = new CfnSchedule(this, `Recurring-${name}`, {
        name,
        groupName: SCHEDULE_GROUP,
        scheduleExpression: expression,
        flexibleTimeWindow: { mode: 'OFF' },
        target: { arn: fn.functionArn, roleArn: role.roleArn, input },
      })
      schedule.addResourceDependency(group)
    }
  }

  /**
   * Sets the retries and the maximum age of asynchronous invocations. A request is not retried when its user no longer waits for
   * an answer.
   */
  #takeEvents(made: Readonly<Record<FunctionName, Made>>): void {
    const { query, decision, operation, schedule, events } = made
    const live = new Alias(this, 'Live', { aliasName: ALIAS, version: operation.fn.currentVersion })
    query.fn.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: Duration.minutes(5) })
    // These can be retried: a vote is a conditional write, and resuming an operation is idempotent.
    decision.fn.configureAsyncInvoke({ retryAttempts: 2, maxEventAge: Duration.hours(1) })
    // Jobs of the schedule function can be retried: a reminder is posted at most once, and creating schedules and resuming
    // operations are idempotent.
    schedule.fn.configureAsyncInvoke({ retryAttempts: 2, maxEventAge: Duration.hours(1) })
    // An event can be retried, because a retry writes the same item.
    events.fn.configureAsyncInvoke({ retryAttempts: 2, maxEventAge: Duration.hours(6) })
    made.export.fn.configureAsyncInvoke({ retryAttempts: 2, maxEventAge: Duration.hours(1) })
    // There are no retries. Lambda itself resumes a durable execution that has started.
    live.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: Duration.minutes(15) })
    for (const invoked of [query.fn, decision.fn, schedule.fn, events.fn, made.export.fn, live]) {
      Validations.of(invoked).acknowledge({
        id: 'Serverless-LambdaAsyncFailureDestination',
        reason: 'The function has a dead-letter queue; durable functions do not support failure destinations.',
      })
    }
  }
}
