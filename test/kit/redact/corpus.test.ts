// The corpus of test/fixtures/redaction: what must be hidden, and what must survive.
import { expect, test } from 'vitest'
import { redact } from '../../../src/kit/redact/redact.ts'
import { redactLines } from '../../../src/kit/redact/stream.ts'
import { HIDDEN_LINES } from '../../fixtures/redaction/hidden.ts'
import { SHOWN_LINES } from '../../fixtures/redaction/shown.ts'

test('the corpus is large enough', () => {
  expect(HIDDEN_LINES.length).toBeGreaterThanOrEqual(300)
  expect(SHOWN_LINES.length).toBeGreaterThanOrEqual(200)
  expect(HIDDEN_LINES.filter(({ line, secret }) => secret.length < 8 || !line.includes(secret))).toEqual([])
})

test('every secret is hidden, and counted', () => {
  const shown = HIDDEN_LINES.filter(({ line, secret }) => {
    const { text, hidden } = redact(line)
    return text.includes(secret) || Object.keys(hidden).length === 0
  })
  expect(shown).toEqual([])
})

test('every secret is hidden in a stream, with a line an event', () => {
  const shown = HIDDEN_LINES.filter(({ line, secret }) => {
    const { lines } = redactLines(line.split('\n'))
    return lines.some(one => one.includes(secret))
  })
  expect(shown).toEqual([])
})

test('lines without a secret survive, alone and as a stream', () => {
  expect(SHOWN_LINES.map(({ line }) => redact(line).text)).toEqual(SHOWN_LINES.map(({ line }) => line))
  const lines = SHOWN_LINES.map(({ line }) => line)
  expect(redactLines(lines).lines).toEqual(lines)
})

test('JSON stays JSON, with the same keys', () => {
  for (const { line } of HIDDEN_LINES) {
    if (!line.startsWith('{"')) continue
    const before = ((): unknown => {
      try {
        return JSON.parse(line)
      } catch {
        return undefined
      }
    })()
    if (before === undefined) continue
    const after: unknown = JSON.parse(redact(line).text)
    expect(Object.keys(after as object)).toEqual(Object.keys(before as object))
  }
})
