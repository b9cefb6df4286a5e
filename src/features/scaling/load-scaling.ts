// Loads what every plan of a service's size needs: the service, its autoscaling and its leases.
import type { LeaseBook, Origin } from '../../engine/leases/book.ts'
import { bookKey } from '../../engine/leases/book-store.ts'
import type { Holding } from '../../engine/leases/holding.ts'
import { leasesOnService } from '../../engine/leases/origin.ts'
import type { Asker } from '../../engine/rules/asker.ts'
import { fullName } from '../../kit/language/target.ts'
import type { Autoscaling, Bounds, FargateRoom, ProtectedTask, Service, ServiceRef } from '../../model/ecs.ts'
import { type Refusal, refuse } from '../../model/errors.ts'
import type { CapacityReads, Fit } from '../capacity/reads.ts'
import { loadFit } from '../cost/cost-of-count.ts'
import type { Provenance, Undone } from '../managed-by/managed-by.ts'
import type { ManagedByReads } from '../managed-by/reads.ts'
import type { ServiceReads } from '../services/reads.ts'
import { type CallerReads, loadCallers } from '../status/callers.ts'
import type { ScalingReads } from './reads.ts'

type Reads = Pick<ServiceReads, 'service'> &
  Pick<ScalingReads, 'autoscaling' | 'protectedTasks' | 'fargate'> &
  Pick<CapacityReads, 'taskFit'> &
  ManagedByReads &
  CallerReads

export type Scaling = {
  readonly service: Service
  readonly autoscaling?: Autoscaling
  /** The tasks with scale-in protection. They are read only if the change stops tasks. */
  readonly protectedTasks: readonly ProtectedTask[]
  /**
   * The services that called this one in the last hour; undefined if they were not read or could not be read. Every
   * change of size reads them, because a lease is also compared with the count without other leases.
   */
  readonly callers?: readonly string[]
  /** The leases of this service, without those of a deleted service of the same name. */
  readonly book?: LeaseBook
  /** The tool that manages the service, and may revert this change. */
  readonly managed?: Provenance
  /** The Fargate quota and usage. They are read only if the change starts tasks on Fargate. */
  readonly fargate?: FargateRoom
  /** The size of a task, for the cost. It is read only if a count is wanted. */
  readonly fit?: Fit
  readonly now: string
}

/**
 * What else to read; each part costs calls. `undone`: the property that another tool may revert. `wanted`: the new
 * count. `callers`: the services that call this one.
 */
type Interest = {
  readonly undone?: Undone
  readonly wanted?: (desired: number) => number
  readonly callers?: true
}

export const loadScaling = async (
  ref: ServiceRef,
  read: Reads,
  { store, facts }: Asker,
  { undone, wanted, callers: hasCallers }: Interest = {},
): Promise<Scaling | Refusal> => {
  const service = await read.service(ref)
  if (service === undefined) return refuse(`*${fullName(ref)}* no longer exists.`)
  const change = (wanted?.(service.desired) ?? service.desired) - service.desired
  const [autoscaling, protectedTasks, callers, book, managed, fargate, fit] = await Promise.all([
    read.autoscaling(ref),
    change < 0 ? read.protectedTasks(ref) : [],
    hasCallers ? loadCallers(ref, read, facts.now) : undefined,
    store.get<LeaseBook>(bookKey(ref.arn)),
    undone === undefined ? undefined : read.managedBy(ref, service.tags, undone),
    change > 0 && service.capacity.includes('FARGATE') ? read.fargate(ref) : undefined,
    wanted === undefined ? undefined : loadFit(ref, service, read),
  ])
  return {
    service,
    protectedTasks,
    now: facts.now,
    ...(autoscaling !== undefined && { autoscaling }),
    ...(callers !== undefined && { callers }),
    ...(book !== undefined && { book: leasesOnService(book.value, service.createdAt) }),
    ...(managed !== undefined && { managed }),
    ...(fargate !== undefined && { fargate }),
    ...(fit !== undefined && { fit }),
  }
}

/**
 * The creation times by which a lease recognises its service and scalable target when it ends. A lease of a count has
 * no scalable target.
 */
export const originOf = ({ service, autoscaling }: Scaling, { kind }: Holding): Origin => ({
  service: service.createdAt,
  ...(kind !== 'count' && autoscaling !== undefined && { target: autoscaling.createdAt }),
})

/**
 * The values, besides the calls, that the approval of a change of size depends on. `clamped`: the count to which the
 * registration of bounds or suspensions moves the service at once.
 */
export const bindsOf = ({ service, autoscaling }: Scaling, clamped?: number) => ({
  ...(clamped !== undefined && { 'at once': directionOf(service.desired, clamped) }),
  createdAt: service.createdAt,
  deployment: service.deployments.find(({ status }) => status === 'PRIMARY')?.id ?? '',
  bounds: autoscaling === undefined ? 'none' : `${autoscaling.min}..${autoscaling.max}`,
  suspended: autoscaling === undefined ? 'nothing' : suspendedText(autoscaling),
})

export const directionOf = (from: number, to: number): 'up' | 'down' | 'none' =>
  to > from ? 'up' : to < from ? 'down' : 'none'

/** The callers, as a part of a plan. */
export const callersOf = ({ callers }: Scaling): Pick<Scaling, 'callers'> => (callers === undefined ? {} : { callers })

/** The bounds in a plan's `amounts`. */
export const amountsOf = (before: Bounds, after: Bounds) => ({
  minimum: { from: before.min, to: after.min },
  maximum: { from: before.max, to: after.max },
})

const suspendedText = ({ suspended }: Autoscaling): string =>
  Object.entries(suspended)
    .flatMap(([way, is]) => (is ? [way] : []))
    .join(' ') || 'nothing'

export const isDeploying = ({ deployments }: Service): boolean =>
  deployments.some(({ status, rolloutState }) => status === 'PRIMARY' && rolloutState === 'IN_PROGRESS')
