// Reads and writes message ids: UUIDs whose two halves are swapped in a frame (bytes 8 to 15 come first).

/** For each UUID byte in printed order, its offset in the frame. */
const WIRE = [8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7] as const
/** For each UUID byte, its offset in the printed UUID. */
const PRINTED = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34] as const
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

const digit = (value: number): number => value + (value < 10 ? 48 : 87)
const nibble = (code: number): number => code - (code < 58 ? 48 : 87)

const printed = new Uint8Array(36).fill(45)
const decoder = new TextDecoder()

/** Reads a message id as a UUID in lower case, with hyphens. */
export const readMessageId = (bytes: Uint8Array, at: number): string => {
  for (let n = 0; n < 16; n += 1) {
    const byte = bytes[at + (WIRE[n] ?? 0)] ?? 0
    const to = PRINTED[n] ?? 0
    printed[to] = digit(byte >> 4)
    printed[to + 1] = digit(byte & 15)
  }
  return decoder.decode(printed)
}

/** Writes a message id. Throws if it is not a lower-case UUID, which is a bug of the caller. */
export const writeMessageId = (id: string, into: Uint8Array, at: number): void => {
  if (!UUID.test(id)) throw new Error('A message id is a lower-case UUID.')
  for (let n = 0; n < 16; n += 1) {
    const from = PRINTED[n] ?? 0
    into[at + (WIRE[n] ?? 0)] = (nibble(id.charCodeAt(from)) << 4) | nibble(id.charCodeAt(from + 1))
  }
}
