// What a change of the count costs an hour, where the price of each task is known.

import type { Service, ServiceRef } from '../../model/ecs.ts'
import { RemoteError } from '../../model/errors.ts'
import type { CapacityReads, Fit } from '../capacity/reads.ts'
import { predictSplit } from '../capacity/strategy.ts'
import { costChange, costOfSplit, type HourlyCost, type TaskSize } from './prices.ts'

/** The size of a task of the service. Undefined outside of Fargate, and where it cannot be read: the cost is not shown then. */
export const loadFit = async (
  ref: ServiceRef,
  { capacity, taskDefinition }: Service,
  read: Pick<CapacityReads, 'taskFit'>,
): Promise<Fit | undefined> => {
  if (!capacity.includes('FARGATE') || taskDefinition === '') return undefined
  try {
    return await read.taskFit(ref, taskDefinition)
  } catch (error) {
    if (!(error instanceof RemoteError)) throw error
    return undefined
  }
}

/** An hour of this many tasks of a size, where the strategy would put them; undefined where a price is not known. */
export const costOfTasks = (
  { ref, capacity, strategy }: Pick<Service, 'ref' | 'capacity' | 'strategy'>,
  size: TaskSize,
  count: number,
): HourlyCost | undefined =>
  costOfSplit(ref.region, predictSplit(strategy ?? [{ provider: capacity, weight: 1, base: 0 }], count), size)

/** `About +$0.27/h`, from one count of tasks to another; undefined where a price is not known. */
export const costOfCount = (
  service: Service,
  fit: Fit | undefined,
  counts: { readonly from: number; readonly to: number },
): string | undefined => {
  if (fit === undefined || counts.from === counts.to) return undefined
  const [before, after] = [counts.from, counts.to].map(count => costOfTasks(service, fit, count))
  return before === undefined || after === undefined ? undefined : `About ${costChange(before, after)}`
}
