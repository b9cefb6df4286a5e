// A secret in random structures and encodings, and text that is made to break the parser.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ownPatterns } from '../../../src/kit/redact/patterns.ts'
import { redact } from '../../../src/kit/redact/redact.ts'
import { redactLines } from '../../../src/kit/redact/stream.ts'
import { base64, PLAIN } from '../../fixtures/redaction/tokens.ts'

const [secret = ''] = PLAIN

/** Wraps text in one more layer. */
const LAYERS: readonly ((text: string) => string)[] = [
  text => JSON.stringify({ level: 'info', log: text, n: 1 }),
  text => JSON.stringify([1, { a: text }]),
  text => `level=info msg=${JSON.stringify(text)} ok=true`,
  text => `GET /?q=${encodeURIComponent(text)} HTTP/1.1`,
  text => base64(JSON.stringify({ inner: text })),
  text => `Event { body: Some(${JSON.stringify(text)}) }`,
  text => `{'body': ${JSON.stringify(text)}, 'n': None}`,
  text => `array("body" => ${JSON.stringify(text)})`,
]
const CORES: readonly string[] = [
  JSON.stringify({ password: secret }),
  JSON.stringify({ name: 'DB_PASSWORD', value: secret }),
  `password=${secret} user=ann`,
  `Authorization: Bearer ${secret}`,
  `postgres://ann:${secret}@db/orders`,
]

test('at any depth up to 5', () => {
  fc.assert(
    fc.property(fc.constantFrom(...CORES), fc.array(fc.nat(LAYERS.length - 1), { maxLength: 5 }), (core, layers) => {
      let text = core
      for (const nth of layers) text = LAYERS[nth]?.(text) ?? text
      const { text: shown, hidden } = redact(text)
      expect(Object.keys(hidden).length).toBeGreaterThan(0)
      expect(shown).not.toContain(secret)
      if (layers.at(-1) !== undefined && (layers.at(-1) ?? 9) < 2) expect(() => JSON.parse(shown)).not.toThrow()
    }),
    { numRuns: 300 },
  )
})

test('the value is hidden, not the brace before it, and only that is counted', () => {
  const line = '{"db":{"password":{"value":"x1y2"}}}'
  expect(redact(line)).toEqual({ text: '{"db":{"password":{"value":"‹hidden›"}}}', hidden: { password: 1 } })
  expect(redact('{"password":1234,"n":1}').text).toBe('{"password":"‹hidden›","n":1}')
})

describe('bad input', () => {
  const KB = 1_024
  test('256 KB that are one JSON string', () => {
    const inner = `${'x'.repeat(200 * KB)} ${JSON.stringify({ password: secret })} ${'y'.repeat(50 * KB)}`
    const { text } = redact(JSON.stringify({ level: 'info', msg: inner }))
    expect(text).not.toContain(secret)
    expect(JSON.parse(text)).toMatchObject({ level: 'info' })
  })

  test('JSON that is broken in the middle', () => {
    for (const line of [
      `{"a":{"password":"${secret}`,
      `"password":"${secret}"},"b":1}`,
      `{"a":1,,"password":"${secret}"}`,
      `{"a":"x"y","password":"${secret}"}`,
      `{"log":"{\\"password\\":\\"${secret}`,
    ])
      expect(redact(line).text).not.toContain(secret)
  })

  test('10,000 nested brackets', () => {
    const [open, close] = ['{"a":['.repeat(5_000), ']}'.repeat(5_000)]
    const line = `${open}{"password":"${secret}"}${close}`
    expect(redact(line).text).toBe(line.replace(secret, '‹hidden›'))
    expect(redact(`${'['.repeat(10_000)} password=${secret}`).text).not.toContain(secret)
  })

  test('a key of 100 KB', () => {
    const line = `{"${'k'.repeat(100 * KB)}_password":"${secret}","b":"c"}`
    expect(redact(line).text).toBe(line.replace(secret, '‹hidden›'))
  })

  test('invalid UTF-8', () => {
    const bytes = Buffer.concat([
      Buffer.from('a '),
      Buffer.from([0xff, 0xc3, 0x28]),
      Buffer.from(` password=${secret}`),
    ])
    expect(redact(bytes.toString('utf8')).text).not.toContain(secret)
    expect(redact(`password=${secret}\ud800`).text).not.toContain(secret)
  })

  test('what looks like our own marks hides nothing and counts nothing', () => {
    expect(redact('password=‹hidden› and ‹hidden›')).toEqual({ text: 'password=‹hidden› and ‹hidden›', hidden: {} })
    expect(redact(`password=‹hidden›${secret}`).text).not.toContain(secret)
    expect(redact(`{"password":"‹hidden› ${secret}"}`).text).not.toContain(secret)
  })
})

test('the characters looked at, at all depths, grow with the text and not faster', () => {
  const pieces = [
    '{"password":"x"}',
    '\\"',
    '%25',
    '%7B%22a%22%3A',
    'eyJhIjoi',
    '"\'',
    '[{"a":',
    'key="',
    'password:\n  - ',
    'a://b:',
  ]
  for (const piece of pieces) {
    const seenIn = (length: number): number => {
      let seen = 0
      const text = piece.repeat(Math.ceil(length / piece.length)).slice(0, length)
      const count = (searched: string) => {
        seen += searched.length
        return []
      }
      redact(text, { own: [count] })
      redact(JSON.stringify(JSON.stringify({ log: text })), { own: [count] })
      return seen
    }
    const [few, many] = [seenIn(8 * 1_024), seenIn(32 * 1_024)]
    expect(many / few).toBeLessThan(5)
    expect(many).toBeLessThan(40 * 32 * 1_024)
  }
})

describe('patterns of the configuration', () => {
  test('one that RE2 refuses is left out', () => {
    expect(ownPatterns(['(?=a)b', '(a)\\1'])).toEqual([])
  })

  test('one that matches everything leaves JSON that can be read, and one that matches nothing, the line', () => {
    const line = '{"level":"info","n":1,"b":[true,null]}'
    const { text } = redact(line, { own: ownPatterns(['.+']) })
    expect(() => JSON.parse(text)).not.toThrow()
    expect(text).not.toContain('info')
    expect(redact(line, { own: ownPatterns(['[^\\s\\S]']) })).toEqual({ text: line, hidden: {} })
    expect(redactLines(['any text'], { own: ownPatterns(['.+']) }).lines).toEqual(['‹hidden›'])
  })

  test('one that doubles with each character in a backtracking engine takes its time in proportion', () => {
    const line = `${'a'.repeat(20_000)}!`
    expect(redact(line, { own: ownPatterns(['(\\w+\\s?)*:']) }).text).toBe(line)
  })
})
