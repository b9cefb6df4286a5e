// Redacts secrets that span several lines of one write.
// Such lines form a chain: the end of one line, whole lines, and the start of another. A chain is scanned once, as one text.
import { HIDDEN, type Redacted, type RedactOptions, redact } from './redact.ts'

/** Characters of each line that are scanned: longer than any token. */
const REACH = 4_096
/** `key=value` starts a new value. */
const isNamed = (line: string): boolean => /^[\w.-]{1,40}[=:][^=]/.test(line)

/** A line that can be the middle of a secret: one word, or groups of digits. */
const isMiddle = (line: string): boolean =>
  line.length <= REACH && /^(?:[^\s"'{}<>,;&]+| ?\d[\d -]*| )$/.test(line) && !isNamed(line)

const DATE = /^\d{4}-\d\d-\d\d/
const TIME = /^\d{1,2}:\d\d/
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/i
/** A word with a number, such as `sha256`. */
const NUMBERED = /^[A-Za-z]+\d{1,4}$/
const FEWEST_MIXED = 5

/** Whether a line starts with mixed letters and digits, like the rest of a token. */
const isTail = (line: string): boolean => {
  const [word = ''] = /^[^\s"'{}<>,;&[\]()]{1,4096}/.exec(line) ?? []
  if (isNamed(line) || DATE.test(word) || TIME.test(word) || UUID.test(word)) return false
  return word.split(/[^A-Za-z0-9]/).some(isMixed)
}

const isMixed = (run: string): boolean =>
  run.length >= FEWEST_MIXED && /[A-Za-z]/.test(run) && /\d/.test(run) && !NUMBERED.test(run)

/** Line numbers, both inclusive. */
type Chain = { readonly first: number; readonly last: number }

/** `lines`: without escapes. `isOneWrite`: whether a line and the next belong to one write. Returns as many lines. */
export const hideSplit = (
  lines: readonly string[],
  isOneWrite: (nth: number) => boolean,
  options: RedactOptions,
): { readonly lines: readonly string[]; readonly found: number } => {
  const kept = [...lines]
  let found = 0
  for (const chain of chainsOf(lines, isOneWrite)) {
    const hits = windowsOf(chain).filter(window => hideAcross(lines, kept, window, options))
    if (hits.length > 0) found += 1
  }
  return { lines: kept, found }
}

/** Hides the words at both sides of the boundary, and all lines between them. True if this is one more secret. */
const hideAcross = (
  lines: readonly string[],
  kept: string[],
  { first, last }: Chain,
  options: RedactOptions,
): boolean => {
  const across = acrossOf(lines.slice(first, last + 1), options)
  if (across === undefined) return false
  const { isWhole, from, to } = across
  const [line = '', next = ''] = [lines[first], lines[last]]
  // After a complete secret, the next line counts as part of it only if it looks like one.
  if (isWhole && last - first === 1 && line.length < REACH && !isMiddle(next) && !isTail(next)) return false
  if (from && !isWhole) kept[first] = withoutLastWord(kept[first] ?? '')
  for (let nth = first + 1; nth < last; nth += 1) kept[nth] = HIDDEN
  if (to && !(isWhole && isNamed(next))) kept[last] = withoutFirstWord(kept[last] ?? '')
  return !isWhole
}

/** The chain, its pairs of neighbours, and the chain without either end: other text there could mask a secret. */
const windowsOf = ({ first, last }: Chain): readonly Chain[] => {
  if (last - first === 1) return [{ first, last }]
  const ends =
    last - first > 2
      ? [
          { first: first + 1, last },
          { first, last: last - 1 },
        ]
      : []
  const pairs = Array.from({ length: last - first }, (_, nth) => ({ first: first + nth, last: first + nth + 1 }))
  return [{ first, last }, ...ends, ...pairs]
}

/** Covers each boundary within a write once; parts of an overlong chain overlap by the longest token. */
function* chainsOf(lines: readonly string[], isOneWrite: (nth: number) => boolean): Generator<Chain> {
  for (let first = 0; first + 1 < lines.length; ) {
    if (!isOneWrite(first)) {
      first += 1
      continue
    }
    let last = first + 1
    let size = 0
    while (size < 2 * REACH && last + 1 < lines.length && isOneWrite(last) && isMiddle(lines[last] ?? '')) {
      size += lines[last]?.length ?? 0
      last += 1
    }
    yield { first, last }
    first = size < 2 * REACH ? last : reachBack(lines, last)
  }
}

const reachBack = (lines: readonly string[], last: number): number => {
  let first = last
  for (let size = 0; size < REACH; first -= 1) size += lines[first - 1]?.length ?? 0
  return first
}

type Across = {
  /** The secret was complete without the last line, which may still belong to it. */
  readonly isWhole: boolean
  /** Whether the first line and the last line contain part of it. */
  readonly from: boolean
  readonly to: boolean
}

/** The secret that appears only in the joined lines, if any. */
const acrossOf = (chain: readonly string[], options: RedactOptions): Across | undefined => {
  const [line = '', ...between] = chain
  const next = between.pop() ?? ''
  if (next === '' || (line === '' && between.length === 0)) return undefined
  const parts = [line.slice(-REACH), ...between, next.slice(0, REACH)]
  const hidden = parts.map(part => redact(part, options))
  const together = redact(parts.join(''), options)
  if (together.text === hidden.map(({ text }) => text).join('')) return undefined
  const [first, last] = [hidden[0]?.text ?? '', hidden.at(-1)?.text ?? '']
  const counts = hidden.map(countOf)
  const isWhole =
    together.text.startsWith(first) && sumOf(counts.slice(0, -1)) > 0 && countOf(together) <= sumOf(counts)
  const isAlike = (text: string): boolean => between.length > 0 && text === together.text
  const from = !isAlike(first + redact(parts.slice(1).join(''), options).text)
  const to = !isAlike(redact(parts.slice(0, -1).join(''), options).text + last)
  return { isWhole, from, to }
}

const sumOf = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0)
const countOf = ({ hidden }: Redacted): number => sumOf(Object.values(hidden))

const isApart = (char: string | undefined): boolean => char === undefined || /[\s"']/.test(char)
const isDigit = (char: string | undefined): boolean => char !== undefined && /\d/.test(char)

/** Hides the last word; groups of digits are one word. The key of a `key=value` stays. */
const withoutLastWord = (line: string): string => {
  const end = line.replace(/["']?\s?$/, '').length
  let start = end
  const isInside = () =>
    !isApart(line[start - 1]) || (isDigit(line[start]) && isDigit(line[start - 2]) && line[start - 1] === ' ')
  while (start > 0 && end - start < REACH && isInside()) start -= 1
  const [name = ''] = /^[\w.-]{1,40}[=:]/.exec(line.slice(start, end)) ?? []
  return start + name.length === end ? line : line.slice(0, start + name.length) + HIDDEN
}

const withoutFirstWord = (line: string): string => {
  const start = /^\s?["']?/.exec(line)?.[0].length ?? 0
  let end = start
  const isInside = () =>
    !/[\s"',;&]/.test(line[end] ?? ' ') || (isDigit(line[end - 1]) && isDigit(line[end + 1]) && line[end] === ' ')
  while (end < line.length && end - start < REACH && isInside()) end += 1
  return end === start ? line : HIDDEN + line.slice(end)
}
