// What people are told, cut to what a step may give back, with room for five of them in one: what others say in it has no
// limits of its own. AWS's limits are bytes.

import { cutBytes, itemsWithin, linesWithin } from '../../model/bytes.ts'
import type { Refusal } from '../../model/errors.ts'
import type { Outcome } from './outcome.ts'
import type { Progress } from './progress.ts'

/** Bytes of JSON. */
const TEXT = 4_000
const LINE = 1_500
const LINES = 6_000
const LINKS = 6_000
const OFFERS = 12_000
const SESSIONS = 4_000
const REQUEST_IDS = 2_000
/** The first line of what a command printed. */
const PRINTED = 800

/** A few sentences, such as the reason of a peer. */
export const boundedText = (text: string): string => cutBytes(text, TEXT)
export const boundedLines = (lines: readonly string[]): readonly string[] => linesWithin(lines, LINE, LINES)
export const boundedFirstLine = (line: string): string => cutBytes(line, PRINTED)

/** All but `results`, which no step gives back. A link or an invocation that is cut would be another one: it is left out. */
export const boundedOutcome = (outcome: Outcome): Outcome => {
  const { text, details, links, offers, drift, sessions, ran, requestIds } = outcome
  return {
    ...outcome,
    text: boundedText(text),
    ...(details && { details: boundedLines(details) }),
    ...(links && { links: itemsWithin(links, LINKS) }),
    ...(offers && { offers: itemsWithin(offers, OFFERS) }),
    ...(drift && { drift: boundedLines(drift) }),
    ...(sessions && { sessions: itemsWithin(sessions, SESSIONS) }),
    ...(ran && { ran: { ...ran, line: boundedFirstLine(ran.line) } }),
    ...(requestIds && { requestIds: itemsWithin(requestIds, REQUEST_IDS) }),
  }
}

export const boundedProgress = <Said extends Progress | Outcome>(progress: Said): Said => ({
  ...progress,
  text: boundedText(progress.text),
  ...('details' in progress && progress.details && { details: boundedLines(progress.details) }),
})

/** A list of what is in the way may be long. */
export const boundedRefusal = (refusal: Refusal): Refusal => ({
  ...refusal,
  text: cutBytes(refusal.text, 4 * TEXT),
  ...(refusal.hint !== undefined && { hint: boundedText(refusal.hint) }),
  ...(refusal.offers && { offers: itemsWithin(refusal.offers, 8 * OFFERS) }),
})
