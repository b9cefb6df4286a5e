// The reads that digests need besides those of other features.

import type { ServiceRef, Suspensions } from '../../model/ecs.ts'

/** A service whose autoscaling is suspended, in part or whole. */
export type SuspendedService = Pick<ServiceRef, 'cluster' | 'service'> & { readonly suspended: Suspensions }

export type DigestReads = {
  /** Reads the services of an account and region whose autoscaling is suspended, with one call for each 50 scalable targets. */
  readonly suspendedServices: (
    place: Pick<ServiceRef, 'account' | 'accountId' | 'region'>,
  ) => Promise<readonly SuspendedService[]>
}
