// Tracks JSON and similar structures over the lines of a stream: whether a structure is still open, and its open
// containers.
import { secretKey } from './keys.ts'

type Open = { readonly opener: string; readonly key: string }

const MOST_DEPTH = 10_000
const MOST_KEY = 128
const MOST_PREFIX = 4_096
const NOTABLE = /["\\{}[\]():,]/g

/** A structure that begins in one line and ends in a later one. */
export class OpenStructure {
  #frames: Open[] = []
  #isInString = false
  #isEscaped = false
  #key = ''
  #string = ''

  isOpen(): boolean {
    return this.#frames.length > 0 || this.#isInString
  }

  /** Whether a line may begin a structure that continues in later lines. */
  static begins(line: string): boolean {
    return /^\s*[{[]/.test(line) || /[{[(]\s*$/.test(line)
  }

  add(line: string): void {
    let at = 0
    NOTABLE.lastIndex = 0
    for (let found = NOTABLE.exec(line); found !== null; found = NOTABLE.exec(line)) {
      const { index } = found
      if (this.#isEscaped && index === at) {
        this.#isEscaped = false
        this.#text(line, at, index + 1)
        at = index + 1
        continue
      }
      if (index > at) this.#isEscaped = false
      this.#text(line, at, index)
      at = index + 1
      this.#char(found[0])
    }
    if (line.length > at) this.#isEscaped = false
    this.#text(line, at, line.length)
  }

  #text(line: string, from: number, to: number): void {
    if (this.#isInString && this.#string.length < MOST_KEY)
      this.#string += line.slice(from, Math.min(to, from + MOST_KEY))
    else if (!this.#isInString && to > from) {
      const word = /[\w.$-]+(?=[\s'=>]{0,8}$)/.exec(line.slice(Math.max(from, to - MOST_KEY), to))?.[0]
      if (word !== undefined) this.#string = word
    }
  }

  #char(char: string): void {
    if (char === '\\') {
      if (this.#isInString) this.#isEscaped = true
    } else if (char === '"') {
      this.#isInString = !this.#isInString
      if (this.#isInString) this.#string = ''
    } else if (this.#isInString) return
    else if (char === ':') this.#key = this.#string
    else if (char === ',') this.#key = ''
    else if ('{[('.includes(char)) {
      if (this.#frames.length < MOST_DEPTH) this.#frames.push({ opener: char, key: this.#key || this.#string })
      this.#key = ''
      this.#string = ''
    } else this.#frames.pop()
  }

  /**
   * A text that opens the same containers as the structure so far, without their values. A string that is still open is
   * opened under the key of a secret, so the rest of the string is hidden.
   */
  prefix(): string {
    const keyed = this.#frames
      .map(({ opener, key }) => `${key === '' ? '' : `${JSON.stringify(key)}:`}${opener}`)
      .join('')
    const isSecret = this.#frames.some(({ key }) => secretKey(key) !== undefined)
    const openers = this.#frames
      .slice(-MOST_PREFIX / 2)
      .map(({ opener }) => opener)
      .join('')
    const around = keyed.length <= MOST_PREFIX ? keyed : `${isSecret ? '{"password":' : ''}${openers}`
    return this.#isInString ? `${around}"password":"` : around
  }
}
