// Pure: changes with an end. What a lease holds, how overlapping leases compose, and what an end puts back.
// A book is what runs on one service. Of each quantity it knows the baseline, what the leases have set, and who they are;
// what is found to be neither was changed by somebody else, and is left alone.
import { canonicalJson } from './json.ts'
import type { Actor, Bounds, ServiceRef, Suspensions } from './model.ts'

/** What one lease asks for while it runs. */
export type Holding =
  | { readonly kind: 'floor'; readonly min: number }
  | { readonly kind: 'count'; readonly tasks: number }
  | ({ readonly kind: 'suspension' } & Suspensions)

export type Quantity = Holding['kind']

/** The state of one quantity of a service, as AWS has it. */
export type Values = {
  readonly floor: Bounds
  readonly count: { readonly tasks: number }
  readonly suspension: Suspensions
}
export type Value = Values[Quantity]

/** A lease that a plan asks for. `found`: what is there before it, when nothing else is leased. */
export type Asked = { readonly holding: Holding; readonly minutes: number; readonly found: Value }

export type Lease = {
  /** Of the operation that began it; a lease has no other name. */
  readonly operation: string
  readonly holding: Holding
  readonly holder: Actor
  readonly begun: string
  readonly until: string
  /** Who ended it before its time. */
  readonly endedBy?: Actor
  /** Its end has come, and what it held had been changed by somebody else: it waits for a person. */
  readonly left?: { readonly found: string; readonly at: string }
}

type Held = { readonly baseline: Value; readonly set: Value; readonly leases: readonly Lease[] }

export type Book = {
  readonly target: ServiceRef
  readonly held: { readonly [Q in Quantity]?: Held }
}

export const emptyBook = (target: ServiceRef): Book => ({ target, held: {} })

export const isEmpty = ({ held }: Book): boolean => Object.keys(held).length === 0

export const leasesOf = ({ held }: Book): readonly Lease[] => Object.values(held).flatMap(({ leases }) => leases)

export const leaseOf = (book: Book | undefined, operation: string): Lease | undefined =>
  book === undefined ? undefined : leasesOf(book).find(lease => lease.operation === operation)

const isRunning = ({ left }: Lease): boolean => left === undefined

/** What a quantity is while these leases run: the highest floor, the highest count, every suspension. */
export const compose = (baseline: Value, holdings: readonly Holding[]): Value =>
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

const same = (a: Value, b: Value): boolean => canonicalJson(a) === canonicalJson(b)

/** The quantity with one more lease. What somebody else has changed meanwhile becomes the baseline: it is not ours to undo. */
const joined = (held: Held | undefined, found: Value, lease: Lease): Held => {
  const others = (held?.leases ?? []).filter(({ operation }) => operation !== lease.operation)
  const isAlone = !others.some(isRunning)
  const baseline = held === undefined || isAlone || !same(held.set, found) ? found : held.baseline
  const leases = [...others, lease]
  return {
    baseline,
    set: compose(
      baseline,
      leases.filter(isRunning).map(({ holding }) => holding),
    ),
    leases,
  }
}

/** What AWS has to be set to when this lease begins. */
export const valueWith = (book: Book | undefined, holding: Holding, found: Value): Value =>
  joined(book?.held[holding.kind], found, unnamed(holding)).set

const unnamed = (holding: Holding): Lease => ({
  operation: '',
  holding,
  holder: { team: '', user: '', name: '' },
  begun: '',
  until: '',
})

/** Repeatable: who has begun begins again as they are. */
export const begin = (book: Book, lease: Lease, found: Value): Book => {
  if (leaseOf(book, lease.operation) !== undefined) return book
  const { kind } = lease.holding
  return { ...book, held: { ...book.held, [kind]: joined(book.held[kind], found, lease) } }
}

/** What never came to be is struck out, and what the others hold stays. */
export const strike = (book: Book, operation: string): Book => {
  const lease = leaseOf(book, operation)
  return lease === undefined ? book : without(book, lease)
}

const without = (book: Book, { operation, holding: { kind } }: Lease): Book => {
  const held = book.held[kind]
  if (held === undefined) return book
  const leases = held.leases.filter(one => one.operation !== operation)
  const { [kind]: _, ...rest } = book.held
  if (leases.length === 0) return { ...book, held: rest }
  const set = afterwards(held, leases)
  return { ...book, held: { ...rest, [kind]: { ...held, set, leases } } }
}

const afterwards = ({ baseline }: Held, leases: readonly Lease[]): Value =>
  compose(
    baseline,
    leases.filter(isRunning).map(({ holding }) => holding),
  )

export type Ending =
  /** Others hold the same, or it is so already: nothing has to be sent. */
  | { readonly kind: 'nothing'; readonly now: Value }
  | { readonly kind: 'put'; readonly from: Value; readonly to: Value }
  /** Somebody else changed it. `found` is undefined where there is nothing any more. */
  | { readonly kind: 'left'; readonly expected: Value; readonly found?: Value }

/** What the end of a lease has to do, given what AWS has now; `found` is undefined when the thing itself is gone. */
export const ending = (book: Book, operation: string, found: Value | undefined): Ending | undefined => {
  const lease = leaseOf(book, operation)
  const held = lease && book.held[lease.holding.kind]
  if (lease === undefined || held === undefined) return undefined
  const to = afterwards(
    held,
    held.leases.filter(one => one.operation !== operation),
  )
  if (found === undefined) return { kind: 'left', expected: held.set }
  if (same(found, to)) return { kind: 'nothing', now: found }
  return same(found, held.set) ? { kind: 'put', from: found, to } : { kind: 'left', expected: held.set, found }
}

/** The lease is over, and what it held is as its ending says. */
export const ended = (book: Book, operation: string): Book => strike(book, operation)

/** Its end has come and it is left as somebody else made it: it waits in the book for a person, and holds nothing. */
export const leave = (book: Book, operation: string, found: string, at: string): Book =>
  changed(book, operation, lease => ({ ...lease, left: lease.left ?? { found, at } }))

/** Ends it now, once: the first to end it is who ended it. */
export const endNow = (book: Book, operation: string, by: Actor, now: string): Book =>
  changed(book, operation, lease => (lease.endedBy === undefined ? { ...lease, endedBy: by, until: now } : lease))

export const extend = (book: Book, operation: string, until: string): Book =>
  changed(book, operation, lease => ({ ...lease, until }))

const changed = (book: Book, operation: string, change: (lease: Lease) => Lease): Book => {
  const lease = leaseOf(book, operation)
  const held = lease && book.held[lease.holding.kind]
  if (lease === undefined || held === undefined) return book
  const leases = held.leases.map(one => (one.operation === operation ? change(one) : one))
  return { ...book, held: { ...book.held, [lease.holding.kind]: { ...held, leases } } }
}

/** What it holds stays for good: it becomes the baseline of the others. */
export const keep = (book: Book, operation: string): Book => {
  const lease = leaseOf(book, operation)
  const held = lease && book.held[lease.holding.kind]
  if (lease === undefined || held === undefined) return book
  const baseline = compose(held.baseline, [lease.holding])
  return without({ ...book, held: { ...book.held, [lease.holding.kind]: { ...held, baseline } } }, lease)
}
