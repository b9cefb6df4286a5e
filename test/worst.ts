// What is worst for a limit that counts bytes of JSON, each for so many characters.

/** Two bytes a character. */
export const quotes = (length: number): string => '"'.repeat(length)
export const backslashes = (length: number): string => '\\'.repeat(length)
/** Three. */
export const japanese = (length: number): string => '設'.repeat(length)
/** Four a character, which is two of JavaScript's. */
export const emoji = (length: number): string => '🚢'.repeat(Math.floor(length / 2))
/** Six: JSON has no shorter way to write it. */
export const controls = (length: number): string => '\u0001'.repeat(length)

export const WORST: readonly (readonly [string, (length: number) => string])[] = [
  ['quotes', quotes],
  ['backslashes', backslashes],
  ['Japanese', japanese],
  ['emoji', emoji],
  ['control characters', controls],
]
