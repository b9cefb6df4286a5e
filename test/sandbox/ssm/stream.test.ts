// What the agent keeps of what it sent, and for how long.
import { expect, test } from 'vitest'
import { createStream } from '../../../sandbox/ssm/stream.ts'
import { decodeFrame } from '../../../src/kit/session/frame.ts'
import { acknowledgement } from '../../../src/kit/session/messages.ts'
import { isQuick } from '../../seed.ts'

const aStream = () => {
  const sent: Uint8Array[] = []
  const stream = createStream({
    resendMs: 3_600_000,
    now: () => 1,
    send: bytes => sent.push(bytes),
    handle: () => 'taken',
  })
  const acknowledge = (bytes: Uint8Array | undefined): void => {
    const frame = decodeFrame(bytes ?? new Uint8Array())
    if (typeof frame === 'string') throw new Error(frame)
    stream.receive(acknowledgement(frame, crypto.randomUUID(), 1))
  }
  return { stream, sent, acknowledge }
}

const isDone = async (drained: Promise<void>): Promise<boolean> =>
  Promise.race([drained.then(() => true), new Promise<boolean>(resolve => setImmediate(resolve, false))])

test.skipIf(isQuick)(
  'a hundred thousand messages are kept until they are acknowledged; one beyond them is sent, and forgotten',
  async () => {
    const { stream, sent, acknowledge } = aStream()
    for (let n = 0; n <= 100_000; n += 1) stream.send(1, new Uint8Array([65]))
    const drained = stream.drained(3_600_000)
    for (const bytes of sent.slice(0, 99_999)) acknowledge(bytes)
    expect(await isDone(drained)).toBe(false)
    acknowledge(sent[99_999])
    expect(await isDone(drained)).toBe(true)
    stream.stop()
  },
)
