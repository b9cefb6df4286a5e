// Judges approvals: decided once, followed by the outcome, and read by the operation in time.
import { canonicalJson, type JsonObject } from '../../src/model/json.ts'
import type { Evidence } from './evidence.ts'

const isSame = (a: unknown, b: unknown): boolean => canonicalJson(a as JsonObject) === canonicalJson(b as JsonObject)

export const decidedOnce = ({ approvals, operations }: Evidence): readonly string[] =>
  operations.flatMap(({ id, approval }) => {
    const written = approvals.filter(({ operation }) => operation === id)
    const first = written.findIndex(({ decision }) => decision !== undefined)
    const after = first === -1 ? [] : written.slice(first + 1)
    if (after.length > 0) return [`${id} was written after its decision`]
    const decided = written[first]
    return decided !== undefined && approval !== undefined && !isSame(decided, approval)
      ? [`${id} was decided ${JSON.stringify(decided.decision)}, and is now ${JSON.stringify(approval.decision)}`]
      : []
  })

export const decisionsAreKept = ({ operations, hadOutage }: Evidence): readonly string[] =>
  operations.flatMap(({ id, approval, ending = '' }) => {
    if (approval?.decision === undefined) return []
    const { outcome, at } = approval.decision
    const isInTime = at < approval.expiresAt === (outcome !== 'expired')
    if (!isInTime) return [`${id} was ${outcome} at ${at}, and expired at ${approval.expiresAt}`]
    if (approval.votes.some(vote => vote.at >= approval.expiresAt)) return [`${id} has a vote after its end`]
    // A vote that cannot be read counts as a rejection.
    if (hadOutage && ending === 'failed') return []
    const isWithdrawn = outcome === 'cancelled' && approval.decision.by === undefined
    if (isWithdrawn) return ending === 'refused' ? [] : [`${id} was withdrawn, and ended ${ending}`]
    const mayEnd = outcome === 'approved' ? !/^(rejected|expired|cancelled)$/.test(ending) : ending === outcome
    return mayEnd ? [] : [`${id} was ${outcome}, and ended ${ending}`]
  })

/** An offer that replaces a plan becomes a plan: no request is given up for an offer that failed. */
export const offersReplace = ({ operations, takenOffers }: Evidence): readonly string[] =>
  operations
    .filter(({ approval }) => approval?.decision?.outcome === 'superseded')
    .filter(({ id, user }) => {
      const lines = takenOffers.filter(({ operation }) => operation === id).map(({ line }) => line)
      return !operations.some(other => other.id !== id && other.user === user && lines.includes(other.line))
    })
    .map(({ id }) => `${id} was replaced by an offer that nobody requested`)

/** Three deliveries of the vote, with the steps' retries; after an outage, until the reminder. */
const LONGEST_SLEEP_MS = { usual: 600_000, outage: 2_400_000 } as const

export const decisionsWakeOperations = ({ operations, hadOutage, jumps }: Evidence): readonly string[] =>
  operations.flatMap(({ id, approval, wokenAt, ending }) => {
    // Refused before a card was posted: nothing waits for a vote.
    if (approval?.decision === undefined || approval.decision.outcome === 'expired' || ending === 'refused') return []
    const from = Date.parse(approval.decision.at)
    const until = wokenAt ?? Number.POSITIVE_INFINITY
    const jumpsInBetween = jumps.filter(jump => from <= jump.from && jump.until <= until)
    const waited = jumpsInBetween.reduce((left, jump) => left - (jump.until - jump.from), until - from)
    return waited > LONGEST_SLEEP_MS[hadOutage ? 'outage' : 'usual']
      ? [`${id} read its decision ${Math.round(waited / 60_000)} min later`]
      : []
  })
