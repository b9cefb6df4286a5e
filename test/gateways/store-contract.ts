// What every store does: the one in DynamoDB, and the one in memory that stories use.
import { beforeAll, expect, test } from 'vitest'
import type { Store } from '../../src/model/ports/store.ts'

const key = (pk: string, sk = 'x') => ({ pk, sk })

/** `open`: an empty store that reads this clock, in epoch milliseconds. */
export const storeContract = (open: (now: () => number) => Promise<Store>): void => {
  let now = Date.parse('2026-11-22T03:00:00Z')
  let store: Store
  beforeAll(async () => {
    store = await open(() => now)
  })

  test('what was created is there, at version 1, and is created only once', async () => {
    expect(await store.create(key('a'), { n: 1, text: 'é✅', nested: { list: [1, null] } })).toBe(true)
    expect(await store.create(key('a'), { n: 2 })).toBe(false)
    expect(await store.get(key('a'))).toEqual({
      key: key('a'),
      version: 1,
      value: { n: 1, text: 'é✅', nested: { list: [1, null] } },
    })
    expect(await store.get(key('none'))).toBeUndefined()
  })

  test('a write names the version that it read, and loses when somebody else wrote', async () => {
    await store.create(key('b'), 'first')
    expect(await store.replace(key('b'), 'second', 1)).toBe(true)
    expect(await store.replace(key('b'), 'third', 1)).toBe(false)
    expect(await store.get(key('b'))).toMatchObject({ version: 2, value: 'second' })
    expect(await store.replace(key('never'), 'x', 1)).toBe(false)
  })

  test('of a hundred writers in the same moment one wins', async () => {
    const won = await Promise.all(Array.from({ length: 100 }, (_, n) => store.create(key('race'), n)))
    expect(won.filter(Boolean)).toHaveLength(1)
  })

  test('only the version that was read is removed', async () => {
    await store.create(key('c'), 1)
    await store.replace(key('c'), 2, 1)
    expect(await store.remove(key('c'), 1)).toBe(false)
    expect(await store.remove(key('c'), 2)).toBe(true)
    expect(await store.get(key('c'))).toBeUndefined()
  })

  test('an item past its end is not there, and gives way to a new one, whether or not it was deleted', async () => {
    const until = now / 1000 + 60
    await store.create(key('lease'), 'old', until)
    expect(await store.create(key('lease'), 'new', until)).toBe(false)
    now += 60_000
    expect(await store.get(key('lease'))).toBeUndefined()
    expect(await store.list('lease')).toEqual([])
    expect(await store.create(key('lease'), 'new', until + 60)).toBe(true)
    expect(await store.get(key('lease'))).toMatchObject({ value: 'new' })
  })

  test('a list is in the order of its sort keys, or newest first, and can be cut', async () => {
    for (const sk of ['2026-02', '2026-01', '2026-03', 'other']) await store.create(key('list', sk), sk)
    const listed = async (options?: Parameters<Store['list']>[1]) =>
      (await store.list('list', options)).map(({ value }) => value)
    expect(await listed({ prefix: '2026' })).toEqual(['2026-01', '2026-02', '2026-03'])
    expect(await listed({ prefix: '2026', newestFirst: true, limit: 2 })).toEqual(['2026-03', '2026-02'])
    expect(await store.list('nothing')).toEqual([])
  })

  test('a list longer than DynamoDB gives in one answer is whole', async () => {
    const large = 'x'.repeat(300_000)
    for (let n = 0; n < 5; n += 1) await store.create(key('large', `${n}`), large)
    expect(await store.list('large')).toHaveLength(5)
    expect(await store.list('large', { limit: 4 })).toHaveLength(4)
  })

  test('a counter stops at its limit for every writer', async () => {
    const counted = await Promise.all(Array.from({ length: 20 }, () => store.count(key('budget'), 7, now / 1000 + 60)))
    expect(counted.filter(Boolean)).toHaveLength(7)
  })
}
