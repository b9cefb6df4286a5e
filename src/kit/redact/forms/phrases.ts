// Finds secrets in prose: `the password is …`, `API key …`, `token -> …`. Prose about secrets is much more frequent
// than prose that contains a secret, so a value counts only if it looks like a secret.
import { KEYISH, secretKey } from '../keys.ts'
import type { Kind, Range } from '../spans.ts'

/**
 * Matches the name of a secret (one or two words), linking words such as "is", and the value, with or without quotes.
 */
const PHRASE =
  /(?<![\w$.-])((?:[\w.$-]{1,60}[ \t]{1,4})?[\w.$-]{0,60}(?:pass(?:word|wd|phrase|code)?|pwd|secret|token|key|auth|credentials?))(?:[ \t]{1,4}(?:for|of|to)[ \t]{1,4}[\w.@+-]{1,80})?(?:[ \t]{1,4}(?:(?:(?:is|was|been)[ \t])?(?:set|reset|changed)[ \t]to|is|was|are|will[ \t]be|now)(?=[ \t]|:)|:?[ \t]{1,4}(?:->|=>|→))?:?\s{1,4}(?:(["'`])([^\n"'`]{8,512})\2|(["'`]?)(\S{8,512}))/gi

const LOWER = /[a-z]/
const UPPER = /[A-Z]/
const DIGIT = /\d/
const SYMBOL = /[!@#$%^&*+/=]/
/** Matches words with digits that are not secrets: names of things, dates, addresses and measures. */
const NAME =
  /^[a-z]+\d{0,4}(?:[-_./:@][a-z]*\d{0,8})*$|^\d[\d.:,/TZ+-]*[a-zA-Z]{0,3}$|^[A-Z][a-z]+(?:[A-Z][a-z]+)*\d{0,3}$/
const PLACE = /^(?:arn:|[a-z][a-z\d+.-]{1,20}:\/\/|\.{0,2}\/|sha256:|\$[{(]|\$[A-Z_][A-Z\d_]*$|[{[(<*‹])/
/** Matches the brackets and markup before a value. */
const OPENING = /^[([{<*_]{0,3}/
const CLOSING = /[.,;:!?)\]}>*_"'`]+$/
const UUID = /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/i
const LONG = 12

/** Whether a word mixes characters in a way that names do not. */
export const looksSecret = (word: string): boolean => {
  if (PLACE.test(word) || NAME.test(word) || UUID.test(word) || !DIGIT.test(word)) return false
  const kinds = [LOWER, UPPER, SYMBOL].filter(kind => kind.test(word)).length
  return kinds >= 2 || (kinds === 1 && word.length >= LONG && /[a-z]\d.*[a-z]|\d[a-z].*\d/i.test(word))
}

export const findPhrases = (text: string, found: (kind: Kind, range: Range) => void): void => {
  if (!KEYISH.test(text)) return
  PHRASE.lastIndex = 0
  for (let match = PHRASE.exec(text); match !== null; match = PHRASE.exec(text)) {
    const [whole, names = '', , quoted, , raw = quoted ?? ''] = match
    const end = match.index + whole.length - (quoted === undefined ? 0 : 1)
    const start = end - raw.length
    const key = secretKey(names) ?? secretKey(names.split(/[ \t]/).at(-1) ?? '')
    const value = valueIn(raw, quoted !== undefined)
    if (key !== undefined && value !== undefined)
      found(key.kind, { start: start + value.start, end: start + value.end })
    // The search continues at the value, because the value may be the name of the next secret.
    else PHRASE.lastIndex = Math.max(match.index + 1, start)
  }
}

/**
 * The range of a value without the brackets and punctuation around it; undefined if the value is not a secret.
 * `isQuoted`: whether the value is in quotes; it may then have several words.
 */
const valueIn = (raw: string, isQuoted: boolean): Range | undefined => {
  if (isQuoted) return raw.split(/\s/).some(looksSecret) ? { start: 0, end: raw.length } : undefined
  const start = OPENING.exec(raw)?.[0].length ?? 0
  const value = raw.slice(start).replace(CLOSING, '')
  return value.length >= 8 && looksSecret(value) ? { start, end: start + value.length } : undefined
}
