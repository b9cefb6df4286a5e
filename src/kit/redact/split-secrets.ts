// Redacts secrets that span several lines of one write. Such lines form a chain: the end of the first line, the whole
// lines after it, and the start of the last line. A chain is scanned once, as one text.
import { HIDDEN, type Redacted, type RedactOptions, redact } from './redact.ts'

/** The number of characters of each line that are scanned. It is longer than any token. */
const REACH = 4_096
/** Whether a line has the form `key=value`, which starts a new value and cannot continue a secret. */
const isNamed = (line: string): boolean => /^[\w.-]{1,40}[=:][^=]/.test(line)

/** Whether a line can be the middle of a secret: it is one word, or groups of digits. */
const isMiddle = (line: string): boolean =>
  line.length <= REACH && /^(?:[^\s"'{}<>,;&]+| ?\d[\d -]*| )$/.test(line) && !isNamed(line)

const DATE = /^\d{4}-\d\d-\d\d/
const TIME = /^\d{1,2}:\d\d/
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/i
/** Matches a word that ends in a number, such as `sha256`. */
const NUMBERED = /^[A-Za-z]+\d{1,4}$/
const FEWEST_MIXED = 5

/** Whether a line starts with mixed letters and digits, as the rest of a token does. */
const isTail = (line: string): boolean => {
  const [word = ''] = /^[^\s"'{}<>,;&[\]()]{1,4096}/.exec(line) ?? []
  if (isNamed(line) || DATE.test(word) || TIME.test(word) || UUID.test(word)) return false
  return word.split(/[^A-Za-z0-9]/).some(isMixed)
}

const isMixed = (run: string): boolean =>
  run.length >= FEWEST_MIXED && /[A-Za-z]/.test(run) && /\d/.test(run) && !NUMBERED.test(run)

/** A chain of lines, by the indexes of its first and last line, both inclusive. */
type Chain = { readonly first: number; readonly last: number }

/**
 * Hides the secrets that span lines; returns the same number of lines. `lines`: without escape sequences. `isOneWrite`:
 * whether a line and the next one belong to one write.
 */
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

/**
 * Hides a secret that spans the chain: the last word of its first line, its middle lines, and the first word of its
 * last line. Returns true if the secret is found only in the joined lines.
 */
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
  // If the first line contains a complete secret, the next line is hidden only if it looks like a continuation.
  if (isWhole && last - first === 1 && line.length < REACH && !isMiddle(next) && !isTail(next)) return false
  if (from && !isWhole) kept[first] = withoutLastWord(kept[first] ?? '')
  for (let nth = first + 1; nth < last; nth += 1) kept[nth] = HIDDEN
  if (to && !(isWhole && isNamed(next))) kept[last] = withoutFirstWord(kept[last] ?? '')
  return !isWhole
}

/**
 * The parts of a chain to scan: the whole chain, the chain without its first or last line, and each pair of lines.
 * Other text at the ends could hide a secret from the rules.
 */
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

/**
 * Divides the lines into chains, so that each boundary inside a write is covered. A chain that is too long is divided
 * into parts that overlap by the longest token.
 */
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
  /** The secret is complete without the last line, but the last line may still belong to it. */
  readonly isWhole: boolean
  /** Whether the first line (`from`) and the last line (`to`) contain part of the secret. */
  readonly from: boolean
  readonly to: boolean
}

/** The secret that the rules find only in the joined lines, if any. */
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

/** Hides the last word of a line; groups of digits count as one word. In `key=value` only the value is hidden. */
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
