// How large a thing is as AWS counts it, in bytes of its JSON, and the same cut to a size.
import type { Json } from './json.ts'

/** Facts: more than this in one operation, or in its error, ends the whole execution. */
export const MOST_PAYLOAD_BYTES = 262_144
export const MOST_ERROR_BYTES = 32_768

export const jsonBytes = (value: Json): number => Buffer.byteLength(JSON.stringify(value) ?? '')

/** JSON has these as two characters. */
const SHORT = '"\\\b\f\n\r\t'

/** Of one character in JSON: half a surrogate pair is written as `\ud83d`, other controls as `\u0000`. */
const bytesOf = (char: string): number => {
  const code = char.codePointAt(0) ?? 0
  if (SHORT.includes(char)) return 2
  if (code < 0x20 || (code >= 0xd800 && code <= 0xdfff)) return 6
  if (code < 0x80) return 1
  if (code < 0x800) return 2
  return code < 0x10000 ? 3 : 4
}

const ELLIPSIS = '…'

/** `most`: bytes of JSON, without the quotes. Whole characters, and an ellipsis where some are left out. */
export const cutBytes = (text: string, most: number): string => {
  const room = most - bytesOf(ELLIPSIS)
  let bytes = 0
  let at = 0
  let end = 0
  for (const char of text) {
    bytes += bytesOf(char)
    if (bytes > most) return `${text.slice(0, end)}${ELLIPSIS}`
    at += char.length
    if (bytes <= room) end = at
  }
  return text
}

/** The first ones, as many as fit into so many bytes of JSON. */
export const thoseWithin = <T extends Json>(items: readonly T[], most: number): readonly T[] => {
  let room = most - 2
  const end = items.findIndex(item => {
    room -= jsonBytes(item) + 1
    return room < 0
  })
  return end < 0 ? items : items.slice(0, end)
}

/** The first lines, each cut, as many as fit; that there were more is said. */
export const linesWithin = (lines: readonly string[], each: number, most: number): readonly string[] => {
  const cut = lines.map(line => cutBytes(line, each))
  const kept = thoseWithin(cut, most)
  return kept.length === lines.length ? cut : [...kept, `… and ${lines.length - kept.length} more`]
}
