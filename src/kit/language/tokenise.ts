// Splits a typed line into words; accepts curly quotes, long dashes and special spaces of phone keyboards.
import { type Problem, problem } from '../../model/errors.ts'

/** `quoted`: never an option, even with dashes. `rest`: only of a lone `--`, the text behind it. */
export type Word = { readonly text: string; readonly quoted: boolean; readonly rest?: string }

const DOUBLE = '"“”„‟«»'
const SINGLE = "'‘’‚‛"
/** Characters that a backslash escapes inside quotes. */
const ESCAPED = /^["“”„‟«»'‘’‚‛\\]/
const SPACE = /[\s\u00a0\u2000-\u200b\u202f\u205f\u3000\ufeff]/
// C0 and C1 control characters except tab and line ends, and marks that change the direction of text.
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/

/** Slack: a button's value has at most 2,000 characters. Every invocation must fit in one. */
export const MOST_CHARACTERS = 2_000

export const splitWords = (line: string): readonly Word[] | Problem => {
  if (line.length > MOST_CHARACTERS) {
    return problem(`This command has ${line.length.toLocaleString('en')} characters; at most 2,000 fit.`, 'Shorten it.')
  }
  if (CONTROL.test(line)) return problem('This command contains a control character.', 'Type it instead of pasting it.')
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

/** An apostrophe inside single quotes closes them only at a word's end: 'it's slow'. */
const isClosing = (line: string, at: number, family: string): boolean =>
  family === DOUBLE || at + 1 === line.length || SPACE.test(line.charAt(at + 1))

/** A shell command with plain quotes, spaces and dashes instead of typographic ones. */
const plainPunctuation = (text: string): string =>
  text
    .replace(new RegExp(`[${DOUBLE.slice(1)}]`, 'g'), '"')
    .replace(new RegExp(`[${SINGLE.slice(1)}]`, 'g'), "'")
    .replace(/[\u00a0\u2000-\u200b\u202f\u205f\u3000\ufeff]/g, ' ')
    .replace(/(^|\s)—(?=[a-z])/gi, '$1--')
    .trim()

/** Phones turn `--` into a long dash and `-1` into a minus sign. */
export const straighten = (text: string): string =>
  text.replace(/^(?:—|–-?|--)(?=[a-z])/i, '--').replace(/^[−–—](?=\d)/, '-')

/** Quotes and escapes a word if needed, so that it parses to the same word. */
export const printWord = (text: string): string => {
  const plain = /^[\w.+%,:@=*/×-]+$/.test(text) && !text.startsWith('--')
  return plain ? text : `"${text.replace(/["“”„‟«»\\]/g, match => `\\${match}`)}"`
}
