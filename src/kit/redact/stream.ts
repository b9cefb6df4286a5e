// Redacts the lines of one stream as they arrive. The result does not depend on how the stream is divided into reads.
// Lines that belong together are held back until all of them have arrived, or until a maximum size or time is reached.

import { Block } from './block.ts'
import { lineOf, type RedactOptions } from './redact.ts'
import { addHidden, type Hidden, hideSpans, type Redacted } from './spans.ts'

export type RedactedLines = { readonly lines: readonly string[]; readonly hidden: Hidden }

/** The maximum size of the lines that are held back, in characters. */
export const MAX_HELD = 65_536
/**
 * The maximum time for which lines are held back, in milliseconds. Senders write every five seconds (Docker's awslogs
 * driver).
 */
export const MAX_WAIT_MS = 7_000
/**
 * The number of characters of the previous line that are kept, because a secret that was cut just after its start may
 * begin there.
 */
const NEAR = 48

const CUT_ESCAPE = /\x1b(?:\[[0-9;:?]{0,32})?$/
const MOST_ESCAPE = 40

export class RedactedStream {
  readonly #options: RedactOptions
  #block: Block
  /** The number of lines of the block that were already returned before the block was complete. */
  #returned = 0
  #since = 0
  #before = ''
  #escape = ''

  constructor(options: RedactOptions = {}) {
    this.#options = options
    this.#block = new Block(options)
  }

  /**
   * Adds lines and returns the lines that are no longer held back. `now`: when the lines arrived, epoch milliseconds.
   */
  push(raw: readonly string[], now = 0): readonly Redacted[] {
    const done: Redacted[] = []
    for (const one of raw) {
      const line = this.#lineOf(one)
      if (!this.#block.takes(line)) done.push(...this.#settle(false))
      if (this.#block.lines.length === 0) this.#since = now
      this.#block.add(line)
      if (!this.#block.isOpen()) done.push(...this.#settle(false))
      else if (this.#block.size > MAX_HELD) done.push(...this.#shorten())
    }
    if (this.#hasWaiting() && now - this.#since >= MAX_WAIT_MS) done.push(...this.decide())
    return done
  }

  /** The plain text of a raw line. An escape sequence that is cut at the end of a line is moved to the next line. */
  #lineOf(raw: string): string {
    const whole = this.#escape + raw
    this.#escape = CUT_ESCAPE.exec(whole.slice(-MOST_ESCAPE))?.[0] ?? ''
    return lineOf(whole.slice(0, whole.length - this.#escape.length), this.#options)
  }

  #hasWaiting(): boolean {
    return this.waiting() > 0
  }

  /**
   * Returns the lines that are held back. A possible start of a secret is hidden. The lines are still used to redact
   * the lines after them.
   */
  decide(): readonly Redacted[] {
    const lines = this.peek()
    this.#returned = this.#block.lines.length
    return lines
  }

  /**
   * Returns the lines that are held back as `decide` would return them, without changing the state. `unfinished`: an
   * incomplete line that is redacted after them.
   */
  peek(unfinished?: string): readonly Redacted[] {
    if (unfinished === undefined) return this.#hasWaiting() ? this.#redacted(true) : []
    const copy = new RedactedStream(this.#options)
    copy.#block = new Block(this.#options, this.#before)
    copy.#before = this.#before
    copy.#escape = this.#escape
    copy.#returned = this.#returned
    for (const line of this.#block.lines) copy.#block.add(line)
    return [...copy.push([unfinished]), ...copy.peek()]
  }

  /** The number of lines that are held back. */
  waiting(): number {
    return this.#block.lines.length - this.#returned
  }

  /** The size of the state in characters. */
  size(): number {
    return this.#block.size + this.#before.length
  }

  #redacted(isCut: boolean): readonly Redacted[] {
    const { lines } = this.#block
    const spans = this.#block.spans(isCut)
    return lines.slice(this.#returned).map((line, nth) => hideSpans(line, spans[nth + this.#returned] ?? []))
  }

  #settle(isCut: boolean): readonly Redacted[] {
    const lines = this.#hasWaiting() ? this.#redacted(isCut) : []
    const last = this.#block.lines.at(-1) ?? ''
    // A line of one word may be the middle part of a secret that was cut twice.
    this.#before = (
      last.length < NEAR && (!/\s/.test(last.trim()) || /^[\d -]*$/.test(last)) ? this.#before + last : last
    ).slice(-NEAR)
    this.#block = new Block(this.#options, this.#before)
    this.#returned = 0
    return lines
  }

  /** Returns the lines of a block that is too long to keep, and continues with the block's replacement line. */
  #shorten(): readonly Redacted[] {
    const prefix = this.#block.prefix()
    const lines = this.#settle(true)
    if (prefix === '') return lines
    this.#block = new Block(this.#options)
    this.#block.add(prefix)
    this.#returned = 1
    return lines
  }
}

/** Redacts all lines of a stream. Returns the same number of lines, and counts of the hidden secrets. */
export const redactLines = (raw: readonly string[], options: RedactOptions = {}): RedactedLines => {
  const stream = new RedactedStream(options)
  const done = [...stream.push(raw), ...stream.decide()]
  return { lines: done.map(({ text }) => text), hidden: addHidden(done.map(({ hidden }) => hidden)) }
}
