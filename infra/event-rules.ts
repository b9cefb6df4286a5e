// Which events of ECS reach the events function: from the default bus of every account and region to one bus in the hub.
// The sandbox delivers by the same patterns.
import { allowing, policy, type Role, type TrustStatement } from './policy.ts'

/** The hub's own bus, which the default buses of all accounts and regions forward to. */
export const EVENT_BUS = 'quarterdeck'
/** Whom the default bus of an account forwards as. */
export const FORWARDER = 'quarterdeck-forward'

/** A value, or what it begins with. */
export type Matcher = string | { readonly prefix: string }
/** An event fits when for each field one of the values is its own (EventBridge user guide, event patterns). */
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
 * On the hub's default bus: operations whose durable execution ended badly. `functionArn`: of the operation function; the
 * event names a version of it (Lambda developer guide, "Monitoring durable functions").
 */
export const endedExecutions = (functionArn: string): EventPattern => ({
  source: ['aws.lambda'],
  'detail-type': ['Durable Execution Status Change'],
  detail: { status: ['FAILED', 'TIMED_OUT', 'STOPPED'], functionArn: [{ prefix: `${functionArn}:` }] },
})

export const busArn = (hub: string, region: string, partition = 'aws'): string =>
  `arn:${partition}:events:${region}:${hub}:event-bus/${EVENT_BUS}`

export type Forwarding = { readonly account: string; readonly hub: string; readonly hubRegion: string }

/** Nothing but putting events onto the hub's bus. */
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
