// A terminal's line as plain text.
import { expect, test } from 'vitest'
import { plainLine } from '../../../src/kit/redact/plain.ts'

test.each([
  ['plain', 'hello', 'hello'],
  ['colours', '\x1b[1;31mred\x1b[0m', 'red'],
  ['a title', '\x1b]0;title\x07text', 'text'],
  ['progress', '10%\r50%\r100%', '100%'],
  ['what is longer below shows on', 'longer\rab', 'abnger'],
  ['progress that erases', 'longer\r\x1b[Kab', 'ab'],
  ['a line that is erased', 'secret\x1b[2K', ''],
  ['backspace', 'abc\b\bX', 'aXc'],
  ['backspace at the beginning', '\b\bx', 'x'],
  ['coloured progress', '\x1b[32m1%\x1b[0m\r\x1b[32m2%\x1b[0m', '2%'],
  ['marks that turn text around', 'a\u202eb', 'ab'],
])('%s', (_, line, shown) => expect(plainLine(line)).toBe(shown))

test('takes time in proportion to the line: else this would not end', () => {
  const line = '\x1b[K\x1b['.repeat(500_000) + 'ab\r\b'.repeat(500_000)
  expect(plainLine(line)).toMatch(/^ab/)
})
