// The agent's arithmetic, against vectors that the reference agent's own code made.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isSignedWith, parseSigned, presign } from '../../../sandbox/aws/wire/sigv4.ts'
import { createCipher } from '../../../sandbox/ssm/cipher.ts'
import { firstRto, nextRto } from '../../../sandbox/ssm/rto.ts'
import { createRuneCutter } from '../../../sandbox/ssm/runes.ts'
import { vectors } from '../../kit/session/vectors.ts'

const hex = (text: string) => Buffer.from(text, 'hex')
const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

test('when a message is sent again follows the reference’s estimate', () => {
  let rto = firstRto
  for (const { sampleMs, rttMs, rttVarMs, rtoMs } of vectors.rto.steps) {
    rto = nextRto(rto, sampleMs)
    expect(rto.rtt).toBeCloseTo(rttMs, 6)
    expect(rto.variation).toBeCloseTo(rttVarMs, 6)
    expect(rto.timeout).toBeCloseTo(rtoMs, 5)
  }
})

test('nonces are counted up from the first, and both directions have a key', () => {
  const { clientToAgent, agentToClient } = vectors.aesGcm
  const [first] = agentToClient.messages
  const cipher = createCipher(hex(clientToAgent.dataKeyHex), hex(first?.outputHex ?? '').subarray(0, 12))
  for (const { plaintext, outputHex } of agentToClient.messages)
    expect(hexOf(cipher.encrypt(Buffer.from(plaintext)))).toBe(outputHex)
  expect(Buffer.from(cipher.decrypt(hex(clientToAgent.outputHex))).toString()).toBe(clientToAgent.plaintext)
  const changed = hex(clientToAgent.outputHex).fill(0, 20, 21)
  expect(() => cipher.decrypt(changed)).toThrow()
})

test('a nonce that ends in ff carries over', () => {
  const cipher = createCipher(new Uint8Array(64), hex('ffffff000000000000000000'))
  cipher.encrypt(hex('00'))
  expect(hexOf(cipher.encrypt(hex('00')).subarray(0, 12))).toBe('000000010000000000000000')
})

const cut = (chunks: readonly Uint8Array[]): Buffer => {
  const cutter = createRuneCutter()
  return Buffer.concat(chunks.map(chunk => Buffer.from(cutter(chunk))))
}

const chunked = (bytes: Uint8Array, size: number): readonly Uint8Array[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) => bytes.subarray(n * size, (n + 1) * size))

/** Half a surrogate pair becomes U+FFFD, too. */
test('text arrives whole and is cut between characters, however it is read', () => {
  const text = fc
    .string({ unit: 'binary', maxLength: 200 })
    .map(made => Buffer.from(made).toString().replaceAll('\uFFFD', '?'))
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 50 }), (made, size) => {
      const bytes = Buffer.from(made)
      expect(cut(chunked(bytes, size)).toString()).toBe(bytes.toString())
    }),
  )
})

test.each<[string, string, string]>([
  ['bytes that are no text, with enough behind them, stay', 'ff fe 61 62 63 64', 'ff fe 61 62 63 64'],
  ['an unfinished character at the end is lost', '61 62 f0 9f 98', '61 62'],
  ['a wrong byte at the end is lost with what follows', '61 62 63 ff 64 65', '61 62 63'],
  ['the replacement character keeps its first byte alone', 'ef bf bd 61 62 63', 'ef 61 62 63'],
  ['overlong forms and surrogates are no characters', 'c0 80 ed a0 80 61 62 63', 'c0 80 ed a0 80 61 62 63'],
])('%s', (_, given, expected) => {
  expect(hexOf(cut([hex(given.replaceAll(' ', ''))]))).toBe(expected.replaceAll(' ', ''))
})

test('the reference’s signed upgrades are let in, and + signed as it is written is not', () => {
  for (const { url, allRequestHeaders, secretAccessKey } of vectors.sigv4Upgrade) {
    const { host, pathname, search } = new URL(url)
    const headers = Object.fromEntries(
      Object.entries(allRequestHeaders).map(([name, values]) => [name.toLowerCase(), values.join(',')]),
    )
    const request = (query: string) => ({
      method: 'GET',
      path: pathname,
      query: new URLSearchParams(query),
      headers: { ...headers, host },
      body: Buffer.alloc(0),
    })
    const signed = parseSigned(request(search))
    if (!signed) throw new Error('unreadable')
    expect(signed.service).toBe('ssmmessages')
    expect(isSignedWith(request(search), signed, secretAccessKey)).toBe(true)
    const literal = request(search.replaceAll('+', '%2B'))
    expect(isSignedWith(literal, signed, secretAccessKey)).toBe(!search.includes('+'))
  }
})

test('a presigned URL is what it was, and proves itself', () => {
  const url = 'ws://127.0.0.1:4001/v1/data-channel/x?role=publish_subscribe&cell-number=a+b/c=='
  const keys = { accessKeyId: 'AKIA', secretAccessKey: 'secret', sessionToken: 'a+/=' }
  const made = presign(url, { ...keys, region: 'us-east-1', service: 'ssmmessages', at: 0, lifetime: 60 })
  expect(made.startsWith(`${url}&X-Amz-Algorithm=`)).toBe(true)
  const { host, pathname, search } = new URL(made)
  const http = {
    method: 'GET',
    path: pathname,
    query: new URLSearchParams(search),
    headers: { host },
    body: Buffer.alloc(0),
  }
  const signed = parseSigned(http)
  expect(signed && isSignedWith(http, signed, 'secret')).toBe(true)
  expect(signed && isSignedWith(http, signed, 'other')).toBe(false)
})
