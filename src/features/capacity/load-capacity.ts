// Loads the capacity of a service: where its tasks may run and do run, and what Fargate allows. If a part cannot be read,
// it is listed, and the rest is still shown.

import type { LeaseBook } from '../../engine/leases/book.ts'
import { bookKey } from '../../engine/leases/book-store.ts'
import { leasesOnService } from '../../engine/leases/origin.ts'
import type { Asker } from '../../engine/rules/asker.ts'
import { isProduction } from '../../engine/rules/config.ts'
import { fullName } from '../../kit/language/target.ts'
import { accountOf } from '../../model/account.ts'
import type { ServiceRef, StoppedTask } from '../../model/ecs.ts'
import { type Refusal, RemoteError, refuse } from '../../model/errors.ts'
import { type ImageTags, readImageTags, TAG_READS } from '../deployments/image-tags.ts'
import { loadPreempted, PREEMPTED_READS, type Preempted } from '../deployments/in-progress.ts'
import { minutesOfLast } from '../deployments/last-minutes.ts'
import type { DeploymentReads } from '../deployments/reads.ts'
import type { Provenance } from '../managed-by/managed-by.ts'
import type { ManagedByReads } from '../managed-by/reads.ts'
import type { ScalingReads } from '../scaling/reads.ts'
import type { StatusReads } from '../status/reads.ts'
import { stopsOf } from '../status/stopped-tasks.ts'
import type { CapacityReads, ServiceCapacity, VcpuRoom } from './reads.ts'
import { type Split, splitOf } from './strategy.ts'

type Reads = CapacityReads &
  Pick<StatusReads, 'runningTasks' | 'serviceDetail'> &
  Pick<DeploymentReads, 'deployments' | 'revisions' | 'digestOf'> &
  Pick<ScalingReads, 'autoscaling' | 'changedAtAws'> &
  ManagedByReads

export type Capacity = {
  readonly service: ServiceCapacity
  /** Where the running tasks are. `isPartial`: only the first 500 were read. */
  readonly split: Split
  readonly isPartial: boolean
  readonly rooms: { readonly onDemand: VcpuRoom; readonly spot: VcpuRoom }
  /** The longest deregistration delay of the service's target groups, in seconds. */
  readonly drainSeconds?: number
  /** How long the last successful deployment took, in minutes, rounded up. */
  readonly lastMinutes?: number
  /** Spot interruptions of the last week; undefined if they were not read or could not be read. */
  readonly interruptions?: number
  readonly managed?: Provenance
  /** What the image tags mean now. It is read only for a change, which starts their images. */
  readonly tags?: ImageTags
  /** The deployment in progress that a change stops, because glass is broken. */
  readonly preempted?: Preempted
  /** The maximum of autoscaling; undefined without it, or if it was not read or could not be read. */
  readonly mostTasks?: number
  /** The temporary changes of this service, without those of a deleted service of the same name. */
  readonly book?: LeaseBook
  /** The longest temporary change, in minutes. */
  readonly longestMinutes: number
  readonly isProduction: boolean
  /** The presets of the configuration, as typed. */
  readonly presets: Readonly<Record<string, string>>
  readonly unread: readonly string[]
  readonly now: string
}

/** The IAM actions of `loadCapacity`. */
export const CAPACITY_READS = [
  'ecs:DescribeServices',
  'ecs:DescribeClusters',
  'ecs:DescribeCapacityProviders',
  'ecs:DescribeTaskDefinition',
  'ecs:ListTasks',
  'ecs:DescribeTasks',
  'ecs:ListServiceDeployments',
  'ecs:DescribeServiceDeployments',
  'elasticloadbalancing:DescribeTargetGroupAttributes',
  'servicequotas:GetServiceQuota',
  'cloudwatch:GetMetricData',
  'cloudformation:ListStackResources',
  'cloudformation:GetTemplate',
] as const

/** The IAM actions of `loadCapacity` for a change. */
export const SWITCH_READS = [
  ...CAPACITY_READS,
  ...TAG_READS,
  ...PREEMPTED_READS,
  'application-autoscaling:DescribeScalableTargets',
  'application-autoscaling:DescribeScalingPolicies',
  'application-autoscaling:DescribeScheduledActions',
] as const

/** Loads the capacity of a service for a change of it. */
export const loadSwitch = (ref: ServiceRef, read: Reads, asker: Own): Promise<Capacity | Refusal> =>
  loadCapacity(ref, read, asker, { isSwitch: true })

type Own = Pick<Asker, 'config' | 'facts' | 'store' | 'isBreakGlass'>

export const loadCapacity = async (
  ref: ServiceRef,
  read: Reads,
  { config, facts, store, isBreakGlass }: Own,
  { hasHistory, isSwitch }: { readonly hasHistory?: true; readonly isSwitch?: true } = {},
): Promise<Capacity | Refusal> => {
  const service = await read.capacity(ref)
  if (service === undefined) return refuse(`*${fullName(ref)}* no longer exists.`)
  const { tags } = service.detail.service
  const unread: string[] = []
  const orElse = async <T>(reading: Promise<T>, otherwise: T): Promise<T> => {
    try {
      return await reading
    } catch (error) {
      if (!(error instanceof RemoteError)) throw error
      unread.push(error.message)
      return otherwise
    }
  }
  const [running, onDemand, spot, drainSeconds, records, managed, book, stopped, imageTags, autoscaling] =
    await Promise.all([
      orElse(read.runningTasks(ref), { tasks: [], isPartial: true }),
      read.vcpuRoom(ref, 'on-demand'),
      read.vcpuRoom(ref, 'spot'),
      orElse(read.drainSeconds(ref, service.detail.targetGroups), undefined),
      orElse(read.deployments(ref, MOST_RECORDS), []),
      read.managedBy(ref, tags, 'CapacityProviderStrategy'),
      store.get<LeaseBook>(bookKey(ref.arn)),
      hasHistory
        ? store.list<StoppedTask>(stopsOf(ref.arn), { newestFirst: true, limit: MOST_STOPS }).catch(() => undefined)
        : undefined,
      isSwitch ? readImageTags(ref, read) : undefined,
      isSwitch ? orElse(read.autoscaling(ref), undefined) : undefined,
    ])
  const glass = isSwitch && isBreakGlass ? { isBreakGlass } : {}
  const preempted = await loadPreempted(service.detail.service, glass, read)
  const lastMinutes = minutesOfLast(records)
  const interruptions = stopped?.filter(({ value }) => value.stopCode === 'SpotInterruption').length
  return {
    service,
    split: splitOf(running.tasks),
    isPartial: running.isPartial,
    rooms: { onDemand, spot },
    ...(drainSeconds !== undefined && { drainSeconds }),
    ...(lastMinutes !== undefined && { lastMinutes }),
    ...(interruptions !== undefined && { interruptions }),
    ...(managed !== undefined && { managed }),
    ...(imageTags !== undefined && { tags: imageTags }),
    ...(preempted !== undefined && { preempted }),
    ...(autoscaling !== undefined && { mostTasks: autoscaling.max }),
    ...(book !== undefined && { book: leasesOnService(book.value, service.detail.service.createdAt) }),
    longestMinutes: config.leases.longestMinutes,
    isProduction: isProduction(accountOf(config, ref)),
    presets: config.presets,
    unread,
    now: facts.now,
  }
}

const MOST_RECORDS = 5
const MOST_STOPS = 100
