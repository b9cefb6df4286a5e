// What a lease weighs: what it does by itself to what would be there without it. Where it joins others, lasts longer or is
// kept, consent is asked for that, and not for the step from what is leased already.

import type { Plan, Risk } from '../../engine/change/plan.ts'
import { baselineWith, isLeased } from '../../engine/leases/compose.ts'
import type { Holding, Value } from '../../engine/leases/holding.ts'
import { originOf, type Scaling } from '../../features/scaling/load-scaling.ts'
import type { Bounds } from '../../model/ecs.ts'
import { riskOfSuspension } from '../autoscale/plan.ts'
import { riskOf } from '../scale/wanted.ts'

export type Weight = Pick<Plan, 'risk' | 'size' | 'tasks'>

const LEVELS = ['low', 'medium', 'high'] as const

/** The higher of two risks, with what speaks for it first. */
export const worse = (a: Risk, b: Risk): Risk =>
  LEVELS.indexOf(b.level) > LEVELS.indexOf(a.level) ? { level: b.level, reasons: [...b.reasons, ...a.reasons] } : a

/** Whatever of two weighs more. */
export const heavier = (a: Weight, b: Weight): Weight => ({
  risk: worse(a.risk, b.risk),
  size: Math.max(a.size, b.size),
  tasks: Math.max(a.tasks, b.tasks),
})

/** `baseline`: what its end puts back; where nobody knows that any more, it is weighed against nothing. */
export const weightOf = (holding: Holding, baseline: Value | undefined, isPermanent = false): Weight => {
  if (holding.kind === 'count') {
    const { tasks } = holding
    const from = baseline !== undefined && 'tasks' in baseline ? baseline.tasks : 0
    return { risk: riskOf(from, tasks), size: Math.abs(tasks - from), tasks }
  }
  if (holding.kind === 'floor') {
    const { min } = holding
    const from = baseline !== undefined && 'max' in baseline ? baseline.min : 0
    return { risk: riskOf(Math.min(from, min), min), size: Math.max(0, min - from), tasks: min }
  }
  return { risk: riskOfSuspension(holding, isPermanent), size: 0, tasks: 0 }
}

/** What is leased is not there for good: bounds that are, are weighed against those that would be put back, too. */
export const unleased = (state: Scaling, { min, max }: Bounds, after: Bounds): Bounds => {
  const holding = { kind: 'floor', min: after.min } as const
  const value = baselineWith(state.book, { holding, found: { min, max }, origin: originOf(state, holding) })
  return 'max' in value ? value : { min, max }
}

export const stepOf = (from: Bounds, to: Bounds): number =>
  Math.max(Math.abs(to.min - from.min), Math.abs(to.max - from.max))

export const riskOfBounds = (before: Bounds, after: Bounds): Risk => {
  if (after.max < before.max) return { level: 'medium', reasons: [`It may no longer grow beyond ${after.max}`] }
  if (after.min < before.min) return { level: 'medium', reasons: [`It may shrink to ${after.min}`] }
  if (after.max > before.max * 2)
    return { level: 'medium', reasons: [`It may grow to ${after.max}, more than twice as far`] }
  return { level: 'low', reasons: [`It may move between ${after.min} and ${after.max}`] }
}

/** Of bounds that are for good where a floor is leased: it would be put back, and they are not. */
export const weightOfBounds = (state: Scaling, before: Bounds, after: Bounds): Weight | undefined => {
  if (!isLeased(state.book, 'floor')) return undefined
  const back = unleased(state, before, after)
  return { risk: riskOfBounds(back, after), size: stepOf(back, after), tasks: 0 }
}
