// Finds the secrets of a text, also inside strings, percent-encoding and base64, nested up to MAX_DEPTH.

import { base64Text, decodeEscapes, mapBack, percentDecode } from './decode.ts'
import { findForms, hasAccessKey } from './forms/forms.ts'
import { KEYISH } from './keys.ts'
import { quoteEnd } from './quoted-words.ts'
import { joinSpans, type Range, type Span } from './spans.ts'
import type { Quoted } from './strings.ts'
import { type Structure, structureOf } from './structure.ts'

/** Finds the ranges of a text that match a pattern of the configuration. */
export type OwnPattern = (text: string) => readonly Range[]

export type FindOptions = {
  readonly emails?: boolean
  /** Searches for the patterns of the configuration. */
  readonly own?: readonly OwnPattern[]
  /** Whether more of the text may follow. The names of values in an open object may then still be missing. */
  readonly isCut?: boolean
}

/** The maximum depth of nested encodings. Encoded text at a greater depth is hidden without being decoded. */
const MAX_DEPTH = 8

type Level = {
  readonly depth: number
  readonly isAws: boolean
  readonly hasForms: boolean
  readonly options: FindOptions
}

/** Finds the secrets of a text. The result is sorted and without overlaps. */
export const findSecrets = (text: string, options: FindOptions): readonly Span[] =>
  joinSpans(
    findAt(text, { depth: 0, isAws: hasAccessKey(text), hasForms: true, options }).map(span => withDoubled(text, span)),
  )

/** Extends a span to the end of an SQL string. In SQL, a doubled quote is part of the string and does not end it. */
const withDoubled = (text: string, span: Span): Span =>
  text[span.start - 1] === "'" && text.startsWith("''", span.end)
    ? { ...span, end: quoteEnd(text, span.end - 1, Math.min(text.length, span.end + MOST_DOUBLED), "'") }
    : span

const MOST_DOUBLED = 1_000

/** Matches text that may contain encodings. A text without encodings and without keys of secrets is not parsed. */
const MAY_BE_ENCODED = /\\|%[0-9a-fA-F]{2}|(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{24}/

const findAt = (text: string, level: Level): readonly Span[] => {
  const { options, hasForms, isAws } = level
  const byForm = hasForms
    ? [...findForms(text, { emails: options.emails ?? false, isAws }), ...findOwn(text, options.own)]
    : []
  const isEncoded = MAY_BE_ENCODED.test(text)
  const isJson = isJsonText(text)
  if (!isEncoded && options.isCut !== true && !KEYISH.test(text) && !(isJson && byForm.length > 0))
    return byForm.filter(isLong)
  const structure = structureOf(text, isJson, options.isCut === true && level.depth === 0)
  const spans = isJson ? byForm.flatMap(span => clip(span, structure)) : byForm
  const inner = structure.strings.flatMap(quoted => findInString(text, quoted, level))
  const encoded = isEncoded ? findEncoded(text, structure, level) : []
  return [...spans, ...structure.spans, ...inner, ...encoded].filter(isLong)
}

const findOwn = (text: string, own: readonly OwnPattern[] = []): readonly Span[] =>
  own.flatMap(search => search(text).map(range => ({ ...range, kind: 'own pattern' as const })))

const isLong = ({ start, end }: Range): boolean => end > start

const isJsonText = (text: string): boolean => {
  if (!/^\s*[{[]/.test(text) || !/[}\]]\s*$/.test(text)) return false
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** Limits a span to the JSON values that it overlaps. The text remains valid JSON after the replacement. */
const clip = ({ start, end, kind }: Span, { leaves }: Structure): readonly Span[] =>
  touching(leaves, start, end).map(leaf => ({
    start: leaf.isBare ? leaf.start : Math.max(start, leaf.start),
    end: leaf.isBare ? leaf.end : Math.min(end, leaf.end),
    kind,
    isBare: leaf.isBare,
  }))

/**
 * The ranges that overlap `start` to `end`. `ranges`: sorted. Uses a binary search, because a text may have many ranges
 * and many spans.
 */
const touching = <T extends Range>(ranges: readonly T[], start: number, end: number): readonly T[] => {
  let [low, high] = [0, ranges.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((ranges[middle]?.end ?? 0) <= start) low = middle + 1
    else high = middle
  }
  const found: T[] = []
  for (let at = low; (ranges[at]?.start ?? end) < end; at += 1) found.push(ranges[at] as T)
  return found
}

const WORTH_LOOKING = /[=:<>[({]|--|\s-u\s/

const findInString = (text: string, { from, to }: Quoted, level: Level): readonly Span[] => {
  const content = text.slice(from, to)
  if (!content.includes('\\')) {
    if (!KEYISH.test(content) || !WORTH_LOOKING.test(content)) return []
    return level.depth >= MAX_DEPTH
      ? []
      : shift(findAt(content, { ...level, depth: level.depth + 1, hasForms: false }), from)
  }
  if (level.depth >= MAX_DEPTH) return [{ start: from, end: to, kind: 'secret' }]
  const decoded = decodeEscapes(content)
  const isAws = level.isAws || hasAccessKey(decoded.text)
  return mapBack(findAt(decoded.text, { ...level, isAws, depth: level.depth + 1, hasForms: true }), decoded.at, from)
}

const shift = (spans: readonly Span[], by: number): readonly Span[] =>
  spans.map(({ start, end, kind }) => ({ start: start + by, end: end + by, kind }))

const PERCENT_RUN = /[^\s"'<>`\\]*%[0-9a-fA-F]{2}[^\s"'<>`\\]*/g
const BASE64_RUN = /[A-Za-z0-9+/_-]{24,}={0,2}/g

/** Finds secrets in percent-encoding and base64, except inside strings that `findInString` has already searched. */
const findEncoded = (text: string, { strings }: Structure, level: Level): readonly Span[] => {
  const done = strings.filter(({ from, to }) => to - from >= 24 && looksAgain(text.slice(from, to)))
  const found: Span[] = []
  let at = 0
  for (const { from, to } of [...done.toSorted((a, b) => a.from - b.from), { from: text.length, to: text.length }]) {
    if (from > at) found.push(...shift(findInGap(text.slice(at, from), level), at))
    at = Math.max(at, to)
  }
  return found
}

/** Whether `findInString` searches this content for encodings. */
const looksAgain = (content: string): boolean =>
  content.includes('\\') || (KEYISH.test(content) && WORTH_LOOKING.test(content))

const findInGap = (text: string, level: Level): readonly Span[] => {
  const found: Span[] = []
  for (const { 0: run, index } of percentRuns(text)) {
    if (level.depth >= MAX_DEPTH) {
      found.push({ start: index, end: index + run.length, kind: 'secret' })
      continue
    }
    const decoded = percentDecode(run)
    found.push(...mapBack(findAt(decoded.text, deeper(level, decoded.text)), decoded.at, index))
  }
  for (const { 0: run, index } of text.matchAll(BASE64_RUN)) {
    const inner = base64Text(run)
    if (inner === undefined) continue
    const kind = level.depth >= MAX_DEPTH ? 'secret' : findAt(inner, deeper(level, inner))[0]?.kind
    if (kind !== undefined) found.push({ start: index, end: index + run.length, kind })
  }
  return found
}

const deeper = (level: Level, text: string): Level => ({
  ...level,
  isAws: level.isAws || hasAccessKey(text),
  hasForms: true,
  depth: level.depth + 1,
})

const percentRuns = (text: string) => (text.includes('%') ? text.matchAll(PERCENT_RUN) : [])
