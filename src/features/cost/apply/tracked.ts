// Pure: how many tasks target tracking adds because each task is smaller. Source: Application Auto Scaling user guide, target
// tracking: the count moves in proportion to the metric.

import type { Autoscaling } from '../../../model/ecs.ts'
import { memberOf } from '../../scaling/tracking.ts'
import type { Usage } from '../../status/usage.ts'
import type { Size } from '../reads.ts'

/** A policy that keeps a metric at a target. `percent`: the average of now; undefined where it was not measured. */
export type Tracked = {
  readonly metric: 'cpu' | 'memory'
  readonly target: number
  readonly percent?: number
}

/** The policies that add tasks when CPU or memory rise. */
export const trackedBy = (
  autoscaling: Autoscaling | undefined,
  usage: Pick<Usage, 'cpu' | 'memory'> | undefined,
): readonly Tracked[] => {
  if (autoscaling === undefined || autoscaling.suspended.out) return []
  return autoscaling.policies.flatMap(({ kind, metric, scalesOut, configuration }) => {
    const target = Number(memberOf(configuration, 'TargetValue'))
    if (kind !== 'target tracking' || !scalesOut || (metric !== 'cpu' && metric !== 'memory') || !(target > 0))
      return []
    const percent = usage === undefined ? undefined : averageOf(usage, metric)
    return [{ metric, target, ...(percent !== undefined && { percent }) }]
  })
}

const averageOf = (usage: Pick<Usage, 'cpu' | 'memory'>, metric: Tracked['metric']): number | undefined => {
  const { average } = usage[metric]
  return average.length === 0 ? undefined : average.reduce((sum, { value }) => sum + value, 0) / average.length
}

/** `needed`: what the policies want; the maximum of autoscaling allows `tasks` of them. `by`: the policy that wants most. */
export type TasksAfter = { readonly tasks: number; readonly needed: number; readonly by?: Tracked }

type Resized = { readonly desired: number; readonly from: Size; readonly to: Size; readonly max: number }

/** A smaller task never lowers the count; a larger one may, but no saving is promised of it. */
export const tasksAfter = (tracked: readonly Tracked[], resized: Resized): TasksAfter => {
  const { desired, max } = resized
  const [most] = tracked.map(by => ({ by, needed: neededBy(by, resized) })).toSorted((a, b) => b.needed - a.needed)
  if (most === undefined || most.needed <= desired) return { tasks: desired, needed: desired }
  return { tasks: Math.max(desired, Math.min(max, most.needed)), needed: most.needed, by: most.by }
}

const neededBy = ({ metric, target, percent = 0 }: Tracked, { desired, from, to }: Resized): number =>
  from[metric] <= to[metric]
    ? 0
    : Math.ceil(Number(((desired * percent * from[metric]) / (to[metric] * target)).toFixed(6)))
