// Sessions of the reference client with the real agent, played again: to the same frames we answer what it answered, and
// make of them what it made.
import { describe, expect, test } from 'vitest'
import { openSession } from '../../../src/kit/session/channel.ts'
import { createEncryption } from '../../../src/kit/session/encryption.ts'
import { decodeFrame, type Frame } from '../../../src/kit/session/frame.ts'
import { jsonOf, PAYLOAD, textOf } from '../../../src/kit/session/messages.ts'
import type { SessionPorts, SocketListener } from '../../../src/kit/session/ports.ts'
import { anId, collect } from './agent.ts'
import { createClock } from './clock.ts'
import { fromHex, type Recorded, transcript } from './vectors.ts'

const isString = (frame: Frame | string): frame is string => typeof frame === 'string'
const read = (bytes: Uint8Array): Frame => {
  const frame = decodeFrame(bytes)
  if (isString(frame)) throw new Error(frame)
  return frame
}

/** What was said to the client once it was there; what the agent tells the service never reaches it. */
const heardBy = (recorded: readonly Recorded[]): readonly Recorded[] =>
  recorded
    .slice(recorded.findIndex(({ dir }) => dir === 'm2c'))
    .filter(({ dir, type }) => (dir === 'm2c' || dir === 'a2c') && type !== 'agent_session_state')

const fromBase64 = (text: unknown): Uint8Array => new Uint8Array(Buffer.from(String(text), 'base64'))

/** The data key, which the recording's own KMS wrote into its ciphertext. */
const keyOf = (recorded: readonly Recorded[]): { plaintext: Uint8Array; ciphertext: Uint8Array } => {
  const response = recorded.find(({ dir, ptype }) => dir === 'c2a' && ptype === PAYLOAD.handshakeResponse)
  const actions = response && jsonOf(read(fromHex(response.hex)).payload)?.['ProcessedClientActions']
  const result = (actions as { ActionResult: { KMSCipherTextKey: string } | null }[] | undefined)?.[1]?.ActionResult
  const ciphertext = fromBase64(result?.KMSCipherTextKey)
  return { plaintext: fromHex(String(jsonOf(ciphertext)?.['k'])), ciphertext }
}

const play = async (name: string) => {
  const recorded = transcript(name)
  const clock = createClock()
  const sent: Frame[] = []
  const texts: string[] = []
  const keys: unknown[] = []
  let listener: SocketListener | undefined
  const refuse = async (): Promise<never> => {
    throw new Error('Nobody asked for this.')
  }
  const ports: SessionPorts = {
    ...clock,
    connect: (_, __, told) => {
      listener = told
      return {
        send: message => void (typeof message === 'string' ? texts.push(message) : sent.push(read(message))),
        ping: () => undefined,
        close: () => undefined,
      }
    },
    resume: refuse,
    terminate: refuse,
    dataKey: async (keyId, context) => {
      keys.push([keyId, context])
      return keyOf(recorded)
    },
    signUpgrade: () => ({}),
    newId: anId,
  }
  const sessionId = /ecs-execute-command-[0-9a-f]+/.exec(JSON.stringify(recorded))?.[0] ?? ''
  const request = {
    sessionId,
    streamUrl: 'wss://x/',
    token: 't',
    targetId: 'ecs:peer-cluster_0123456789abcdef_0123456789abcdef-1111',
  }
  const session = openSession(request, ports)
  const output = collect(session.output)
  listener?.opened()
  for (const { hex, ptype } of heardBy(recorded)) {
    const before = sent.length
    listener?.received(fromHex(hex))
    await clock.advance(0)
    // What needs keys takes a moment that no clock here measures.
    if (ptype === PAYLOAD.handshakeRequest || ptype === PAYLOAD.challengeRequest)
      await clock.until(() => sent.length >= before + 2, 0)
  }
  const end = await session.end
  await output.done
  return { recorded, sent, texts, keys, sessionId, end, text: output.text() }
}

/** Type, number and text; but what was typed by hand, and what is sealed with a nonce, is looked at for itself. */
const said = (frames: readonly Frame[]): readonly string[] => {
  const lines = frames
    .filter(({ payloadType }) => payloadType !== PAYLOAD.output)
    .map(frame =>
      frame.payloadType === PAYLOAD.challengeResponse
        ? `${frame.messageType} ${frame.payloadType} ${frame.sequenceNumber}`
        : `${frame.messageType} ${frame.payloadType} ${frame.sequenceNumber} ${textOf(frame.payload)}`,
    )
  return [...new Set(lines)].toSorted()
}

describe.each(['plain_exit7', 'kms_stdin', 'noninteractive_separate', 'start_failure'])('%s', name => {
  test('is answered as the reference client answered', async () => {
    const { recorded, sent, texts } = await play(name)
    const theirs = recorded.filter(({ dir }) => dir === 'c2a').map(({ hex }) => read(fromHex(hex)))
    expect(said(sent)).toEqual(said(theirs))
    expect(texts).toHaveLength(1)
  })
})

test('a plain command: its output, and a normal end', async () => {
  const { end, text } = await play('plain_exit7')
  expect(text).toBe('hello\r\n')
  expect(end).toEqual({ kind: 'closed', reason: '' })
})

test('a command that could not be started: the agent’s own words', async () => {
  const { end, text } = await play('start_failure')
  expect(text).toBe('')
  expect(end).toMatchObject({ kind: 'closed', reason: expect.stringContaining('fork/exec /bin/nosuch: no such file') })
})

test('separate output: everything, and the exit code', async () => {
  const { end, text } = await play('noninteractive_separate')
  expect(text).toBe('out\nerr\n')
  expect(end).toEqual({ kind: 'closed', reason: '', exitCode: 7 })
})

test('encrypted: the key is bound to session and target, the challenge is met, the output is opened', async () => {
  const { recorded, sent, keys, sessionId, end, text } = await play('kms_stdin')
  expect(keys).toEqual([
    [
      'alias/peer',
      {
        'aws:ssm:SessionId': sessionId,
        'aws:ssm:TargetId': 'ecs:peer-cluster_0123456789abcdef_0123456789abcdef-1111',
      },
    ],
  ])
  const { plaintext } = keyOf(recorded)
  const client = await createEncryption(plaintext)
  const agent = await createEncryption(new Uint8Array([...plaintext.slice(32), ...plaintext.slice(0, 32)]))
  const asked = recorded.find(({ ptype }) => ptype === PAYLOAD.challengeRequest)
  const answered = sent.find(({ payloadType }) => payloadType === PAYLOAD.challengeResponse)
  const challenge = jsonOf(read(fromHex(asked?.hex ?? '')).payload)?.['Challenge']
  const answer = answered && jsonOf(answered.payload)?.['Challenge']
  expect(await agent.decrypt(fromBase64(answer))).toEqual(await client.decrypt(fromBase64(challenge)))
  expect(text).toMatch(/\r\n/)
  expect(end).toEqual({ kind: 'closed', reason: '' })
})
