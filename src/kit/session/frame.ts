// Encodes and decodes AgentMessage frames, the binary WebSocket messages of a session; integers are big-endian.
// Sources: the reference plugin's serialisers, and captured messages of Session Manager.
import { isDigest, writeDigest } from './digest.ts'
import { readMessageId, writeMessageId } from './message-id.ts'
import { createSlab } from './slab.ts'

export type Frame = {
  /**
   * The message type: `input_stream_data`, `output_stream_data`, `acknowledge`, `channel_closed`, …; printable ASCII,
   * at most 32 bytes.
   */
  readonly messageType: string
  readonly schemaVersion: number
  /** The creation time in Unix milliseconds; 0 is refused. */
  readonly createdDate: number
  readonly sequenceNumber: number
  /** The flags: bit 0 SYN, bit 1 FIN. Client and agent ignore them. */
  readonly flags: number
  /** The message id: a UUID in lower case, with hyphens. */
  readonly messageId: string
  /** Undefined in frames that Session Manager itself creates: their 112-byte header lacks this field. */
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
const SCHEMA_VERSION_AT = 36
const CREATED_DATE_AT = 40
const SEQUENCE_NUMBER_AT = 48
const FLAGS_AT = 56
const MESSAGE_ID_AT = 64
const DIGEST_AT = 80
const PAYLOAD_TYPE_AT = 112

const slab = createSlab()

const KNOWN = [
  'output_stream_data',
  'acknowledge',
  'input_stream_data',
  'channel_closed',
  'start_publication',
  'pause_publication',
] as const

/**
 * Whether a frame is start_publication or pause_publication. As in the reference plugin, only their shape is checked.
 */
const isPublication = (type: string): boolean => type === 'start_publication' || type === 'pause_publication'

const readU32 = (bytes: Uint8Array, at: number): number =>
  (((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)) >>> 0
const readU64 = (bytes: Uint8Array, at: number): number => readU32(bytes, at) * 0x1_0000_0000 + readU32(bytes, at + 4)
/** Whether a double can represent the 64-bit integer at this offset exactly. */
const isSafeU64 = (bytes: Uint8Array, at: number): boolean => readU32(bytes, at) < 0x20_0000
const isZeroU64 = (bytes: Uint8Array, at: number): boolean => readU32(bytes, at) === 0 && readU32(bytes, at + 4) === 0

const writeU32 = (into: Uint8Array, at: number, value: number): void => {
  into[at] = value >>> 24
  into[at + 1] = value >>> 16
  into[at + 2] = value >>> 8
  into[at + 3] = value
}
const writeU64 = (into: Uint8Array, at: number, value: number): void => {
  writeU32(into, at, Math.floor(value / 0x1_0000_0000))
  writeU32(into, at + 4, value | 0)
}

const isPadding = (byte: number | undefined): boolean => byte === SPACE || byte === 0

const isText = (bytes: Uint8Array, from: number, text: string): boolean => {
  for (let n = 0; n < text.length; n += 1) if (bytes[from + n] !== text.charCodeAt(n)) return false
  return true
}

/**
 * Reads the message type. Trims spaces and NULs at both ends, because senders pad differently. Empty if it is not
 * printable ASCII.
 */
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
  if (!isSafeU64(bytes, CREATED_DATE_AT) || !isSafeU64(bytes, SEQUENCE_NUMBER_AT) || !isSafeU64(bytes, FLAGS_AT))
    return 'number-too-large'
  return undefined
}

/** A received frame over a copy of the received bytes. Its fields are decoded on access. */
class ReceivedFrame implements Frame {
  readonly messageType: string
  readonly payload: Uint8Array
  readonly #bytes: Uint8Array
  readonly #at: number

  constructor(messageType: string, payload: Uint8Array, bytes: Uint8Array, at: number) {
    this.messageType = messageType
    this.payload = payload
    this.#bytes = bytes
    this.#at = at
  }
  get schemaVersion(): number {
    return readU32(this.#bytes, this.#at + SCHEMA_VERSION_AT)
  }
  get createdDate(): number {
    return readU64(this.#bytes, this.#at + CREATED_DATE_AT)
  }
  get sequenceNumber(): number {
    return readU64(this.#bytes, this.#at + SEQUENCE_NUMBER_AT)
  }
  get flags(): number {
    return readU64(this.#bytes, this.#at + FLAGS_AT)
  }
  get messageId(): string {
    return readMessageId(this.#bytes, this.#at + MESSAGE_ID_AT)
  }
  get payloadType(): number | undefined {
    return readU32(this.#bytes, this.#at) < HEADER ? undefined : readU32(this.#bytes, this.#at + PAYLOAD_TYPE_AT)
  }
}

/** Decodes a frame. Copies the bytes, since the caller may reuse them. Never throws. */
export const decodeFrame = (received: Uint8Array): Frame | FrameRefusal => {
  const refusal = refusalOfHeader(received)
  if (refusal !== undefined) return refusal
  const messageType = readType(received)
  if (messageType === '') return 'message-type'
  const isChecked = !isPublication(messageType)
  if (isChecked && isZeroU64(received, CREATED_DATE_AT)) return 'created-date'
  const at = slab.reserve(received.length)
  const bytes = slab.bytes()
  bytes.set(received, at)
  const before = readU32(received, 0) + 4
  const payload = new Uint8Array(bytes.buffer, at + before, received.length - before)
  if (isChecked && payload.length > 0 && !isDigest(payload, bytes, at + DIGEST_AT)) return 'digest'
  return new ReceivedFrame(messageType, payload, bytes, at)
}

/** Encodes a frame. Throws if the frame is invalid, which is a bug of the caller. */
export const encodeFrame = (frame: Frame): Uint8Array => {
  const { messageType, payload, payloadType } = frame
  if (messageType.length === 0 || messageType.length > TYPE_END - TYPE_AT)
    throw new Error('A message type is 1 to 32 bytes.')
  const header = payloadType === undefined ? SERVICE_HEADER : HEADER
  const length = header + 4 + payload.length
  const at = slab.reserve(length)
  const bytes = slab.bytes()
  writeU32(bytes, at, header)
  if (payloadType !== undefined) bytes.fill(SPACE, at + TYPE_AT, at + TYPE_END)
  for (let n = 0; n < messageType.length; n += 1) bytes[at + TYPE_AT + n] = messageType.charCodeAt(n)
  writeU32(bytes, at + SCHEMA_VERSION_AT, frame.schemaVersion)
  writeU64(bytes, at + CREATED_DATE_AT, frame.createdDate)
  writeU64(bytes, at + SEQUENCE_NUMBER_AT, frame.sequenceNumber)
  writeU64(bytes, at + FLAGS_AT, frame.flags)
  writeMessageId(frame.messageId, bytes, at + MESSAGE_ID_AT)
  writeDigest(payload, bytes, at + DIGEST_AT)
  if (payloadType !== undefined) writeU32(bytes, at + PAYLOAD_TYPE_AT, payloadType)
  writeU32(bytes, at + header, payload.length)
  bytes.set(payload, at + header + 4)
  return new Uint8Array(bytes.buffer, at, length)
}
