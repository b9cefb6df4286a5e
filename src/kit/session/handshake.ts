// Answers the agent's handshake and derives the session keys.
// The handshake occurs only if the cluster has a KMS key for exec, or the session type requires it.
import { isRecord } from '../../model/json.ts'
import { createEncryption, type Encryption } from './encryption.ts'
import { CLIENT_VERSION, jsonOf, toBytes } from './messages.ts'
import type { Headers, SessionPorts } from './ports.ts'

const SUCCESS = 1
const FAILED = 2
const UNSUPPORTED = 3

const SHELLS: ReadonlySet<unknown> = new Set(['Standard_Stream', 'InteractiveCommands', 'NonInteractiveCommands'])

type Processed = {
  readonly ActionType: string
  readonly ActionStatus: number
  readonly ActionResult: unknown
  readonly Error: string
}

export type HandshakeAnswer = {
  readonly response: Uint8Array
  readonly encryption: Encryption | undefined
  /** The reason in plain words if an action failed; the agent then closes the session. */
  readonly failure: string | undefined
}

type RequestedAction = { readonly type: string; readonly parameters: Readonly<Record<string, unknown>> }

const readActions = (payload: Uint8Array): readonly RequestedAction[] | undefined => {
  const actions = jsonOf(payload)?.['RequestedClientActions']
  if (!Array.isArray(actions)) return undefined
  return actions.filter(isRecord).map(action => ({
    type: String(action['ActionType']),
    parameters: isRecord(action['ActionParameters']) ? action['ActionParameters'] : {},
  }))
}

const processed = (type: string, status: number, result: unknown = null, error = ''): Processed => ({
  ActionType: type,
  ActionStatus: status,
  ActionResult: result,
  Error: error,
})

/** The error code only: the container may read what the agent receives. */
const codeOf = (error: unknown): string =>
  isRecord(error) && typeof error['code'] === 'string' ? error['code'] : error instanceof Error ? error.name : 'Error'

const base64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes))

/** Undefined if the payload is not a handshake request. */
export const answerHandshake = async (
  payload: Uint8Array,
  encryptionContext: Headers,
  dataKey: SessionPorts['dataKey'],
): Promise<HandshakeAnswer | undefined> => {
  const actions = readActions(payload)
  if (actions === undefined) return undefined
  const results: Processed[] = []
  const errors: string[] = []
  let encryption: Encryption | undefined
  let failure: string | undefined
  const fail = (type: string, status: number, why: string, reason: string): void => {
    results.push(processed(type, status, null, `Failed to process action ${type}: ${why}`))
    errors.push(why)
    failure ??= reason
  }
  for (const { type, parameters } of actions) {
    if (type === 'SessionType' && SHELLS.has(parameters['SessionType'])) results.push(processed(type, SUCCESS))
    else if (type === 'KMSEncryption') {
      const keyId = String(parameters['KMSKeyId'])
      try {
        const { plaintext, ciphertext } = await dataKey(keyId, encryptionContext)
        encryption = await createEncryption(plaintext)
        results.push(processed(type, SUCCESS, { KMSCipherTextKey: base64(ciphertext), KMSCipherTextHash: null }))
      } catch (error) {
        fail(
          type,
          FAILED,
          codeOf(error),
          `KMS could not generate the session’s data key with ${keyId} (${codeOf(error)})`,
        )
      }
    } else fail(type, UNSUPPORTED, 'unsupported', `the agent requested ${type}, which is not supported`)
  }
  const response = {
    ClientVersion: CLIENT_VERSION,
    ProcessedClientActions: results,
    Errors: errors.length > 0 ? errors : null,
  }
  return { response: toBytes(response), encryption, failure }
}

/** Decrypts the agent's challenge and encrypts it with our key. Throws if the keys do not match. */
export const answerChallenge = async (payload: Uint8Array, { decrypt, encrypt }: Encryption): Promise<Uint8Array> => {
  const sealed = String(jsonOf(payload)?.['Challenge'])
  const plain = await decrypt(Uint8Array.from(atob(sealed), char => char.charCodeAt(0)))
  return toBytes({ Challenge: base64(await encrypt(plain)) })
}
