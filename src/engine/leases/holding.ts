// Pure: the quantities that leases set, and the value that several leases set together.

import type { Bounds, Service, StrategyItem, Suspensions } from '../../model/ecs.ts'
import { canonicalJson } from '../../model/json.ts'

/** What one lease sets while it runs: the minimum capacity, the desired count, a suspension or the capacity providers. */
export type Holding =
  | { readonly kind: 'floor'; readonly min: number }
  | { readonly kind: 'count'; readonly tasks: number }
  | ({ readonly kind: 'suspension' } & Suspensions)
  | { readonly kind: 'capacity'; readonly strategy: readonly StrategyItem[] }

export type Quantity = Holding['kind']

/** A strategy in the order of its providers' names; without one, the launch type. */
export type CapacityValue = { readonly strategy: readonly StrategyItem[]; readonly launchType?: string }

/** The capacity of a service as a value: ECS does not keep the order of providers. */
export const capacityValue = ({ strategy = [], capacity }: Pick<Service, 'strategy' | 'capacity'>): CapacityValue => ({
  strategy: inOrder(strategy),
  ...(strategy.length === 0 && { launchType: capacity }),
})

export const inOrder = (strategy: readonly StrategyItem[]): readonly StrategyItem[] =>
  strategy.toSorted((a, b) => (a.provider < b.provider ? -1 : 1))

/** The type of the value in AWS for each quantity. */
export type Values = {
  readonly floor: Bounds
  readonly count: { readonly tasks: number }
  readonly suspension: Suspensions
  readonly capacity: CapacityValue
}
export type Value = Values[Quantity]

/** The value in AWS while these leases run: the highest floor, the highest count, all suspensions, the newest capacity. */
export const composeValue = (baseline: Value, holdings: readonly Holding[]): Value =>
  holdings.reduce<Value>((value, holding) => raise(value, holding, holdings), baseline)

const raise = (value: Value, holding: Holding, all: readonly Holding[]): Value => {
  if (holding.kind === 'floor' && 'max' in value) {
    const min = Math.max(value.min, holding.min)
    return { min, max: Math.max(value.max, min) }
  }
  if (holding.kind === 'count' && 'tasks' in value)
    return { tasks: Math.max(...all.flatMap(one => (one.kind === 'count' ? [one.tasks] : []))) }
  if (holding.kind === 'suspension' && 'in' in value)
    return {
      in: value.in || holding.in,
      out: value.out || holding.out,
      scheduled: value.scheduled || holding.scheduled,
    }
  if (holding.kind === 'capacity' && 'strategy' in value) return { strategy: holding.strategy }
  return value
}

export const isSameValue = (a: Value, b: Value): boolean => canonicalJson(a) === canonicalJson(b)
