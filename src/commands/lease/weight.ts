// Pure: the risk and size of a temporary change, measured from the baseline and not from the value that other leases
// already set. The approvals for joining, extending and keeping a lease depend on them.

import type { Plan } from '../../engine/change/plan.ts'
import {
  type Capacity,
  capacityRisk,
  EXTENDED,
  riskOfBounds,
  riskOfSuspension,
  worse,
} from '../../engine/change/risk.ts'
import { baselineWith, isLeased } from '../../engine/leases/compose.ts'
import type { Holding, Value } from '../../engine/leases/holding.ts'
import { type Size, spotRisk } from '../../features/capacity/spot-risk.ts'
import { originOf, type Scaling } from '../../features/scaling/load-scaling.ts'
import { losesEnd } from '../../features/scaling/schedule-room.ts'
import type { Bounds } from '../../model/ecs.ts'
import { endingIf } from '../autoscale/plan.ts'

export type Weight = Pick<Plan, 'risk' | 'size' | 'tasks'>

/** The greater risk, size and task count of two weights. */
export const heavier = (a: Weight, b: Weight): Weight => ({
  risk: worse(a.risk, b.risk),
  size: Math.max(a.size, b.size),
  tasks: Math.max(a.tasks, b.tasks),
})

/** `callers`: the services that call this one. `count`, `most`: of a change of capacity. */
type Circumstances = Pick<Capacity, 'callers'> & Partial<Size> & { readonly isPermanent?: boolean }

/** What the weight of a lease depends on, besides the lease. */
export const circumstancesOf = ({ callers, service, autoscaling }: Scaling): Circumstances => ({
  callers,
  count: service.desired,
  most: autoscaling?.max,
})

/** The weight of a lease. `baseline`: the value that the lease reverts to; 0 is assumed if it is unknown. */
export const weightOf = (
  holding: Holding,
  baseline: Value | undefined,
  { callers, count = 0, most, isPermanent }: Circumstances,
): Weight => {
  if (holding.kind === 'count') {
    const { tasks } = holding
    const from = baseline !== undefined && 'tasks' in baseline ? baseline.tasks : 0
    return { risk: capacityRisk({ from, to: tasks, callers }), size: Math.abs(tasks - from), tasks }
  }
  if (holding.kind === 'floor') {
    const { min } = holding
    const from = baseline !== undefined && 'max' in baseline ? baseline.min : 0
    return {
      risk: capacityRisk({ from: Math.min(from, min), to: min, callers }),
      size: Math.max(0, min - from),
      tasks: min,
    }
  }
  if (holding.kind === 'capacity')
    return { risk: spotRisk(holding.strategy, { count, most }) ?? EXTENDED, size: count, tasks: count }
  return { risk: riskOfSuspension(holding, isPermanent ?? false), size: 0, tasks: 0 }
}

/** The bounds as they would be without leases. A permanent change of bounds is also weighed against these. */
export const boundsWithoutLeases = (state: Scaling, { min, max }: Bounds, after: Bounds): Bounds => {
  const holding = { kind: 'floor', min: after.min } as const
  const value = baselineWith(state.book, { holding, found: { min, max }, origin: originOf(state, holding) })
  return 'max' in value ? value : { min, max }
}

/** Bounds without room stay if their only end does not run during a suspension: it has no end then. `until`: ISO 8601. */
export const endingByLoss = (state: Scaling, holding: Holding, until: string): Pick<Plan, 'isPermanent'> => {
  const { autoscaling, now } = state
  if (autoscaling === undefined || holding.kind !== 'suspension' || !holding.scheduled) return {}
  const today = boundsWithoutLeases(state, autoscaling, autoscaling)
  const isLost = losesEnd(autoscaling.schedules, until, { today, now })
  return endingIf(isLost, autoscaling).isPermanent === true ? { isPermanent: true } : {}
}

export const stepOf = (from: Bounds, to: Bounds): number =>
  Math.max(Math.abs(to.min - from.min), Math.abs(to.max - from.max))

/**
 * The weight of a permanent change of bounds while a lease raises the floor, because the change keeps the floor from
 * being reverted. Undefined without such a lease.
 */
export const weightOfBounds = (state: Scaling, before: Bounds, after: Bounds): Weight | undefined => {
  if (!isLeased(state.book, 'floor')) return undefined
  const back = boundsWithoutLeases(state, before, after)
  return { risk: riskOfBounds(back, after), size: stepOf(back, after), tasks: 0 }
}
