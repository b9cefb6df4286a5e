// One AgentMessage: what a binary WebSocket message of a session carries (facts: the reference's serialisers, and reports
// of what the service itself sends). All integers are big-endian.
import { isDigest, writeDigest } from './digest.ts'
import { readMessageId, writeMessageId } from './message-id.ts'

export type Frame = {
  /** `input_stream_data`, `output_stream_data`, `acknowledge`, `channel_closed`, …; printable ASCII, at most 32 bytes. */
  readonly messageType: string
  readonly schemaVersion: number
  /** Unix milliseconds; 0 is refused. */
  readonly createdDate: number
  readonly sequenceNumber: number
  /** Bit 0 SYN, bit 1 FIN; nobody acts on them. */
  readonly flags: number
  /** A UUID, lower case and hyphenated. */
  readonly messageId: string
  /** Undefined in frames of the service's own making: their header is 112 bytes long and has no such field. */
  readonly payloadType: number | undefined
  readonly payload: Uint8Array
}

export type FrameRefusal =
  | 'too-short'
  | 'too-long'
  | 'header-length'
  | 'message-type'
  | 'created-date'
  | 'number-too-large'
  | 'payload-length'
  | 'digest'

const SERVICE_HEADER = 112
const HEADER = 116
export const MAX_FRAME_BYTES = 1_048_576

const SPACE = 0x20
const TILDE = 0x7e
const TYPE_AT = 4
const TYPE_END = 36

const KNOWN = [
  'output_stream_data',
  'acknowledge',
  'input_stream_data',
  'channel_closed',
  'start_publication',
  'pause_publication',
] as const

/** The reference checks nothing of these two but their shape. */
const isPublication = (type: string): boolean => type === 'start_publication' || type === 'pause_publication'

const readU32 = (bytes: Uint8Array, at: number): number =>
  (((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)) >>> 0
const readU64 = (bytes: Uint8Array, at: number): number => readU32(bytes, at) * 0x1_0000_0000 + readU32(bytes, at + 4)

const writeU32 = (into: Uint8Array, at: number, value: number): void => {
  into[at] = value >>> 24
  into[at + 1] = value >>> 16
  into[at + 2] = value >>> 8
  into[at + 3] = value
}
const writeU64 = (into: Uint8Array, at: number, value: number): void => {
  writeU32(into, at, Math.floor(value / 0x1_0000_0000))
  writeU32(into, at + 4, value >>> 0)
}

const isPadding = (byte: number | undefined): boolean => byte === SPACE || byte === 0

const isText = (bytes: Uint8Array, from: number, text: string): boolean => {
  for (let n = 0; n < text.length; n += 1) if (bytes[from + n] !== text.charCodeAt(n)) return false
  return true
}

/** Trimmed on both sides of spaces and NULs, since each kind of sender pads in its own way. Empty where it is no type. */
const readType = (bytes: Uint8Array): string => {
  let from = TYPE_AT
  let to = TYPE_END
  while (from < to && isPadding(bytes[from])) from += 1
  while (to > from && isPadding(bytes[to - 1])) to -= 1
  for (const known of KNOWN) if (known.length === to - from && isText(bytes, from, known)) return known
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at] ?? 0
    if (byte < SPACE || byte > TILDE) return ''
  }
  return String.fromCharCode(...bytes.subarray(from, to))
}

const refusalOfHeader = (bytes: Uint8Array): FrameRefusal | undefined => {
  if (bytes.length < SERVICE_HEADER + 4) return 'too-short'
  if (bytes.length > MAX_FRAME_BYTES) return 'too-long'
  const header = readU32(bytes, 0)
  if (header !== SERVICE_HEADER && header < HEADER) return 'header-length'
  if (header + 4 > bytes.length) return 'header-length'
  if (header + 4 + readU32(bytes, header) !== bytes.length) return 'payload-length'
  return undefined
}

/** The payload is a copy: what was received may be overwritten. Never throws. */
export const decodeFrame = (bytes: Uint8Array): Frame | FrameRefusal => {
  const refusal = refusalOfHeader(bytes)
  if (refusal !== undefined) return refusal
  const messageType = readType(bytes)
  if (messageType === '') return 'message-type'
  const createdDate = readU64(bytes, 40)
  const sequenceNumber = readU64(bytes, 48)
  const flags = readU64(bytes, 56)
  if (Math.max(createdDate, sequenceNumber, flags) > Number.MAX_SAFE_INTEGER) return 'number-too-large'
  const header = readU32(bytes, 0)
  // Of what may be a Buffer, whose own `slice` does not copy.
  const payload = Uint8Array.prototype.slice.call(bytes, header + 4)
  if (!isPublication(messageType)) {
    if (createdDate === 0) return 'created-date'
    if (payload.length > 0 && !isDigest(payload, bytes, 80)) return 'digest'
  }
  return {
    messageType,
    schemaVersion: readU32(bytes, 36),
    createdDate,
    sequenceNumber,
    flags,
    messageId: readMessageId(bytes, 64),
    payloadType: header >= HEADER ? readU32(bytes, 112) : undefined,
    payload,
  }
}

/** Throws where it is no frame: those are ours to make. */
export const encodeFrame = (frame: Frame): Uint8Array => {
  const { messageType, payload, payloadType } = frame
  if (messageType.length === 0 || messageType.length > TYPE_END - TYPE_AT)
    throw new Error('A message type is 1 to 32 bytes.')
  const header = payloadType === undefined ? SERVICE_HEADER : HEADER
  const bytes = new Uint8Array(header + 4 + payload.length)
  writeU32(bytes, 0, header)
  if (payloadType !== undefined) bytes.fill(SPACE, TYPE_AT, TYPE_END)
  for (let n = 0; n < messageType.length; n += 1) bytes[TYPE_AT + n] = messageType.charCodeAt(n)
  writeU32(bytes, 36, frame.schemaVersion)
  writeU64(bytes, 40, frame.createdDate)
  writeU64(bytes, 48, frame.sequenceNumber)
  writeU64(bytes, 56, frame.flags)
  writeMessageId(frame.messageId, bytes, 64)
  writeDigest(payload, bytes, 80)
  if (payloadType !== undefined) writeU32(bytes, 112, payloadType)
  writeU32(bytes, header, payload.length)
  bytes.set(payload, header + 4)
  return bytes
}
