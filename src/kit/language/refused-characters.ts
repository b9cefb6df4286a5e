// Characters that are invisible, or that change how other characters are shown. With them, an approver could read
// another text than the one that runs. They are refused in commands, reasons, names and forms. Sources: Unicode,
// General_Category and Default_Ignorable_Code_Point.
import { type Problem, problem } from '../../model/errors.ts'

/** Format, ignorable and control characters, line and paragraph separators, and halves of surrogate pairs. */
const REFUSED = /(?![\t\n\r])[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}\p{Cs}]/u
const EVERY_REFUSED = new RegExp(REFUSED.source, 'gu')

/** Blanks of every width, as phones and Slack send them. The Braille blank shows nothing, although it is a symbol. */
export const BLANK = /[\t\p{Zs}\u2800]/u

/**
 * The maximum number of consecutive blanks. More blanks could move text out of the visible area. `MOST_NEWLINES`: the
 * maximum number of line breaks, because Slack collapses long texts.
 */
const MOST_BLANKS = 8
const MOST_NEWLINES = 3
/**
 * The maximum number of consecutive combining marks. No language needs more, and more marks would cover the lines above
 * and below.
 */
const MOST_MARKS = 8

const BLANKS = new RegExp(`(?:${BLANK.source}){${MOST_BLANKS + 1},}`, 'u')
const MARKS = new RegExp(`\\p{M}{${MOST_MARKS + 1},}`, 'u')
const NEWLINE = /\r\n|[\r\n]/g

/**
 * The problem with a typed text that contains refused characters; undefined if there is none. `what`: the subject of
 * the message, such as `This command`.
 */
export const refuseHidden = (text: string, what: string): Problem | undefined =>
  refuseCharacter(text, what) ??
  refuseRun(text, BLANKS, what, `blanks in a row; at most ${MOST_BLANKS} are allowed`) ??
  refuseRun(text, MARKS, what, `combining marks in a row; at most ${MOST_MARKS} are allowed`) ??
  refuseNewlines(text, what)

/** Replaces each refused character in a text from outside with its code point. */
export const revealHidden = (text: string): string => text.replace(EVERY_REFUSED, one => `‹${codePoint(one)}›`)

const refuseCharacter = (text: string, what: string): Problem | undefined => {
  const found = REFUSED.exec(text)
  if (found === null) return undefined
  const kind = /\p{Cc}/u.test(found[0]) ? 'control character' : 'invisible character'
  return problem(`${what} contains the ${kind} ${codePoint(found[0])}${placeOf(text, found.index)}.`, RETYPE)
}

const refuseRun = (text: string, run: RegExp, what: string, words: string): Problem | undefined => {
  const found = run.exec(text)
  if (found === null) return undefined
  return problem(`${what} contains ${[...found[0]].length} ${words}${placeOf(text, found.index)}.`, RETYPE)
}

const refuseNewlines = (text: string, what: string): Problem | undefined => {
  const [, , , fourth, ...more] = text.matchAll(NEWLINE)
  if (fourth === undefined) return undefined
  const count = MOST_NEWLINES + 1 + more.length
  return problem(`${what} has ${count} line breaks; at most ${MOST_NEWLINES} are allowed.`, 'Write it in fewer lines.')
}

const RETYPE = 'Type it instead of pasting it.'

/** The code point of a character, such as `U+200B`. */
const codePoint = (character: string): string =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`

/** The position of a character for a message: its number, counted from 1, and the word before it. */
const placeOf = (text: string, index: number): string => {
  const before = text.slice(0, index)
  const word = /[\w./:=-]{1,20}$/.exec(before.trimEnd())?.[0]
  return ` at character ${[...before].length + 1}${word === undefined ? '' : `, after \`${word}\``}`
}
