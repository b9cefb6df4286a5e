// Encrypts and decrypts for the agent: AES-256-GCM as `nonce ‖ ciphertext ‖ tag`. The first nonce is random; each
// further nonce is the previous one plus 1.

import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

const NONCE = 12
const TAG = 16
const KEY = 32

/** Increments a nonce, which is little-endian, as in the agent. */
const increment = (nonce: Uint8Array): void => {
  for (let n = 0; n < nonce.length; n += 1) {
    nonce[n] = ((nonce[n] ?? 0) + 1) & 0xff
    if (nonce[n] !== 0) return
  }
}

export type Cipher = {
  readonly encrypt: (plain: Uint8Array) => Uint8Array
  /** Returns the plaintext. Throws if the data was encrypted with another key, or was changed. */
  readonly decrypt: (sealed: Uint8Array) => Uint8Array
}

/**
 * Creates the cipher. `dataKey`: 64 bytes from KMS. The agent encrypts with the first 32 bytes and decrypts with the
 * last 32 bytes.
 */
export const createCipher = (dataKey: Uint8Array, start: Uint8Array = randomBytes(NONCE)): Cipher => {
  const nonce = Uint8Array.from(start)
  const [encryption, decryption] = [dataKey.subarray(0, KEY), dataKey.subarray(KEY, 2 * KEY)]
  return {
    encrypt: plain => {
      const used = Uint8Array.from(nonce)
      increment(nonce)
      const cipher = createCipheriv('aes-256-gcm', encryption, used)
      return Buffer.concat([used, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
    },
    decrypt: sealed => {
      const cipher = createDecipheriv('aes-256-gcm', decryption, sealed.subarray(0, NONCE), { authTagLength: TAG })
      cipher.setAuthTag(sealed.subarray(-TAG))
      return Buffer.concat([cipher.update(sealed.subarray(NONCE, -TAG)), cipher.final()])
    },
  }
}
