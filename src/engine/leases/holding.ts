// Pure: the quantities that leases set, and the value that several leases set together.

import type { Bounds, Suspensions } from '../../model/ecs.ts'
import { canonicalJson } from '../../model/json.ts'

/** What one lease sets while it runs: the minimum capacity, the desired count or a suspension. */
export type Holding =
  | { readonly kind: 'floor'; readonly min: number }
  | { readonly kind: 'count'; readonly tasks: number }
  | ({ readonly kind: 'suspension' } & Suspensions)

export type Quantity = Holding['kind']

/** The type of the value in AWS for each quantity. */
export type Values = {
  readonly floor: Bounds
  readonly count: { readonly tasks: number }
  readonly suspension: Suspensions
}
export type Value = Values[Quantity]

/** The value in AWS while these leases run: the highest floor, the highest count, and all suspensions. */
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
  return value
}

export const isSameValue = (a: Value, b: Value): boolean => canonicalJson(a) === canonicalJson(b)
