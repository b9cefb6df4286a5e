// No secret gets past, however it is written; and no line, however it is made, takes long.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { neutralise } from '../../../src/kit/redact/neutralise.ts'
import { ownPatterns } from '../../../src/kit/redact/patterns.ts'
import { addHidden, redact } from '../../../src/kit/redact/redact.ts'
import { redactLines } from '../../../src/kit/redact/stream.ts'
import { size } from '../../seed.ts'

const of = (characters: string, minLength: number, maxLength = minLength) =>
  fc.string({ unit: fc.constantFrom(...characters), minLength, maxLength })

const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const ALNUM = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const BASE64 = `${ALNUM}+/`
const BASE64URL = `${ALNUM}-_`

const withCheckDigit = (digits: string): string =>
  [...'0123456789'].map(check => digits + check).find(number => luhn(number)) ?? digits
const luhn = (number: string): boolean =>
  [...number]
    .toReversed()
    .map((digit, nth) => (nth % 2 === 0 ? Number(digit) : [0, 2, 4, 6, 8, 1, 3, 5, 7, 9][Number(digit)]))
    .reduce<number>((sum, digit) => sum + (digit ?? 0), 0) %
    10 ===
  0

const base64 = (text: string) => Buffer.from(text).toString('base64')
const accessKey = fc.tuple(fc.constantFrom('AKIA', 'ASIA'), of(UPPER, 16)).map(([kind, rest]) => kind + rest)
const password = of(`${ALNUM}!$%^*_~.-`, 8, 40).filter(text => !/^\**$/.test(text))
const jwt = fc
  .tuple(of(BASE64URL, 10, 60), of(BASE64URL, 10, 200), of(BASE64URL, 20, 90))
  .map(([head, body, signature]) => `eyJ${head}.eyJ${body}.${signature}`)
const card = fc
  .tuple(fc.constantFrom('4', '51', '34', '6011'), of('0123456789', 15))
  .map(([brand, rest]) => withCheckDigit(`${brand}${rest}`.slice(0, brand === '34' ? 14 : 15)))

/** A secret, and the line that it is in. */
type Leak = { readonly secret: string; readonly line: string }
const leak = (secret: fc.Arbitrary<string>, line: (secret: string) => string): fc.Arbitrary<Leak> =>
  secret.map(text => ({ secret: text, line: line(text) }))

const keyNames = ['password', 'DB_PASSWORD', 'passwd', 'apiKey', 'api-key', 'client_secret', 'secretAccessKey', 'pwd']

const leaks: Readonly<Record<string, fc.Arbitrary<Leak>>> = {
  'AWS access keys': leak(accessKey, key => `using ${key} for S3`),
  'AWS secret keys beside them': fc
    .tuple(accessKey, of(BASE64, 40))
    .map(([key, secret]) => ({ secret, line: `credentials ${key} ${secret}` })),
  'AWS session tokens': leak(
    of(BASE64, 100, 400).map(rest => `IQoJb3JpZ2luX2Vj${rest}`),
    token => `X-Amz-Security-Token ${token} sent`,
  ),
  'bearer tokens': leak(of(`${BASE64URL}.`, 24, 100), token => `GET / HTTP/1.1 authorization: Bearer ${token}`),
  'basic tokens': leak(
    fc.tuple(of(ALNUM, 3, 10), of(ALNUM, 6, 20)).map(parts => base64(parts.join(':'))),
    token => `sent Basic ${token} upstream`,
  ),
  JWTs: leak(jwt, token => `user logged in with ${token}, welcome`),
  'private keys': leak(
    fc.array(of(BASE64, 64), { minLength: 3, maxLength: 20 }).map(lines => lines.join('\n')),
    key => `-----BEGIN RSA PRIVATE KEY-----\n${key}\n-----END RSA PRIVATE KEY-----`,
  ),
  'passwords in URLs': leak(password, text => `connecting to postgres://orders:${text}@db.internal:5432/orders`),
  'passwords by their key': fc
    .tuple(password, fc.constantFrom(...keyNames), fc.constantFrom('=', ': ', ' = ', '="', ': "', "='"))
    .map(([secret, key, sign]) => ({ secret, line: `boot ${key}${sign}${secret}${sign.trim().slice(1)} done` })),
  'card numbers': leak(card, number => `charged ${number} ok`),
  'card numbers in groups': leak(
    card.map(number => number.replace(/(.{4})(?=.)/g, '$1 ')),
    number => `id 17 ${number} 3`,
  ),
}

