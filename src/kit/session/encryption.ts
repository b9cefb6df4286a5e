// AES-256-GCM between client and agent: 12-byte nonce, ciphertext, 16-byte tag, no additional data.

export type Encryption = {
  readonly encrypt: (plain: Uint8Array) => Promise<Uint8Array>
  /** Decrypts a message. Rejects if it was encrypted with another key, or modified. */
  readonly decrypt: (sealed: Uint8Array) => Promise<Uint8Array>
}

const NONCE_BYTES = 12
const TAG_BYTES = 16
const KEY_BYTES = 32

const importKey = (bytes: Uint8Array<ArrayBuffer>, use: 'encrypt' | 'decrypt') =>
  crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, [use])

/**
 * Creates the ciphers. `dataKey`: 64 bytes from KMS. The first half decrypts the agent's messages; the second half
 * encrypts ours.
 */
export const createEncryption = async (dataKey: Uint8Array): Promise<Encryption> => {
  if (dataKey.length !== 2 * KEY_BYTES) throw new Error(`The data key has ${dataKey.length} bytes, not 64.`)
  const key = new Uint8Array(dataKey)
  const opening = await importKey(key.slice(0, KEY_BYTES), 'decrypt')
  const sealing = await importKey(key.slice(KEY_BYTES), 'encrypt')
  key.fill(0)
  return {
    encrypt: async plain => {
      const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES))
      const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv: nonce }, sealing, new Uint8Array(plain))
      const out = new Uint8Array(NONCE_BYTES + sealed.byteLength)
      out.set(nonce)
      out.set(new Uint8Array(sealed), NONCE_BYTES)
      return out
    },
    decrypt: async sealed => {
      if (sealed.length < NONCE_BYTES + TAG_BYTES) throw new Error('Too short to be encrypted.')
      const bytes = new Uint8Array(sealed)
      const iv = bytes.subarray(0, NONCE_BYTES)
      return new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, opening, bytes.subarray(NONCE_BYTES)))
    },
  }
}
