// Event patterns that forward ECS events from each account and region to the hub's bus, and from there to the functions.
// The sandbox delivers events by the same patterns.
import { allowing, policy, type Role, type TrustStatement } from './policy.ts'

/** The hub's bus: the default buses of all accounts and regions forward to it. */
export const EVENT_BUS = 'quarterdeck'
/** The role with which an account's default bus forwards events. */
export const FORWARDER = 'quarterdeck-forward'

/** A value, or its prefix. */
export type Matcher = string | { readonly prefix: string }
/** An event matches if each field matches one of its values (EventBridge user guide, event patterns). */
export type EventPattern = { readonly [field: string]: readonly Matcher[] | EventPattern }

export const RULES: Readonly<Record<string, EventPattern>> = {
  'task-stops': {
    source: ['aws.ecs'],
    'detail-type': ['ECS Task State Change'],
    detail: { lastStatus: ['STOPPED'] },
  },
  'service-states': {
    source: ['aws.ecs'],
    'detail-type': ['ECS Service Action', 'ECS Deployment State Change'],
  },
  'services-made': {
    source: ['aws.ecs'],
    'detail-type': ['AWS API Call via CloudTrail'],
    detail: { eventName: ['CreateService', 'DeleteService'] },
  },
}

/**
 * Failed durable executions of operations, on the hub's default bus. `functionArn`: the unqualified operation function;
 * the event names one of its versions (Lambda developer guide, "Monitoring durable functions").
 */
export const endedExecutions = (functionArn: string): EventPattern => ({
  source: ['aws.lambda'],
  'detail-type': ['Durable Execution Status Change'],
  detail: { status: ['FAILED', 'TIMED_OUT', 'STOPPED'], functionArn: [{ prefix: `${functionArn}:` }] },
})

export const busArn = (hub: string, region: string, partition = 'aws'): string =>
  `arn:${partition}:events:${region}:${hub}:event-bus/${EVENT_BUS}`

export type Forwarding = { readonly account: string; readonly hub: string; readonly hubRegion: string }

/** May only put events on the hub's bus. */
export const forwardRole = ({ account, hub, hubRegion }: Forwarding): Role => ({
  name: FORWARDER,
  trustPolicy: policy<TrustStatement>({
    Sid: 'EventBridge',
    Effect: 'Allow',
    Principal: { Service: 'events.amazonaws.com' },
    Action: 'sts:AssumeRole',
    Condition: { StringEquals: { 'aws:SourceAccount': account } },
  }),
  policies: [policy(allowing('Forward', 'events:PutEvents', busArn(hub, hubRegion)))],
  maxSessionSeconds: 3_600,
})
