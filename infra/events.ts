// How events of ECS come to the events function: every default bus forwards them to the hub's own bus, whose rules
// invoke it. A rule takes events of its own account and region alone, so each of those has its forwarding.
import { Stack, Validations } from 'aws-cdk-lib'
import { CfnEventBusPolicy, CfnRule, EventBus } from 'aws-cdk-lib/aws-events'
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { CfnEventSourceMapping, type IFunction } from 'aws-cdk-lib/aws-lambda'
import type { Construct } from 'constructs'
import { busArn, EVENT_BUS, endedExecutions, FORWARDER, type Forwarding, RULES } from './event-rules.ts'
import type { Made } from './functions.ts'

/** `accounts`: those that may forward. Nobody can send events in the name of AWS: EventBridge refuses such a source. */
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
 * What tells within seconds that a durable execution ended badly: Lambda's own event, and the function's dead-letter queue.
 * Both go to the function that reports dead operations.
 */
export const createEndings = (scope: Construct, operation: Made, schedule: IFunction, operationArn: string): void => {
  const rule = new CfnRule(scope, 'Rule-ended-executions', {
    name: 'quarterdeck-ended-executions',
    eventPattern: endedExecutions(operationArn),
    targets: [{ id: 'schedule', arn: schedule.functionArn }],
  })
  Validations.of(rule).acknowledge({
    id: 'Serverless-EventBusDLQ',
    reason: 'The same end comes by the dead-letter queue of the operation, and a look by time finds it besides.',
  })
  schedule.addPermission('Rule-ended-executions', {
    principal: new ServicePrincipal('events.amazonaws.com'),
    sourceArn: rule.attrArn,
  })
  if (operation.failures === undefined) return
  const mapping = new CfnEventSourceMapping(scope, 'FailedOperations', {
    functionName: schedule.functionName,
    eventSourceArn: operation.failures.queueArn,
    // The function reads one; a message that it could not report comes back.
    batchSize: 1,
  })
  Validations.of(mapping).acknowledge({
    id: 'Serverless-LambdaEventSourceMappingDestination',
    reason: 'The queue is the end of the line: what could not be reported stays in it for 14 days, with an alarm.',
  })
}

type EventsProps = Forwarding & { readonly region: string }

/** The forwarding of one account and region. */
export class EventsStack extends Stack {
  constructor(scope: Construct, id: string, { account, region, hub, hubRegion }: EventsProps) {
    super(scope, id, {
      env: { account, region },
      description: `Quarterdeck: events of ECS in ${region}, forwarded to the hub in ${hub}`,
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
      'EventBridge tries for a day, and what the function itself does not take goes to its own queue: what is lost after that is history, which nothing is decided on.',
  })
