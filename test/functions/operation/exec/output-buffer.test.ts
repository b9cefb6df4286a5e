import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createOutputBuffer } from '../../../../src/functions/operation/exec/output-buffer.ts'
import { fitsInMessage } from '../../../../src/functions/operation/exec/render-output.ts'
import { isQuick } from '../../../seed.ts'

const printed = (...parts: readonly string[]) => {
  const all = createOutputBuffer({})
  for (const part of parts) all.add(part)
  return all
}

test('is lines, however they arrive', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '\n', ' ') })), parts => {
      const whole = parts.join('')
      expect(printed(...parts).all().lines).toEqual(whole.replace(/\n$/, '').split('\n'))
    }),
  )
})

describe('hides', () => {
  test('what looks like a secret, also in colours', () => {
    const { lines, hidden } = printed('key \u001b[31mAKIAIOSFODNN7EXAMPLE\u001b[0m\n').latest(10)
    expect(lines.join()).not.toContain('AKIAIOSFODNN7EXAMPLE')
    expect(hidden).toEqual({ 'AWS key': 1 })
  })

  test('a private key of which only the end is among the newest lines', () => {
    const body = Array.from({ length: 300 }, () => 'QUJD'.repeat(16))
    const key = ['-----BEGIN PRIVATE KEY-----', ...body, '-----END PRIVATE KEY-----'].join('\n')
    expect(printed(`${key}\nok\n`).latest(50).lines.join('\n')).not.toContain('QUJD')
  })
})

test('a terminal writes over what stands before a carriage return', () => {
  expect(printed('10%\r50%\r100%\ndone\n').all().lines).toEqual(['100%', 'done'])
})

test.skipIf(isQuick)('keeps the beginning and the end of what is too much, and counts all of it', () => {
  const all = createOutputBuffer({})
  const line = `${'x'.repeat(99)}\n`
  for (let nth = 0; nth < 65_000; nth += 1000) all.add(line.repeat(1000))
  all.add('the last line\n')
  const { lines, count, isWhole } = all.all()
  expect(count).toBe(65_001)
  expect(isWhole).toBe(false)
  expect(lines.at(-1)).toBe('the last line')
  expect(lines.length).toBeLessThan(60_000)
  expect(all.latest(5).lines).toHaveLength(5)
})

const URL = 'DATABASE_URL=postgres://app:hunter2-very-secret@db/orders'
describe('while it goes on', () => {
  test.each([
    ['the password of a URL', URL, 'DATABASE_URL=postgres://app:hunter2-very-secr'.length],
    ['a token', `using ghp_${'a1B2'.repeat(9)}`, 26],
    ['the header of a JWT', 'got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl', 20],
    ['an AWS key', 'key AKIAIOSFODNN7EXAMPLE', 22],
  ])('the beginning of %s is hidden until its rest comes', (_, line, cut) => {
    const all = printed('before\n', line.slice(0, cut))
    expect(all.latest(10).lines).toEqual(['before', expect.stringMatching(/‹hidden›$/)])
    all.add(`${line.slice(cut)}\nit is done`)
    expect(all.latest(10).lines).toEqual(['before', expect.stringContaining('‹hidden›'), 'it is done'])
  })

  test('a line without an end is shown, and in the end whatever it was', () => {
    expect(printed('before\nGo on? [y/n] ').latest(10).lines).toEqual(['before', 'Go on? [y/n] '])
    expect(printed('before\nthe key is AKIA').latest(10).lines).toEqual(['before', 'the key is AKIA'])
  })
})

describe('of what is too much to keep', () => {
  const MOST = 2_000_000
  const filler = (size: number) => `${'x'.repeat(999)}\n`.repeat(size / 1_000)
  const wholly = (text: string) => {
    const all = createOutputBuffer({})
    for (let at = 0; at < text.length; at += 1_000) all.add(text.slice(at, at + 1_000))
    return all.all()
  }

  test.skipIf(isQuick).each([27, 46])(
    'no secret is cut through, neither where the beginning ends nor where the end begins: %i',
    into => {
      const beginning = `${filler(MOST - 1_000)}${'y'.repeat(999 - into)}\n${URL}\n`
      const end = `${URL}\n${filler(MOST)}`.slice(0, MOST + URL.length - into)
      const { lines, count } = wholly(`${beginning}${filler(MOST)}${end}`)
      expect(lines.filter(line => /hunter2|secret@|ret@db/.test(line))).toEqual([])
      expect(lines.filter(line => /^[^xy‹]*$/.test(line) && !line.startsWith('…'))).toEqual([])
      expect(count).toBe(`${beginning}${filler(MOST)}${end}`.split('\n').length - 1)
    },
  )

  test('of a line longer than all of it the beginning and the end are kept, and no secret is cut through there', () => {
    const all = createOutputBuffer({})
    for (let nth = 0; nth < 90; nth += 1) all.add(`${URL} `.repeat(1_500))
    const { lines, isWhole } = all.all()
    expect(lines).toHaveLength(3)
    expect(isWhole).toBe(false)
    expect(lines[0]?.startsWith('DATABASE_URL=postgres://app:‹hidden›@db')).toBe(true)
    expect(lines[1]).toContain('too long to keep')
    for (const text of [...lines, ...all.latest(5).lines, ...all.latest(5).lines]) {
      expect(text.includes('hunter2') || text.includes('very-')).toBe(false)
      if (text !== lines[1]) expect(text.length).toBeGreaterThan(100_000)
    }
    all.add('\nthe last line\n')
    expect(all.all().lines.at(-1)).toBe('the last line')
    expect(all.latest(5).lines.at(-1)).toBe('the last line')
    expect(all.first().startsWith('DATABASE_URL')).toBe(true)
  })

  test('of a line that is too long for a message its end is shown, and that there is more', () => {
    const all = printed(`${'x'.repeat(500_000)}\ndone\n`)
    expect(all.latest(50)).toMatchObject({ isWhole: false, lines: [expect.stringMatching(/^…x+$/), 'done'] })
    expect(all.all()).toMatchObject({ isWhole: true, lines: [expect.stringMatching(/^x{500000}$/), 'done'] })
    const short = printed('y'.repeat(20_000))
    expect(short.latest(50).isWhole).toBe(true)
    expect(fitsInMessage(short.latest(50))).toBe(false)
    expect(fitsInMessage(printed('y\ny\n').latest(50))).toBe(true)
  })
})
