// Pure: capacity provider strategies, in words and in tasks.

import { shortName, wholeName } from '../../kit/messages/text.ts'
import type { StrategyItem } from '../../model/ecs.ts'

export type Strategy = readonly StrategyItem[]

export const SPOT = 'FARGATE_SPOT'
export const FARGATE = 'FARGATE'

/** The presets of Quarterdeck. The configuration may have more, under `capacity.presets`. */
export const PRESETS: Readonly<Record<string, Strategy>> = {
  'on-demand': [{ provider: FARGATE, weight: 1, base: 0 }],
  'spot-heavy': [
    { provider: FARGATE, weight: 1, base: 1 },
    { provider: SPOT, weight: 4, base: 0 },
  ],
  'spot-70': [
    { provider: FARGATE, weight: 3, base: 1 },
    { provider: SPOT, weight: 7, base: 0 },
  ],
}

/** Tasks by provider. */
export type Split = ReadonlyMap<string, number>

/**
 * An estimate of where `count` tasks run: the base first, the others by largest remainder of the weights, ties to the
 * earlier provider. ECS documents base and weight, not the rounding, so each number may be off by one.
 */
export const predictSplit = (strategy: Strategy, count: number): Split => {
  const base = strategy.find(item => item.base > 0)
  const onBase = Math.min(base?.base ?? 0, count)
  const total = strategy.reduce((sum, { weight }) => sum + weight, 0)
  const rest = total === 0 ? 0 : count - onBase
  const shares = strategy.map(({ provider, weight }, at) => {
    const share = total === 0 ? 0 : (rest * weight) / total
    return { provider, at, whole: Math.floor(share), remainder: share - Math.floor(share) }
  })
  const left = rest - shares.reduce((sum, { whole }) => sum + whole, 0)
  const raised = new Set(
    shares
      .toSorted((a, b) => b.remainder - a.remainder || a.at - b.at)
      .slice(0, left)
      .map(({ at }) => at),
  )
  return new Map(
    shares.map(({ provider, at, whole }) => [
      provider,
      whole + (raised.has(at) ? 1 : 0) + (provider === base?.provider ? onBase : 0),
    ]),
  )
}

/** Whether the split is the same for every way of rounding: one provider takes all that is not base. */
export const isCertain = (strategy: Strategy): boolean => strategy.filter(({ weight }) => weight > 0).length < 2

/** Whether each provider has at most one task more or fewer than predicted. */
export const isAsPredicted = (predicted: Split, actual: Split): boolean =>
  [...new Set([...predicted.keys(), ...actual.keys()])].every(
    name => Math.abs((predicted.get(name) ?? 0) - (actual.get(name) ?? 0)) <= 1,
  )

/** Splits of running tasks by provider, else by launch type. */
export const splitOf = (tasks: readonly { readonly capacity: string }[]): Split => {
  const split = new Map<string, number>()
  for (const { capacity } of tasks) split.set(capacity, (split.get(capacity) ?? 0) + 1)
  return split
}

/** The number of all tasks. */
export const tasksIn = (split: Split): number => [...split.values()].reduce((sum, tasks) => sum + tasks, 0)

/** The name that people use: `Fargate`, `Fargate Spot`, or the provider's own name in full. */
export const providerText = (provider: string): string =>
  provider === FARGATE ? 'Fargate' : provider === SPOT ? 'Fargate Spot' : wholeName(provider)

/** The same for a title, with the middle of a long name cut. The card says the whole name in another line. */
export const shortProvider = (provider: string): string => shortName(providerText(provider), 40)

/** `4 Fargate Spot, 2 Fargate`, the most first; `no tasks` for an empty split. */
export const splitText = (split: Split, nameOf = providerText): string =>
  [...split]
    .filter(([, count]) => count > 0)
    .toSorted(([a, many], [b, more]) => more - many || (a < b ? -1 : 1))
    .map(([provider, count]) => `${count} ${nameOf(provider)}`)
    .join(', ') || 'no tasks'

/** The strategy in words: `Fargate weight 1, base 2; Fargate Spot weight 3`. */
export const strategyText = (strategy: Strategy): string =>
  strategy
    .map(
      ({ provider, weight, base }) => `${providerText(provider)} weight ${weight}${base === 0 ? '' : `, base ${base}`}`,
    )
    .join('; ')

const normal = (strategy: Strategy): string =>
  JSON.stringify(strategy.map(({ provider, weight, base }) => [provider, weight, base]).toSorted())

/** Whether two strategies are the same for ECS, in any order. */
export const isSameStrategy = (a: Strategy, b: Strategy): boolean => normal(a) === normal(b)

export const spotTasks = (split: Split): number => split.get(SPOT) ?? 0
