// Regular expressions of the configuration. RE2 matches them in linear time; it has no lookaround or backreferences.
import { RE2JS } from 're2js'
import type { Span } from './spans.ts'

export type OwnPattern = RE2JS

const compiled = new Map<string, RE2JS | undefined>()
const MOST_COMPILED = 100

/** Compiles a pattern, once; undefined if RE2 refuses it. */
export const compilePattern = (text: string): OwnPattern | undefined => {
  if (compiled.has(text)) return compiled.get(text)
  if (compiled.size >= MOST_COMPILED) compiled.clear()
  const pattern = compileOrRefuse(text)
  compiled.set(text, pattern)
  return pattern
}

const compileOrRefuse = (text: string): OwnPattern | undefined => {
  try {
    return RE2JS.compile(text)
  } catch {
    return undefined
  }
}

/** Whether a pattern matches a part of the text. */
export const matches = (text: string, pattern: string): boolean =>
  compilePattern(pattern)?.matcher(text).find() ?? false

/** All matches that are not empty. */
export const findOwn = (text: string, own: readonly OwnPattern[] = []): readonly Span[] =>
  own.flatMap(pattern => {
    const spans: Span[] = []
    const matcher = pattern.matcher(text)
    while (matcher.find())
      if (matcher.end() > matcher.start())
        spans.push({ start: matcher.start(), end: matcher.end(), kind: 'own pattern' })
    return spans
  })
