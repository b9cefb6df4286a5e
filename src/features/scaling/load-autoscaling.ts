// Loads /ecs autoscale part by part: a part that cannot be read is named, and the others are shown.

import type { LeaseBook } from '../../engine/leases/book.ts'
import { bookKey } from '../../engine/leases/book-store.ts'
import { leasesOnService } from '../../engine/leases/origin.ts'
import type { Asker } from '../../engine/rules/asker.ts'
import { fullName } from '../../kit/language/target.ts'
import type {
  ScalableTarget,
  ScalingActivity,
  ScalingPolicy,
  ScheduledBounds,
  Service,
  ServiceRef,
} from '../../model/ecs.ts'
import { type Refusal, RemoteError, refuse } from '../../model/errors.ts'
import type { AlarmState } from '../../model/service-detail.ts'
import type { ServiceReads } from '../services/reads.ts'
import type { StatusReads } from '../status/reads.ts'
import type { ScalingReads } from './reads.ts'

export type ScalingView = {
  readonly service: Service
  readonly now: string
  readonly book?: LeaseBook
  /** Undefined if there is none; `unread` if it could not be read. */
  readonly target: ScalableTarget | 'unread' | undefined
  readonly policies: readonly ScalingPolicy[]
  readonly schedules: readonly ScheduledBounds[]
  readonly activities: readonly ScalingActivity[]
  /** The alarms of the policies; undefined if they could not be read. */
  readonly alarms?: readonly AlarmState[]
  /** The parts that could not be read, with the reason. */
  readonly unread: readonly string[]
}

type Reads = Pick<ServiceReads, 'service'> &
  Pick<StatusReads, 'alarms'> &
  Pick<ScalingReads, 'scalableTarget' | 'scalingPolicies' | 'scheduledActions' | 'scalingActivities'>

export const loadAutoscaling = async (
  ref: ServiceRef,
  read: Reads,
  { store, facts }: Asker,
): Promise<ScalingView | Refusal> => {
  const unread: string[] = []
  const orElse = async <T, U>(reading: Promise<T>, otherwise: U): Promise<T | U> => {
    try {
      return await reading
    } catch (error) {
      if (!(error instanceof RemoteError)) throw error
      unread.push(error.message)
      return otherwise
    }
  }
  const service = await read.service(ref)
  if (service === undefined) return refuse(`*${fullName(ref)}* no longer exists.`)
  const [target, book] = await Promise.all([
    orElse(read.scalableTarget(ref), 'unread' as const),
    store.get<LeaseBook>(bookKey(ref.arn)),
  ])
  const common = {
    service,
    now: facts.now,
    target,
    unread,
    ...(book !== undefined && { book: leasesOnService(book.value, service.createdAt) }),
  }
  if (target === undefined) return { ...common, policies: [], schedules: [], activities: [] }
  const [policies, schedules, activities] = await Promise.all([
    orElse(read.scalingPolicies(ref), []),
    orElse(read.scheduledActions(ref), []),
    orElse(read.scalingActivities(ref), []),
  ])
  const alarms = await orElse(read.alarms(ref, [...new Set(policies.flatMap(one => one.alarms ?? []))]), undefined)
  return { ...common, policies, schedules, activities, ...(alarms !== undefined && { alarms }) }
}
