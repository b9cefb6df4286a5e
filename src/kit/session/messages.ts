// The payloads of frames between client and agent: types, and JSON encoding and decoding.
import { isRecord } from '../../model/json.ts'
import type { Frame } from './frame.ts'

export const PAYLOAD = {
  output: 1,
  size: 3,
  handshakeRequest: 5,
  handshakeResponse: 6,
  handshakeComplete: 7,
  challengeRequest: 8,
  challengeResponse: 9,
  stderr: 11,
  exitCode: 12,
} as const

/**
 * The version that the client reports. At least 1.2.764.0 is required (SSM: "Session Manager plugin release history").
 */
export const CLIENT_VERSION = '1.2.792.0'

const SYN_AND_FIN = 3

const encoder = new TextEncoder()
const decoder = new TextDecoder()

export const toBytes = (value: unknown): Uint8Array => encoder.encode(JSON.stringify(value))

export const textOf = (bytes: Uint8Array): string => decoder.decode(bytes)

/** Parses bytes as a JSON object; undefined if they are not a JSON object. */
export const jsonOf = (bytes: Uint8Array): Readonly<Record<string, unknown>> | undefined => {
  try {
    const value: unknown = JSON.parse(decoder.decode(bytes))
    return isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** The first message of each connection: the request to open the data channel. It is the only text message. */
export const openDataChannel = (requestId: string, token: string, clientId: string): string =>
  JSON.stringify({
    MessageSchemaVersion: '1.0',
    RequestId: requestId,
    TokenValue: token,
    ClientId: clientId,
    ClientVersion: CLIENT_VERSION,
  })

/** The message that acknowledges a frame. The JSON keys are in the reference plugin's order. */
export const acknowledgement = (frame: Frame, messageId: string, createdDate: number): Frame => ({
  messageType: 'acknowledge',
  schemaVersion: 1,
  createdDate,
  sequenceNumber: 0,
  flags: SYN_AND_FIN,
  messageId,
  payloadType: 0,
  payload: encoder.encode(
    `{"AcknowledgedMessageType":"${frame.messageType}","AcknowledgedMessageId":"${frame.messageId}","AcknowledgedMessageSequenceNumber":${frame.sequenceNumber},"IsSequentialMessage":true}`,
  ),
})

/**
 * The sequence number that a message acknowledges. It is read from the payload, because the frame's own number is
 * always 0.
 */
export const acknowledgedNumber = (payload: Uint8Array): number | undefined => {
  const number = jsonOf(payload)?.['AcknowledgedMessageSequenceNumber']
  return typeof number === 'number' ? number : undefined
}

export const closingReason = (payload: Uint8Array): string => {
  const output = jsonOf(payload)?.['Output']
  return typeof output === 'string' ? output.slice(0, 4_000) : ''
}

/** Parses the exit code from a payload such as `EXIT_CODE: 7`. */
export const exitCodeOf = (payload: Uint8Array): number | undefined => {
  const code = /^EXIT_CODE: (\d{1,3})$/.exec(decoder.decode(payload))?.[1]
  return code === undefined ? undefined : Number(code)
}
