// The Fargate vCPU quotas by account and region, for on-demand and Spot.

import type { Place } from './place.ts'
import type { Task } from './state.ts'

export type Purchase = 'on-demand' | 'spot'

/** The quota of a new account in vCPUs. Source: AmazonECS/latest/developerguide/service-quotas, AWS Fargate. */
export const DEFAULT_VCPUS = 6
/** The raised quota of an old account in vCPUs. */
const RAISED_VCPUS = 4_000

export type Quotas = ReturnType<typeof createQuotas>

export const createQuotas = () => {
  const applied = new Map<string, number>()
  const keyOf = ({ account, region }: Place, purchase: Purchase) => `${account}/${region}/${purchase}`
  return {
    vcpus: (place: Place, purchase: Purchase): number => applied.get(keyOf(place, purchase)) ?? RAISED_VCPUS,
    setVcpus: (place: Place, purchase: Purchase, vcpus: number): void =>
      void applied.set(keyOf(place, purchase), vcpus),
  }
}

/** Parses a CPU size: `512` (CPU units) or `.5 vCPU`. */
const vcpusIn = (text: string): number => {
  const units = Number(text)
  return Number.isNaN(units) ? Number.parseFloat(text) || 0 : units / 1_024
}

type TaskSize = Pick<Task, 'launchType' | 'definition'>

/** The Fargate vCPUs of a task; 0 for a task that does not run on Fargate. */
export const vcpusOf = ({ launchType, definition }: TaskSize): number =>
  launchType === 'FARGATE' ? vcpusIn(definition.input.cpu ?? '0') : 0

export const purchaseOf = ({ capacityProvider }: Pick<Task, 'capacityProvider'>): Purchase =>
  capacityProvider === 'FARGATE_SPOT' ? 'spot' : 'on-demand'

/** The number of vCPUs that count against a quota. A task counts until the task has stopped. */
export const usedVcpus = (tasks: Iterable<Task>, purchase: Purchase): number => {
  let used = 0
  for (const task of tasks) if (task.lastStatus !== 'STOPPED' && purchaseOf(task) === purchase) used += vcpusOf(task)
  return used
}
