// Seeded random numbers. With the same seed, the sandbox behaves in the same way.

export type Random = {
  /** A number from 0 (inclusive) to 1 (exclusive). */
  readonly next: () => number
  readonly between: (low: number, high: number) => number
  readonly below: (limit: number) => number
  readonly hex: (length: number) => string
  readonly digits: (length: number) => string
  readonly letters: (length: number) => string
  /** Runs a function with separate random numbers. Afterwards, the sequence continues as if the function had not run. */
  readonly aside: (run: () => void) => void
}

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** Creates a generator with the algorithm mulberry32. */
export const createRandom = (seed = 1): Random => {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit: number) => Math.floor(next() * limit)
  const from = (symbols: string, length: number) =>
    Array.from({ length }, () => symbols[below(symbols.length)]).join('')
  return {
    next,
    between: (low, high) => low + next() * (high - low),
    below,
    hex: length => from('0123456789abcdef', length),
    /** Returns a text of decimal digits that does not start with 0. */
    digits: length => from('123456789', 1) + from('0123456789', length - 1),
    letters: length => from(alphabet, length),
    aside: run => {
      const before = state
      state = ~state >>> 0
      run()
      state = before
    },
  }
}
