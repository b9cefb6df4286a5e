import { expect, test } from 'vitest'
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
