// What is new or changed, and what is kept of it.
import { expect, test } from 'vitest'
import type { DigestItem, Group } from '../../../src/features/digests/item.ts'
import { compared, type Seen, seenAfter } from '../../../src/features/digests/seen.ts'

const anItem = (id: string, facts = 'a'): DigestItem => ({
  ...{ topic: 'cost', id, facts, line: id, rank: 0, buttons: [] },
})
const news = (groups: readonly Group[], seen: Seen) => compared({ groups }, seen).map(({ id, is }) => `${id} ${is}`)
const never = () => false

test('an item is new, then the same, then changed, and new again once it was gone', () => {
  const first = [{ key: 'k', items: [anItem('one'), anItem('two')] }]
  expect(news(first, {})).toEqual(['one new', 'two new'])
  const seen = seenAfter(first, {}, never)
  expect(news(first, seen)).toEqual(['one same', 'two same'])
  const second = [{ key: 'k', items: [anItem('one', 'b')] }]
  expect(news(second, seen)).toEqual(['one changed'])
  expect(news(first, seenAfter(second, seen, never))).toEqual(['one changed', 'two new'])
})

test('an item of two groups is told once; one that moves to another group is not new', () => {
  const moved = [{ key: 'other', items: [anItem('one'), anItem('one')] }]
  expect(news(moved, seenAfter([{ key: 'k', items: [anItem('one')] }], {}, never))).toEqual(['one same'])
})

test('a group that was read in part keeps what is missing; one that was not read stays, if it belongs to the digest', () => {
  const seen = seenAfter([{ key: 'k', items: [anItem('one'), anItem('two')] }], {}, never)
  const part = [{ key: 'k', items: [anItem('two', 'b')], isPartial: true } as const]
  expect(news([{ key: 'k', items: [anItem('one'), anItem('two', 'b')] }], seenAfter(part, seen, never))).toEqual([
    'one same',
    'two same',
  ])
  expect(seenAfter([], seen, key => key === 'k')).toEqual(seen)
  expect(seenAfter([], seen, never)).toEqual({})
})

test('ten thousand items fit into one item of the table, and no two are taken for each other', () => {
  const items = Array.from({ length: 10_000 }, (_, n) =>
    anItem(`cost arn:aws:ecs:us-east-1:111122223333:service/web/s-${n}`),
  )
  const seen = seenAfter([{ key: 'cost 111122223333 us-east-1', items }], {}, never)
  expect(JSON.stringify(seen).length).toBeLessThan(150_000)
  expect(compared({ groups: [{ key: 'k', items }] }, seen).every(({ is }) => is === 'same')).toBe(true)
})
