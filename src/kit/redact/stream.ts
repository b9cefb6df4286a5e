// Redacts the lines of one stream as they come. The result does not depend on how the stream is divided into reads: lines
// that belong together wait for each other, up to a size and a time.

import { Block } from './block.ts'
import { lineOf, type RedactOptions } from './redact.ts'
import { addHidden, type Hidden, hideSpans, type Redacted } from './spans.ts'

export type RedactedLines = { readonly lines: readonly string[]; readonly hidden: Hidden }

/** The longest text that waits: 64 KB. */
export const MAX_HELD = 65_536
/** How long it waits, in milliseconds. Senders write every five seconds (Docker's awslogs driver). */
export const MAX_WAIT_MS = 7_000
/** Characters of the previous line in which a secret may begin that was cut very early. */
const NEAR = 48

const CUT_ESCAPE = /\x1b(?:\[[0-9;:?]{0,32})?$/
const MOST_ESCAPE = 40

export class RedactedStream {
  readonly #options: RedactOptions
  #block: Block
  /** How many lines of the block were returned already, with what was not known yet hidden. */
  #returned = 0
  #since = 0
  #before = ''
  #escape = ''

  constructor(options: RedactOptions = {}) {
    this.#options = options
    this.#block = new Block(options)
  }

  /** Adds lines, and returns those that are decided. `now`: when they came, epoch milliseconds. */
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

  /** An escape sequence that is cut at the end of a line goes on in the next one. */
  #lineOf(raw: string): string {
    const whole = this.#escape + raw
    this.#escape = CUT_ESCAPE.exec(whole.slice(-MOST_ESCAPE))?.[0] ?? ''
    return lineOf(whole.slice(0, whole.length - this.#escape.length), this.#options)
  }

  #hasWaiting(): boolean {
    return this.waiting() > 0
  }

  /** Returns the lines that wait. What is not known of them is hidden; they still count for the lines after them. */
  decide(): readonly Redacted[] {
    const lines = this.peek()
    this.#returned = this.#block.lines.length
    return lines
  }

  /** The lines that wait as they would be decided now, and after them a line that is not finished. */
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

  /** How many lines wait. */
  waiting(): number {
    return this.#block.lines.length - this.#returned
  }

  /** The state in characters. */
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
    // A line of one word may be the middle of what was cut.
    this.#before = (
      last.length < NEAR && (!/\s/.test(last.trim()) || /^[\d -]*$/.test(last)) ? this.#before + last : last
    ).slice(-NEAR)
    this.#block = new Block(this.#options, this.#before)
    this.#returned = 0
    return lines
  }

  /** Decides a block that is too long to keep, and keeps what is around its end. */
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

/** Redacts all lines of a stream; returns the same number of lines. */
export const redactLines = (raw: readonly string[], options: RedactOptions = {}): RedactedLines => {
  const stream = new RedactedStream(options)
  const done = [...stream.push(raw), ...stream.decide()]
  return { lines: done.map(({ text }) => text), hidden: addHidden(done.map(({ hidden }) => hidden)) }
}
