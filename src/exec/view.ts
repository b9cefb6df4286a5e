// What a command prints, as its thread shows it: the newest lines while it runs, all of them in the end; what looks like a
// secret hidden before anything leaves the process.
import { addHidden, type Hidden, type RedactOptions } from '../redact.ts'
import { redactLines } from '../redact-lines.ts'
import { plainLine } from '../session/plain.ts'

/** What is kept for the file, of the beginning and of the end: memory stays flat however much is printed. */
const MOST_KEPT = 2_000_000
/** Looked at for what is spread over lines, more than are shown. */
const LOOKED_AT = 400

export type Printed = {
  readonly lines: readonly string[]
  readonly hidden: Hidden
  /** Lines in all. */
  readonly count: number
  readonly isWhole: boolean
}

/** `add` takes text as it comes, with line ends anywhere. */
export const createPrinted = (options: RedactOptions) => {
  let head = ''
  let tail = ''
  let count = 0
  let dropped = false
  const keep = (text: string): void => {
    if (!dropped && head.length + text.length <= MOST_KEPT) {
      head += text
      return
    }
    dropped = true
    tail += text
    if (tail.length > 2 * MOST_KEPT) tail = tail.slice(-MOST_KEPT)
  }
  const shownOf = (text: string): { readonly lines: readonly string[]; readonly hidden: Hidden } =>
    redactLines(text.replace(/\n$/, '').split('\n').map(plainLine), options)
  return {
    add: (text: string): void => {
      count += text.split('\n').length - 1
      keep(text)
    },
    /** The newest of it. */
    latest: (most: number): Printed => {
      const text = (dropped ? tail : head).slice(-LOOKED_AT * 1_000)
      const { lines, hidden } = shownOf(text.split('\n').slice(-LOOKED_AT).join('\n'))
      return {
        lines: lines.slice(-most),
        hidden,
        count,
        isWhole: !dropped && lines.length <= most && lines.length < LOOKED_AT,
      }
    },
    /** Everything that was kept. */
    all: (): Printed => {
      const [first, last] = [shownOf(head), dropped ? shownOf(tail.slice(-MOST_KEPT)) : undefined]
      return {
        lines:
          last === undefined
            ? first.lines
            : [...first.lines, '… what was printed here was too much to keep …', ...last.lines],
        hidden: addHidden([first.hidden, last?.hidden ?? {}]),
        count,
        isWhole: last === undefined,
      }
    },
    isEmpty: (): boolean => head === '',
    first: (): string => firstLine(head, options),
  }
}

/** The first line that says something, secrets hidden; empty where none does. */
export const firstLine = (text: string, options: RedactOptions): string =>
  redactLines(
    text
      .slice(0, LOOKED_AT * 1_000)
      .split('\n')
      .slice(0, LOOKED_AT)
      .map(plainLine),
    options,
  )
    .lines.find(line => line.trim() !== '')
    ?.trim() ?? ''

export type PrintedText = ReturnType<typeof createPrinted>
