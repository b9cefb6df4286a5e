// The reads that only /ecs why needs: API calls in CloudTrail, scaling activities, and ECS's action logs.

import type { ScalingActivity, ServiceRef } from '../../model/ecs.ts'
import type { JsonObject } from '../../model/json.ts'

/** A time span. `from` and `until`: ISO 8601, both inclusive. */
export type Period = { readonly from: string; readonly until: string }

/**
 * The API calls that /ecs why looks up, in this order. The number is limited because CloudTrail allows two look-ups a
 * second.
 */
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
  /** The source identity of the caller's session; without a source identity, the end of the caller's ARN. */
  readonly by: string
  /** The AWS service that made the call on behalf of somebody, such as `cloudformation`. */
  readonly via?: string
  /** Whether one of Quarterdeck's roles made the call. */
  readonly isOwn: boolean
  readonly requestId?: string
  /**
   * The request parameters whose values are texts, numbers or booleans. Of other parameters, only the names are kept,
   * in `also`.
   */
  readonly request: JsonObject
  readonly also: readonly string[]
}

/** `isPartial`: whether CloudTrail has more than one page of events. The older calls are then not known. */
export type CallsAtAws = { readonly calls: readonly CallAtAws[]; readonly isPartial: boolean }

/**
 * What ECS wrote into the action logs of the service's cluster. `off`: the cluster has no action logs. `elsewhere`: the
 * action logs go to a destination that is not a log group.
 */
export type ActionLog =
  | { readonly kind: 'off' }
  | { readonly kind: 'elsewhere' }
  | { readonly kind: 'on'; readonly group: string; readonly lines: readonly string[]; readonly isPartial: boolean }

/** `isPartial`: whether there are older scaling activities that were not read. */
export type ScalingPast = { readonly activities: readonly ScalingActivity[]; readonly isPartial: boolean }

export type IncidentReads = {
  /**
   * Reads one page of CloudTrail events for this API call: 50 events of the whole account and region. Returns those
   * about the service.
   */
  readonly callsAtAws: (ref: ServiceRef, call: CallName, period: Period) => Promise<CallsAtAws>
  /** Reads the lines of the action logs about the service, oldest first. */
  readonly actionLog: (ref: ServiceRef, period: Period) => Promise<ActionLog>
  /** Reads the scaling activities since a time, ISO 8601, newest first, at most 500. */
  readonly scalingPast: (ref: ServiceRef, since: string) => Promise<ScalingPast>
}
