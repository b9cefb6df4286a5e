// Finds quoted strings: plain strings, and strings inside another string, whose quotes are escaped.

/**
 * A quoted string. `from` and `to`: the start and the end of its content. `end`: the position after its closing quote.
 * `depth`: the number of backslashes before each of its quotes.
 */
export type Quoted = {
  readonly from: number
  readonly to: number
  readonly end: number
  readonly depth: number
  readonly isClosed: boolean
}

const OPENING = /(\\{0,64})(["'`])/y
/** Matches a character that may come before an opening quote, outside JSON. */
const BEFORE = /[\s=:,([{<>;|/\\&?]/
const LETTER = /[\p{L}\p{N}_$]/u

/**
 * Finds the strings of one text, called in the order of positions. Runs in linear time: after one search for a quote
 * that is never closed, quotes of the same kind are not searched again.
 */
export class Strings {
  readonly #text: string
  readonly #isStrict: boolean
  readonly #open = new Set<string>()

  /** `isStrict`: whether the text is JSON. In JSON, each quote that is not escaped opens or closes a string. */
  constructor(text: string, isStrict: boolean) {
    this.#text = text
    this.#isStrict = isStrict
  }

  /**
   * The string that opens at the position `at`; undefined if there is none. `isValue`: whether the string comes after a
   * separator. Such a string counts even if it is not closed.
   */
  at(at: number, isValue = false): Quoted | undefined {
    OPENING.lastIndex = at
    const found = OPENING.exec(this.#text)
    if (found === null) return undefined
    const [{ length }, depth, quote] = [found[0], found[1]?.length ?? 0, found[2] ?? '"']
    const before = this.#text[at - 1] ?? ' '
    if (!this.#isStrict && !isValue && !BEFORE.test(before)) return undefined
    const from = at + length
    const to = this.#closing(from, depth, quote)
    if (to !== undefined) return { from, to, end: to + length, depth, isClosed: true }
    return isValue ? this.#unclosed(from, depth) : undefined
  }

  /** A string that is not closed. It extends to the end of its line. */
  #unclosed(from: number, depth: number): Quoted {
    const line = this.#text.indexOf('\n', from)
    const to = line < 0 ? this.#text.length : line
    return { from, to, end: to, depth, isClosed: false }
  }

  #closing(from: number, depth: number, quote: string): number | undefined {
    const kind = quote + depth
    if (this.#open.has(kind)) return undefined
    for (let at = this.#text.indexOf(quote, from); at >= 0; at = this.#text.indexOf(quote, at + 1)) {
      let slashes = 0
      while (at - slashes - 1 >= from && this.#text[at - slashes - 1] === '\\') slashes += 1
      if (depth === 0 ? slashes % 2 === 1 : slashes !== depth) continue
      if (!this.#isStrict && LETTER.test(this.#text[at + 1] ?? ' ')) continue
      return at - depth
    }
    this.#open.add(kind)
    return undefined
  }
}