const COLOURS = ['\u001b[31m', '\u001b[0m', '\u001b[1;38;5;208m', '\u001b[K', '\u200b', '\u0000']

/** `pieces`: where something invisible goes. */
const coloured = (text: string, at: readonly number[]): string =>
  at.reduce((line, place, nth) => {
    const where = place % (line.length + 1)
    return line.slice(0, where) + COLOURS[nth % COLOURS.length] + line.slice(where)
  }, text)

/** Escapes in pieces would no longer be escapes: they go in from the end. */
const descending = fc.array(fc.nat(400), { maxLength: 6 })

const survives = ({ secret }: Leak, text: string) =>
  text.includes(secret) || text.includes(secret.replaceAll('\n', '\\n')) || text.includes(secret.replaceAll('/', '\\/'))

describe.each(Object.entries(leaks))('%s', (_, leaky) => {
  test('as they stand', () => {
    fc.assert(
      fc.property(leaky, one => {
        const { text, hidden } = redact(one.line)
        expect(survives(one, text)).toBe(false)
        expect(Object.values(hidden).length).toBeGreaterThan(0)
      }),
    )
  })

  test('in JSON, and in JSON within JSON', () => {
    fc.assert(
      fc.property(leaky, one => {
        const once = JSON.stringify({ level: 'info', msg: one.line, n: 1 })
        expect(survives(one, redact(once).text)).toBe(false)
        expect(survives(one, redact(JSON.stringify({ log: once })).text)).toBe(false)
        expect(survives(one, redact(once.replaceAll('/', '\\/')).text)).toBe(false)
      }),
    )
  })

  test('with colours and invisible marks inside', () => {
    fc.assert(
      fc.property(leaky, descending, (one, places) => {
        const at = places.map(place => place % (one.line.length + 1)).toSorted((a, b) => b - a)
        const line = coloured(one.line, at)
        expect(survives(one, redact(line).text)).toBe(false)
        expect(survives(one, neutralise(redact(JSON.stringify({ msg: line })).text))).toBe(false)
      }),
    )
  })

  test('split over two lines of one write', () => {
    fc.assert(
      fc.property(leaky, fc.nat(), (one, place) => {
        const start = one.line.indexOf(one.secret)
        const at = start + 1 + (place % (one.secret.length - 1))
        const { lines } = redactLines([one.line.slice(0, at), one.line.slice(at)])
        expect(survives(one, lines.join(''))).toBe(false)
      }),
    )
  })

  test('split across events: over any number of lines of one write', () => {
    fc.assert(
      fc.property(leaky, fc.array(fc.nat(), { minLength: 1, maxLength: 6 }), (one, places) => {
        const start = one.line.indexOf(one.secret)
        const cuts = [...new Set(places.map(place => start + 1 + (place % (one.secret.length - 1))))]
        const at = [0, ...cuts.toSorted((a, b) => a - b), one.line.length]
        const pieces = at.slice(1).map((end, nth) => one.line.slice(at[nth], end))
        const { lines } = redactLines(['INFO  before', ...pieces, 'INFO  after'])
        expect(survives(one, lines.join(''))).toBe(false)
        expect(lines[0]).toBe('INFO  before')
        expect(lines.at(-1)).toMatch(/^(?:INFO|‹hidden›) {2}after$/)
        // Of what is in no other line, nothing is left either.
        for (const [nth, piece] of pieces.slice(1, -1).entries())
          if (!/[\s:=]/.test(piece) && pieces.slice(0, nth + 1).join('').length - start >= 6)
            expect(lines[nth + 2]).toBe('‹hidden›')
      }),
    )
  })

  test('twice is as once', () => {
    fc.assert(
      fc.property(leaky, ({ line }) => {
        const once = redact(line).text
        expect(redact(once).text).toBe(once)
      }),
    )
  })
})

