// Finds quoted strings: plain ones, and those whose quotes are escaped because they stand inside another string.

/** A string. `from` to `to`: its content. `end`: after its closing quote. `depth`: the backslashes before its quotes. */
export type Quoted = {
  readonly from: number
  readonly to: number
  readonly end: number
  readonly depth: number
  readonly isClosed: boolean
}

const OPENING = /(\\{0,64})(["'`])/y
/** Characters before an opening quote, and after a closing one, outside JSON. */
const BEFORE = /[\s=:,([{<>;|/\\&?]/
const LETTER = /[\p{L}\p{N}_$]/u

/** Finds strings of one text, in order. Runs in linear time: for a quote that never closes, the search runs once. */
export class Strings {
  readonly #text: string
  readonly #isStrict: boolean
  readonly #open = new Set<string>()

  /** `isStrict`: the text is JSON, in which each quote that is not escaped opens or closes a string. */
  constructor(text: string, isStrict: boolean) {
    this.#text = text
    this.#isStrict = isStrict
  }

  /** The string that opens at `at`. `isValue`: it follows a separator, so that it may lack its end. */
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

  /** A string without its end extends to the end of its line. */
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
