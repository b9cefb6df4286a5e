import { expect, test } from 'vitest'
import { cardLine, lineOfMany } from '../../../src/engine/cards/card-line.ts'

test('a line has no full stop and at most 76 characters', () => {
  expect(cardLine('It stops. ')).toBe('It stops')
  expect(cardLine('a'.repeat(100))).toHaveLength(76)
})

test.each([
  [['memory 1 → 2', 'command'], 'Also: memory 1 → 2, command'],
  [['a'.repeat(40), 'b'.repeat(40)], `Also: ${'a'.repeat(40)} and 1 more`],
  [['a'.repeat(80), 'b'], 'Also: 2 settings, listed under Details'],
])('as many items as fit (%#)', (items, line) => {
  expect(lineOfMany('Also: ', items)).toBe(line)
})