test('a piece that looks like another secret by itself', () => {
  const line = 'sent Basic QUFBQTpwdEFBQUFBQUE= upstream'
  for (const at of [11, 12, 13, 17])
    expect(redactLines([line.slice(0, at), line.slice(at)]).lines.join('')).not.toMatch(/QUF|FBQ|TpwdE/)
})

test('a value of a telling key goes, quoted, escaped or bare', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 12 }), secret => {
      fc.pre(!/^\s*$/.test(neutralise(secret)) && neutralise(secret).length >= 8)
      const line = JSON.stringify({ user: 'a', password: secret, after: 1 })
      const written = neutralise(JSON.stringify(secret).slice(1, -1))
      expect(redact(line).text.includes(written)).toBe(false)
      expect(redact(JSON.stringify({ log: line })).text.includes(written)).toBe(false)
    }),
  )
})

test('a private key that is spread over lines, and one whose beginning is out of sight', () => {
  const key = ['A', 'B', 'C'].map(letter => letter.repeat(64))
  const [begin, end] = ['-----BEGIN PRIVATE KEY-----', '-----END PRIVATE KEY-----']
  expect(redactLines(['x', 'Qw'.repeat(32), 'a1'.repeat(32)]).lines).toEqual(['x', '‹hidden›', 'a1'.repeat(32)])
  const whole = redactLines(['before', begin, ...key, end, 'after'])
  expect(whole.lines).toEqual(['before', ...Array(5).fill('‹hidden›'), 'after'])
  expect(whole.hidden).toEqual({ 'private key': 1 })
  expect(redactLines([...key, end, 'after']).lines).toEqual([...Array(4).fill('‹hidden›'), 'after'])
  expect(redactLines([begin, ...key]).lines).toEqual(Array(4).fill('‹hidden›'))
  expect(redactLines([begin, key[0] ?? '', 'GET /health 200', 'next']).lines.slice(2)).toEqual([
    'GET /health 200',
    'next',
  ])
})

test('lines that only touch are left alone', () => {
  const lines = ['INFO  token refreshed', 'done in 12 ms', 'ready']
  expect(redactLines(lines).lines).toEqual(lines)
  const apart = ['key AKIAABCD', 'EFGHIJKLMNOP']
  expect(redactLines(apart).lines).toEqual(['key ‹hidden›', '‹hidden›'])
})

test('more of a value than its line held goes with it, and what names itself stays', () => {
  const lines = ['PASSWORD=tr0ub4', 'dor3x', 'PORT=8080', 'INFO ready', 'token: abc123def456', 'INFO started']
  expect(redactLines(lines).lines).toEqual([
    'PASSWORD=‹hidden›',
    '‹hidden›',
    'PORT=8080',
    'INFO ready',
    'token: ‹hidden›',
    'INFO started',
  ])
})

test('more of a token goes with it, also where words come after it; words and names stay', () => {
  const after = (next: string) => redactLines(['sent with bearer abcdefghijklm1', next]).lines[1]
  for (const tail of ['4fj2kd9s', 'Zm9vYmFyMTIzNDU2Nzg5', 'a1-b2_c3d4e5f', 'eyJ9.x8s2kQ', 'x9y8z7=='])
    expect(after(`${tail} sent to upstream`)).toBe('‹hidden› sent to upstream')
  for (const line of [
    'INFO ready',
    'Host: example.com',
    'Content-MD5: none',
    'HTTP/1.1 200 OK',
    '2026-09-21T10:00:00.123Z started',
    '10:00:00.123Z started',
    '10.0.12.7 connected',
    'c0ffee12-3456-4789-8abc-def012345678 is done',
    'worker12 is done, sha256 too',
    'retrying-in 5s',
    '(4fj2kd9s) is done',
  ])
    expect(after(line)).toBe(line)
})

