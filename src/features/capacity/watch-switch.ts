// Compares the tasks with the prediction once a switch of capacity has settled.

import type { Plan } from '../../engine/change/plan.ts'
import type { Memory, Progress } from '../../engine/change/progress.ts'
import type { DeploymentReads } from '../deployments/reads.ts'
import { primaryOf, watchRollout } from '../deployments/rollout.ts'
import type { ServiceReads } from '../services/reads.ts'
import type { StatusReads } from '../status/reads.ts'
import {
  isAsPredicted,
  isSameStrategy,
  predictSplit,
  type Strategy,
  shortProvider,
  splitOf,
  splitText,
} from './strategy.ts'

type Reads = Pick<ServiceReads, 'service'> &
  Pick<StatusReads, 'stoppedTasks' | 'runningTasks'> &
  Pick<DeploymentReads, 'deployments'>

/** The strategy in the plan's call; empty for a launch type. */
export const strategyIn = ({ calls }: Pick<Plan, 'calls'>): Strategy => {
  const items = calls.flatMap(({ input }) => (input['capacityProviderStrategy'] ?? []) as readonly Item[])
  return items.map(({ capacityProvider, weight, base }) => ({ provider: capacityProvider, weight, base }))
}

type Item = { readonly capacityProvider: string; readonly weight: number; readonly base: number }

/**
 * Whether the switch reached AWS. A forced deployment is not idempotent: deployment ids are compared, and the strategy,
 * because somebody else may have deployed.
 */
export const isSwitched = async (plan: Plan, read: Pick<Reads, 'service'>): Promise<boolean | 'unknown'> => {
  const found = await read.service(plan.target)
  const primary = found && primaryOf(found)
  if (found === undefined || primary === undefined) return 'unknown'
  return primary.id !== plan.binds['deployment'] && isSameStrategy(found.strategy ?? [], strategyIn(plan))
}

export const watchSwitch = async (
  plan: Plan,
  since: string,
  now: string,
  read: Reads,
  memory?: Memory,
): Promise<Progress> => {
  const progress = await watchRollout(plan, since, now, read, memory)
  const strategy = strategyIn(plan)
  if (progress.status !== 'done' || strategy.length === 0) return progress
  const running = await read.runningTasks(plan.target)
  if (running.isPartial) return progress
  const actual = splitOf(running.tasks)
  const predicted = predictSplit(strategy, running.tasks.length)
  const text = `Tasks run on ${splitText(actual, shortProvider)}`
  return {
    status: 'done',
    text: isAsPredicted(predicted, actual)
      ? `${text}, as predicted.`
      : `${text}; predicted were ${splitText(predicted, shortProvider)}. Weights steer launches only.`,
  }
}
