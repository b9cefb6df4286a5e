// Judges when leases end: not early unless a person ended them, not late unless something prevented it.
import type { ActiveLease, Evidence, Operation, Span, Write } from './evidence.ts'
import { covers, isHere, mayOperate } from './judge-rules.ts'
import { bookOf, isWaiting } from './waiting.ts'

export const leasesEndInTime = (evidence: Evidence): readonly string[] => [
  ...evidence.writes
    .filter(({ role, isDone }) => role === 'revert' && isDone)
    .flatMap(write => {
      const lease = bookOf(evidence, write.place, write.order).find(({ operation }) => operation === write.operation)
      if (lease === undefined) return [`${write.operation} reverted something without a lease`]
      return [...tooEarly(lease, write, evidence), ...tooLate(lease, write, evidence)].map(
        why => `the lease of ${write.operation} on ${write.place} ${why}`,
      )
    }),
  ...evidence.operations
    .filter(({ lease }) => lease !== undefined)
    .flatMap(operation => [...remainingLeases(operation, evidence), ...overlong(operation, evidence)]),
]

const tooEarly = (lease: ActiveLease, { at }: Write, evidence: Evidence): readonly string[] => {
  const { until, endedBy, operation } = lease
  return [
    ...(until <= at ? [] : ['ended early']),
    ...(endedBy === undefined || evidence.hadOutage || wasEnded(operation, evidence)
      ? []
      : ['was ended, but the audit does not say by whom']),
    ...(endedBy === undefined || mayEnd(endedBy, lease, evidence)
      ? []
      : [`was ended by ${endedBy}, who is not allowed to`]),
  ]
}

/** How long group membership is cached. */
const REMEMBERED_MS = 5 * 60_000

/** The requester, people on call, and people who may approve such a change, if the configuration lists them. */
const mayEnd = (user: string, { operation, until }: ActiveLease, { operations, inForce }: Evidence): boolean => {
  const first = inForce.findLastIndex(({ at }) => at <= until - REMEMBERED_MS)
  const isTheirs = operations.some(({ id, user: asker }) => id === operation && asker === user)
  return inForce
    .slice(Math.max(0, first))
    .filter(({ at }) => at <= until)
    .some(
      state => isHere(user, state) && (isTheirs || state.groups['S0ONCALL']?.includes(user) || mayOperate(user, state)),
    )
}

const wasEnded = (id: string, { chains }: Evidence): boolean =>
  Object.values(chains).some(records => records.some(({ kind, operation }) => kind === 'lease' && operation === id))

/** A few attempts, each with a step's retries. */
const LONGEST_MS = 15 * 60_000

const tooLate = (lease: ActiveLease, write: Write, evidence: Evidence): readonly string[] => {
  const late = { from: lease.until, until: write.at }
  const inTheWay: readonly Span[] = [
    ...evidence.halts,
    ...evidence.holds.filter(({ scope }) => covers(scope, write)),
    ...evidence.jumps,
    ...evidence.lockChanges
      .filter(
        ({ place, operation }) => place === write.place && operation !== undefined && operation !== lease.operation,
      )
      .map(({ at, until = at }) => ({ from: at, until })),
  ]
  const isExcused = evidence.hadOutage || inTheWay.some(span => span.from <= late.until && late.from <= span.until)
  // A quantity that somebody else had changed was not reverted, and a person is asked each day.
  const wasLeft = evidence.books.some(({ leases }) =>
    leases.some(({ operation, isLeft }) => operation === lease.operation && isLeft),
  )
  const minutes = Math.round((late.until - late.from) / 60_000)
  return isExcused || wasLeft || late.until - late.from <= LONGEST_MS ? [] : [`ended ${minutes} min after its time`]
}

/** Each extension adds an hour, and is a change of its own. */
const overlong = ({ id }: Operation, { books, operations }: Evidence): readonly string[] => {
  const lease = books.flatMap(({ leases }) => leases.filter(({ operation }) => operation === id))
  const longer = Math.max(...lease.map(({ until }) => until)) - (lease[0]?.until ?? 0)
  const extensions = operations.filter(
    ({ line, ending = '' }) =>
      /^lease extend /.test(line) && isMeant(line, id) && /^(done|unknown|superseded)$/.test(ending),
  )
  return longer > extensions.length * 3_600_000 ? [`the lease of ${id} lasts longer than approved`] : []
}

const isMeant = (line: string, id: string): boolean => id.startsWith(/ --lease (\w+)/.exec(line)?.[1] ?? '')

/** An operation that died has reported it, and a person decides. */
const remainingLeases = (operation: Operation, evidence: Evidence): readonly string[] => {
  const { id, status, ending = '' } = operation
  const places = evidence.books
    .filter(({ leases }) => leases.some(one => one.operation === id))
    .map(({ place }) => place)
  const isHeld = places.some(place => bookOf(evidence, place).some(one => one.operation === id))
  const isReported = status === 'FAILED' || ending === 'left' || isWaiting(operation, evidence)
  return isHeld && !isReported && !evidence.hadOutage
    ? [`the lease of ${id} is over (${ending}), but still in the lease book`]
    : []
}