test('what is left of a token that was whole before its end', () => {
  const tail = of(BASE64URL, 8, 60).filter(text => /[A-Za-z]\d[A-Za-z]{3}|\d[A-Za-z]{4}/.test(text))
  fc.assert(
    fc.property(jwt, tail, of(ALNUM, 1, 10), (token, rest, word) => {
      const { lines } = redactLines([`user came with ${token}`, `${rest} ${word}, welcome`])
      expect(lines).toEqual(['user came with ‹hidden›', `‹hidden› ${word}, welcome`])
    }),
  )
})

// In time that is not proportional to the text, these would go on for many minutes: the test's own limit ends them.
test.each(['eyJ', 'A', '4', '4111 ', 'AKIAABCDEF', 'x'.repeat(100), 'password=', 'Bearer'])(
  'many pieces of one write take no time: %s',
  piece => {
    expect(redactLines(Array.from({ length: 10_000 }, () => piece)).lines).toHaveLength(10_000)
  },
)

test('e-mail addresses on request, and own patterns', () => {
  const line = 'mail to ada@example.com about CUST-1234'
  expect(redact(line).text).toBe(line)
  expect(redact(line, { emails: true, own: ownPatterns(['CUST-[0-9]+']) })).toEqual({
    text: 'mail to ‹hidden› about ‹hidden›',
    hidden: { 'e-mail address': 1, 'own pattern': 1 },
  })
})

test.each([
  'GET /orders/17 200 in 12 ms',
  'basic authentication is required, bearer authentication too',
  'token expired',
  '{"tokens":512,"max_tokens":4096,"token":null}',
  'http://example.com:8080/users@home',
  'order 1234567890123456 at 1763780400000',
  'password reset for user 7',
  'at Object.<anonymous> (/app/src/auth/token.ts:18:20)',
])('leaves alone: %s', line => {
  expect(redact(line)).toEqual({ text: line, hidden: {} })
})

test('counts what it hid, by kind', () => {
  const { hidden } = redact('password=hunter22 AKIAABCDEFGHIJKLMNOP postgres://u:p4ss@h/d')
  expect(hidden).toEqual({ password: 2, 'AWS key': 1 })
  expect(addHidden([hidden, { password: 1 }])).toEqual({ password: 3, 'AWS key': 1 })
})

test('colours, controls and marks of direction are gone', () => {
  expect(neutralise('\u001b[1;31mERROR\u001b[0m a\u202eb\u0007 \u001b]8;;http://x\u0007link\u001b]8;;\u0007')).toBe(
    'ERROR ab link',
  )
})

const MB = size(1_000_000)
const nasty: Readonly<Record<string, string>> = {
  letters: 'a'.repeat(MB),
  digits: '4'.repeat(MB),
  'groups of digits': '4111 '.repeat(MB / 5),
  'beginnings of JWTs': 'eyJ'.repeat(MB / 3),
  'beginnings of URLs': 'a://'.repeat(MB / 4),
  'logins without an end': `a://${'b:'.repeat(MB / 2)}`,
  'names of keys': 'password'.repeat(MB / 8),
  'names and signs': 'token='.repeat(MB / 6),
  'open quotes': 'token="token=\''.repeat(MB / 14),
  backslashes: `password="${'\\'.repeat(MB)}`,
  'backslashes and quotes': `password=\\"${'\\"'.repeat(MB / 2)}`,
  'beginnings of private keys': '-----BEGIN PRIVATE KEY-----'.repeat(MB / 27),
  'beginnings of session tokens': 'FwoGZXIvYXdz '.repeat(MB / 13),
  'bearers of nothing': `bearer${' '.repeat(MB)}`,
  spaces: ' '.repeat(MB),
  'signs of addresses': 'a@'.repeat(MB / 2),
  'labels of addresses': `a@${'b.'.repeat(MB / 2)}`,
  escapes: '\u001b['.repeat(MB / 2),
  'escapes that go on': `\u001b]${'x'.repeat(MB)}`,
  'many escapes that go on': `\u001b]${'x'.repeat(100)}`.repeat(MB / 102),
}

test.each(Object.entries(nasty))('a line of 1 MB takes no time: %s', (_, line) => {
  redact(line, { emails: true })
  expect(redactLines([line, line], { emails: true }).lines).toHaveLength(2)
})
