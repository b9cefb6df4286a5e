// Measures values in bytes of JSON, as AWS counts them, and cuts values to a size.
import type { Json } from './json.ts'

/**
 * Limits of durable executions: a larger payload of one durable operation, or a larger error, fails the whole
 * execution.
 */
export const MOST_PAYLOAD_BYTES = 262_144
export const MOST_ERROR_BYTES = 32_768

export const jsonBytes = (value: Json): number => Buffer.byteLength(JSON.stringify(value) ?? '')

/** The characters that JSON escapes with two characters. */
const SHORT = '"\\\b\f\n\r\t'

/**
 * The number of bytes of one character in JSON. A lone surrogate is written as `\ud83d`, other control characters as
 * `\u0000`.
 */
const bytesOf = (char: string): number => {
  const code = char.codePointAt(0) ?? 0
  if (SHORT.includes(char)) return 2
  if (code < 0x20 || (code >= 0xd800 && code <= 0xdfff)) return 6
  if (code < 0x80) return 1
  if (code < 0x800) return 2
  return code < 0x10000 ? 3 : 4
}

const ELLIPSIS = '…'

/** Cuts a text at a whole character and appends an ellipsis. `max`: bytes of JSON, without the quotes. */
export const cutBytes = (text: string, max: number): string => {
  const room = max - bytesOf(ELLIPSIS)
  let bytes = 0
  let at = 0
  let end = 0
  for (const char of text) {
    bytes += bytesOf(char)
    if (bytes > max) return `${text.slice(0, end)}${ELLIPSIS}`
    at += char.length
    if (bytes <= room) end = at
  }
  return text
}

/** The first items that fit into `max` bytes of JSON. */
export const itemsWithin = <T extends Json>(items: readonly T[], max: number): readonly T[] => {
  let room = max - 2
  const end = items.findIndex(item => {
    room -= jsonBytes(item) + 1
    return room < 0
  })
  return end < 0 ? items : items.slice(0, end)
}

/** The first lines that fit into `max` bytes, each cut to `each` bytes; a last line counts the omitted ones. */
export const linesWithin = (lines: readonly string[], each: number, max: number): readonly string[] => {
  const cut = lines.map(line => cutBytes(line, each))
  const kept = itemsWithin(cut, max)
  return kept.length === lines.length ? cut : [...kept, `… and ${lines.length - kept.length} more`]
}
