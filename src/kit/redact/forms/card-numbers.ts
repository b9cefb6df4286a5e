// Finds card numbers: 13 to 19 digits, grouped or not, that pass the Luhn check. Source: ISO/IEC 7812-1.
import type { Range } from '../spans.ts'

const FEWEST = 13
const MOST = 19
/** Matches a run of 13 or more digits, with at most one space or hyphen between two digits. */
const RUN = /\d(?:[ -]?\d){12,}/g

export const findCards = (text: string, found: (kind: 'card number', range: Range) => void): void => {
  for (const { 0: run, index } of text.matchAll(RUN)) {
    if (!/[2-6]/.test(run)) continue
    for (let start = 0; start < run.length; ) {
      const end = cardEnd(run, start)
      if (end !== undefined) found('card number', { start: index + start, end: index + end })
      start = nextGroup(run, end ?? start)
    }
  }
}

const isDigit = (char: string | undefined): boolean => char !== undefined && char >= '0' && char <= '9'

/** The index where the next group of digits starts. */
const nextGroup = (run: string, from: number): number => {
  let at = from
  while (isDigit(run[at])) at += 1
  while (at < run.length && !isDigit(run[at])) at += 1
  return at
}

/**
 * The end of the longest valid card number that starts at `start`; undefined if there is none. A card number ends only
 * at the end of a group of digits.
 */
const cardEnd = (run: string, start: number): number | undefined => {
  if (!/[2-6]/.test(run[start] ?? '')) return undefined
  const digits: number[] = []
  let found: number | undefined
  for (let at = start; at < run.length && digits.length < MOST; at += 1) {
    if (!isDigit(run[at])) continue
    digits.push(Number(run[at]))
    if (digits.length >= FEWEST && !isDigit(run[at + 1]) && passesLuhn(digits)) found = at + 1
  }
  return found
}

const passesLuhn = (digits: readonly number[]): boolean => {
  const sum = digits.toReversed().reduce((total, digit, nth) => {
    const doubled = nth % 2 === 0 ? digit : digit * 2
    return total + (doubled > 9 ? doubled - 9 : doubled)
  }, 0)
  return sum % 10 === 0
}
