// Consecutive lines of one stream that belong together: a structure such as JSON, a private key, a YAML block, or a
// secret that was cut between lines. The lines are searched both as separate lines and joined without line ends. What
// either search finds is hidden.

import { type FindOptions, findSecrets } from './find.ts'
import { ANY_FORM, BEGIN, END } from './forms/forms.ts'
import { MAY_HAVE_FORM } from './forms/token-forms.ts'
import { KEYISH, NAMING, type SecretKey, secretKey } from './keys.ts'
import { OpenStructure } from './open-structure.ts'
import { joinSpans, type Span } from './spans.ts'
import { type Beginning, beginningOf } from './unfinished.ts'
import { isHarmless } from './values.ts'

/** The number of characters at the end of the block that are kept to be searched together with the next line. */
const TAIL = 512

const ANY_KEY: SecretKey = { kind: 'secret', isWeak: true, isPlural: true }

/** Whether a line begins a log record, for example with a time or a level. */
export const isFresh = (line: string): boolean =>
  /^(?:\[?\d{4}-\d\d-\d\d[T ]\d|\[?\d\d:\d\d:\d\d|\[?(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|FATAL)\b|\{\s*"(?:level|time|ts|timestamp|msg|message|severity|@timestamp)"\s*:)/.test(
    line,
  )

/** Whether a line has the form `key=value`, which starts a new value and cannot continue a secret. */
const isNamed = (line: string): boolean => /^\s*(?:export )?[\w.-]{1,40}(?:=[^=\s]|: |:$)/.test(line)

const isKeyPiece = (line: string): boolean =>
  /^\s*[A-Za-z0-9+/=\\\r\n]*\s*$|^\s*[A-Za-z-]{3,20}: .{0,200}$|-----/.test(line)
const NAMES = /(?:^|[\s{,-])["']?([A-Za-z]{1,12})["']?\s*:\s*["']?([\w.:/-]{1,100})["']?,?\s*$/
const YAML_KEY = /^(\s*(?:- )*)["']?([\w.$-]{1,100})["']?:\s*(?:[|>][-+\d]{0,3})?\s*$/

export class Block {
  readonly lines: string[] = []
  readonly #own: (readonly Span[])[] = []
  readonly #options: FindOptions
  /**
   * The end of the line before the block. If a line was cut just after the start of a secret, this text contains the
   * start.
   */
  readonly #context: string
  #structure: OpenStructure | undefined
  #isKey = false
  #yaml: number | undefined
  #isNamed = false
  /** Whether the first line of the block may continue the line before the block. */
  #isCut = false
  #tail = ''
  /** The possible start of a secret at the end of the block. */
  #beginning: Beginning | undefined
  size = 0

  constructor(options: FindOptions, context = '') {
    this.#options = options
    this.#context = context
  }

  /** Whether the next line belongs to this block. */
  takes(line: string): boolean {
    if (this.lines.length === 0) return true
    if (this.#isKey) return isKeyPiece(line)
    if (isFresh(line)) return false
    if (this.#structure?.isOpen()) return true
    if (this.#yaml !== undefined && isDeeper(line, this.#yaml)) return true
    if (this.#isNamed) return true
    // A line that has its own key or begins a structure does not continue a value.
    const isOwn = isNamed(line) || (/^\s*[{[]/.test(line) && !/[:=]\s*$/.test(this.#tail))
    return !isOwn && (this.#touches() || this.#beginning !== undefined)
  }

  add(line: string): void {
    const own = findSecrets(line, this.#options)
    if (this.lines.length === 0) this.#isCut = isCut(this.#context, line)
    if (this.#isCut && this.lines.length === 0) this.#tail = this.#context
    this.lines.push(line)
    this.#own.push(own)
    this.size += line.length + 1
    if (this.#structure?.isOpen() || OpenStructure.begins(line)) {
      this.#structure ??= new OpenStructure()
      this.#structure.add(line)
    }
    this.#tail = (this.#tail + line).slice(-TAIL)
    this.#beginning = beginningOf(this.#tail)
    this.#noteKey()
    this.#noteYaml(line)
    const end = line.slice(-240)
    const [, naming = '', name = ''] = KEYISH.test(end) ? (NAMES.exec(end) ?? []) : []
    this.#isNamed = NAMING.has(naming.toLowerCase()) && secretKey(name) !== undefined
  }

  #noteKey(): void {
    if (!this.#isKey && !this.#tail.includes('PRIVATE KEY')) return
    const begins = lastMatch(BEGIN, this.#tail)
    if (begins >= 0) this.#isKey = lastMatch(END, this.#tail) < begins
    else if (this.#isKey) this.#isKey = lastMatch(END, this.#tail) < 0
  }

  #noteYaml(line: string): void {
    const found = YAML_KEY.exec(line)
    if (this.#yaml !== undefined && isDeeper(line, this.#yaml)) return
    this.#yaml = found !== null && secretKey(found[2] ?? '') !== undefined ? (found[1]?.length ?? 0) : undefined
  }

  /** Whether a secret reaches the end of the last line. More of the secret may then follow. */
  #touches(): boolean {
    const line = this.lines.at(-1) ?? ''
    const end = line.trimEnd().length
    return this.#own.at(-1)?.some(span => span.end >= end) ?? false
  }

  /** Whether more lines may belong to this block. */
  isOpen(): boolean {
    if (this.lines.length === 0) return false
    const isLined = this.#isKey || this.#yaml !== undefined || this.#isNamed || this.#structure?.isOpen() === true
    return isLined || this.#touches() || this.#beginning !== undefined
  }

  /**
   * A line that replaces a block that is too long to keep. Lines after it are redacted as they would be after the whole
   * block. It contains no value of the block; empty if no replacement is needed.
   */
  prefix(): string {
    if (this.#isKey) return '-----BEGIN PRIVATE KEY-----'
    if (this.#structure?.isOpen()) return this.#structure.prefix()
    if (this.#yaml !== undefined) return `${' '.repeat(Math.min(this.#yaml, 200))}password: |`
    if (this.#beginning?.isHidden === false) return this.#tail.slice(this.#beginning.start)
    return this.#touches() || this.#beginning !== undefined ? 'password=' : ''
  }

  /**
   * The secrets of each line. `isCut`: whether no further line of the block comes. A possible start of a secret at the
   * end is then hidden.
   */
  spans(isCut: boolean): readonly (readonly Span[])[] {
    const isOpen = isCut && this.#structure?.isOpen() === true
    const found = this.lines.length === 1 && !this.#isCut && !isOpen ? this.#own : this.#together(isOpen)
    const beginning = isCut ? this.#beginning : undefined
    if (!beginning?.isHidden) return found
    return this.#hideBeginning(found, this.#tail.length - beginning.start)
  }

  /** Adds spans for the last `length` characters of the block. */
  #hideBeginning(found: readonly (readonly Span[])[], length: number): readonly (readonly Span[])[] {
    let left = length
    const spans = [...found]
    for (let nth = this.lines.length - 1; nth >= 0 && left > 0; nth -= 1) {
      const end = this.lines[nth]?.length ?? 0
      const start = Math.max(0, end - left)
      if (end > start) spans[nth] = joinSpans([...(spans[nth] ?? []), { start, end, kind: 'secret' }])
      left -= end
    }
    return spans
  }

  #together(isOpen: boolean): readonly (readonly Span[])[] {
    const { lines } = this
    const asLines = byLine(findSecrets(lines.join('\n'), { ...this.#options, isCut: isOpen }), lines, 1)
    const isJson = this.#structure !== undefined && isWhole(lines.join('\n'))
    if (isJson) return asLines
    const context = this.#isCut ? this.#context : ''
    const joined = findSecrets(context + lines.join(''), this.#options)
      .map(span => ({ ...span, start: span.start - context.length, end: span.end - context.length }))
      .filter(({ end }) => end > 0)
    const isOneText = this.#structure !== undefined || this.#isKey
    const asOne = byLine(isOneText ? joined : this.#crossing(joined), lines, 0)
    return lines.map((_, nth) => joinSpans([...(this.#own[nth] ?? []), ...(asLines[nth] ?? []), ...(asOne[nth] ?? [])]))
  }

  /**
   * Ends each secret of the joined text at the last line that continues the secret. Removes a secret that begins at the
   * start of a line and does not continue the line before. `spans`: in order.
   */
  #crossing(spans: readonly Span[]): readonly Span[] {
    let [first, start] = [0, 0]
    return spans.flatMap(span => {
      for (; first < this.lines.length - 1; first += 1) {
        const { length } = this.lines[first] ?? ''
        if (start + length > span.start) break
        start += length
      }
      const end = this.#endOf(span, first, start)
      return end === undefined ? [] : [{ ...span, end }]
    })
  }

  /**
   * The end of a secret in the joined text; undefined if the span is not a secret. `first`: the line in which the
   * secret begins. `start`: the position of this line in the joined text.
   */
  #endOf(span: Span, first: number, start: number): number | undefined {
    let from = start
    let end: number | undefined
    for (let nth = first; nth < this.lines.length && from < span.end; nth += 1) {
      const last = Math.min(span.end, from + (this.lines[nth]?.length ?? 0))
      const isFirst = nth === 0 || span.start > from
      if (last > from) {
        const value = nth === first + 1 ? this.#valueIn(span, first, start) : ''
        if (!isFirst && !this.#continues(nth, last - from, value))
          return value !== '' && isHarmless(value, ANY_KEY) ? undefined : end
        end = last
      }
      from += this.lines[nth]?.length ?? 0
    }
    return end
  }

  /**
   * The part of a value that is in line `nth`, if the value was found by its key; empty for secrets that were found by
   * their form.
   */
  #valueIn({ kind, start: from }: Span, nth: number, start: number): string {
    return kind === 'password' || kind === 'secret' ? (this.lines[nth] ?? '').slice(Math.max(0, from - start)) : ''
  }

  /**
   * Whether the first `length` characters of line `nth` continue a secret of the line before it. `value`: the part of
   * the secret in the line before.
   */
  #continues(nth: number, length: number, value: string): boolean {
    const [before = '', line = ''] = [this.lines[nth - 1], this.lines[nth]]
    if (isNamed(line) || isFresh(line)) return false
    const isWholeBefore = this.#own[nth - 1]?.some(({ end }) => end >= before.length) ?? false
    const piece = line.slice(0, length)
    if (/[:=]\s*$/.test(before)) return !/^[A-Za-z]+[.,]? [A-Za-z]/.test(line)
    if (!isWholeBefore)
      return value === '' || !isHarmless(value, ANY_KEY) || isMixed(piece) || !isLikelyWhole(value, line)
    return piece.length === line.length || isMixed(piece)
  }
}

/**
 * Whether a harmless value is complete: it has at least four characters, or prose follows it in the next line. A
 * shorter value may be the start of a secret.
 */
const isLikelyWhole = (value: string, next: string): boolean => value.length >= 4 || /^[A-Z]?[a-z]+[.,:]? /.test(next)

/**
 * Whether a text looks like the rest of a token: it mixes letters and digits, or has capitals after lower-case letters.
 */
const isMixed = (text: string): boolean => {
  const [word = ''] = /^\S*/.exec(text) ?? []
  if (UUID.test(word) || /^[\d.:]+\S?$|^\d{4}-\d\d-\d\d/.test(word)) return word.endsWith('=')
  const isRun = (run: string): boolean =>
    run.length >= 5 && /[A-Za-z]/.test(run) && /\d/.test(run) && !NUMBERED.test(run)
  return word.split(/[^A-Za-z0-9]/).some(isRun) || /[a-z][A-Z].*[a-z][A-Z]|=$/.test(word)
}
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/i
/** Matches a word that ends in a number, such as `sha256`. */
const NUMBERED = /^[A-Za-z]+\d{1,4}$/

/** Matches a cut (written as `|`) inside a word, inside the scheme of a URL, or between the digits of a number. */
const CUT = /^(?:.{0,2}[\w/%+-]\|[\w"'\\:=/+.%-]|.{0,2}:\|\/|.{0,2}\d[ -]?\|[ -]?\d)/
/** The number of characters on each side of a cut in which a key or a form of a secret is searched. */
const NEAR = 24

/** Whether two consecutive lines may be one text that was cut within the start of a secret. */
const isCut = (before: string, line: string): boolean => {
  if (before === '' || isFresh(line) || !CUT.test(`${before.slice(-3)}|${line.slice(0, 2)}`)) return false
  const [left, right] = [before.slice(-NEAR), line.slice(0, NEAR)]
  if (/\d[ -]?$/.test(left) && /^[ -]?\d/.test(right)) return true
  return isCutKey(left, right) || FORMS.some(form => isAcross(form, left, right))
}

const FORMS = [MAY_HAVE_FORM, ANY_FORM].map(({ source, flags }) => new RegExp(source, `${flags}g`))

const isAcross = (form: RegExp, left: string, right: string): boolean => {
  for (const { 0: text, index } of (left + right).matchAll(form))
    if (index < left.length && index + text.length > left.length) return true
  return false
}

/** Whether the cut is inside the key of a secret or between the key and its separator. */
const isCutKey = (left: string, right: string): boolean => {
  const rest = /^([\w.-]{0,40})\\{0,8}["']?\s{0,4}[:=]/.exec(right)?.[1]
  if (rest === undefined || secretKey(rest) !== undefined) return false
  return secretKey(`${/[\w.-]*$/.exec(left)?.[0]}${rest}`) !== undefined
}

const isDeeper = (line: string, indent: number): boolean => {
  const depth = line.search(/\S/)
  return depth < 0 || depth > indent || (depth === indent && line.startsWith('- ', depth))
}

const lastMatch = (pattern: RegExp, text: string): number => {
  let at = -1
  for (const { index } of text.matchAll(pattern)) at = index
  return at
}

const isWhole = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/**
 * Divides the spans of joined lines into spans of each line. `gap`: the number of characters between two joined lines.
 */
const byLine = (spans: readonly Span[], lines: readonly string[], gap: number): readonly (readonly Span[])[] => {
  const divided: Span[][] = lines.map(() => [])
  let nth = 0
  let from = 0
  for (const span of spans) {
    while (nth < lines.length - 1 && from + (lines[nth]?.length ?? 0) + gap <= span.start) {
      from += (lines[nth]?.length ?? 0) + gap
      nth += 1
    }
    for (let [at, start] = [nth, from]; at < lines.length && start < span.end; at += 1) {
      const { length } = lines[at] ?? ''
      const part = { ...span, start: Math.max(0, span.start - start), end: Math.min(length, span.end - start) }
      if (part.end > part.start) divided[at]?.push(start > span.start ? { ...part, isRest: true } : part)
      start += length + gap
    }
  }
  return divided
}
