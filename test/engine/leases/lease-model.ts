// AWS as far as leases are concerned, with people and functions that die: what the book of leases is held against.
import { expect } from 'vitest'
import { emptyBook, type Lease, type LeaseBook, leasesOf } from '../../../src/engine/leases/book.ts'
import {
  beginLease,
  beginRevert,
  confirmCalls,
  dropLease,
  endLease,
  endNow,
  extendLease,
  keepLease,
  markLeft,
  planEnding,
  valueWith,
} from '../../../src/engine/leases/compose.ts'
import {
  composeValue,
  type Holding,
  type Quantity,
  type Value,
  type Values,
} from '../../../src/engine/leases/holding.ts'
import { aLease, anActor, aRef } from '../../builders.ts'

/** `refused`: AWS said no. `lost`: the function died before the call. `deaf`: it died after it, without an answer. */
export type Fate = 'made' | 'refused' | 'lost' | 'deaf'

export type Move =
  | { readonly kind: 'begin'; readonly holding: Holding; readonly fate: Fate }
  | { readonly kind: 'end'; readonly which: number; readonly fate: Fate }
  | { readonly kind: 'extend' | 'end now' | 'keep'; readonly which: number }
  | { readonly kind: 'foreign'; readonly to: { readonly [Q in Quantity]?: Values[Q] } }
  /** The service is deleted and made anew under the same name. */
  | { readonly kind: 'anew'; readonly as: Values }

/** Of one quantity: where it has to return to, and what it can only be if nobody else touched it. */
type Known = { readonly baseline: Value; readonly ours: readonly Value[] }

export type World = {
  aws: Values
  book: LeaseBook
  known: Readonly<Record<Quantity, Known>>
  count: number
  /** When it was made, as far as anybody compares that. */
  service: string
}

const untouched = (aws: Values): World['known'] => ({
  floor: { baseline: aws.floor, ours: [aws.floor] },
  count: { baseline: aws.count, ours: [aws.count] },
  suspension: { baseline: aws.suspension, ours: [aws.suspension] },
  capacity: { baseline: aws.capacity, ours: [aws.capacity] },
})

export const aWorld = (aws: Values): World => ({
  aws,
  book: emptyBook(aRef()),
  known: untouched(aws),
  count: 0,
  service: 'the first',
})

const makeAnew = (world: World, aws: Values): void => {
  world.count += 1
  Object.assign(world, { aws, known: untouched(aws), service: `service-${world.count}` })
}

/** Whatever of a target is registered anew, AWS moves the count into the bounds at once. */
export const write = (world: World, kind: Quantity, value: Value): void => {
  const aws: Values = { ...world.aws, [kind]: value }
  const { min, max } = aws.floor
  const tasks = Math.min(Math.max(aws.count.tasks, min), max)
  world.aws = kind === 'count' || kind === 'capacity' ? aws : { ...aws, count: { tasks } }
}

const isAmong = (values: readonly Value[], value: Value): boolean =>
  values.some(one => JSON.stringify(one) === JSON.stringify(value))

export const isForeign = (world: World, kind: Quantity): boolean => !isAmong(world.known[kind].ours, world.aws[kind])

const know = (world: World, kind: Quantity, known: Partial<Known>): void => {
  world.known = { ...world.known, [kind]: { ...world.known[kind], ...known } }
}

const isFormer = ({ service }: World, { origin }: Lease): boolean => origin?.service !== service

const running = (world: World, book: LeaseBook, kind: Quantity): readonly Holding[] =>
  leasesOf(book)
    .filter(lease => lease.left === undefined && lease.holding.kind === kind && !isFormer(world, lease))
    .map(({ holding }) => holding)

export const move = (world: World, step: Move): void => {
  if (step.kind === 'begin') beginOne(world, step)
  else if (step.kind === 'anew') makeAnew(world, step.as)
  else if (step.kind === 'foreign')
    for (const [kind, value] of Object.entries(step.to)) write(world, kind as Quantity, value)
  else change(world, step)
}

