// The reads that /ecs why needs besides those of other features: calls in CloudTrail, and ECS's own action logs.

import type { ScalingActivity, ServiceRef } from '../../model/ecs.ts'
import type { JsonObject } from '../../model/json.ts'

/** A time span, ISO 8601; both ends belong to it. */
export type Period = { readonly from: string; readonly until: string }

/** The API calls that /ecs why looks up, in this order: CloudTrail answers two look-ups a second. */
export const CALLS = [
  'UpdateService',
  'RegisterScalableTarget',
  'StopServiceDeployment',
  'StopTask',
  'PutScalingPolicy',
  'PutScheduledAction',
] as const

export type CallName = (typeof CALLS)[number] | 'CreateService'

/** A successful API call about the service, from CloudTrail. Names and values are untrusted text. */
export type CallAtAws = {
  /** CloudTrail's id of the event. */
  readonly id: string
  /** ISO 8601, in whole seconds. */
  readonly at: string
  readonly action: string
  /** The source identity of the session, else the end of the caller's ARN. */
  readonly by: string
  /** The AWS service that called for somebody, such as `cloudformation`. */
  readonly via?: string
  /** Whether one of Quarterdeck's roles made the call. */
  readonly isOwn: boolean
  readonly requestId?: string
  /** The request's parameters that are texts, numbers or booleans; of others, only the names. */
  readonly request: JsonObject
  readonly also: readonly string[]
}

/** `isPartial`: whether CloudTrail has more than one page, so that the oldest calls are not known. */
export type CallsAtAws = { readonly calls: readonly CallAtAws[]; readonly isPartial: boolean }

/**
 * What ECS wrote into the action logs of the service's cluster. `off`: the cluster has none. `elsewhere`: they go to a
 * destination that is no log group.
 */
export type ActionLog =
  | { readonly kind: 'off' }
  | { readonly kind: 'elsewhere' }
  | { readonly kind: 'on'; readonly group: string; readonly lines: readonly string[]; readonly isPartial: boolean }

/** `isPartial`: whether there are older ones that were not read. */
export type ScalingPast = { readonly activities: readonly ScalingActivity[]; readonly isPartial: boolean }

export type IncidentReads = {
  /** Reads one page of CloudTrail for this call: 50 events of the whole account and region, of which some are the service's. */
  readonly callsAtAws: (ref: ServiceRef, call: CallName, period: Period) => Promise<CallsAtAws>
  /** Reads the lines of the action logs about the service, oldest first. */
  readonly actionLog: (ref: ServiceRef, period: Period) => Promise<ActionLog>
  /** Reads the scaling activities since a time, ISO 8601, newest first, at most 500. */
  readonly scalingPast: (ref: ServiceRef, since: string) => Promise<ScalingPast>
}
