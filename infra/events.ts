// Event buses and rules. Default buses forward ECS events to the hub's bus, whose rules invoke the events function. A rule
// matches only events of its own account and region, so each account and region has a forwarding stack.
import { Stack, Validations } from 'aws-cdk-lib'
import { CfnEventBusPolicy, CfnRule, EventBus } from 'aws-cdk-lib/aws-events'
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { CfnEventSourceMapping, type IFunction } from 'aws-cdk-lib/aws-lambda'
import type { Construct } from 'constructs'
import { busArn, EVENT_BUS, endedExecutions, FORWARDER, type Forwarding, RULES } from './event-rules.ts'
import type { Made } from './functions.ts'

/**
 * Creates the hub's event bus. `accounts`: the accounts that may forward events. These accounts cannot forge ECS events, because
 * PutEvents refuses sources that start with `aws.`.
 */
export const createEventBus = (scope: Construct, fn: IFunction, accounts: readonly string[]): void => {
  const bus = new EventBus(scope, 'EventBus', { eventBusName: EVENT_BUS })
  for (const account of new Set(accounts)) {
    new CfnEventBusPolicy(scope, `BusFrom${account}`, {
      eventBusName: bus.eventBusName,
      statementId: `From${account}`,
      statement: {
        Effect: 'Allow',
        Principal: { AWS: `arn:${Stack.of(scope).partition}:iam::${account}:root` },
        Action: 'events:PutEvents',
        Resource: bus.eventBusArn,
      },
    })
  }
  for (const [name, pattern] of Object.entries(RULES)) {
    const rule = new CfnRule(scope, `Rule-${name}`, {
      name: `quarterdeck-${name}`,
      eventBusName: bus.eventBusName,
      eventPattern: pattern,
      targets: [{ id: 'events', arn: fn.functionArn }],
    })
    withoutQueue(rule)
    fn.addPermission(`Rule-${name}`, {
      principal: new ServicePrincipal('events.amazonaws.com'),
      sourceArn: rule.attrArn,
    })
  }
}

/**
 * Makes failed durable executions known within seconds. Lambda's status event and the function's dead-letter queue both invoke
 * the schedule function, which reports dead operations.
 */
export const createEndings = (scope: Construct, operation: Made, schedule: IFunction, operationArn: string): void => {
  const rule = new CfnRule(scope, 'Rule-ended-executions', {
    name: 'quarterdeck-ended-executions',
    eventPattern: endedExecutions(operationArn),
    targets: [{ id: 'schedule', arn: schedule.functionArn }],
  })
  Validations.of(rule).acknowledge({
    id: 'Serverless-EventBusDLQ',
    reason: 'The operation’s dead-letter queue and the periodic watchdog report the same failure.',
  })
  schedule.addPermission('Rule-ended-executions', {
    principal: new ServicePrincipal('events.amazonaws.com'),
    sourceArn: rule.attrArn,
  })
  if (operation.failures === undefined) return
  const mapping = new CfnEventSourceMapping(scope, 'FailedOperations', {
    functionName: schedule.functionName,
    eventSourceArn: operation.failures.queueArn,
    // The function receives one message at a time. A message that it cannot report becomes visible in the queue again.
    batchSize: 1,
  })
  Validations.of(mapping).acknowledge({
    id: 'Serverless-LambdaEventSourceMappingDestination',
    reason: 'This is the dead-letter queue: unreported messages stay for 14 days and raise an alarm.',
  })
}

type EventsProps = Forwarding & { readonly region: string }

/** The stack that forwards the ECS events of one account and region. */
export class EventsStack extends Stack {
  constructor(scope: Construct, id: string, { account, region, hub, hubRegion }: EventsProps) {
    super(scope, id, {
      env: { account, region },
      description: `Quarterdeck: forwards ECS events in ${region} to the hub in ${hub}`,
    })
    for (const [name, pattern] of Object.entries(RULES)) {
      const rule = new CfnRule(this, name, {
        name: `quarterdeck-${name}`,
        eventPattern: pattern,
        targets: [{ id: 'hub', arn: busArn(hub, hubRegion), roleArn: `arn:aws:iam::${account}:role/${FORWARDER}` }],
      })
      withoutQueue(rule)
    }
  }
}

const withoutQueue = (rule: CfnRule): void =>
  Validations.of(rule).acknowledge({
    id: 'Serverless-EventBusDLQ',
    reason:
      'EventBridge retries for a day, and the function has its own dead-letter queue. Lost events affect only displayed history, never decisions.',
  })
