// Pure: what a service would cost in another size, on Spot and on Graviton, from the price table. The best combination is
// computed as a whole: it is never the sum of its parts.

import { FARGATE, PRESETS, predictSplit, SPOT, type Split, tasksIn } from '../capacity/strategy.ts'
import { costOfSplit, type HourlyCost, type TaskSize } from './prices.ts'
import type { Size } from './reads.ts'

/** AWS's month of 730 hours. */
export const MONTH_HOURS = 730

export type Part = 'size' | 'spot' | 'graviton'

/** A configuration of a service. `usd`, `saves`: a month. */
export type Estimate = {
  readonly parts: readonly Part[]
  readonly usd: number
  readonly saves: number
  readonly isEstimated: boolean
  readonly split: Split
}

export type Base = { readonly region: string; readonly split: Split; readonly size: TaskSize }

/** What may change. `better`: the recommended size. */
export type Allowed = { readonly better?: Size; readonly spot: boolean; readonly graviton: boolean }

const SPOT_HEAVY = PRESETS['spot-heavy'] ?? []

/** Where as many tasks would run with the preset `spot-heavy`: one stays on demand, of the others four of five are on Spot. */
export const spotSplit = (split: Split): Split => predictSplit(SPOT_HEAVY, tasksIn(split))

/** Whether all tasks are on Fargate or its Spot, whose prices are known. */
const isOnFargate = (split: Split): boolean =>
  tasksIn(split) > 0 &&
  [...split].every(([provider, count]) => count === 0 || provider === FARGATE || provider === SPOT)

/** The cost of the service a month; undefined if the price of one of its tasks is not known. */
export const monthlyCost = ({ region, split, size }: Base): HourlyCost | undefined => {
  const cost = isOnFargate(split) ? costOfSplit(region, split, size) : undefined
  return cost && { ...cost, usd: cost.usd * MONTH_HOURS }
}

const withParts = ({ region, split, size }: Base, parts: readonly Part[], better: Size | undefined): Base => ({
  region,
  split: parts.includes('spot') ? spotSplit(split) : split,
  size: {
    ...size,
    ...(parts.includes('size') && better),
    ...(parts.includes('graviton') && { architecture: 'ARM64' as const }),
  },
})

/** One part and every combination of the parts that are allowed, the cheapest first. What saves nothing is left out. */
export const estimatesOf = (base: Base, { better, spot, graviton }: Allowed): readonly Estimate[] => {
  const now = monthlyCost(base)
  if (now === undefined) return []
  const parts: readonly Part[] = [
    ...(better === undefined ? [] : (['size'] as const)),
    ...(spot ? (['spot'] as const) : []),
    ...(graviton && base.size.architecture !== 'ARM64' ? (['graviton'] as const) : []),
  ]
  return combinationsOf(parts)
    .flatMap(chosen => {
      const then = withParts(base, chosen, better)
      const cost = monthlyCost(then)
      if (cost === undefined || cost.usd >= now.usd) return []
      const isEstimated = now.isEstimated || cost.isEstimated
      return [{ parts: chosen, usd: cost.usd, saves: now.usd - cost.usd, isEstimated, split: then.split }]
    })
    .toSorted((a, b) => a.usd - b.usd || a.parts.length - b.parts.length)
}

const combinationsOf = (parts: readonly Part[]): readonly (readonly Part[])[] =>
  Array.from({ length: 2 ** parts.length - 1 }, (_, at) => parts.filter((_part, bit) => ((at + 1) >> bit) & 1))
