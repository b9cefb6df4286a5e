// Leases, judged by what the services were: an understanding of holding and putting back that shares no code with the product's.
import type { Evidence, Held, Moved, Operation, Quantity, Value, Write } from './evidence.ts'
import { bookOf } from './waiting.ts'
import { same, settingOf } from './watch-scale.ts'

/** What a quantity is while these are held: the highest count, the highest floor, every suspension. */
const composed = (quantity: Quantity, before: Value, holdings: readonly Value[]): Value => {
  if (holdings.length === 0) return before
  const most = (at: number) => Math.max(...holdings.map(holding => holding[at] ?? 0))
  if (quantity === 'count') return [most(0)]
  const [first = 0, second = 0] = before
  if (quantity === 'suspended') return before.map((is, at) => Math.max(is, most(at)))
  const least = Math.max(first, most(0))
  return [least, Math.max(second, least)]
}

/** The end of a lease on the wire. */
type Back = { readonly write: Write; readonly operation: Operation; readonly quantity: Quantity; readonly value: Value }

const backsIn = ({ writes, operations }: Evidence): readonly Back[] =>
  writes
    .filter(({ role, isDone }) => role === 'revert' && isDone)
    .flatMap(write => {
      const operation = operations.find(({ id }) => id === write.operation)
      const setting = settingOf(write)
      return operation === undefined || setting === undefined ? [] : [{ write, operation, ...setting }]
    })

const pastOf = ({ history }: Evidence, place: string, quantity: Quantity, before: number): readonly Moved[] =>
  history.filter(one => one.place === place && one.quantity === quantity && one.order < before)

/** A lease began or ended by that: what else a plan moved on the way is nobody's lease. */
const isOfLease = ({ operations }: Evidence, { by, quantity }: Moved): boolean =>
  operations.some(({ id, lease }) => id === by && lease?.quantity === quantity)

/** Changed by somebody else and then set again as the lease had it: nothing tells that apart from never changed. */
const withoutDetours = (past: readonly Moved[], evidence: Evidence): readonly Moved[] => {
  const kept: Moved[] = []
  for (const one of past) {
    const last = kept.findLastIndex(before => isOfLease(evidence, before))
    const isBack = last !== -1 && one.by !== 'anew' && same(kept[last]?.value ?? [], one.value)
    if (isBack && !isOfLease(evidence, one)) kept.splice(last + 1)
    else kept.push(one)
  }
  return kept
}

/** What was there before leases, or was made of it since: with what was kept for good. */
const groundOf = (past: readonly Moved[], evidence: Evidence): Value | undefined => {
  const at = past.findLastIndex(one => !isOfLease(evidence, one))
  const ground = past[at]
  if (ground === undefined) return undefined
  const kept = past.slice(at + 1).flatMap(({ by }) => evidence.operations.filter(isKept(by)))
  return kept.reduce((value, { lease }) => composed(ground.quantity, value, lease ? [lease.holding] : []), ground.value)
}

const isKept =
  (id: string) =>
  (operation: Operation): boolean =>
    operation.id === id && operation.ending === 'kept'

/** Leases on what is there, not on a service of the same name that was there before it. */
const leasesOn = (evidence: Evidence, place: string, before = Number.POSITIVE_INFINITY): readonly Held[] => {
  // A scalable target that is registered anew takes no count along.
  const anew = pastOf(evidence, place, 'count', before).findLast(({ by }) => by === 'anew')
  const isFormer = ({ operation }: Held): boolean => {
    const checkedAt = evidence.operations.find(({ id }) => id === operation)?.recheckedAt ?? 0
    if (anew === undefined || checkedAt > anew.at) return false
    return checkedAt < anew.at || bookOf(evidence, place, anew.order + 1).some(one => one.operation === operation)
  }
  return bookOf(evidence, place, before).filter(held => !isFormer(held))
}

const holdingsOf = (leases: readonly Held[], quantity: Quantity, but = ''): readonly Value[] =>
  leases.filter(one => one.quantity === quantity && !one.isLeft && one.operation !== but).map(({ holding }) => holding)

export const whatWasThereComesBack = (evidence: Evidence): readonly string[] =>
  backsIn(evidence).flatMap(({ write, operation, quantity, value }) => {
    const past = withoutDetours(pastOf(evidence, write.place, quantity, write.order), evidence)
    const ground = groundOf(past, evidence)
    const others = holdingsOf(leasesOn(evidence, write.place, write.order), quantity, operation.id)
    const right = ground && composed(quantity, ground, others)
    return right === undefined || same(right, value)
      ? []
      : [`${operation.id} (${operation.line}) put back ${quantity} ${value}, and there was ${right}`]
  })

/** Those that began since a lease last changed it, and whose own call AWS never did: what they found may be theirs to change. */
const foundInVain = (past: readonly Moved[], { write, quantity }: Back, evidence: Evidence): readonly Value[] => {
  const since = past.findLast(one => isOfLease(evidence, one))?.order ?? 0
  return evidence.operations
    .filter(
      ({ id, lease }) => lease?.quantity === quantity && !past.some(({ by, order }) => by === id && order > since),
    )
    .flatMap(({ recheckedAt = 0 }) => past.findLast(({ at }) => at <= recheckedAt && recheckedAt <= write.at) ?? [])
    .map(({ value }) => value)
}

export const nothingForeignIsOverwritten = (evidence: Evidence): readonly string[] =>
  backsIn(evidence).flatMap(back => {
    const { write, operation, quantity, value } = back
    const past = withoutDetours(pastOf(evidence, write.place, quantity, write.order), evidence)
    const found = past.at(-1)
    if (found === undefined || isOfLease(evidence, found) || same(found.value, value)) return []
    if (foundInVain(past, back, evidence).some(one => same(one, found.value))) return []
    return [`${operation.id} (${operation.line}) put ${quantity} ${value} over ${found.value}, set by ${found.by}`]
  })

/** Whatever a lease has set last is what the others leave, or what was there. */
export const leasesEnd = (evidence: Evidence): readonly string[] =>
  quantitiesIn(evidence).flatMap(([place, quantity]) => {
    const past = withoutDetours(pastOf(evidence, place, quantity, Number.POSITIVE_INFINITY), evidence)
    const last = past.at(-1)
    const ground = groundOf(past, evidence)
    if (last === undefined || ground === undefined || !isOfLease(evidence, last)) return []
    const right = composed(quantity, ground, holdingsOf(leasesOn(evidence, place), quantity))
    if (same(right, last.value) || isSaid(past, evidence)) return []
    return [`${quantity} of ${place} is ${last.value}, set by ${last.by}, and should be ${right}`]
  })

/** Loudly: a person has been told to look. */
const isSaid = (past: readonly Moved[], { operations }: Evidence): boolean =>
  operations.some(
    ({ id, status, ending }) =>
      past.some(({ by }) => by === id) && (status === 'FAILED' || ending === 'unknown' || ending === 'left'),
  )

const quantitiesIn = ({ history }: Evidence): readonly (readonly [string, Quantity])[] => {
  const known = new Map(history.map(({ place, quantity }) => [`${place} ${quantity}`, [place, quantity] as const]))
  return [...known.values()]
}
