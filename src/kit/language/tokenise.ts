// Splits a typed line into words. Accepts the curly quotes, long dashes and special spaces of phone keyboards.
import { type Problem, problem } from '../../model/errors.ts'
import { BLANK, refuseHidden } from './refused-characters.ts'

/**
 * A word of a command line. `quoted`: the word was in quotes and is never an option. `rest`: the text after a lone
 * `--`.
 */
export type Word = { readonly text: string; readonly quoted: boolean; readonly rest?: string }

const DOUBLE = '"“”„‟«»'
const SINGLE = "'‘’‚‛"
/** Matches a character that a backslash escapes inside quotes. */
const ESCAPED = /^["“”„‟«»'‘’‚‛\\]/
const SPACE = new RegExp(`[\\r\\n]|${BLANK.source}`, 'u')
const BLANKS = new RegExp(BLANK.source, 'gu')

/** The longest line. Slack allows 2,000 characters in a button's value, and every invocation must fit into one. */
export const MOST_CHARACTERS = 2_000

export const splitWords = (line: string): readonly Word[] | Problem => {
  if (line.length > MOST_CHARACTERS) {
    return problem(`This command has ${line.length.toLocaleString('en')} characters; at most 2,000 fit.`, 'Shorten it.')
  }
  const hidden = refuseHidden(line.trim(), 'This command')
  if (hidden !== undefined) return hidden
  const words: Word[] = []
  for (let at = 0; at < line.length; ) {
    if (SPACE.test(line.charAt(at))) {
      at += 1
      continue
    }
    const word = readWord(line, at)
    if ('kind' in word) return word
    if (!word.quoted && /^(?:--|—|–)$/.test(word.text))
      return [...words, { text: '--', quoted: false, rest: plainPunctuation(line.slice(word.end)) }]
    words.push(word)
    at = word.end
  }
  return words
}

type Read = Word & { readonly end: number }

const readWord = (line: string, start: number): Read | Problem => {
  const option = /^(?:--|—|–-?)[a-z][a-z-]*=/.exec(line.slice(start))?.[0] ?? ''
  const at = start + option.length
  const family = [DOUBLE, SINGLE].find(quotes => quotes.includes(line.charAt(at)) && at < line.length)
  if (family !== undefined) return readQuoted(line, at, family, straighten(option))
  let end = at
  while (end < line.length && !SPACE.test(line.charAt(end))) end += 1
  return { text: straighten(line.slice(start, end)), quoted: false, end }
}

const readQuoted = (line: string, open: number, family: string, option: string): Read | Problem => {
  let text = ''
  for (let at = open + 1; at < line.length; at += 1) {
    const char = line.charAt(at)
    if (char === '\\' && ESCAPED.test(line.charAt(at + 1))) {
      at += 1
      text += line.charAt(at)
    } else if (family.includes(char) && isClosing(line, at, family)) {
      return { text: `${option}${text}`, quoted: option === '', end: at + 1 }
    } else text += char
  }
  return problem(
    `The quote that opens at \`${line.slice(open, open + 20)}\` is never closed.`,
    'Close it, or leave it out.',
  )
}

/** Whether an apostrophe closes the single-quoted text. An apostrophe inside a word does not: 'it's slow'. */
const isClosing = (line: string, at: number, family: string): boolean =>
  family === DOUBLE || at + 1 === line.length || SPACE.test(line.charAt(at + 1))

/** Replaces the typographic quotes, spaces and dashes in a shell command with plain ones. */
const plainPunctuation = (text: string): string =>
  text
    .replace(new RegExp(`[${DOUBLE.slice(1)}]`, 'g'), '"')
    .replace(new RegExp(`[${SINGLE.slice(1)}]`, 'g'), "'")
    .replace(BLANKS, ' ')
    .replace(/(^|\s)—(?=[a-z])/gi, '$1--')
    .trim()

/** Replaces long dashes with `--` and minus signs with `-`, because phone keyboards insert them. */
export const straighten = (text: string): string =>
  text.replace(/^(?:—|–-?|--)(?=[a-z])/i, '--').replace(/^[−–—](?=\d)/, '-')

/** Prints a word, with quotes and escapes if needed, so that parsing returns the same word. */
export const printWord = (text: string): string => {
  const plain = /^[\w.+%,:@=*/×-]+$/.test(text) && !text.startsWith('--')
  return plain ? text : `"${text.replace(/["“”„‟«»\\]/g, match => `\\${match}`)}"`
}
