// Redacts a command's output as it comes, and keeps its beginning and its end. Shows the newest lines while the command
// runs, and all lines at the end.

import { addHidden, type Hidden, type Redacted, type RedactOptions } from '../../../kit/redact/redact.ts'
import { RedactedStream, redactLines } from '../../../kit/redact/stream.ts'

/** The maximum number of characters kept of the beginning and of the end, which limits the memory used. */
const MAX_KEPT = 2_000_000
/** The maximum number of characters that a message is made of. */
const MAX_SHOWN = 400_000
/** The longest part of a line that is redacted at once: as long as the longest log event. */
const MAX_LINE = 262_144
const OMITTED = '… output omitted here: too long to keep …'

export type Printed = {
  readonly lines: readonly string[]
  readonly hidden: Hidden
  /** How many lines the command has printed in all. */
  readonly count: number
  readonly isWhole: boolean
}

/** A redacted line. `isRest`: it goes on with the line before it, which was too long to be redacted at once. */
type Kept = Redacted & { readonly isRest: boolean }

/** Creates a buffer. `add` accepts text in pieces of any size. */
export const createOutputBuffer = (options: RedactOptions) => {
  const stream = new RedactedStream(options)
  const head: Kept[] = []
  let tail: Kept[] = []
  let headSize = 0
  let tailSize = 0
  let count = 0
  /** The line that is not finished. */
  let line = ''
  /** Whether text in the middle was dropped. */
  let isCut = false
  /** For lines that the stream has not returned yet, whether they go on with the line before. */
  const rests: boolean[] = []
  let isRest = false

  const keep = (kept: Kept): void => {
    if (tail.length === 0 && headSize + kept.text.length <= MAX_KEPT) {
      head.push(kept)
      headSize += kept.text.length + 1
      return
    }
    tail.push(kept)
    tailSize += kept.text.length + 1
    if (tailSize <= 2 * MAX_KEPT) return
    const newest = newestOf(tail, MAX_KEPT)
    tail = newest.slice()
    tailSize = tail.reduce((sum, { text }) => sum + text.length + 1, 0)
    isCut = true
  }
  const push = (text: string, isEnd: boolean): void => {
    rests.push(isRest)
    isRest = !isEnd
    for (const done of stream.push([text])) keep({ ...done, isRest: rests.shift() ?? false })
  }
  /** The lines that are not decided yet, as they would be now. */
  const undecided = (): readonly Kept[] => {
    const lines = stream.peek(line === '' ? undefined : line)
    return lines.map((one, nth) => ({ ...one, isRest: rests[nth] ?? isRest }))
  }
  const newest = (most: number): Printed => {
    const rest = undecided()
    const all = tailSize > MAX_SHOWN ? [...tail, ...rest] : [...head, ...tail, ...rest]
    const shown = newestOf(all, MAX_SHOWN, most)
    const lines = joinRests(shown)
    const isWhole = !isCut && shown.length === head.length + tail.length + rest.length
    const isStartCut = shown[0]?.isRest === true
    return {
      lines: isStartCut ? lines.map((text, nth) => (nth === 0 ? `…${text}` : text)) : lines,
      hidden: addHidden(shown.map(({ hidden }) => hidden)),
      count,
      isWhole,
    }
  }
  return {
    add: (text: string): void => {
      for (const [nth, part] of text.split('\n').entries()) {
        if (nth > 0) {
          push(line, true)
          line = ''
          count += 1
        }
        line += part
        for (; line.length > MAX_LINE; line = line.slice(MAX_LINE)) push(line.slice(0, MAX_LINE), false)
      }
    },
    /** The newest lines. What may begin a secret at their end is hidden until its rest comes. */
    latest: newest,
    /** All output that was kept. */
    all: (): Printed => {
      const rest = undecided()
      const all = [...tail, ...rest]
      return {
        lines: isCut ? [...joinRests(head), OMITTED, ...joinRests(all)] : joinRests(orEmpty([...head, ...all])),
        hidden: addHidden([...head, ...all].map(({ hidden }) => hidden)),
        count,
        isWhole: !isCut,
      }
    },
    isEmpty: (): boolean => count === 0 && line === '' && rests.length === 0,
    /** The first line that is not blank; empty if there is none. */
    first: (): string => firstOf([...head.slice(0, MOST_FIRST), ...(head.length < MOST_FIRST ? undecided() : [])]),
  }
}

/** Lines among which the first one that is not blank is looked for. */
const MOST_FIRST = 400

const orEmpty = (lines: readonly Kept[]): readonly Kept[] =>
  lines.length > 0 ? lines : [{ text: '', hidden: {}, isRest: false }]

const newestOf = (lines: readonly Kept[], characters: number, most = Number.POSITIVE_INFINITY): readonly Kept[] => {
  let from = lines.length
  let [size, count] = [0, 0]
  while (from > 0 && count < most) {
    const { text, isRest } = lines[from - 1] ?? { text: '', isRest: false }
    size += text.length + 1
    if (size > characters && from < lines.length) break
    from -= 1
    if (!isRest) count += 1
  }
  return lines.slice(from)
}

const joinRests = (lines: readonly Kept[]): readonly string[] => {
  const joined: string[] = []
  for (const { text, isRest } of lines) {
    if (isRest && joined.length > 0) joined[joined.length - 1] += text
    else joined.push(text)
  }
  return joined
}

const firstOf = (lines: readonly Pick<Redacted, 'text'>[]): string =>
  lines.find(({ text }) => text.trim() !== '')?.text.trim() ?? ''

/** The first line of a text that is not blank, redacted; empty if there is none. */
export const firstLine = (text: string, options: RedactOptions): string =>
  firstOf(
    redactLines(text.slice(0, MAX_SHOWN).split('\n').slice(0, MOST_FIRST), options).lines.map(line => ({ text: line })),
  )

export type OutputBuffer = ReturnType<typeof createOutputBuffer>
