// Filter patterns over plain lines: terms, phrases, `?` for "any of", `-` for "none of", and `%…%` for a regular expression.
// Source: CloudWatch Logs user guide, filter pattern syntax. The error texts were seen in the field.

import { invalid } from './errors.ts'
import { parseJsonPattern } from './json-pattern.ts'

/** Whether a line matches the pattern. */
export type Matches = (message: string) => boolean

type Term = { readonly kind: 'all' | 'any' | 'none'; readonly has: Matches }

const MOST = 1_024

export const parsePattern = (pattern: string): Matches => {
  const text = pattern.trim()
  if (pattern.length > MOST)
    throw invalid(
      `1 validation error detected: Value at 'filterPattern' failed to satisfy constraint: Member must have length less than or equal to ${MOST}`,
    )
  if (text === '') return () => true
  if (text.startsWith('{')) return parseJsonPattern(text)
  if (text.startsWith('[')) throw invalid('The sandbox knows no space-delimited filter patterns.')
  return matchTerms(readTerms(text))
}

const matchTerms = (terms: readonly Term[]): Matches => {
  const of = (kind: Term['kind']) => terms.filter(term => term.kind === kind)
  const [all, any, none] = [of('all'), of('any'), of('none')]
  // If there are required terms, the terms with `?` have no effect (user guide, "Match any term").
  const isAny: Matches = any.length === 0 || all.length > 0 ? () => true : line => any.some(({ has }) => has(line))
  return line => all.every(({ has }) => has(line)) && !none.some(({ has }) => has(line)) && isAny(line)
}

const TERM = /\s*([?-]?)(?:"((?:[^"\\]|\\.)*)"|%([^%]*)%|([^\s"]+))/y

const readTerms = (text: string): readonly Term[] => {
  const terms: Term[] = []
  TERM.lastIndex = 0
  while (TERM.lastIndex < text.length) {
    const found = TERM.exec(text)
    if (!found) throw invalid('Invalid filter pattern')
    const [, sign, phrase, expression, word] = found
    terms.push({ kind: sign === '?' ? 'any' : sign === '-' ? 'none' : 'all', has: reader(phrase, expression, word) })
    if (/^\s*$/.test(text.slice(TERM.lastIndex))) break
  }
  return terms
}

const reader = (phrase: string | undefined, expression: string | undefined, word = ''): Matches => {
  if (phrase !== undefined) {
    const plain = phrase.replace(/\\(.)/g, '$1')
    return line => line.includes(plain)
  }
  if (expression !== undefined) return compileExpression(expression)
  const bad = /[^\w]/u.exec(word)?.[0]
  if (bad !== undefined && !/^\p{L}$/u.test(bad)) throw invalid(`Invalid character(s) in term '${bad}'`)
  return line => line.includes(word)
}

/**
 * Compiles a regular expression. Groups and multi-byte characters are not supported (user guide, supported regular
 * expressions).
 */
export const compileExpression = (expression: string): Matches => {
  if (!/^(?:[A-Za-z0-9:_#=@/;,\-^$?[\]{}|*+. ]|\\.)+$/.test(expression)) throw invalid('Invalid filter pattern')
  try {
    const compiled = new RegExp(expression)
    return line => compiled.test(line)
  } catch {
    throw invalid('Invalid filter pattern')
  }
}
