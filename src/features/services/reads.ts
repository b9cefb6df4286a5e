// The reads that finding and indexing services need.

import type { Account } from '../../model/account.ts'
import type { Service, ServiceRef, TaskOwner } from '../../model/ecs.ts'
import type { ServiceIndex, TagShard } from './service-index.ts'

export type ServiceReads = {
  /** The service index: every service of the configured accounts and regions. */
  readonly index: () => Promise<ServiceIndex>
  /** Every service of one account and region, listed from ECS, for the index. */
  readonly servicesIn: (account: Account, region: string) => Promise<readonly ServiceRef[]>
  /** Tags of all services of one account and region, by `cluster/service`, for the index. */
  readonly tagsIn: (account: Account, region: string) => Promise<TagShard['tags']>
  /** The service's current state; undefined when no such service exists. */
  readonly service: (ref: ServiceRef) => Promise<Service | undefined>
  /** Why the halt switch of the service's account and region blocks changes; undefined when it does not. */
  readonly halted: (ref: ServiceRef) => Promise<string | undefined>
  /** Tasks of the service's cluster whose id begins with `id`, running or stopped within the last hour; first 1,000 of each. */
  readonly taskOwners: (ref: ServiceRef, id: string) => Promise<readonly TaskOwner[]>
}
