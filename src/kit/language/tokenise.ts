// From a line that a person typed, perhaps on a phone, to words: quotes, dashes and spaces as keyboards mangle them.
import { type Problem, problem } from '../../model/errors.ts'

/** `quoted` words are never options, whatever they begin with. `rest`: of a lone `--`, what stands behind it. */
export type Word = { readonly text: string; readonly quoted: boolean; readonly rest?: string }

const DOUBLE = '"“”„‟«»'
const SINGLE = "'‘’‚‛"
/** What a backslash takes its meaning from, inside quotes. */
const ESCAPED = /^["“”„‟«»'‘’‚‛\\]/
const SPACE = /[\s\u00a0\u2000-\u200b\u202f\u205f\u3000\ufeff]/
// C0 and C1 controls but tab and line ends, and the marks that change the direction of text.
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/

/** A Slack button's value holds 2,000 characters, and an invocation has to fit in one. */
export const MOST_CHARACTERS = 2_000

export const splitWords = (line: string): readonly Word[] | Problem => {
  if (line.length > MOST_CHARACTERS) {
    return problem(
      `That is ${line.length.toLocaleString('en')} characters; a command has at most 2,000.`,
      'Shorten it.',
    )
  }
  if (CONTROL.test(line))
    return problem('There is a control character in that line.', 'Type it again, without pasting.')
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

/** What a shell is to read, as it was typed before a keyboard made it beautiful. */
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

/** A word as it can be typed again: quoted when it has to be. */
export const printWord = (text: string): string => {
  const plain = /^[\w.+%,:@=*/×-]+$/.test(text) && !text.startsWith('--')
  return plain ? text : `"${text.replace(/["“”„‟«»\\]/g, match => `\\${match}`)}"`
}
