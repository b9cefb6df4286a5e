// Pure: the risk that Fargate Spot has no capacity, for the tasks of now and for those that start later.

import { isHigher, type Risk } from '../../engine/change/plan.ts'
import { worse } from '../../engine/change/risk.ts'
import { printItems } from '../../kit/language/kinds/strategy.ts'
import type { Bounds, Service } from '../../model/ecs.ts'
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

/**
 * Of the tasks that start later: the base comes first, and weights share all that is beyond it. Of a base on Spot, the size
 * at which it is full counts, too.
 */
const laterRisk = (strategy: Strategy, { count, most }: Size): Risk | undefined => {
  const spot = strategy.find(({ provider }) => provider === SPOT)
  const base = spot?.base ?? 0
  if (most !== undefined) {
    const full = Math.min(base, most)
    const sizes = [...(most > count ? [most] : []), ...(full > count && full < most ? [full] : [])]
    const risks = sizes.flatMap(size => shareAt(strategy, size, most) ?? [])
    return risks.length === 0 ? undefined : risks.reduce(worse)
  }
  if (base > count) return { level: 'high', reasons: [`The first ${tasks(base)} start on Spot`] }
  const total = strategy.reduce((sum, { weight }) => sum + weight, 0)
  const weight = spot?.weight ?? 0
  if (weight === 0) return undefined
  const percent = Math.round((weight * 100) / total)
  return {
    level: weight * 2 > total ? 'high' : 'medium',
    reasons: [`About ${percent} % of the tasks beyond the base start on Spot`],
  }
}

const shareAt = (strategy: Strategy, size: number, most: number): Risk | undefined =>
  ratedShare(
    spotTasks(predictSplit(strategy, size)),
    size,
    size === most ? 'can be interrupted at the maximum of autoscaling' : 'can be interrupted before more start',
  )

const ratedShare = (spot: number, count: number, text: string): Risk | undefined =>
  spot === 0
    ? undefined
    : { level: spot * 2 > count ? 'high' : 'medium', reasons: [`${tasks(spot)} of ${count} ${text}`] }

type Sized = { readonly service: Pick<Service, 'strategy' | 'desired'>; readonly autoscaling?: Bounds }

/** The risk of another size: at least that of its share on Spot, where this is a higher class than that of today's size. */
export const withSpot = (risk: Risk, { service, autoscaling }: Sized, after: Size): Risk => {
  const { strategy = [], desired } = service
  const before = spotRisk(strategy, { count: desired, most: autoscaling?.max })
  const spot = spotRisk(strategy, after)
  return spot !== undefined && isHigher(spot.level, before?.level ?? 'low') ? worse(risk, spot) : risk
}

/** What a Spot drought takes, and the strategy as it is typed, as one line of `losses`; undefined without tasks on Spot. */
export const droughtLoss = (strategy: Strategy, { count, most }: Size): string | undefined => {
  const spot = spotTasks(predictSplit(strategy, count))
  if (spot === 0) return undefined
  const missing = spot === count && count === 1 ? 'the only task is missing' : `up to ${spot} of ${count} missing`
  const later =
    most === undefined || most <= count ? '' : `, ${spotTasks(predictSplit(strategy, most))} of ${most} at most`
  return `Spot dry: ${missing}${later}; ${printItems(strategy)}`
}
