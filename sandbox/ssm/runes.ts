// Cuts the output of a terminal into payloads at character boundaries, as the agent does (from its source code). An
// incomplete character is kept until the next read; at the end of the output, this character is lost. Of U+FFFD, only
// the first byte is sent.

const LONGEST = 4

const isNext = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80

/**
 * Returns the lowest and highest value of the second byte of a UTF-8 character, by its first byte. These ranges exclude
 * overlong forms, surrogates and characters above U+10FFFF.
 */
const secondOf = (first: number): readonly [number, number] => {
  if (first === 0xe0) return [0xa0, 0xbf]
  if (first === 0xed) return [0x80, 0x9f]
  if (first === 0xf0) return [0x90, 0xbf]
  return first === 0xf4 ? [0x80, 0x8f] : [0x80, 0xbf]
}

const lengthFrom = (first: number): number => {
  if (first < 0x80) return 1
  if (first >= 0xc2 && first <= 0xdf) return 2
  if (first >= 0xe0 && first <= 0xef) return 3
  return first >= 0xf0 && first <= 0xf4 ? 4 : 0
}

/** The number of bytes of the character at this index; 0 if there is none or if it is incomplete. */
const runeAt = (bytes: Uint8Array, at: number): number => {
  const first = bytes[at] ?? 0
  const length = lengthFrom(first)
  if (length <= 1) return length
  const [least, most] = secondOf(first)
  const second = bytes[at + 1]
  if (second === undefined || second < least || second > most) return 0
  for (let n = 2; n < length; n += 1) if (!isNext(bytes[at + n])) return 0
  return length
}

const isReplacement = (bytes: Uint8Array, at: number): boolean =>
  bytes[at] === 0xef && bytes[at + 1] === 0xbf && bytes[at + 2] === 0xbd

/** Creates a function that takes the bytes of one read, and returns the bytes to send now. Empty if all bytes are kept. */
export const createRuneCutter = (): ((read: Uint8Array) => Uint8Array) => {
  let waiting: Uint8Array = new Uint8Array(0)
  return read => {
    const bytes = new Uint8Array(waiting.length + read.length)
    bytes.set(waiting)
    bytes.set(read, waiting.length)
    const sent = new Uint8Array(bytes.length)
    let [from, to] = [0, 0]
    while (from < bytes.length) {
      const length = runeAt(bytes, from)
      const isWrong = length === 0 || isReplacement(bytes, from)
      if (isWrong && bytes.length - from < LONGEST) break
      const kept = isWrong ? 1 : length
      sent.set(bytes.subarray(from, from + kept), to)
      to += kept
      from += Math.max(1, length)
    }
    waiting = bytes.slice(from)
    return sent.subarray(0, to)
  }
}
