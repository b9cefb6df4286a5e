import { expect, test } from 'vitest'
import { elements, plain, timeMark } from '../../../src/kit/messages/markup.ts'
import { cutMiddle, shortName } from '../../../src/kit/messages/text.ts'

test.each([
  ['orders-api', 10, 'orders-api'],
  ['orders-api-v2', 10, 'order…i-v2'],
  ['abcdef', 1, '…'],
  ['abcdef', 2, 'a…'],
  ['𝒳𝒳𝒳𝒳', 3, '𝒳…𝒳'],
  ['a𝒳𝒳𝒳b', 4, 'a𝒳…b'],
  ['漢字漢字', 6, '漢…字'],
])('the middle of %s is cut at %i columns: %s', (text, most, cut) => {
  expect(cutMiddle(text, most)).toBe(cut)
})

test('a short name has no markup and at most 28 characters', () => {
  expect(shortName('*orders*\n`api`')).toBe('ordersapi')
  expect(shortName(`${'a'.repeat(200)}:12345`)).toHaveLength(28)
  expect(shortName(`${'a'.repeat(200)}:12345`)).toMatch(/:12345$/)
})

test('a time in a text is in the reader’s time zone; what only looks like a time stays text', () => {
  const text = `reverts at ${timeMark('2026-11-22T06:00:30.000Z')}, *soon*`
  expect(elements(text)).toMatchObject([
    { type: 'text', text: 'reverts at ' },
    { type: 'date', timestamp: 1_795_327_200, fallback: '2026-11-22 06:00 UTC' },
    { type: 'text', text: ', ' },
    { type: 'text', text: 'soon', style: { bold: true } },
  ])
  expect(plain(text)).toBe('reverts at 2026-11-22 06:00 UTC, soon')
  expect(elements('<2026-13-45T25:00Z>')).toEqual([{ type: 'text', text: '<2026-13-45T25:00Z>' }])
})
