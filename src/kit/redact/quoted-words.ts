// Finds the ends of words of a command line and of arguments of a call. Words and arguments may contain quotes, escapes
// and brackets.
import type { Range } from './spans.ts'

const MOST_WORD = 512
/** The maximum depth of nested brackets. The limit ensures that lists within lists are not read again and again. */
const MOST_DEPTH = 4
/** Matches the text that may follow the closing quote of a string around a word. */
const AFTER_QUOTE = /^(?:$|[\s,;:.|&)\]}\\])/

/**
 * The position of the quote that closes the string opened at `open`. If the string is not closed, the end of its line
 * or `limit`, whichever is first.
 */
export const quoteEnd = (text: string, open: number, limit: number, quote = text[open]): number => {
  for (let at = open + 1; at < limit; at += 1) {
    const char = text[at]
    if (char === '\n') return at
    if (char === '\\') at += 1
    else if (char === quote) {
      // A doubled quote is a quote within the string.
      if (text[at + 1] !== quote) return at
      at += 1
    }
  }
  return limit
}

/** A word of a command line. `isLiteral`: whether the word is in single quotes, in which a shell replaces nothing. */
export type Word = Range & { readonly isLiteral: boolean }

/**
 * The word that begins at `at`, without the quotes around it. The quotes may be escaped, because the whole command may
 * be in a string.
 */
export const wordAt = (text: string, at: number): Word => {
  const quote = /^\\?["']/.exec(text.slice(at, at + 2))?.[0]
  const start = at + (quote?.length ?? 0)
  const isLiteral = quote?.endsWith("'") === true
  const close = quote === undefined ? -1 : text.slice(start, start + MOST_WORD).search(CLOSES[quote] ?? /$/)
  const end = close < 0 ? bareWordEnd(text, start) : start + close
  const rest = text.slice(end + (quote?.length ?? 0), end + (quote?.length ?? 0) + 2)
  // A word may continue after its closing quote: `'it'\\''s'`.
  const isWhole = close < 0 || AFTER_QUOTE.test(rest.replace(/^\\(?=')/, 'x')) || /^["'`]/.test(rest)
  return { start, end: isWhole ? end : bareWordEnd(text, end + 1), isLiteral }
}

const CLOSES: Readonly<Record<string, RegExp>> = {
  "'": /['\n]/,
  '"': /(?<!\\)["\n]/,
  "\\'": /\\'|\n/,
  '\\"': /\\"|\n/,
}

/** The end of a word without quotes: a blank, or the closing quote of a string around the word. */
const bareWordEnd = (text: string, start: number): number => {
  const [word = ''] = /^\S*/.exec(text.slice(start, start + MOST_WORD)) ?? []
  for (let at = 0; at < word.length; at += 1)
    if (/["'`]/.test(word[at] ?? '') && AFTER_QUOTE.test(word.slice(at + 1, at + 2)))
      return start + at - (word[at - 1] === '\\' ? 1 : 0)
  return start + word.length
}

/**
 * The items of a list. `from`: the position after the opening bracket. `most`: the maximum number of characters that
 * are read. `end`: the position after the closing bracket, or where the reading stopped.
 */
export const listAt = (
  text: string,
  from: number,
  most: number,
): { readonly items: readonly Range[]; readonly end: number } => {
  const items: Range[] = []
  const limit = Math.min(text.length, from + most)
  let [start, depth, at] = [from, 0, from]
  for (; at < limit; at += 1) {
    const char = text[at] ?? ''
    if (char === '"' || char === "'") at = quoteEnd(text, at, limit)
    else if (char === '(' && ++depth > MOST_DEPTH) break
    else if (char === ')' && --depth < 0) break
    else if (char === ',' && depth === 0) {
      items.push({ start, end: at })
      start = at + 1
    }
  }
  const end = Math.min(at, text.length)
  return { items: [...items, { start, end }], end: Math.min(end + 1, text.length) }
}
