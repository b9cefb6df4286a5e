// Why the return of a temporary change of capacity waits: it replaces every task.

import type { Lease, LeaseBook } from '../../../engine/leases/book.ts'
import { baselineOf } from '../../../engine/leases/origin.ts'
import type { Config } from '../../../engine/rules/config.ts'
import { freezeOn } from '../../../engine/rules/judge.ts'
import type { RuleInputs } from '../../../engine/rules/rule-inputs.ts'
import { DROUGHT_MINUTES, isDry } from '../../../features/capacity/drought.ts'
import { SPOT } from '../../../features/capacity/strategy.ts'
import { isDeploying } from '../../../features/scaling/load-scaling.ts'
import type { Service } from '../../../model/ecs.ts'
import type { Story } from '../story.ts'

/** The reason; undefined if the return may begin. */
export const capacityWaits = async (
  { ports, job }: Story,
  lease: Lease,
  service: Service,
  book: LeaseBook,
  { config, facts }: { readonly config: Config; readonly facts: RuleInputs },
): Promise<string | undefined> => {
  if (isDeploying(service)) return 'A deployment is in progress. The return waits until it ends.'
  const freeze = freezeOn(service.ref, job.actor, config, facts)
  if (freeze !== undefined) return freeze
  const baseline = baselineOf(book, lease)
  const usesSpot =
    baseline !== undefined && 'strategy' in baseline && baseline.strategy.some(one => one.provider === SPOT)
  return usesSpot && (await isDry(service.ref, ports.store, ports.now()))
    ? `Fargate Spot had no capacity within the last ${DROUGHT_MINUTES} minutes. The return waits.`
    : undefined
}
