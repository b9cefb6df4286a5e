// What the client of a session needs, for real: a WebSocket, Session Manager and KMS, all with the credentials of one
// session of the exec role, and the machine's own clock, which never stands still.
import { GenerateDataKeyCommand, KMSClient } from '@aws-sdk/client-kms'
import { ResumeSessionCommand, SSMClient, TerminateSessionCommand } from '@aws-sdk/client-ssm'
import { WebSocket } from 'ws'
import { MAX_FRAME_BYTES } from '../session/frame.ts'
import type { SessionPorts, SocketListener } from '../session/ports.ts'
import { signUpgrade } from '../session/upgrade.ts'
import type { Settings } from './sessions.ts'
import { asking } from './translate.ts'

const HANDSHAKE_MS = 10_000

export const createSessionPorts = (settings: Settings): SessionPorts => {
  const ssm = new SSMClient({ ...settings, maxAttempts: 3 })
  return {
    now: () => Math.floor(performance.timeOrigin + performance.now()),
    after: (ms, then) => {
      const timer = setTimeout(then, ms)
      return () => clearTimeout(timer)
    },
    newId: () => crypto.randomUUID(),
    connect,
    signUpgrade: url =>
      signUpgrade(url, { region: settings.region, credentials: settings.credentials, at: Date.now() }),
    resume: SessionId =>
      asking('resuming the session', async () => {
        const { TokenValue, StreamUrl } = await ssm.send(new ResumeSessionCommand({ SessionId }))
        return TokenValue ? { token: TokenValue, streamUrl: StreamUrl } : undefined
      }),
    terminate: SessionId =>
      asking('terminating the session', async () => {
        await ssm.send(new TerminateSessionCommand({ SessionId }))
      }),
    dataKey: (KeyId, EncryptionContext) =>
      asking('asking for the session’s key', async () => {
        const kms = new KMSClient({ ...settings, maxAttempts: 3 })
        const { Plaintext, CiphertextBlob } = await kms.send(
          new GenerateDataKeyCommand({ KeyId, NumberOfBytes: 64, EncryptionContext }),
        )
        return { plaintext: Plaintext ?? new Uint8Array(), ciphertext: CiphertextBlob ?? new Uint8Array() }
      }),
  }
}

const connect: SessionPorts['connect'] = (url, headers, listener: SocketListener) => {
  const socket = new WebSocket(url, {
    headers: { ...headers },
    handshakeTimeout: HANDSHAKE_MS,
    maxPayload: MAX_FRAME_BYTES,
    perMessageDeflate: false,
    followRedirects: false,
  })
  let status: number | undefined
  let trouble = ''
  socket.on('open', listener.opened)
  socket.on('message', (data: Buffer, isBinary) => {
    if (isBinary) listener.received(data)
  })
  socket.on('pong', listener.ponged)
  socket.on('unexpected-response', (_, response) => {
    status = response.statusCode
    response.resume()
    socket.terminate()
  })
  socket.on('error', error => {
    trouble = error.message
  })
  socket.once('close', (code, reason) => {
    const text = trouble || reason.toString('utf8') || `closed with ${code}`
    listener.closed({ ...(status !== undefined && { status }), text })
  })
  return { send: message => socket.send(message), ping: () => socket.ping(), close: () => socket.terminate() }
}
