// Answers the agent's handshake and derives the session keys. A handshake occurs only if the cluster has a KMS key for
// exec, or if the session type requires it.
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
  /** The reason in plain words, if a handshake action failed. The agent then closes the session. */
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

/** The code of an error. Only the code is sent to the agent, because the container may read what the agent receives. */
const codeOf = (error: unknown): string =>
  isRecord(error) && typeof error['code'] === 'string' ? error['code'] : error instanceof Error ? error.name : 'Error'

const base64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes))

type Outcome = {
  readonly result: Processed
  readonly encryption?: Encryption
  readonly error?: string
  readonly failure?: string
}

const failed = (type: string, status: number, error: string, failure: string): Outcome => ({
  result: processed(type, status, null, `Failed to process action ${type}: ${error}`),
  error,
  failure,
})

const perform = async (
  { type, parameters }: RequestedAction,
  encryptionContext: Headers,
  dataKey: SessionPorts['dataKey'],
): Promise<Outcome> => {
  if (type === 'SessionType' && SHELLS.has(parameters['SessionType'])) return { result: processed(type, SUCCESS) }
  if (type !== 'KMSEncryption')
    return failed(type, UNSUPPORTED, 'unsupported', `the agent requested ${type}, which is not supported`)
  const keyId = String(parameters['KMSKeyId'])
  try {
    const { plaintext, ciphertext } = await dataKey(keyId, encryptionContext)
    const encryption = await createEncryption(plaintext)
    const key = { KMSCipherTextKey: base64(ciphertext), KMSCipherTextHash: null }
    return { encryption, result: processed(type, SUCCESS, key) }
  } catch (error) {
    const code = codeOf(error)
    return failed(type, FAILED, code, `KMS could not generate the session’s data key with ${keyId} (${code})`)
  }
}

/** Answers a handshake request; undefined if the payload is not a handshake request. */
export const answerHandshake = async (
  payload: Uint8Array,
  encryptionContext: Headers,
  dataKey: SessionPorts['dataKey'],
): Promise<HandshakeAnswer | undefined> => {
  const actions = readActions(payload)
  if (actions === undefined) return undefined
  const outcomes: Outcome[] = []
  for (const action of actions) outcomes.push(await perform(action, encryptionContext, dataKey))
  const errors = outcomes.flatMap(({ error }) => error ?? [])
  const response = {
    ClientVersion: CLIENT_VERSION,
    ProcessedClientActions: outcomes.map(({ result }) => result),
    Errors: errors.length > 0 ? errors : null,
  }
  return {
    response: toBytes(response),
    encryption: outcomes.findLast(({ encryption }) => encryption !== undefined)?.encryption,
    failure: outcomes.find(({ failure }) => failure !== undefined)?.failure,
  }
}

/** Decrypts the agent's challenge and encrypts it with our key. Throws if the keys do not match. */
export const answerChallenge = async (payload: Uint8Array, { decrypt, encrypt }: Encryption): Promise<Uint8Array> => {
  const sealed = String(jsonOf(payload)?.['Challenge'])
  const plain = await decrypt(Uint8Array.from(atob(sealed), char => char.charCodeAt(0)))
  return toBytes({ Challenge: base64(await encrypt(plain)) })
}
