// The agent's side of the handshake of a session with a KMS key: request, response, challenge, complete. Source: the
// code of the reference agent.

import { randomBytes } from 'node:crypto'
import { type Cipher, createCipher } from './cipher.ts'
import {
  CHALLENGE_REQUEST,
  CHALLENGE_RESPONSE,
  HANDSHAKE_COMPLETE,
  HANDSHAKE_REQUEST,
  HANDSHAKE_RESPONSE,
} from './payload-types.ts'

const AGENT_VERSION = '3.3.2299.0'
const SUCCESS = 1

export type HandshakeOptions = {
  readonly kmsKeyId: string
  readonly timeoutMs: number
  readonly send: (payloadType: number, payload: Uint8Array) => void
  /** Decrypts the data key with the task role. Rejects with KMS's text. */
  readonly decrypt: (ciphertext: Uint8Array) => Promise<Uint8Array>
}

type Action = {
  readonly ActionType?: string
  readonly ActionStatus?: number
  readonly Error?: string
  readonly ActionResult?: { readonly KMSCipherTextKey?: string } | null
}

const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value))
const parsed = (payload: Uint8Array): Record<string, unknown> => JSON.parse(new TextDecoder().decode(payload))

const within = <T>(ms: number, promise: Promise<T>, words: string): Promise<T> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(words)), ms)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

/** The text of an error, formatted as the agent's SDK does it. */
export const errorText = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error)

/** Returns the data key from the client's response. Throws with the agent's text if the client did not complete an action. */
const keyOf = async (payload: Uint8Array, decrypt: HandshakeOptions['decrypt']): Promise<Uint8Array> => {
  const actions = (parsed(payload)['ProcessedClientActions'] ?? []) as readonly Action[]
  const failed = actions.find(({ ActionStatus }) => ActionStatus !== SUCCESS)
  if (failed)
    throw new Error(
      `${failed.ActionType} failed on client with status ${failed.ActionStatus ?? 0} error: ${failed.Error ?? ''}`,
    )
  const sealed = actions.find(({ ActionType }) => ActionType === 'KMSEncryption')?.ActionResult?.KMSCipherTextKey ?? ''
  return decrypt(Buffer.from(sealed, 'base64')).catch((error: unknown) => {
    throw new Error(`Fetching data key failed: ${errorText(error)}`)
  })
}

export type Handshake = ReturnType<typeof createHandshake>

export const createHandshake = ({ kmsKeyId, timeoutMs, send, decrypt }: HandshakeOptions) => {
  const waiting = new Map<number, (payload: Uint8Array) => void>()
  const answer = (payloadType: number): Promise<Uint8Array> => new Promise(resolve => waiting.set(payloadType, resolve))

  const challenge = async (cipher: Cipher): Promise<void> => {
    const secret = randomBytes(64)
    send(CHALLENGE_REQUEST, json({ Challenge: Buffer.from(cipher.encrypt(secret)).toString('base64') }))
    const answered = await within(timeoutMs, answer(CHALLENGE_RESPONSE), 'Timed out waiting for encryption challenge.')
    const returned = cipher.decrypt(Buffer.from(String(parsed(answered)['Challenge']), 'base64'))
    if (!secret.equals(returned)) throw new Error('Encryption challenge does not match!')
  }

  return {
    /** Handles a message of the client. A message that does not belong to the handshake is ignored. */
    receive: (payloadType: number, payload: Uint8Array): void => waiting.get(payloadType)?.(payload),
    perform: async (): Promise<Cipher> => {
      const began = performance.now()
      send(
        HANDSHAKE_REQUEST,
        json({
          AgentVersion: AGENT_VERSION,
          RequestedClientActions: [
            { ActionType: 'SessionType', ActionParameters: { SessionType: 'InteractiveCommands', Properties: null } },
            {
              ActionType: 'KMSEncryption',
              ActionParameters: { KMSKeyId: kmsKeyId, Challenge: randomBytes(16).toString('base64') },
            },
          ],
        }),
      )
      const response = await within(
        timeoutMs,
        answer(HANDSHAKE_RESPONSE),
        'Handshake timed out. Please ensure that you have the latest version of the session manager plugin.',
      )
      const cipher = createCipher(await keyOf(response, decrypt))
      await challenge(cipher)
      send(
        HANDSHAKE_COMPLETE,
        json({
          HandshakeTimeToComplete: Math.round((performance.now() - began) * 1e6),
          CustomerMessage: 'This session is encrypted using AWS KMS.',
        }),
      )
      return cipher
    },
  }
}
