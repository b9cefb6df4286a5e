// Frames are what the reference writes, byte by byte, and whatever else comes in is refused with a word for why.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeFrame, encodeFrame, type Frame, MAX_FRAME_BYTES } from '../../../src/kit/session/frame.ts'
import { fromHex, toHex, transcript, vectors } from './vectors.ts'

const golden = vectors.frames.flatMap(({ name, hex, fields }) =>
  hex === undefined || fields === undefined ? [] : [{ name, hex, fields }],
)

const decoded = (bytes: Uint8Array): Frame => {
  const frame = decodeFrame(bytes)
  if (typeof frame === 'string') throw new Error(`refused: ${frame}`)
  return frame
}

describe('golden frames', () => {
  test.each(golden)('$name is read, and written byte for byte', ({ hex, fields }) => {
    const frame = decoded(fromHex(hex))
    expect(frame).toMatchObject({
      messageType: fields.messageType,
      schemaVersion: fields.schemaVersion,
      createdDate: fields.createdDate,
      sequenceNumber: fields.sequenceNumber,
      flags: fields.flags,
      messageId: fields.messageId,
      payloadType: fields.payloadType ?? undefined,
    })
    expect(frame.payload.length).toBe(fields.payloadLength)
    expect(new TextDecoder().decode(frame.payload)).toBe(fields.payloadText)
    if (fields.payloadHex !== undefined) expect(toHex(frame.payload)).toBe(fields.payloadHex)
    expect(toHex(encodeFrame(frame))).toBe(hex)
  })

  test.each(['plain_exit7', 'kms_stdin', 'noninteractive_separate', 'start_failure'])(
    'each frame of the recorded session %s is read, and written byte for byte',
    name => {
      for (const { hex } of transcript(name)) expect(toHex(encodeFrame(decoded(fromHex(hex))))).toBe(hex)
    },
  )
})

describe('what is no frame', () => {
  test.each([
    ['empty', 'too-short'],
    ['truncated_header', 'too-short'],
    ['truncated_payload', 'payload-length'],
    ['digest_mismatch', 'digest'],
    ['header_length_zero', 'header-length'],
    ['header_length_beyond_frame', 'header-length'],
    ['payload_length_huge', 'payload-length'],
    ['created_date_zero', 'created-date'],
  ])('%s: %s', (name, refusal) => {
    const hex = vectors.negative.find(vector => vector.name === name)?.hex
    expect(decodeFrame(fromHex(hex ?? 'none'))).toBe(refusal)
  })

  test.each([
    ['type_left_padded_nul', { messageType: 'output_stream_data', payloadType: 1 }],
    ['unknown_type', { messageType: 'some_new_type' }],
    ['unknown_payload_type', { payloadType: 99, sequenceNumber: 6 }],
    ['empty_payload', { payload: new Uint8Array() }],
  ])('%s is read all the same', (name, expected) => {
    const hex = vectors.negative.find(vector => vector.name === name)?.hex
    expect(decodeFrame(fromHex(hex ?? ''))).toMatchObject(expected)
  })

  test('more than a mebibyte is refused unread', () =>
    expect(decodeFrame(new Uint8Array(MAX_FRAME_BYTES + 1))).toBe('too-long'))

  test('a payload is a copy: the bytes it came in may be used again', () => {
    const bytes = fromHex(golden[0]?.hex ?? '')
    const { payload } = decoded(bytes)
    bytes.fill(0)
    expect(new TextDecoder().decode(payload)).toBe('ls -l\n')
  })
})

const anyFrame: fc.Arbitrary<Frame> = fc.record({
  messageType: fc.stringMatching(/^[!-~](?:[ -~]{0,30}[!-~])?$/),
  schemaVersion: fc.nat(0xffff_ffff),
  createdDate: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  sequenceNumber: fc.maxSafeNat(),
  flags: fc.maxSafeNat(),
  messageId: fc.uuid(),
  payloadType: fc.option(fc.nat(0xffff_ffff), { nil: undefined }),
  payload: fc.oneof(
    { weight: 9, arbitrary: fc.uint8Array({ maxLength: 2_000 }) },
    { weight: 1, arbitrary: fc.uint8Array({ minLength: 8_000, maxLength: 9_000 }) },
  ),
})

/** A frame that was read makes its fields when it is asked for them. */
const fieldsOf = (frame: Frame): Frame => {
  const { messageType, schemaVersion, createdDate, sequenceNumber, flags, messageId, payloadType, payload } = frame
  return { messageType, schemaVersion, createdDate, sequenceNumber, flags, messageId, payloadType, payload }
}

describe('any frame', () => {
  test('round-trips', () =>
    fc.assert(
      fc.property(anyFrame, frame => {
        expect(fieldsOf(decoded(encodeFrame(frame)))).toEqual(frame)
      }),
    ))

  test('keeps its own bytes, however many come after it, and whatever becomes of those it came in', () =>
    fc.assert(
      fc.property(fc.array(anyFrame, { maxLength: 40 }), frames => {
        const encoded = frames.map(encodeFrame)
        const read = encoded.map(bytes => {
          const received = bytes.slice()
          const frame = decoded(received)
          received.fill(0)
          return frame
        })
        expect(read.map(fieldsOf)).toEqual(frames)
        expect(encoded.map(bytes => fieldsOf(decoded(bytes)))).toEqual(frames)
      }),
      { numRuns: 30 },
    ))

  test('cut short, or with something behind it, is refused', () =>
    fc.assert(
      fc.property(
        anyFrame,
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        fc.uint8Array({ minLength: 1 }),
        (frame, part, more) => {
          const bytes = encodeFrame(frame)
          expect(typeof decodeFrame(bytes.subarray(0, Math.floor(bytes.length * part)))).toBe('string')
          expect(typeof decodeFrame(new Uint8Array([...bytes, ...more]))).toBe('string')
        },
      ),
    ))

  test('with a bit of its payload, digest or lengths turned, is refused', () =>
    fc.assert(
      fc.property(anyFrame, fc.nat(), fc.nat(7), (frame, n, bit) => {
        fc.pre(frame.payload.length > 0 && !frame.messageType.endsWith('_publication'))
        const bytes = encodeFrame(frame)
        const header = frame.payloadType === undefined ? 112 : 116
        const guarded = [0, 1, 2, 3, ...range(80, 112), ...range(header, bytes.length)]
        const at = guarded[n % guarded.length] ?? 0
        bytes[at] = (bytes[at] ?? 0) ^ (1 << bit)
        expect(typeof decodeFrame(bytes)).toBe('string')
      }),
    ))

  test('and any bytes whatever end in a frame or a refusal, never in a throw', () =>
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), bytes => {
        decodeFrame(bytes)
        decodeFrame(new Uint8Array([0, 0, 0, 112 + ((bytes[0] ?? 0) % 10), ...bytes]))
      }),
    ))
})

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, n) => from + n)
