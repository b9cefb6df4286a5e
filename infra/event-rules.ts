// The event patterns of the rules. They forward events of ECS, alarms and AWS Health from each account and region to the hub's
// event bus, and from there to the functions. The sandbox uses the same patterns.
import { allowing, policy, type Role, type TrustStatement } from './policy.ts'

/** The name of the hub's event bus, to which the default buses of all accounts and regions forward events. */
export const EVENT_BUS = 'quarterdeck'
/** The name of the role with which an account's default bus forwards events. */
export const FORWARDER = 'quarterdeck-forward'

/** Matches a value that is equal to the text, or that starts with the prefix. */
export type Matcher = string | { readonly prefix: string }
/**
 * An event matches a pattern if, for each field of the pattern, the event has one of the listed values (EventBridge user guide,
 * event patterns).
 */
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
  'hook-states': {
    source: ['aws.ecs'],
    'detail-type': ['ECS Hook State Change'],
    detail: { hookType: ['PAUSE'] },
  },
  'services-made': {
    source: ['aws.ecs'],
    'detail-type': ['AWS API Call via CloudTrail'],
    detail: { eventName: ['CreateService', 'DeleteService'] },
  },
  alarms: {
    source: ['aws.cloudwatch'],
    'detail-type': ['CloudWatch Alarm State Change'],
  },
  retirements: {
    source: ['aws.health'],
    'detail-type': ['AWS Health Event'],
    detail: { service: ['ECS'], eventTypeCode: ['AWS_ECS_TASK_PATCHING_RETIREMENT'] },
  },
}

/**
 * Matches failed durable executions of operations, on the default bus of the hub's account. `functionArn`: the ARN of the
 * operation function without a version. The event contains the ARN of a version (Lambda developer guide, "Monitoring durable
 * functions").
 */
export const endedExecutions = (functionArn: string): EventPattern => ({
  source: ['aws.lambda'],
  'detail-type': ['Durable Execution Status Change'],
  detail: { status: ['FAILED', 'TIMED_OUT', 'STOPPED'], functionArn: [{ prefix: `${functionArn}:` }] },
})

export const busArn = (hub: string, region: string, partition = 'aws'): string =>
  `arn:${partition}:events:${region}:${hub}:event-bus/${EVENT_BUS}`

export type Forwarding = { readonly account: string; readonly hub: string; readonly hubRegion: string }

/** The role that forwards events. It may only put events on the hub's event bus. */
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
