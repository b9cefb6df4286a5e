// The reads that finding and indexing services need.

import type { Account } from '../../model/account.ts'
import type { Service, ServiceRef, TaskNow, TaskOwner } from '../../model/ecs.ts'
import type { ServiceIndex, TagShard } from './service-index.ts'

export type ServiceReads = {
  /** Reads the service index: all services of the configured accounts and regions. */
  readonly index: () => Promise<ServiceIndex>
  /** Lists all services of one account and region from ECS, for the index. */
  readonly servicesIn: (account: Account, region: string) => Promise<readonly ServiceRef[]>
  /** Reads the tags of all services of one account and region, keyed by `cluster/service`, for the index. */
  readonly tagsIn: (account: Account, region: string) => Promise<TagShard['tags']>
  /** Reads the service's current state; undefined if the service does not exist. */
  readonly service: (ref: ServiceRef) => Promise<Service | undefined>
  /** Reads the current state of services, ten services a call. Deleted services are omitted. */
  readonly servicesOf: (refs: readonly ServiceRef[]) => Promise<readonly Service[]>
  /**
   * Reads the references of a task definition to secrets and parameters, as written there: an ARN, or the name of a
   * parameter. The values are not read.
   */
  readonly secretsOf: (ref: ServiceRef, definition: string) => Promise<readonly string[]>
  /** Reads why the halt switch of the service's account and region blocks changes; undefined if it does not. */
  readonly halted: (ref: ServiceRef) => Promise<string | undefined>
  /**
   * Reads the tasks of the service's cluster whose id begins with `id`: the first 1,000 running, and the first 1,000
   * stopped within the last hour, of services and standalone. `isPartial`: there are more. A whole id is asked for
   * directly.
   */
  readonly taskOwners: (
    ref: ServiceRef,
    id: string,
  ) => Promise<{ readonly tasks: readonly TaskOwner[]; readonly isPartial: boolean }>
  /** Reads one task of the service's cluster by its id or ARN; undefined if ECS no longer has it. */
  readonly task: (ref: ServiceRef, id: string) => Promise<TaskNow | undefined>
}
