// What a command prints, as its thread shows it: the newest lines while it runs, all of them in the end; what looks like a
// secret hidden before anything leaves the process.
import { addHidden, type Hidden, type RedactOptions } from '../redact.ts'
import { mayBegin } from '../redact-beginnings.ts'
import { redactLines } from '../redact-lines.ts'
import { plainLine } from '../session/plain.ts'

/** What is kept for the file, of the beginning and of the end: memory stays flat however much is printed. */
const MOST_KEPT = 2_000_000
/** Looked at for what is spread over lines, more than are shown. */
const LOOKED_AT = 400
const MOST_LOOKED_AT = LOOKED_AT * 1_000
const TOO_MUCH = '… what was printed here was too much to keep …'

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
  /** Whether `tail` begins within a line. */
  let isCut = false
  const keep = (text: string): void => {
    if (!dropped && head.length + text.length <= MOST_KEPT) {
      head += text
      return
    }
    if (!dropped) [head, tail] = atLastLineEnd(head)
    dropped = true
    tail += text
    if (tail.length <= 2 * MOST_KEPT) return
    tail = tail.slice(-MOST_KEPT)
    isCut = true
  }
  const endOf = (text: string, most: number): string =>
    text.length > most || (dropped && isCut) ? behindCut(text.slice(-most)) : text
  const shownOf = (text: string): { readonly lines: readonly string[]; readonly hidden: Hidden } =>
    redactLines(text.replace(/\n$/, '').split('\n').map(plainLine), options)
  const newest = (text: string, most: number): Printed => {
    const { lines, hidden } = shownOf(text.split('\n').slice(-LOOKED_AT).join('\n'))
    return {
      lines: lines.slice(-most),
      hidden,
      count,
      isWhole: !dropped && lines.length <= most && lines.length < LOOKED_AT,
    }
  }
  const lookedAt = (): string => endOf(dropped ? tail : head, MOST_LOOKED_AT)
  return {
    add: (text: string): void => {
      count += text.split('\n').length - 1
      keep(text)
    },
    /** The newest of it while it goes on: a secret of which only the beginning has come is not known for one yet. */
    soFar: (most: number): Printed => newest(withoutBeginning(lookedAt()), most),
    /** The newest of it when it is over. */
    latest: (most: number): Printed => newest(lookedAt(), most),
    /** Everything that was kept. */
    all: (): Printed => {
      const parts = (dropped ? [head, endOf(tail, MOST_KEPT)] : [head]).map(text =>
        text === '' ? undefined : shownOf(text),
      )
      const [first, last] = parts
      return {
        lines: dropped ? [...(first?.lines ?? []), TOO_MUCH, ...(last?.lines ?? [])] : (first?.lines ?? ['']),
        hidden: addHidden(parts.map(part => part?.hidden ?? {})),
        count,
        isWhole: !dropped,
      }
    },
    isEmpty: (): boolean => head === '' && tail === '',
    first: (): string => firstLine(head, options),
  }
}

/** What of a secret was cut through has no form that it could be known by: of a line that was, nothing is shown. */
const behindCut = (text: string): string => {
  const end = /\r?\n|\r/.exec(text)
  return end === null ? '' : text.slice(end.index + end[0].length)
}

const atLastLineEnd = (text: string): [string, string] => {
  const at = text.lastIndexOf('\n') + 1
  return [text.slice(0, at), text.slice(at)]
}

const withoutBeginning = (text: string): string => {
  const [lines, unfinished] = atLastLineEnd(text)
  return mayBegin(plainLine(unfinished)) ? lines : text
}

/** The first line that says something, secrets hidden; empty where none does. */
export const firstLine = (text: string, options: RedactOptions): string =>
  redactLines(text.slice(0, MOST_LOOKED_AT).split('\n').slice(0, LOOKED_AT).map(plainLine), options)
    .lines.find(line => line.trim() !== '')
    ?.trim() ?? ''

export type PrintedText = ReturnType<typeof createPrinted>
