// The ports of an exec session: WebSocket, clock, and SSM and KMS requests signed with the session's credentials.
import { WebSocket } from 'ws'
import { MAX_FRAME_BYTES } from '../../kit/session/frame.ts'
import type { SessionPorts } from '../../kit/session/ports.ts'
import type { Credentials } from '../aws/identity/credentials.ts'
import { codeOf, createSignedPost, envOf, refusedBy } from '../signed-request.ts'
import { signUpgrade } from './sign-upgrade.ts'

const KEEPALIVE = 'keepalive'
/** The size of the data key in bytes: 32 bytes for each direction. */
const KEY_BYTES = 64

const connect: SessionPorts['connect'] = (url, headers, listener) => {
  const socket = new WebSocket(url, {
    headers,
    perMessageDeflate: false,
    maxPayload: MAX_FRAME_BYTES,
    followRedirects: false,
  })
  let isOver = false
  const closed = (text: string, status?: number): void => {
    if (isOver) return
    isOver = true
    listener.closed({ text, ...(status !== undefined && { status }) })
  }
  socket.on('open', listener.opened)
  socket.on('message', (bytes: Uint8Array, isBinary) => {
    if (isBinary) listener.received(bytes)
  })
  socket.on('pong', listener.ponged)
  socket.on('unexpected-response', (request, { statusCode = 0 }) => {
    request.destroy()
    closed(`HTTP ${statusCode}`, statusCode)
  })
  socket.on('error', ({ message }) => closed(message))
  socket.on('close', code => closed(`closed with ${code}`))
  return {
    send: message => socket.readyState === WebSocket.OPEN && socket.send(message),
    ping: () => socket.readyState === WebSocket.OPEN && socket.ping(KEEPALIVE),
    close: () => socket.terminate(),
  }
}

/** Creates the ports. `credentials`: those of an AWS session that is limited to this exec session. */
export const createSessionPorts = (env: NodeJS.ProcessEnv, region: string, credentials: Credentials): SessionPorts => {
  const sessionEnv = envOf(env, region, credentials)
  // The wall-clock time at which the monotonic clock was zero. Timeouts use the monotonic clock, which clock adjustments do not
  // change.
  const began = Date.now() - performance.now()
  const ask = async (
    service: 'kms' | 'ssm',
    target: string,
    input: object,
  ): Promise<Readonly<Record<string, unknown>>> => {
    const reply = await createSignedPost(service, sessionEnv)('/', JSON.stringify(input), {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': target,
    })
    if (reply.status === 200) return JSON.parse(reply.text) as Record<string, unknown>
    if (codeOf(reply) === 'DoesNotExistException') return {}
    throw refusedBy(service.toUpperCase(), reply)
  }
  return {
    now: () => Math.floor(began + performance.now()),
    after: (ms, then) => {
      const timer = setTimeout(then, ms)
      return () => clearTimeout(timer)
    },
    connect,
    // Calls ResumeSession. The answer for a terminated session has no token (SSM API reference); the result is then undefined.
    resume: async SessionId => {
      const { TokenValue, StreamUrl } = await ask('ssm', 'AmazonSSM.ResumeSession', { SessionId })
      if (typeof TokenValue !== 'string' || TokenValue === '') return undefined
      return { token: TokenValue, streamUrl: typeof StreamUrl === 'string' ? StreamUrl : undefined }
    },
    terminate: async SessionId => void (await ask('ssm', 'AmazonSSM.TerminateSession', { SessionId })),
    dataKey: async (KeyId, EncryptionContext) => {
      const input = { KeyId, NumberOfBytes: KEY_BYTES, EncryptionContext }
      const { Plaintext, CiphertextBlob } = await ask('kms', 'TrentService.GenerateDataKey', input)
      return { plaintext: fromBase64(Plaintext), ciphertext: fromBase64(CiphertextBlob) }
    },
    signUpgrade: url => signUpgrade(url, { region, credentials, at: Date.now() }),
    newId: () => crypto.randomUUID(),
  }
}

const fromBase64 = (text: unknown): Uint8Array => new Uint8Array(Buffer.from(String(text), 'base64'))
