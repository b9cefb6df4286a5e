// SHA-256 of payloads, by OpenSSL at once: WebCrypto's digest is a promise, at fifty times the cost for a kilobyte.
import { createHash, hash } from 'node:crypto'

export const DIGEST_BYTES = 32

/** One character a byte: a string costs half of what a Buffer does here. */
const sha256 = (bytes: Uint8Array): string => hash('sha256', bytes, 'binary')

export const writeDigest = (of: Uint8Array, into: Uint8Array, at: number): void => {
  const digest = sha256(of)
  for (let n = 0; n < DIGEST_BYTES; n += 1) into[at + n] = digest.charCodeAt(n)
}

export const isDigest = (of: Uint8Array, expected: Uint8Array, at: number): boolean => {
  const digest = sha256(of)
  for (let n = 0; n < DIGEST_BYTES; n += 1) if (expected[at + n] !== digest.charCodeAt(n)) return false
  return true
}

/** Of a stream. */
export const createDigest = (): { readonly update: (bytes: Uint8Array) => void; readonly hex: () => string } => {
  const running = createHash('sha256')
  return { update: bytes => void running.update(bytes), hex: () => running.digest('hex') }
}
