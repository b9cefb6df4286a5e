// What every deployment needs to know of its service, and of what its tasks need.

import type { Asker } from '../../engine/rules/asker.ts'
import type { Config } from '../../engine/rules/config.ts'
import type { Service } from '../../model/ecs.ts'
import { type Refusal, RemoteError, refuse } from '../../model/errors.ts'
import type { DefinitionBase, ServiceRevision } from '../../model/service-detail.ts'
import type { CheckReads } from '../checks/reads.ts'
import { CONTAINER_TAG, GRANT_TAG } from '../exec/grant.ts'
import type { Provenance } from '../managed-by/managed-by.ts'
import type { ManagedByReads } from '../managed-by/reads.ts'
import type { ScalingReads } from '../scaling/reads.ts'
import type { StatusReads } from '../status/reads.ts'
import type { Preempted } from './in-progress.ts'
import { minutesOfLast } from './last-minutes.ts'
import { type Preflight, preflight, refuseMissing } from './preflight.ts'
import type { DeploymentReads } from './reads.ts'
import type { AlarmWatch } from './watch/alarms.ts'

export type Reads = Pick<StatusReads, 'serviceDetail' | 'alarms'> &
  Pick<ScalingReads, 'changedAtAws' | 'scalingPolicies'> &
  DeploymentReads &
  ManagedByReads &
  Pick<CheckReads, 'imageScan'>

/** `from`: the revision that runs; undefined if ECS does not return it. `base`: its task definition. */
export type Common = {
  readonly service: Service
  readonly from: ServiceRevision | undefined
  readonly base: DefinitionBase
  readonly checks: Preflight
  readonly now: string
  /** The deployment that breaking glass stops. */
  readonly preempted?: Preempted
  readonly watch?: AlarmWatch
  readonly managed?: Provenance
  readonly lastMinutes?: number
}

export type Base = Pick<Common, 'service' | 'from' | 'base' | 'preempted' | 'watch'>

export type Known = { readonly config: Config; readonly now: string } & Pick<Asker, 'isBreakGlass'>

/** What both ways of a deployment need. */
export const loadCommon = async (
  base: Base,
  needs: DefinitionBase,
  read: Reads,
  { now }: Known,
): Promise<Common | Refusal> => {
  const { ref, tags } = base.service
  const [checks, managed, records] = await Promise.all([
    preflight(ref, needs, read),
    read.managedBy(ref, tags, 'TaskDefinition'),
    read.deployments(ref, MOST_RECORDS).catch(unread),
  ])
  const refusal = refuseMissing(ref.service, checks)
  if (refusal !== undefined) return refusal
  const lastMinutes = minutesOfLast(records ?? [])
  return {
    ...base,
    checks,
    now,
    ...(managed !== undefined && { managed }),
    ...(lastMinutes !== undefined && { lastMinutes }),
  }
}

const MOST_RECORDS = 10

/** Of a read that a plan can do without. */
export const unread = (error: unknown): undefined => {
  if (!(error instanceof RemoteError)) throw error
  return undefined
}

const GRANTS: readonly string[] = [GRANT_TAG, CONTAINER_TAG].map(tag => tag.toLowerCase())

/** The refusal of a task definition whose tags would open its tasks, if the service passes them on. */
export const refuseGrant = (name: string, tagKeys: readonly string[]): Refusal | undefined => {
  const grant = tagKeys.find(key => GRANTS.includes(key.toLowerCase()))
  return grant === undefined
    ? undefined
    : refuse(`The task definition of *${name}* has the tag \`${grant}\`, which grants shell access.`, 'Remove the tag.')
}
