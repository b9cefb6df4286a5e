import { expect, test } from 'vitest'
import { cardLine, lineOfMany, shortenedLine } from '../../../src/engine/cards/card-line.ts'

test('a line has no full stop and at most 76 characters', () => {
  expect(cardLine('It stops. ')).toBe('It stops')
  expect(cardLine('a'.repeat(100))).toEqual({ text: `${'a'.repeat(75)}…`, isCut: true })
})

test('names are whole where they fit', () => {
  const name = 'opentelemetry-collector-sidecar-for-orders'
  expect(shortenedLine(`${name} 77ab…03`, 'open…orders 77ab…03')).toBe(`${name} 77ab…03`)
  expect(shortenedLine(`${name} from ${name}`, 'open…orders from open…orders')).toEqual({
    text: 'open…orders from open…orders',
    isCut: true,
  })
})

test.each([
  [['memory 1 → 2', 'command'], 'Also: memory 1 → 2, command'],
  [['a'.repeat(40), 'b'.repeat(40)], { text: `Also: ${'a'.repeat(40)} and 1 more`, isCut: true }],
  [['a'.repeat(80), 'b'], { text: 'Also: 2 settings, listed under Details', isCut: true }],
])('as many items as fit (%#)', (items, line) => {
  expect(lineOfMany('Also: ', items)).toEqual(line)
})
