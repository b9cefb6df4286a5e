// The script that verifies the audit from outside, as it is run: against a table that operations have written.
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { auditBucketName } from '../../../infra/names.ts'
import { localUser } from '../../../sandbox/aws/wire/credentials.ts'
import { HUB } from '../../../sandbox/sandbox.ts'
import { type AuditRecord, chainKey, hashOf } from '../../../src/engine/audit/audit.ts'
import { createStore } from '../../../src/gateways/store.ts'
import type { Item, Store } from '../../../src/model/ports/store.ts'
import { aWorld, type World } from '../world.ts'

const CHAIN = chainKey(HUB.account)
const { accessKeyId, secretAccessKey } = localUser

let world: World
let client: DynamoDBClient
let store: Store
let last: AuditRecord | undefined

beforeAll(async () => {
  world = await aWorld()
  client = new DynamoDBClient({
    endpoint: world.aws.url,
    region: HUB.region,
    credentials: { accessKeyId, secretAccessKey },
  })
  store = createStore('quarterdeck', client)
  for (const [line, choice] of [
    ['scale orders-api 6', 'approve'],
    ['scale orders-api 8', 'reject'],
    ['restart web/checkout', 'approve'],
  ] as const) {
    await world.type(line.replace('web/', 'prod.us-east-1/web/'))
    await world.click(choice)
    await world.until(() => [...world.durable.executions.values()].every(({ status }) => status !== 'RUNNING'))
  }
  await world.type('lock orders-api --reason migration')
  last = (await records()).at(-1)?.value
})
afterAll(async () => {
  client.destroy()
  await world.stop()
})

const records = (): Promise<readonly Item<AuditRecord>[]> => store.list<AuditRecord>(CHAIN)

const recordAt = async (sequence: number): Promise<Item<AuditRecord>> => {
  const found = (await records()).find(({ value }) => value.sequence === sequence)
  if (found === undefined) throw new Error(`no record ${sequence}`)
  return found
}

/** What it prints, and its exit code. */
const verify = (...chain: readonly string[]) =>
  new Promise<{ readonly code: number; readonly out: string; readonly err: readonly string[] }>(resolve => {
    const env = {
      PATH: process.env['PATH'],
      AWS_ENDPOINT_URL: world.aws.url,
      AWS_REGION: HUB.region,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
    }
    execFile(process.execPath, ['scripts/verify-audit.ts', ...chain], { env }, (error, out, err) => {
      resolve({ code: Number(error?.code ?? 0), out, err: err.split('\n').filter(Boolean) })
    })
  })

const overwrite = async (sequence: number, change: (record: AuditRecord) => AuditRecord) => {
  const { key, value, version } = await recordAt(sequence)
  await store.replace(key, change(value), version)
  return () => recordAt(sequence).then(now => store.replace(key, value, now.version))
}

test('an untouched chain is intact, and its last record is named', async () => {
  expect(await verify(HUB.account)).toEqual({
    code: 0,
    out: `6 records; last: 6, ${last?.at}, ${last?.hash}\n`,
    err: [],
  })
})

test('a record that was put over another is named', async () => {
  const restore = await overwrite(2, record => ({ ...record, outcome: 'failed' }))
  expect(await verify(HUB.account)).toMatchObject({ code: 1, err: ['record 2: was changed after it was written'] })
  await restore()
  expect((await verify(HUB.account)).code).toBe(0)
})

test('one whose hash was made to fit is named by the record after it', async () => {
  const restore = await overwrite(2, record => {
    const forged: AuditRecord = { ...record, outcome: 'failed' }
    return { ...forged, hash: hashOf(forged) }
  })
  expect(await verify(HUB.account)).toMatchObject({
    code: 1,
    err: ['record 3: does not follow the record before it'],
  })
  await restore()
})

test('one that was taken out is missed', async () => {
  const { key, version, value } = await recordAt(4)
  await store.remove(key, version)
  expect(await verify(HUB.account)).toMatchObject({
    code: 1,
    err: expect.arrayContaining(['record 5: 4 is missing before it', 'record 5: does not follow the record before it']),
  })
  await store.create(key, value)
  expect((await verify(HUB.account)).code).toBe(0)
})

/** Copies the bucket to a folder, as `aws s3 cp --recursive` does. */
const copyBucket = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'quarterdeck-audit-'))
  for (const [key, { bytes }] of world.aws.buckets.find(auditBucketName(HUB)).objects) {
    await mkdir(dirname(join(folder, key)), { recursive: true })
    await writeFile(join(folder, key), bytes)
  }
  return folder
}

test('the export has each record once, agrees with the table, and shows where the table was changed since', async () => {
  await world.exportAudit()
  await world.exportAudit()
  // As if a run had died before it noted what it had exported: it finds its object, and changes nothing.
  const [noted] = await store.list('exported')
  if (noted !== undefined) await store.remove(noted.key, noted.version)
  await world.exportAudit()
  expect(
    world.aws.callLog
      .list()
      .filter(({ action }) => action === 'PutObject')
      .map(({ status }) => status),
  ).toEqual([200, 412])
  const folder = await copyBucket()
  expect([...world.aws.buckets.find(auditBucketName(HUB)).objects.keys()].toSorted()).toEqual([
    `audit/${HUB.account}/000000000001-000000000006.jsonl`,
  ])
  expect(await verify(HUB.account, '--export', folder)).toMatchObject({
    code: 0,
    out: expect.stringContaining('6 exported records; last: 6\n'),
    err: [],
  })
  const restore = await overwrite(6, record => {
    const forged: AuditRecord = { ...record, outcome: 'failed' }
    return { ...forged, hash: hashOf(forged) }
  })
  expect(await verify(HUB.account)).toMatchObject({ code: 0 })
  expect(await verify(HUB.account, '--export', folder)).toMatchObject({
    code: 1,
    err: ['record 6: differs from the exported one'],
  })
  await restore()
  await rm(folder, { recursive: true })
})

test('a chain that nobody has written is empty, and what is no chain is a misuse', async () => {
  expect(await verify('444455556666')).toEqual({ code: 0, out: '0 records\n', err: [] })
  expect(await verify('prod')).toMatchObject({ code: 2, err: [expect.stringContaining('Usage: ')] })
})
