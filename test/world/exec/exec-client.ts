// A small client of a data channel, as raw as can be: it sends what a test says, and keeps what it receives.

import { randomUUID } from 'node:crypto'
import { sign } from 'aws4'
import { WebSocket } from 'ws'
import { decodeFrame, encodeFrame, type Frame } from '../../../src/kit/session/frame.ts'
import { transcript } from '../../kit/session/vectors.ts'

export type Keys = { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string }

export type Answered = { readonly streamUrl?: string | undefined; readonly tokenValue?: string | undefined }

export type Options = {
  readonly keys?: Keys
  readonly at: number
  /** Acknowledges nothing by itself. */
  readonly isMute?: boolean
  readonly token?: string
}

const amzDate = (time: number): string => new Date(time).toISOString().replace(/[-:]|\.\d{3}/g, '')

export const signed = (url: string, { accessKeyId, secretAccessKey, sessionToken }: Keys, at: number) => {
  const { host, pathname, search } = new URL(url)
  const { headers = {} } = sign(
    {
      service: 'ssmmessages',
      region: 'us-east-1',
      method: 'GET',
      host,
      path: pathname + search,
      headers: { 'X-Amz-Date': amzDate(at) },
    },
    { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) },
  )
  return headers as Record<string, string>
}

export const textOf = ({ payload }: Frame): string => Buffer.from(payload).toString('utf8')

export const jsonOf = (frame: Frame): Record<string, unknown> => JSON.parse(textOf(frame))

export type RawClient = ReturnType<typeof connect>

export const openingOf = (token: string) =>
  JSON.stringify({
    MessageSchemaVersion: '1.0',
    RequestId: randomUUID(),
    TokenValue: token,
    ClientId: randomUUID(),
    ClientVersion: '1.2.792.0',
  })

export const connect = (session: Answered, { keys, at, isMute = false, token }: Options) => {
  const url = session.streamUrl ?? ''
  const socket = new WebSocket(url, { headers: keys ? signed(url, keys, at) : {}, perMessageDeflate: false })
  const frames: Frame[] = []
  const raw: Buffer[] = []
  const waiting = new Set<() => void>()
  let ended: { code: number; reason: string } | undefined
  let refused = 0
  const tell = () => {
    for (const look of waiting) look()
  }
  const send = (messageType: string, payloadType: number, sequenceNumber: number, payload: string | Uint8Array) =>
    socket.send(
      encodeFrame({
        messageType,
        schemaVersion: 1,
        createdDate: at,
        sequenceNumber,
        flags: 0,
        messageId: randomUUID(),
        payloadType,
        payload: Buffer.from(payload),
      }),
    )
  const acknowledge = ({ messageType, messageId, sequenceNumber }: Frame) =>
    send(
      'acknowledge',
      0,
      0,
      JSON.stringify({
        AcknowledgedMessageType: messageType,
        AcknowledgedMessageId: messageId,
        AcknowledgedMessageSequenceNumber: sequenceNumber,
        IsSequentialMessage: true,
      }),
    )
  socket.on('open', () => socket.send(openingOf(token ?? session.tokenValue ?? '')))
  socket.on('unexpected-response', (_, response) => {
    refused = response.statusCode ?? 0
    socket.terminate()
  })
  socket.on('error', () => {})
  socket.on('close', (code, reason) => {
    ended = { code, reason: reason.toString() }
    tell()
  })
  socket.on('message', data => {
    const bytes = data as Buffer
    const frame = decodeFrame(bytes)
    if (typeof frame === 'string') throw new Error(frame)
    raw.push(bytes)
    frames.push(frame)
    if (!isMute && frame.messageType === 'output_stream_data') acknowledge(frame)
    tell()
  })
  const until = (isTrue: () => boolean): Promise<void> =>
    new Promise(resolve => {
      const look = () => {
        if (!isTrue()) return
        waiting.delete(look)
        resolve()
      }
      waiting.add(look)
      look()
    })
  const ofType = (type: string): readonly Frame[] => frames.filter(({ messageType }) => messageType === type)
  return {
    socket,
    frames,
    raw,
    send,
    acknowledge,
    until,
    ofType,
    /** In the order of their numbers, each once. */
    outputs: (): readonly Frame[] =>
      [...new Map(ofType('output_stream_data').map(frame => [frame.sequenceNumber, frame])).values()].sort(
        (a, b) => a.sequenceNumber - b.sequenceNumber,
      ),
    input: (sequence: number, text: string | Uint8Array, payloadType = 1) =>
      send('input_stream_data', payloadType, sequence, text),
    /** Again and again, until it is acknowledged. */
    insist: async (sequence: number, text: string | Uint8Array) => {
      const before = ofType('acknowledge').length
      const timer = setInterval(() => send('input_stream_data', 1, sequence, text), 10)
      await until(() => ofType('acknowledge').length > before)
      clearInterval(timer)
    },
    /** What `channel_closed` says. */
    closed: async (): Promise<string> => {
      await until(() => ofType('channel_closed').length > 0)
      return String(jsonOf(ofType('channel_closed')[0] as Frame)['Output'])
    },
    over: async () => {
      await until(() => ended !== undefined)
      return { refused, ...ended }
    },
  }
}

/** All that the command wrote. */
export const written = (client: RawClient): string =>
  Buffer.concat(
    client
      .outputs()
      .filter(({ payloadType }) => payloadType === 1)
      .map(({ payload }) => payload),
  ).toString('utf8')

/** All that is the same whenever it is said: the type with its padding, the header, flags, numbers, and the keys of what is JSON. */
const shapeOf = (bytes: Buffer): string => {
  const header = bytes.readUInt32BE(0)
  const payload = bytes.subarray(header + 4)
  const keys = payload[0] === 0x7b ? Object.keys(JSON.parse(payload.toString())).join() : `${payload.length} bytes`
  const payloadType = header > 112 ? bytes.readUInt32BE(112) : 'none'
  const numbers = [bytes.readUInt32BE(36), bytes.readBigInt64BE(48), bytes.readBigUInt64BE(56), payloadType]
  return [header, JSON.stringify(bytes.toString('latin1', 4, 36)), ...numbers, keys].join(' ')
}

/** Each message once, in the order in which they came first. */
export const shapesOf = (frames: readonly Buffer[]): readonly string[] =>
  [...new Map(frames.map(bytes => [bytes.toString('hex', 64, 80), bytes] as const)).values()].map(shapeOf)

/** What the reference agent and the service were recorded to say to a client. */
export const recorded = (name: string): readonly string[] =>
  shapesOf(
    transcript(name)
      .filter(({ dir, type }) => dir.endsWith('2c') && type !== 'agent_session_state')
      .map(({ hex }) => Buffer.from(hex, 'hex')),
  )
