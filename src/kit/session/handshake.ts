// The agent's handshake, which comes only where the cluster has a KMS key for exec (or the session type asks for it):
// what we answer, and the keys that come of it.
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
  /** In our words, where an action failed: the agent gives the session up then. */
  readonly failure: string | undefined
}

type Asked = { readonly type: string; readonly parameters: Readonly<Record<string, unknown>> }

const readActions = (payload: Uint8Array): readonly Asked[] | undefined => {
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

/** Named by its code alone: what the agent is told, the container may read. */
const codeOf = (error: unknown): string =>
  isRecord(error) && typeof error['code'] === 'string' ? error['code'] : error instanceof Error ? error.name : 'Error'

const base64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes))

/** Undefined where it cannot be understood. */
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
  const fail = (type: string, status: number, why: string, said: string): void => {
    results.push(processed(type, status, null, `Failed to process action ${type}: ${why}`))
    errors.push(why)
    failure ??= said
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
        fail(type, FAILED, codeOf(error), `the session’s data key could not be made with ${keyId} (${codeOf(error)})`)
      }
    } else fail(type, UNSUPPORTED, 'unsupported', `the agent asked for ${type}, which is not supported`)
  }
  const response = {
    ClientVersion: CLIENT_VERSION,
    ProcessedClientActions: results,
    Errors: errors.length > 0 ? errors : null,
  }
  return { response: toBytes(response), encryption, failure }
}

/** The agent's proof that both have the keys: opened with one, sealed with the other. Throws where they do not fit. */
export const answerChallenge = async (payload: Uint8Array, { decrypt, encrypt }: Encryption): Promise<Uint8Array> => {
  const sealed = String(jsonOf(payload)?.['Challenge'])
  const plain = await decrypt(Uint8Array.from(atob(sealed), char => char.charCodeAt(0)))
  return toBytes({ Challenge: base64(await encrypt(plain)) })
}
