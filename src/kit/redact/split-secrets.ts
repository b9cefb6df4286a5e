// A secret that was written in pieces: at the end of one line, over lines that are nothing else, and on from the beginning
// of the last. Lines of one write that can hold one secret make a chain, which is looked at once, as one text: that takes
// time in proportion to its length.
import { HIDDEN, type Redacted, type RedactOptions, redact } from './redact.ts'

/** Of each line so much is looked at: the longest token is shorter. */
const REACH = 4_096
/** `key=value` is a line of its own. */
const isNamed = (line: string): boolean => /^[\w.-]{1,40}[=:][^=]/.test(line)

/** What may stand on a line in the middle of a secret: a word, or groups of digits. */
const isMiddle = (line: string): boolean =>
  line.length <= REACH && /^(?:[^\s"'{}<>,;&]+| ?\d[\d -]*| )$/.test(line) && !isNamed(line)

const DATE = /^\d{4}-\d\d-\d\d/
const TIME = /^\d{1,2}:\d\d/
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/i
/** A word and its number, as in `sha256`. */
const NUMBERED = /^[A-Za-z]+\d{1,4}$/
const FEWEST_MIXED = 5

/** Whether a line begins with what no word is: letters and digits in one, as the rest of a token has them. */
const isTail = (line: string): boolean => {
  const [word = ''] = /^[^\s"'{}<>,;&[\]()]{1,4096}/.exec(line) ?? []
  if (isNamed(line) || DATE.test(word) || TIME.test(word) || UUID.test(word)) return false
  return word.split(/[^A-Za-z0-9]/).some(isMixed)
}

const isMixed = (run: string): boolean =>
  run.length >= FEWEST_MIXED && /[A-Za-z]/.test(run) && /\d/.test(run) && !NUMBERED.test(run)

/** Both ends included. */
type Chain = { readonly first: number; readonly last: number }

/** `isOneWrite`: whether the line after this one was written with it. Takes lines without escapes, and gives as many. */
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

/** Which part is the secret is not known: the words that touch are hidden, and all between them. True for one more secret. */
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
  // What comes after a secret that was whole without it may as well be another line: its words say.
  if (isWhole && last - first === 1 && line.length < REACH && !isMiddle(next) && !isTail(next)) return false
  if (from && !isWhole) kept[first] = withoutLastWord(kept[first] ?? '')
  for (let nth = first + 1; nth < last; nth += 1) kept[nth] = HIDDEN
  if (to && !(isWhole && isNamed(next))) kept[last] = withoutFirstWord(kept[last] ?? '')
  return !isWhole
}

/** A chain, its parts that touch, and it without either end: what else stands there may hide where a secret ends. */
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

/** Each boundary within a write is in one of them; those of a chain that is too long overlap by the longest token. */
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
  /** The secret was found without the lines after it: these may be more of it. */
  readonly isWhole: boolean
  /** Whether the first and the last line have a part in it. */
  readonly from: boolean
  readonly to: boolean
}

/** What they hold together that none holds alone. */
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

/** Groups of digits are one word. The name of a value stays. */
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
