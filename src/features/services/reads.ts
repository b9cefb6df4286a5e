// What finding and indexing services reads of AWS.

import type { Account } from '../../model/account.ts'
import type { Service, ServiceRef, TaskOwner } from '../../model/ecs.ts'
import type { ServiceIndex, TagShard } from './service-index.ts'

export type ServiceReads = {
  /** Every service of the accounts and regions that the configuration names, as the service index has them. */
  readonly index: () => Promise<ServiceIndex>
  /** Every service of one account and region, asked of ECS: what fills the index. */
  readonly servicesIn: (account: Account, region: string) => Promise<readonly ServiceRef[]>
  /** Their tags by `cluster/service`, all of them at once: what fills the index. */
  readonly tagsIn: (account: Account, region: string) => Promise<TagShard['tags']>
  /** The service as it is now; undefined when there is none of that name. */
  readonly service: (ref: ServiceRef) => Promise<Service | undefined>
  /** Why the halt switch of the service's own account and region says no, if it does. */
  readonly halted: (ref: ServiceRef) => Promise<string | undefined>
  /** Tasks of this service's cluster with this id, or whose id begins so, that run or stopped within the last hour; the first thousand of each are looked at. */
  readonly taskOwners: (ref: ServiceRef, id: string) => Promise<readonly TaskOwner[]>
}
