import { describe, expect, test } from 'vitest'
import { type AuditRecord, chainKey, record, verifyChain } from '../../../src/engine/audit/audit.ts'
import { exportAudit } from '../../../src/functions/export/export-audit.ts'
import { createMemoryStore } from '../../stories/memory-store.ts'

const ACCOUNT = '444455556666'
const at = '2026-11-22T03:00:00.000Z'

const aBucket = () => {
  const objects = new Map<string, string>()
  return {
    objects,
    addObject: async (key: string, body: string) => void (objects.has(key) || objects.set(key, body)),
  }
}

const aWorld = () => {
  const store = createMemoryStore(() => Date.parse(at))
  const bucket = aBucket()
  const logged: object[] = []
  const config = async () => ({ accounts: [account(ACCOUNT)] })
  const write = async (chain: string, ...ids: readonly string[]) => {
    for (const id of ids) await record(store, chain, anEntry(id), () => {})
  }
  const run = (more: Partial<Parameters<typeof exportAudit>[0]> = {}) =>
    exportAudit({ store, config, addObject: bucket.addObject, log: line => logged.push(line), ...more })
  return { store, bucket, logged, write, run }
}

const account = (id: string) => ({
  name: 'prod',
  id,
  environment: 'production',
  regions: ['us-east-1'],
  roles: { viewer: '', operator: '', revert: '' },
})

const anEntry = (id: string) => ({
  id,
  kind: 'intent' as const,
  at,
  actor: { team: 'T1', user: 'U1', name: 'me' },
  corporateId: 'me@example.com',
  invocation: 'scale orders-api 6',
  target: 'arn',
  operation: id,
  configVersion: 'v1',
})

const recordsIn = (objects: ReadonlyMap<string, string>): readonly AuditRecord[] =>
  [...objects]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, body]) => body.split('\n').filter(Boolean))
    .map(line => JSON.parse(line))

describe('the export of the audit', () => {
  test('has each record of each chain once, in order', async () => {
    const { bucket, write, run, logged } = aWorld()
    await write(ACCOUNT, 'a', 'b')
    await write('hub', 'c')
    await run()
    await write(ACCOUNT, 'd')
    await run()
    await run()
    expect([...bucket.objects.keys()].toSorted()).toEqual([
      `audit/${ACCOUNT}/000000000001-000000000002.jsonl`,
      `audit/${ACCOUNT}/000000000003-000000000003.jsonl`,
      'audit/hub/000000000001-000000000001.jsonl',
    ])
    const ofAccount = recordsIn(new Map([...bucket.objects].filter(([key]) => key.includes(ACCOUNT))))
    expect(ofAccount.map(({ id }) => id)).toEqual(['a', 'b', 'd'])
    expect(verifyChain(ofAccount)).toEqual([])
    expect(logged).toEqual([])
  })

  test('goes on where it stopped if it dies between the object and its note, and loses nothing', async () => {
    const { store, bucket, write, run } = aWorld()
    await write(ACCOUNT, 'a')
    const dying = { ...store, create: () => Promise.reject(new Error('died')) }
    await expect(run({ store: dying })).rejects.toThrow('1 of 2 chains were not exported')
    await write(ACCOUNT, 'b')
    await run()
    expect(new Set(recordsIn(bucket.objects).map(({ id }) => id))).toEqual(new Set(['a', 'b']))
  })

  test('exports the other chains if one cannot be exported, and fails, so that it is tried again', async () => {
    const { bucket, write, run } = aWorld()
    await write(ACCOUNT, 'a')
    await write('hub', 'b')
    const addObject = async (key: string, body: string) => {
      if (key.includes(ACCOUNT)) throw new Error('AccessDenied')
      await bucket.addObject(key, body)
    }
    await expect(run({ addObject })).rejects.toThrow('1 of 2 chains were not exported')
    expect([...bucket.objects.keys()]).toEqual(['audit/hub/000000000001-000000000001.jsonl'])
  })

  test('exports an account that has left the configuration', async () => {
    const { bucket, write, run } = aWorld()
    await write(ACCOUNT, 'a')
    await run()
    await write(ACCOUNT, 'b')
    await run({ config: async () => ({ accounts: [] }) })
    expect(recordsIn(bucket.objects).map(({ id }) => id)).toEqual(['a', 'b'])
  })

  test('exports changed records as they are, and raises an alarm', async () => {
    const { store, bucket, write, run, logged } = aWorld()
    await write(ACCOUNT, 'a', 'b')
    const [, second] = await store.list<AuditRecord>(chainKey(ACCOUNT))
    if (second === undefined) throw new Error('no record')
    await store.replace(second.key, { ...second.value, invocation: 'scale orders-api 0' }, second.version)
    await run()
    expect(logged).toEqual([
      { level: 'alarm', where: 'audit', chain: ACCOUNT, error: 'record 2: was changed after it was written' },
    ])
    expect(recordsIn(bucket.objects)).toHaveLength(2)
  })

  test('fails without a configuration, and exports nothing', async () => {
    const { bucket, write, run } = aWorld()
    await write(ACCOUNT, 'a')
    await expect(run({ config: () => Promise.reject(new Error('no configuration')) })).rejects.toThrow(
      'no configuration',
    )
    expect(bucket.objects.size).toBe(0)
  })
})