const change = (world: World, step: Exclude<Move, { kind: 'begin' | 'foreign' | 'anew' }>): void => {
  const lease = leasesOf(world.book)[step.which % Math.max(1, leasesOf(world.book).length)]
  if (lease === undefined) return
  const { operation, holding } = lease
  if (step.kind === 'extend') world.book = extendLease(world.book, operation, '2026-11-23T00:00:00.000Z')
  if (step.kind === 'end now') world.book = endNow(world.book, operation, anActor(), '2026-11-22T01:00:00.000Z')
  if (step.kind === 'end') endOne(world, operation, holding.kind, step.fate)
  if (step.kind !== 'keep' || isFormer(world, lease)) return
  world.book = keepLease(world.book, operation)
  if (lease.left !== undefined) return
  know(world, holding.kind, { baseline: composeValue(world.known[holding.kind].baseline, [holding]) })
}

const beginOne = (world: World, { holding, fate }: Extract<Move, { kind: 'begin' }>): void => {
  const { kind } = holding
  const found = world.aws[kind]
  const before = world.book
  const wasKnown = world.known
  world.count += 1
  const operation = `operation-${world.count}`
  const origin = { service: world.service }
  const set = valueWith(before, { holding, found, origin })
  if (running(world, before, kind).length === 0 || isForeign(world, kind)) know(world, kind, { baseline: found })
  const lease = aLease({ operation, holding, origin })
  const book = beginLease(before, lease, found)
  expect(beginLease(book, lease, set)).toBe(book)
  expect(set).toEqual(composeValue(world.known[kind].baseline, running(world, book, kind)))
  world.book = fate === 'refused' ? dropLease(dropLease(book, operation), operation) : book
  if (fate === 'refused') {
    world.known = wasKnown
    return
  }
  if (fate !== 'lost') write(world, kind, set)
  if (fate === 'made') world.book = confirmCalls(confirmCalls(book, operation), operation)
  know(world, kind, { ours: fate === 'made' ? [set] : [set, found] })
}

const endOne = (world: World, operation: string, kind: Quantity, fate: Fate): void => {
  const found = world.aws[kind]
  const foreign = isForeign(world, kind)
  const lease = leasesOf(world.book).find(one => one.operation === operation)
  // Whoever finds another service there has nothing to put back.
  if (lease !== undefined && isFormer(world, lease)) {
    world.book = endLease(world.book, operation)
    return
  }
  const others = leasesOf(world.book).filter(one => one.operation !== operation)
  const to = composeValue(
    world.known[kind].baseline,
    running(world, { ...world.book, held: heldBy(world, others) }, kind),
  )
  const what = planEnding(world.book, operation, found)
  if (foreign) expect(what?.kind).not.toBe('put')
  else expect(what).toEqual(isAmong([to], found) ? { kind: 'nothing', now: found } : { kind: 'put', from: found, to })
  const book = beginRevert(world.book, operation, found)
  expect(beginRevert(book, operation, found)).toEqual(book)
  world.book = book
  if (what?.kind === 'left') world.book = markLeft(book, operation, 'something else', '2026-11-22T02:00:00.000Z')
  if (what?.kind === 'put' && fate !== 'refused' && fate !== 'lost') write(world, kind, what.to)
  if (!foreign) know(world, kind, { ours: fate === 'made' || what?.kind === 'nothing' ? [to] : [to, found] })
  if (what?.kind === 'nothing' || (what?.kind === 'put' && fate === 'made'))
    world.book = endLease(endLease(world.book, operation), operation)
}

/** The book of these leases alone, for counting what runs. */
const heldBy = ({ book }: World, leases: ReturnType<typeof leasesOf>): LeaseBook['held'] =>
  Object.fromEntries(
    Object.entries(book.held).map(([kind, held]) => [
      kind,
      { ...held, leases: leases.filter(({ holding }) => holding.kind === kind) },
    ]),
  )

/** Everything ends, whoever died before: what was left waits for a person, who keeps it so. */
export const endAll = (world: World): void => {
  for (const { operation, holding } of leasesOf(world.book)) endOne(world, operation, holding.kind, 'made')
  for (const { operation } of leasesOf(world.book)) world.book = keepLease(world.book, operation)
}
