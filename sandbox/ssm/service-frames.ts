// Frames that Session Manager itself sends. They have a header of 112 bytes and no payload type (seen in the field).
// The content of the two publication notices is a guess, but not their length.

import { randomUUID } from 'node:crypto'
import { encodeFrame } from '../../src/kit/session/frame.ts'

const LONGEST_OUTPUT = 2_500

const frameOf = (messageType: string, payload: string, now: number): Uint8Array =>
  encodeFrame({
    messageType,
    schemaVersion: 1,
    createdDate: now,
    sequenceNumber: 0,
    flags: 0,
    messageId: randomUUID(),
    payloadType: undefined,
    payload: new TextEncoder().encode(payload),
  })

export const startPublication = (now: number): Uint8Array => frameOf('start_publication', 'start_publication', now)
export const pausePublication = (now: number): Uint8Array => frameOf('pause_publication', 'pause_publication', now)

/** The frame that ends a session. `output`: empty for a normal end, otherwise the reason. */
export const channelClosed = (sessionId: string, output: string, now: number): Uint8Array =>
  frameOf(
    'channel_closed',
    JSON.stringify({
      CreatedDate: new Date(now).toISOString(),
      DestinationId: sessionId,
      MessageId: randomUUID(),
      MessageType: 'channel_closed',
      Output: output.slice(0, LONGEST_OUTPUT),
      SchemaVersion: 1,
      SessionId: sessionId,
    }),
    now,
  )
