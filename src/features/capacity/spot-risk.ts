// Pure: the risk that Fargate Spot has no capacity, for the tasks of now and for those that start later.

import type { Risk } from '../../engine/change/plan.ts'
import { worse } from '../../engine/change/risk.ts'
import { printItems } from '../../kit/language/kinds/strategy.ts'
import { tasks } from '../../model/scaling-words.ts'
import { predictSplit, SPOT, type Strategy, spotTasks } from './strategy.ts'

/** `count`: the desired tasks. `most`: the maximum of autoscaling; undefined without it, or if it could not be read. */
export type Size = { readonly count: number; readonly most?: number | undefined }

/** More than half of the tasks on Spot is high: a Spot drought stops them, and Fargate starts none on demand instead. */
export const spotRisk = (strategy: Strategy, { count, most }: Size): Risk | undefined => {
  const now = ratedShare(spotTasks(predictSplit(strategy, count)), count, 'can be interrupted with two minutes’ notice')
  const later = laterRisk(strategy, { count, most })
  return now === undefined || later === undefined ? (now ?? later) : worse(now, later)
}

/** Of the tasks that start later: weights share all that is beyond the base. */
const laterRisk = (strategy: Strategy, { count, most }: Size): Risk | undefined => {
  if (most !== undefined)
    return most > count
      ? ratedShare(spotTasks(predictSplit(strategy, most)), most, 'can be interrupted at the maximum of autoscaling')
      : undefined
  const total = strategy.reduce((sum, { weight }) => sum + weight, 0)
  const spot = strategy.find(({ provider }) => provider === SPOT)?.weight ?? 0
  if (spot === 0) return undefined
  const percent = Math.round((spot * 100) / total)
  return {
    level: spot * 2 > total ? 'high' : 'medium',
    reasons: [`About ${percent} % of the tasks beyond the base start on Spot`],
  }
}

const ratedShare = (spot: number, count: number, text: string): Risk | undefined =>
  spot === 0
    ? undefined
    : { level: spot * 2 > count ? 'high' : 'medium', reasons: [`${tasks(spot)} of ${count} ${text}`] }

/** What a Spot drought takes, and the strategy as it is typed, as one line of `losses`; undefined without tasks on Spot. */
export const droughtLoss = (strategy: Strategy, { count, most }: Size): string | undefined => {
  const spot = spotTasks(predictSplit(strategy, count))
  if (spot === 0) return undefined
  const missing = spot === count && count === 1 ? 'the only task is missing' : `up to ${spot} of ${count} missing`
  const later =
    most === undefined || most <= count ? '' : `, ${spotTasks(predictSplit(strategy, most))} of ${most} at most`
  return `Spot dry: ${missing}${later}; ${printItems(strategy)}`
}
