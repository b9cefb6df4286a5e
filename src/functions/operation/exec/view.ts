// Buffers a command's output with secrets redacted: the newest lines while it runs, all of it at the end.

import { redactLines } from '../../../kit/redact/lines.ts'
import { addHidden, type Hidden, type RedactOptions } from '../../../kit/redact/redact.ts'
import { mayBegin } from '../../../kit/redact/unfinished.ts'
import { plainLine } from '../../../kit/session/plain.ts'

/** Characters kept of the beginning and of the end, so that memory use is bounded. */
const MOST_KEPT = 2_000_000
/** Lines redacted together, more than are shown: secrets can span lines. */
const LOOKED_AT = 400
const MOST_LOOKED_AT = LOOKED_AT * 1_000
/** Longer than any secret: the rest of a secret that was cut lies within this distance of the cut. */
const MARGIN = 20_000
const TOO_MUCH = '… output omitted here: too long to keep …'

export type Printed = {
  readonly lines: readonly string[]
  readonly hidden: Hidden
  /** All lines printed. */
  readonly count: number
  readonly isWhole: boolean
}

type Shown = Pick<Printed, 'lines' | 'hidden'>
/** A part of the text. `cut`: the side where text is missing. */
type Part = { readonly text: string; readonly cut?: 'before' | 'after' }

/** `add` takes text in chunks of any size. */
export const createPrinted = (options: RedactOptions) => {
  let head = ''
  let tail = ''
  let count = 0
  /** True when text in the middle was dropped. */
  let isCut = false
  const keep = (text: string): void => {
    if (tail === '' && head.length + text.length <= MOST_KEPT) {
      head += text
      return
    }
    tail += text
    if (tail.length <= 2 * MOST_KEPT) return
    tail = tail.slice(-MOST_KEPT - MARGIN)
    isCut = true
  }
  const shownOf = ({ text, cut }: Part): Shown => {
    const { lines, hidden } = redactLines(text.replace(/\n$/, '').split('\n').map(plainLine), options)
    if (cut === undefined) return { lines, hidden }
    return { lines: cut === 'before' ? behindCut(lines) : beforeCut(lines), hidden }
  }
  const endOf = (most: number): Part => {
    const all = tail.length > most + MARGIN ? tail : head + tail
    const isAll = !isCut && all.length <= most + MARGIN && all.length === head.length + tail.length
    return isAll ? { text: all } : { text: all.slice(-most - MARGIN), cut: 'before' }
  }
  const newest = ({ text, cut }: Part, most: number): Printed => {
    const written = text.split('\n')
    const isLong = written.length > LOOKED_AT
    const { lines, hidden } = shownOf(
      isLong ? { text: written.slice(-LOOKED_AT).join('\n') } : { text, ...(cut && { cut }) },
    )
    return { lines: lines.slice(-most), hidden, count, isWhole: cut === undefined && !isLong && lines.length <= most }
  }
  return {
    add: (text: string): void => {
      count += text.split('\n').length - 1
      keep(text)
    },
    /** The newest lines of unfinished output. Omits the start of a possible secret, which cannot be recognised yet. */
    soFar: (most: number): Printed => {
      const { text, ...cut } = endOf(MOST_LOOKED_AT)
      return newest({ text: withoutBeginning(text), ...cut }, most)
    },
    /** The newest lines of finished output. */
    latest: (most: number): Printed => newest(endOf(MOST_LOOKED_AT), most),
    /** All text that was kept. */
    all: (): Printed => {
      const end = endOf(2 * MOST_KEPT - MARGIN)
      if (end.cut === undefined) return { ...shownOf(end), count, isWhole: true }
      const parts = [shownOf({ text: head, cut: 'after' }), shownOf(endOf(MOST_KEPT))]
      const [first, last] = parts
      return {
        lines: [...(first?.lines ?? []), TOO_MUCH, ...(last?.lines ?? [])],
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
 * The rest of a secret that was cut cannot be recognised. So text close to the cut is dropped, to the end of its line,
 * unless nothing else is left.
 */
const behindCut = (lines: readonly string[]): readonly string[] => {
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

const withoutBeginning = (text: string): string => {
  const [lines, unfinished] = atLastLineEnd(text)
  return mayBegin(plainLine(unfinished)) ? lines : text
}

/** The first line that is not blank, redacted; empty when there is none. */
export const firstLine = (text: string, options: RedactOptions): string =>
  redactLines(text.slice(0, MOST_LOOKED_AT).split('\n').slice(0, LOOKED_AT).map(plainLine), options)
    .lines.find(line => line.trim() !== '')
    ?.trim() ?? ''

export type PrintedText = ReturnType<typeof createPrinted>
