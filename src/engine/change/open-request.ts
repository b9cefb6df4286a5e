// The stored item of an open request, which everybody who may see its service can find.

import type { Actor, ServiceRef } from '../../model/ecs.ts'
import type { Posted } from '../../model/ports/slack.ts'
import type { Key } from '../../model/ports/store.ts'
import type { Who } from '../rules/config.ts'
import type { Plan, PlannedGate, TargetedMember } from './plan.ts'

/** An open request: the data that others see, and who may vote. */
export type Pending = {
  readonly title: string
  readonly requester: Actor
  readonly target: ServiceRef
  readonly isOfCluster?: true
  readonly role?: NonNullable<Plan['role']>
  readonly runsCommands?: true
  /** The services of a change set: `target` is the first. */
  readonly members?: readonly TargetedMember[]
  /** The gate of a paused deployment that the request answers. */
  readonly gate?: PlannedGate
  /** `approvedVersion` of the plan: the same request has the same. Absent in requests that earlier versions stored. */
  readonly version?: string
  readonly approvers: Who
  readonly maySelfApprove: boolean
  readonly expiresAt: string
  /** The address of the card; absent until it is posted. */
  readonly posted?: Posted
}

/** The partition key of all open requests. They share one partition because every App Home reads all of them. */
export const PENDING = 'pending'
export const operationIn = ({ sk }: Key): string => sk.slice(sk.lastIndexOf('#') + 1)
