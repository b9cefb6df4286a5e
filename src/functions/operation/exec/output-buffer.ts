// Buffers a command's output and redacts secrets in it. Shows the newest lines while the command runs, and all lines at
// the end.

import { redactLines } from '../../../kit/redact/lines.ts'
import { addHidden, type Hidden, type RedactOptions } from '../../../kit/redact/redact.ts'
import { mayBegin } from '../../../kit/redact/unfinished.ts'
import { plainLine } from '../../../kit/session/plain.ts'

/** The maximum number of characters kept of the beginning and of the end, which limits the memory used. */
const MAX_KEPT = 2_000_000
/** The number of lines that are redacted together. It is more than are shown, because secrets can span lines. */
const REDACTED_LINES = 400
const REDACTED_CHARACTERS = REDACTED_LINES * 1_000
/**
 * A number of characters longer than any secret. If a secret was cut, its remaining part is within this distance of the
 * cut.
 */
const MARGIN = 20_000
const OMITTED = '… output omitted here: too long to keep …'

export type Printed = {
  readonly lines: readonly string[]
  readonly hidden: Hidden
  /** How many lines the command has printed in all. */
  readonly count: number
  readonly isWhole: boolean
}

type Shown = Pick<Printed, 'lines' | 'hidden'>
/** A part of the output. `cut`: the side at which text is missing. */
type Part = { readonly text: string; readonly cut?: 'before' | 'after' }

/** Creates a buffer. `add` accepts text in pieces of any size. */
export const createOutputBuffer = (options: RedactOptions) => {
  let head = ''
  let tail = ''
  let count = 0
  /** Whether text in the middle was dropped. */
  let isCut = false
  const keep = (text: string): void => {
    if (tail === '' && head.length + text.length <= MAX_KEPT) {
      head += text
      return
    }
    tail += text
    if (tail.length <= 2 * MAX_KEPT) return
    tail = tail.slice(-MAX_KEPT - MARGIN)
    isCut = true
  }
  const shownOf = ({ text, cut }: Part): Shown => {
    const { lines, hidden } = redactLines(text.replace(/\n$/, '').split('\n').map(plainLine), options)
    if (cut === undefined) return { lines, hidden }
    return { lines: cut === 'before' ? afterCut(lines) : beforeCut(lines), hidden }
  }
  const endOf = (most: number): Part => {
    const all = tail.length > most + MARGIN ? tail : head + tail
    const isAll = !isCut && all.length <= most + MARGIN && all.length === head.length + tail.length
    return isAll ? { text: all } : { text: all.slice(-most - MARGIN), cut: 'before' }
  }
  const newest = ({ text, cut }: Part, most: number): Printed => {
    const written = text.split('\n')
    const isLong = written.length > REDACTED_LINES
    const { lines, hidden } = shownOf(
      isLong ? { text: written.slice(-REDACTED_LINES).join('\n') } : { text, ...(cut && { cut }) },
    )
    return { lines: lines.slice(-most), hidden, count, isWhole: cut === undefined && !isLong && lines.length <= most }
  }
  return {
    add: (text: string): void => {
      count += text.split('\n').length - 1
      keep(text)
    },
    /**
     * The newest lines of unfinished output. Leaves out a possible start of a secret, which cannot be recognised yet.
     */
    soFar: (most: number): Printed => {
      const { text, ...cut } = endOf(REDACTED_CHARACTERS)
      return newest({ text: withoutUnfinished(text), ...cut }, most)
    },
    /** The newest lines of finished output. */
    latest: (most: number): Printed => newest(endOf(REDACTED_CHARACTERS), most),
    /** All output that was kept. */
    all: (): Printed => {
      const end = endOf(2 * MAX_KEPT - MARGIN)
      if (end.cut === undefined) return { ...shownOf(end), count, isWhole: true }
      const parts = [shownOf({ text: head, cut: 'after' }), shownOf(endOf(MAX_KEPT))]
      const [first, last] = parts
      return {
        lines: [...(first?.lines ?? []), OMITTED, ...(last?.lines ?? [])],
        hidden: addHidden(parts.map(({ hidden }) => hidden)),
        count,
        isWhole: false,
      }
    },
    isEmpty: (): boolean => head === '' && tail === '',
    first: (): string => firstLine(head === '' ? tail : head, options),
  }
}

/**
 * Drops text after a cut, to the end of its line, because the rest of a secret that was cut cannot be recognised. If
 * nothing would be left, nothing is dropped.
 */
const afterCut = (lines: readonly string[]): readonly string[] => {
  const rest = lines.join('\n').slice(MARGIN)
  const at = rest.indexOf('\n')
  return (at < 0 || at > MARGIN ? `…${rest}` : rest.slice(at + 1)).split('\n')
}

const beforeCut = (lines: readonly string[]): readonly string[] => {
  const rest = lines.join('\n').slice(0, -MARGIN)
  const at = rest.lastIndexOf('\n')
  return (rest.length - at > MARGIN ? `${rest}…` : rest.slice(0, at)).split('\n')
}

const atLastLineEnd = (text: string): [string, string] => {
  const at = text.lastIndexOf('\n') + 1
  return [text.slice(0, at), text.slice(at)]
}

const withoutUnfinished = (text: string): string => {
  const [lines, unfinished] = atLastLineEnd(text)
  return mayBegin(plainLine(unfinished)) ? lines : text
}

/** The first line that is not blank, redacted; empty if there is none. */
export const firstLine = (text: string, options: RedactOptions): string =>
  redactLines(text.slice(0, REDACTED_CHARACTERS).split('\n').slice(0, REDACTED_LINES).map(plainLine), options)
    .lines.find(line => line.trim() !== '')
    ?.trim() ?? ''

export type OutputBuffer = ReturnType<typeof createOutputBuffer>
