// Cuts outcomes, progress and refusals to the size that a durable step can return, because text from AWS and from
// commands has no limit.

import { cutBytes, itemsWithin, linesWithin } from '../../model/bytes.ts'
import type { Refusal } from '../../model/errors.ts'
import type { Outcome } from './outcome.ts'
import type { Progress } from './progress.ts'

/** The size of a text in bytes of JSON. Five results of this size fit into one step. */
const TEXT = 4_000
const LINE = 1_500
const LINES = 6_000
const LINKS = 6_000
const OFFERS = 12_000
const SESSIONS = 4_000
const REQUEST_IDS = 2_000
/** The size of the first line of a command's output, in bytes of JSON. */
const FIRST_LINE = 800

/** Cuts a text to the size of a few sentences, such as an error from AWS. */
export const boundedText = (text: string): string => cutBytes(text, TEXT)
export const boundedLines = (lines: readonly string[]): readonly string[] => linesWithin(lines, LINE, LINES)
export const boundedFirstLine = (line: string): string => cutBytes(line, FIRST_LINE)

/**
 * Cuts an outcome and removes `results`, which no step returns. Links and invocations that are too long are removed,
 * because they would not work when cut.
 */
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

export const boundedProgress = <Report extends Progress | Outcome>(progress: Report): Report => ({
  ...progress,
  text: boundedText(progress.text),
  ...('details' in progress && progress.details && { details: boundedLines(progress.details) }),
})

/** Cuts a refusal. It may be larger than an outcome, because it may list many problems. */
export const boundedRefusal = (refusal: Refusal): Refusal => ({
  ...refusal,
  text: cutBytes(refusal.text, 4 * TEXT),
  ...(refusal.hint !== undefined && { hint: boundedText(refusal.hint) }),
  ...(refusal.offers && { offers: itemsWithin(refusal.offers, 8 * OFFERS) }),
})
