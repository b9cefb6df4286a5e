// The real WebSocket, SSM and KMS under a session: against a server on loopback that speaks as the service does.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { createSessionPorts } from '../../../src/gateways/exec/exec-session.ts'
import { openSession } from '../../../src/kit/session/channel.ts'
import { encodeFrame, type Frame } from '../../../src/kit/session/frame.ts'
import { aFrame, bytesOf, closedFrame, collect } from '../../kit/session/agent.ts'

const credentials = { accessKeyId: 'AKIA', secretAccessKey: 's', sessionToken: 'token', expiration: new Date(0) }
type Asked = { readonly target: string; readonly body: unknown }

let server: Server
let base = ''
let asked: Asked[] = []
let upgrades: { readonly url: string; readonly authorization: string }[] = []
let answers: Readonly<Record<string, object>> = {}
let refusal = 0
let serve: (socket: WebSocket, n: number) => void = () => undefined

const say = (socket: WebSocket, frame: Partial<Frame>): void => socket.send(encodeFrame(aFrame(Date, frame)))

beforeAll(async () => {
  const sockets = new WebSocketServer({ noServer: true })
  server = createServer((request, response) => {
    let text = ''
    request.on('data', chunk => {
      text += chunk
    })
    request.on('end', () => {
      const target = String(request.headers['x-amz-target'])
      asked.push({ target, body: JSON.parse(text) })
      const answer = answers[target]
      response.writeHead(answer ? 200 : 400).end(JSON.stringify(answer ?? { __type: 'AccessDeniedException' }))
    })
  })
  server.on('upgrade', (request, socket, head) => {
    upgrades.push({ url: request.url ?? '', authorization: String(request.headers.authorization) })
    if (refusal > 0) return void socket.end(`HTTP/1.1 ${refusal} Refused\r\ncontent-length: 0\r\n\r\n`)
    sockets.handleUpgrade(request, socket, head, ws => serve(ws, upgrades.length))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  base = `127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const open = () => {
  asked = []
  upgrades = []
  const ports = createSessionPorts({ AWS_ENDPOINT_URL: `http://${base}` }, 'us-east-1', credentials)
  const streamUrl = `ws://${base}/v1/data-channel/s-1?role=publish_subscribe&cell-number=AAE+k/N0==`
  return openSession({ sessionId: 's-1', streamUrl, token: 'first', targetId: 'ecs:c_t_r' }, ports)
}

describe('a session over a real socket', () => {
  test('is signed, opened with the token, and resumed with the new one where it is cut', async () => {
    const tokens: unknown[] = []
    answers = { 'AmazonSSM.ResumeSession': { SessionId: 's-1', TokenValue: 'second', StreamUrl: 'wss://elsewhere' } }
    serve = (socket, n) => {
      socket.once('message', message => tokens.push(JSON.parse(String(message)).TokenValue))
      say(socket, { payload: bytesOf(`<${n}>`), sequenceNumber: n - 1 })
      socket.once('message', () => (n === 1 ? socket.terminate() : say(socket, closedFrame())))
    }
    const session = open()
    const output = collect(session.output)
    expect(await session.end).toEqual({ kind: 'closed', reason: '' })
    expect(output.text()).toBe('<1><2>')
    expect(tokens).toEqual(['first', 'second'])
    expect(upgrades.map(({ url }) => url)).toEqual(
      Array(2).fill('/v1/data-channel/s-1?role=publish_subscribe&cell-number=AAE+k/N0=='),
    )
    expect(upgrades[0]?.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIA\/\d{8}\/us-east-1\/ssmmessages\/aws4_request, SignedHeaders=host;x-amz-date;x-amz-security-token, /,
    )
    expect(asked.map(({ target }) => target)).toEqual(['AmazonSSM.ResumeSession'])
  })

  test('that may not be opened is terminated, and says why', async () => {
    refusal = 403
    answers = { 'AmazonSSM.TerminateSession': { SessionId: 's-1' } }
    const end = await open().end
    refusal = 0
    expect(end).toMatchObject({ kind: 'incomplete', reason: expect.stringContaining('403'), isTerminated: true })
    expect(asked).toEqual([{ target: 'AmazonSSM.TerminateSession', body: { SessionId: 's-1' } }])
  })

  test('whose termination is refused says that it is still there', async () => {
    answers = {}
    serve = () => undefined
    const session = open()
    await session.terminate()
    expect(await session.end).toMatchObject({ kind: 'incomplete', isTerminated: false })
  })

  test('asks KMS for a key that is bound to it', async () => {
    answers = {
      'TrentService.GenerateDataKey': { Plaintext: Buffer.alloc(64).toString('base64'), CiphertextBlob: 'AQID' },
      'AmazonSSM.TerminateSession': {},
    }
    const request = JSON.stringify({
      RequestedClientActions: [{ ActionType: 'KMSEncryption', ActionParameters: { KMSKeyId: 'alias/exec' } }],
    })
    const answered = new Promise<string>(resolve => {
      serve = socket => {
        say(socket, { payloadType: 5, payload: bytesOf(request) })
        socket.on('message', message => String(message).includes('KMSCipherTextKey') && resolve(String(message)))
      }
    })
    const session = open()
    expect(await answered).toContain('"KMSCipherTextKey":"AQID"')
    expect(asked).toEqual([
      {
        target: 'TrentService.GenerateDataKey',
        body: {
          KeyId: 'alias/exec',
          NumberOfBytes: 64,
          EncryptionContext: { 'aws:ssm:SessionId': 's-1', 'aws:ssm:TargetId': 'ecs:c_t_r' },
        },
      },
    ])
    await session.terminate()
  })
})
