// Our signer beside another one: the same request, the same signature.
import aws4 from 'aws4'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sign } from '../../src/gateways/sigv4.ts'

const keys = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }
const at = Date.parse('2015-08-30T12:36:00Z')

test('the example of AWS’s own documentation', () => {
  const request = {
    method: 'GET',
    host: 'iam.amazonaws.com',
    path: '/?Action=ListUsers&Version=2010-05-08',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded; charset=utf-8' },
  } as const
  expect(sign(request, { service: 'iam', region: 'us-east-1', keys, at })).toEqual({
    'X-Amz-Date': '20150830T123600Z',
    Authorization:
      'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7',
  })
})

const words = fc.string({ unit: 'grapheme', maxLength: 12 })
const segment = words.map(encodeURIComponent).filter(text => !['', '.', '..'].includes(text))
// aws4 loses a parameter of the name `__proto__`.
const names = words.filter(name => name !== '' && name !== '__proto__')
const query = fc.dictionary(names, words, { maxKeys: 5 }).map(pairs => `${new URLSearchParams(pairs)}`)
const header = fc.tuple(fc.stringMatching(/^x-[a-z][a-z0-9-]{0,9}$/), fc.stringMatching(/^[ -~]{0,20}$/))

const requests = fc.record({
  method: fc.constantFrom('GET', 'POST'),
  host: fc.constant('127.0.0.1:8080'),
  path: fc.tuple(fc.array(segment), query).map(([parts, of]) => `/${parts.join('/')}${of && '?'}${of}`),
  headers: fc
    .array(header)
    .map(pairs => ({ 'content-type': 'a  b', 'content-length': '1', ...Object.fromEntries(pairs) })),
  body: words,
})

test('whatever is asked, and whoever asks: as aws4 signs it', () => {
  fc.assert(
    fc.property(requests, words, (request, sessionToken) => {
      const of = { service: 'ssm', region: 'eu-west-1' }
      const ours = sign(request, { ...of, keys: { ...keys, sessionToken }, at })
      const headers = { ...request.headers, 'X-Amz-Date': '20150830T123600Z' }
      const theirs = aws4.sign({ ...request, ...of, headers }, { ...keys, sessionToken })
      expect(ours['Authorization']).toBe(theirs.headers?.['Authorization'])
    }),
  )
})
