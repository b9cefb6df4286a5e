// Cuts outcomes, progress and refusals to the size that a durable step can return: text from AWS and commands is unlimited.

import { cutBytes, itemsWithin, linesWithin } from '../../model/bytes.ts'
import type { Refusal } from '../../model/errors.ts'
import type { Outcome } from './outcome.ts'
import type { Progress } from './progress.ts'

/** Bytes of JSON. Five results of this size fit in one step. */
const TEXT = 4_000
const LINE = 1_500
const LINES = 6_000
const LINKS = 6_000
const OFFERS = 12_000
const SESSIONS = 4_000
const REQUEST_IDS = 2_000
/** The first line of a command's output. */
const FIRST_LINE = 800

/** A few sentences, such as an error from AWS. */
export const boundedText = (text: string): string => cutBytes(text, TEXT)
export const boundedLines = (lines: readonly string[]): readonly string[] => linesWithin(lines, LINE, LINES)
export const boundedFirstLine = (line: string): string => cutBytes(line, FIRST_LINE)

/** Without `results`, which no step returns. Links and invocations that do not fit are left out: cut ones would be wrong. */
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

/** Larger: a refusal may list many problems. */
export const boundedRefusal = (refusal: Refusal): Refusal => ({
  ...refusal,
  text: cutBytes(refusal.text, 4 * TEXT),
  ...(refusal.hint !== undefined && { hint: boundedText(refusal.hint) }),
  ...(refusal.offers && { offers: itemsWithin(refusal.offers, 8 * OFFERS) }),
})
