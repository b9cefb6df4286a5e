// Golden values beside the frames: cipher, timing, the upgrade's signature, the first message.
import { describe, expect, test } from 'vitest'
import { signUpgrade } from '../../../src/gateways/exec/sign-upgrade.ts'
import { createEncryption } from '../../../src/kit/session/encryption.ts'
import { openDataChannel, textOf } from '../../../src/kit/session/messages.ts'
import { INITIAL_RTO, nextRto, type Rto, reconnectDelay } from '../../../src/kit/session/rto.ts'
import { bytesOf } from './agent.ts'
import { fromHex, vectors } from './vectors.ts'

const { clientToAgent, agentToClient } = vectors.aesGcm
const ours = fromHex(clientToAgent.dataKeyHex)
/** The agent uses the halves the other way round. */
const theirs = new Uint8Array([...ours.slice(32), ...ours.slice(0, 32)])

describe('encryption', () => {
  test('opens what the agent sealed', async () => {
    const { decrypt } = await createEncryption(ours)
    for (const { outputHex, plaintext } of agentToClient.messages)
      expect(textOf(await decrypt(fromHex(outputHex)))).toBe(plaintext)
  })

  test('seals as the agent opens, with a nonce of its own each time', async () => {
    const agent = await createEncryption(theirs)
    expect(textOf(await agent.decrypt(fromHex(clientToAgent.outputHex)))).toBe(clientToAgent.plaintext)
    const { encrypt } = await createEncryption(ours)
    const [one, two] = [await encrypt(bytesOf('whoami\n')), await encrypt(bytesOf('whoami\n'))]
    expect(one).not.toEqual(two)
    expect(one.length).toBe(fromHex(clientToAgent.outputHex).length)
    expect(textOf(await agent.decrypt(one))).toBe('whoami\n')
  })

  test.each([
    ['turned by a bit', (sealed: Uint8Array) => sealed.with(14, (sealed[14] ?? 0) ^ 1)],
    ['cut short', (sealed: Uint8Array) => sealed.slice(0, 20)],
  ])('refuses what was %s', async (_, spoil) => {
    const { decrypt } = await createEncryption(ours)
    await expect(decrypt(spoil(fromHex(agentToClient.messages[0]?.outputHex ?? '')))).rejects.toThrow()
  })

  test('takes no key but one of 64 bytes, and leaves the one it was given as it was', async () => {
    await expect(createEncryption(ours.slice(1))).rejects.toThrow('63 bytes')
    const given = ours.slice()
    await createEncryption(given)
    expect(given).toEqual(ours)
  })
})

test('the time until a message is sent again follows the reference', () => {
  let estimate: Rto = INITIAL_RTO
  for (const { sampleMs, rttMs, rttVarMs, rtoMs } of vectors.rto.steps) {
    estimate = nextRto(estimate, sampleMs)
    expect(estimate.rtt).toBeCloseTo(rttMs, 5)
    expect(estimate.rttVar).toBeCloseTo(rttVarMs, 5)
    expect(estimate.rto).toBeCloseTo(rtoMs, 5)
  }
})

test('reconnects come after delays that double, and begin again where they grow too long', () =>
  expect(vectors.reconnectDelaysMs.values.map((_, attempt) => reconnectDelay(attempt, 0.5))).toEqual(
    vectors.reconnectDelaysMs.values.map(value => (value > 5_000 ? 150 : value)),
  ))

describe('the upgrade', () => {
  test.each(vectors.sigv4Upgrade)('to $url is signed', ({ url, time, region, allRequestHeaders, ...credentials }) => {
    const at = Date.parse(time.replace(/(....)(..)(..)T(..)(..)(..)Z/, '$1-$2-$3T$4:$5:$6Z'))
    const headers = signUpgrade(url, { region, credentials, at })
    expect(headers).toEqual(
      Object.fromEntries(Object.entries(allRequestHeaders).map(([name, [value]]) => [name, value])),
    )
  })

  test('a presigned URL is left alone', () => {
    const url = `${vectors.sigv4Upgrade[0]?.url}&X-Amz-Signature=abc`
    const credentials = { accessKeyId: 'a', secretAccessKey: 'b' }
    expect(signUpgrade(url, { region: 'us-east-1', credentials, at: 0 })).toEqual({})
  })
})

test('the first message is the reference’s, but for the version', () =>
  expect(
    openDataChannel('01020304-0506-4708-890a-0b0c0d0e0f10', 'TOKEN+/=', 'a0a1a2a3-a4a5-46a7-a8a9-aaabacadaeaf'),
  ).toBe(vectors.openDataChannelJson))
