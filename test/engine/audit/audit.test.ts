import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type AuditEntry, type AuditRecord, chainKey, record, verifyChain } from '../../../src/engine/audit/audit.ts'
import type { Json } from '../../../src/model/json.ts'
import type { Item, Key, Store } from '../../../src/model/ports/store.ts'

const aStore = () => {
  const items = new Map<string, Item<Json>>()
  const nameOf = ({ pk, sk }: Key) => `${pk} ${sk}`
  const store = {
    create: async (key: Key, value: Json) => {
      if (items.has(nameOf(key))) return false
      items.set(nameOf(key), { key, version: 1, value })
      return true
    },
    list: async (pk: string, { newestFirst = false, limit = 1_000 } = {}) => {
      const found = [...items.values()]
        .filter(({ key }) => key.pk === pk)
        .toSorted((a, b) => (a.key.sk < b.key.sk ? -1 : 1))
      return (newestFirst ? found.toReversed() : found).slice(0, limit)
    },
  } as unknown as Store
  return { store, chain: async () => (await store.list<AuditRecord>(chainKey('1'))).map(({ value }) => value) }
}

const quiet = () => {}
const anEntry = (id: string): AuditEntry => ({
  id,
  kind: 'intent',
  at: '2026-11-22T03:00:00.000Z',
  actor: { team: 'T', user: 'U', name: 'u' },
  corporateId: 'u@example.com',
  invocation: 'scale orders-api 6',
  target: 'arn',
  operation: 'op',
  configVersion: 'v',
})

test('records follow each other, also when many are written at once, and each only once', async () => {
  const { store, chain } = aStore()
  await Promise.all(Array.from({ length: 20 }, (_, n) => record(store, '1', anEntry(`entry-${n}`), quiet)))
  await record(store, '1', anEntry('entry-3'), quiet)
  const records = await chain()
  expect(records).toHaveLength(20)
  expect(records.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 20 }, (_, n) => n + 1))
  expect(verifyChain(records)).toEqual([])
})

test('a record that was changed, taken out, moved or added shows', async () => {
  const { store, chain } = aStore()
  for (const id of ['a', 'b', 'c', 'd', 'e']) await record(store, '1', anEntry(id), quiet)
  const records = await chain()
  const meddle = fc.oneof(
    fc.nat(3).map(at => records.filter((_, n) => n !== at)),
    fc.nat(4).map(at => records.map((entry, n) => (n === at ? { ...entry, corporateId: 'someone else' } : entry))),
    fc.nat(3).map(at => records.map((entry, n) => (n === at ? (records[at + 1] ?? entry) : entry))),
    fc.nat(4).map(at => [...records.slice(0, at), ...records.slice(at, at + 1), ...records.slice(at)]),
  )
  fc.assert(fc.property(meddle, meddled => verifyChain(meddled).length > 0))
})

test('what is said of a record is in its hash', async () => {
  const { store, chain } = aStore()
  await record(store, '1', { ...anEntry('a'), outcome: 'done', voters: ['U1'], requestIds: ['r'] }, quiet)
  const [first] = await chain()
  for (const change of [
    { outcome: 'failed' },
    { voters: [] },
    { requestIds: [] },
    { at: '' },
    { actor: { team: 'T', user: 'V', name: 'u' } },
  ]) {
    expect(verifyChain([{ ...(first as AuditRecord), ...change }])).toHaveLength(1)
  }
})
