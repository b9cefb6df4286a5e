// A stream shows the same however it is read, and no secret where it was cut.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MAX_HELD, MAX_WAIT_MS, RedactedStream, redactLines } from '../../../src/kit/redact/stream.ts'
import { HIDDEN_LINES } from '../../fixtures/redaction/hidden.ts'
import { SHOWN_LINES } from '../../fixtures/redaction/shown.ts'
import { PEM, PEM_BODY, PLAIN, TOKENS } from '../../fixtures/redaction/tokens.ts'

const [secret = ''] = PLAIN
const pretty = JSON.stringify(
  { db: { password: { value: secret } }, list: [{ name: 'API_KEY', value: secret }] },
  null,
  2,
)

const blocks = fc.constantFrom(
  ...HIDDEN_LINES.map(({ line }) => line.split('\n')),
  ...SHOWN_LINES.map(({ line }) => [line]),
  pretty.split('\n'),
  PEM,
)

test('the same, in any number of reads', () => {
  fc.assert(
    fc.property(fc.array(blocks, { maxLength: 8 }), fc.array(fc.nat(40)), (parts, cuts) => {
      const lines = parts.flat()
      const stream = new RedactedStream()
      const read: string[] = []
      let from = 0
      for (const size of [...cuts, lines.length]) {
        read.push(...stream.push(lines.slice(from, from + size)).map(({ text }) => text))
        from += size
      }
      read.push(...stream.decide().map(({ text }) => text))
      expect(read).toEqual(redactLines(lines).lines)
    }),
    { numRuns: 60 },
  )
})

describe('no secret is shown where lines are cut', () => {
  const texts: readonly (readonly [string, string, string])[] = [
    ['JSON', JSON.stringify({ level: 'info', db: { password: { value: secret } } }), secret],
    ['JSON in a string', JSON.stringify({ log: JSON.stringify({ password: secret, n: 1 }) }), secret],
    ['logfmt', `level=info user=ann password=${secret}`, secret],
    ['a token', `using ${TOKENS['GitHub personal']} now`, (TOKENS['GitHub personal'] ?? '').slice(4)],
    ['a JWT', `user ${TOKENS['JWT']} came`, (TOKENS['JWT'] ?? '').slice(3)],
    ['an AWS key', `key ${TOKENS['AWS access key']} used`, (TOKENS['AWS access key'] ?? '').slice(4)],
    ['a URL', `dial postgres://orders:${secret}@db.internal:5432/orders`, secret],
    ['a private key', PEM.join(''), PEM_BODY],
    ['colours inside', `using \u001b[31m${TOKENS['npm']}\u001b[0m now`, (TOKENS['npm'] ?? '').slice(4)],
    ['letters above ASCII', JSON.stringify({ password: `pässwörd-${secret}-ü` }), `wörd-${secret}`],
  ]
  test.each(texts)('%s', (_, text, hidden) => {
    fc.assert(
      fc.property(fc.array(fc.nat(text.length), { minLength: 1, maxLength: 4 }), places => {
        const at = [0, ...[...new Set(places)].toSorted((a, b) => a - b), text.length]
        const pieces = at.slice(1).map((end, nth) => text.slice(at[nth], end))
        const { lines } = redactLines(['INFO before', ...pieces, 'INFO after'])
        expect(lines.join('')).not.toContain(hidden)
        // A piece of a secret that is long enough to be of use is not shown either.
        for (const [nth, piece] of pieces.entries()) {
          const shared = piece.length >= 10 && hidden.includes(piece)
          if (shared) expect(lines[nth + 1]).not.toContain(piece)
        }
      }),
      { numRuns: 80 },
    )
  })
})

test('pretty-printed JSON, YAML and a private key, a line an event', () => {
  for (const lines of [pretty.split('\n'), ['db:', '  password:', `    value: ${secret}`, '  port: 1'], [...PEM]]) {
    const shown = redactLines(lines).lines.join('\n')
    expect(shown).not.toContain(secret)
    expect(shown).not.toContain(PEM_BODY)
  }
  expect(JSON.parse(redactLines(pretty.split('\n')).lines.join('\n'))).toEqual({
    db: { password: { value: '‹hidden›' } },
    list: [{ name: 'API_KEY', value: '‹hidden›' }],
  })
})

test('carriage returns inside a secret', () => {
  const token = TOKENS['GitHub personal'] ?? ''
  const { lines } = redactLines([`using ${token.slice(0, 20)}\r${token.slice(20)} now`])
  expect(lines).toEqual(['using ‹hidden› now'])
  expect(redactLines(['10%\r50%\r100%']).lines).toEqual(['100%'])
})

test('what is not decided after 7 s is hidden', () => {
  const stream = new RedactedStream()
  expect(stream.push(['using ghp_abc123'], 1_000)).toEqual([])
  expect(stream.push([], 1_000 + MAX_WAIT_MS - 1)).toEqual([])
  expect(stream.push([], 1_000 + MAX_WAIT_MS).map(({ text }) => text)).toEqual(['using ‹hidden›'])
  // What comes later belongs to it all the same.
  expect([...stream.push(['DEF456DEF456DEF456DEF456 done'], 60_000), ...stream.decide()][0]?.text).toBe('‹hidden› done')
})

test('a value whose name did not come within 7 s is hidden', () => {
  const stream = new RedactedStream()
  const lines = ['{"environment":[', `{"value":"${secret}",`]
  expect(stream.push(lines, 0)).toEqual([])
  expect(stream.push([], MAX_WAIT_MS).map(({ text }) => text)).toEqual([lines[0], '{"value":"‹hidden›",'])
})

test('what is open waits for 64 KB at most, and stays hidden after them', () => {
  const stream = new RedactedStream()
  const lines = [
    '{"credentials": {',
    ...Array.from({ length: 4_000 }, (_, nth) => `  "a${nth}": "${secret}${nth}",`),
    '"z": 1}}',
  ]
  const shown: string[] = []
  for (const line of lines) {
    shown.push(...stream.push([line]).map(({ text }) => text))
    expect(stream.size()).toBeLessThan(MAX_HELD + 6_000)
  }
  shown.push(...stream.push(['INFO ready']).map(({ text }) => text))
  expect(shown).toHaveLength(lines.length + 1)
  expect(shown.join('\n')).not.toContain(secret)
  expect(shown.at(-1)).toBe('INFO ready')
})

test('of lines without a secret at most 1 in 1,000 is altered', () => {
  const lines = Array.from({ length: 5_000 }, (_, nth) => SHOWN_LINES[(nth * 7_919) % SHOWN_LINES.length]?.line ?? '')
  const shown = redactLines(lines).lines
  expect(shown.filter((line, nth) => line !== lines[nth]).length).toBeLessThanOrEqual(5)
})
