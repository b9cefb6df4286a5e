// Matches regular expressions of the configuration with RE2, which takes linear time. RE2 has no lookaround and no
// backreferences.
import { RE2JS } from 're2js'
import type { OwnPattern } from './find.ts'
import type { Range } from './spans.ts'

const compiled = new Map<string, RE2JS | undefined>()
const MOST_COMPILED = 100

/** Compiles a pattern and caches the result; undefined if RE2 does not accept the pattern. */
export const compilePattern = (text: string): RE2JS | undefined => {
  if (compiled.has(text)) return compiled.get(text)
  if (compiled.size >= MOST_COMPILED) compiled.clear()
  const pattern = compileOrRefuse(text)
  compiled.set(text, pattern)
  return pattern
}

const compileOrRefuse = (text: string): RE2JS | undefined => {
  try {
    return RE2JS.compile(text)
  } catch {
    return undefined
  }
}

/** Whether a pattern matches a part of the text. */
export const hasMatch = (text: string, pattern: string): boolean =>
  compilePattern(pattern)?.matcher(text).find() ?? false

/**
 * Compiles patterns to search functions. A pattern that RE2 does not accept is left out, because an older configuration
 * may still contain it.
 */
export const ownPatterns = (patterns: readonly string[]): readonly OwnPattern[] =>
  patterns.flatMap(text => {
    const pattern = compilePattern(text)
    return pattern === undefined ? [] : [(searched: string) => allMatches(searched, pattern)]
  })

/** All matches that are not empty. */
const allMatches = (text: string, pattern: RE2JS): readonly Range[] => {
  const found: Range[] = []
  const matcher = pattern.matcher(text)
  while (matcher.find()) if (matcher.end() > matcher.start()) found.push({ start: matcher.start(), end: matcher.end() })
  return found
}
