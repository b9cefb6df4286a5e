// Judges leases by the services' values, with a model of leases that shares no code with the product.
import type { ActiveLease, Evidence, Operation, Quantity, QuantityChange, Value, Write } from './evidence.ts'
import { bookOf } from './waiting.ts'
import { same, settingOf } from './watch-scale.ts'

/** The value of a quantity under these leases: the highest count, the highest minimum, every suspension. */
const composed = (quantity: Quantity, before: Value, holdings: readonly Value[]): Value => {
  if (holdings.length === 0) return before
  const most = (at: number) => Math.max(...holdings.map(holding => holding[at] ?? 0))
  if (quantity === 'count') return [most(0)]
  const [first = 0, second = 0] = before
  if (quantity === 'suspended') return before.map((is, at) => Math.max(is, most(at)))
  const least = Math.max(first, most(0))
  return [least, Math.max(second, least)]
}

/** A write at the end of a lease. */
type Reversion = {
  readonly write: Write
  readonly operation: Operation
  readonly quantity: Quantity
  readonly value: Value
}

const reversionsIn = ({ writes, operations }: Evidence): readonly Reversion[] =>
  writes
    .filter(({ role, isDone }) => role === 'revert' && isDone)
    .flatMap(write => {
      const operation = operations.find(({ id }) => id === write.operation)
      const setting = settingOf(write)
      return operation === undefined || setting === undefined ? [] : [{ write, operation, ...setting }]
    })

const pastOf = ({ history }: Evidence, place: string, quantity: Quantity, before: number): readonly QuantityChange[] =>
  history.filter(one => one.place === place && one.quantity === quantity && one.order < before)

/** Whether a lease that began or ended caused the change; other changes of its plan are not the lease's. */
const isOfLease = ({ operations }: Evidence, { by, quantity }: QuantityChange): boolean =>
  operations.some(({ id, lease }) => id === by && lease?.quantity === quantity)

/** A value that somebody changed and set back equals one that never changed. */
const withoutDetours = (past: readonly QuantityChange[], evidence: Evidence): readonly QuantityChange[] => {
  const kept: QuantityChange[] = []
  for (const one of past) {
    const last = kept.findLastIndex(before => isOfLease(evidence, before))
    const isBack = last !== -1 && one.by !== 'recreated' && same(kept[last]?.value ?? [], one.value)
    if (isBack && !isOfLease(evidence, one)) kept.splice(last + 1)
    else kept.push(one)
  }
  return kept
}

/** The baseline: the value before leases, or set since, including values that were kept permanently. */
const baselineOf = (past: readonly QuantityChange[], evidence: Evidence): Value | undefined => {
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

/** Leases on the current service, not on a deleted service of the same name. */
const leasesOn = (evidence: Evidence, place: string, before = Number.POSITIVE_INFINITY): readonly ActiveLease[] => {
  // A scalable target that was registered again does not bring its count.
  const replacement = pastOf(evidence, place, 'count', before).findLast(({ by }) => by === 'recreated')
  const isFormer = ({ operation }: ActiveLease): boolean => {
    const checkedAt = evidence.operations.find(({ id }) => id === operation)?.recheckedAt ?? 0
    if (replacement === undefined || checkedAt > replacement.at) return false
    return (
      checkedAt < replacement.at ||
      bookOf(evidence, place, replacement.order + 1).some(one => one.operation === operation)
    )
  }
  return bookOf(evidence, place, before).filter(held => !isFormer(held))
}

const holdingsOf = (leases: readonly ActiveLease[], quantity: Quantity, but = ''): readonly Value[] =>
  leases.filter(one => one.quantity === quantity && !one.isLeft && one.operation !== but).map(({ holding }) => holding)

export const baselineIsRestored = (evidence: Evidence): readonly string[] =>
  reversionsIn(evidence).flatMap(({ write, operation, quantity, value }) => {
    const past = withoutDetours(pastOf(evidence, write.place, quantity, write.order), evidence)
    const ground = baselineOf(past, evidence)
    const others = holdingsOf(leasesOn(evidence, write.place, write.order), quantity, operation.id)
    const right = ground && composed(quantity, ground, others)
    return right === undefined || same(right, value)
      ? []
      : [`${operation.id} (${operation.line}) reverted ${quantity} to ${value} instead of ${right}`]
  })

/** Leases since the last change by a lease whose own call AWS never applied: they may revert what they found. */
const leasesWithoutEffect = (
  past: readonly QuantityChange[],
  { write, quantity }: Reversion,
  evidence: Evidence,
): readonly Value[] => {
  const since = past.findLast(one => isOfLease(evidence, one))?.order ?? 0
  return evidence.operations
    .filter(
      ({ id, lease }) => lease?.quantity === quantity && !past.some(({ by, order }) => by === id && order > since),
    )
    .flatMap(({ recheckedAt = 0 }) => past.findLast(({ at }) => at <= recheckedAt && recheckedAt <= write.at) ?? [])
    .map(({ value }) => value)
}

export const changesByOthersAreKept = (evidence: Evidence): readonly string[] =>
  reversionsIn(evidence).flatMap(back => {
    const { write, operation, quantity, value } = back
    const past = withoutDetours(pastOf(evidence, write.place, quantity, write.order), evidence)
    const found = past.at(-1)
    if (found === undefined || isOfLease(evidence, found) || same(found.value, value)) return []
    if (leasesWithoutEffect(past, back, evidence).some(one => same(one, found.value))) return []
    return [`${operation.id} (${operation.line}) put ${quantity} ${value} over ${found.value}, set by ${found.by}`]
  })

/** The last value that a lease set is what the other leases need, or the baseline. */
export const leasesEnd = (evidence: Evidence): readonly string[] =>
  quantitiesIn(evidence).flatMap(([place, quantity]) => {
    const past = withoutDetours(pastOf(evidence, place, quantity, Number.POSITIVE_INFINITY), evidence)
    const last = past.at(-1)
    const ground = baselineOf(past, evidence)
    if (last === undefined || ground === undefined || !isOfLease(evidence, last)) return []
    const right = composed(quantity, ground, holdingsOf(leasesOn(evidence, place), quantity))
    if (same(right, last.value) || isReported(past, evidence)) return []
    return [`${quantity} of ${place} is ${last.value}, set by ${last.by}, but should be ${right}`]
  })

/** Whether a person was told to check. */
const isReported = (past: readonly QuantityChange[], { operations }: Evidence): boolean =>
  operations.some(
    ({ id, status, ending }) =>
      past.some(({ by }) => by === id) && (status === 'FAILED' || ending === 'unknown' || ending === 'left'),
  )

const quantitiesIn = ({ history }: Evidence): readonly (readonly [string, Quantity])[] => {
  const known = new Map(history.map(({ place, quantity }) => [`${place} ${quantity}`, [place, quantity] as const]))
  return [...known.values()]
}
