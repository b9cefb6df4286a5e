import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createPrinted } from '../../src/exec/view.ts'

const printed = (...parts: readonly string[]) => {
  const all = createPrinted({})
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

test('keeps the beginning and the end of what is too much, and counts all of it', () => {
  const all = createPrinted({})
  const line = `${'x'.repeat(99)}\n`
  for (let nth = 0; nth < 100_000; nth += 1000) all.add(line.repeat(1000))
  all.add('the last line\n')
  const { lines, count, isWhole } = all.all()
  expect(count).toBe(100_001)
  expect(isWhole).toBe(false)
  expect(lines.at(-1)).toBe('the last line')
  expect(lines.length).toBeLessThan(60_000)
  expect(all.latest(5).lines).toHaveLength(5)
})
