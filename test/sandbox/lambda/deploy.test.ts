// Deploying bundles: which code later invocations, retries and durable executions run.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Sandbox } from '../../../sandbox/sandbox.ts'

/** Each handler names its bundle and its thread; it fails once a process, unless the event says otherwise. */
const handlerOf = (bundle: string) => `
import { threadId } from 'node:worker_threads'
import { setTimeout } from 'node:timers/promises'
let calls = 0
export const handler = async event => {
  calls += 1
  if (event.sleepMs > 0) await setTimeout(event.sleepMs)
  if (calls === 1 && event.isSteady !== true) throw new Error('${bundle} failed')
  console.log('${bundle} ran')
  const answer = { bundle: '${bundle}', threadId }
  return event.DurableExecutionArn === undefined ? answer : { Status: 'SUCCEEDED', Result: JSON.stringify(answer) }
}`

let folder: string
let sandbox: Sandbox
const dist = (bundle: string) => join(folder, bundle)
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deploy-'))
  for (const bundle of ['old', 'new'])
    for (const name of ['query', 'operation', 'schedule']) {
      await mkdir(join(dist(bundle), name), { recursive: true })
      await writeFile(join(dist(bundle), name, 'index.mjs'), handlerOf(bundle))
    }
  sandbox = new Sandbox({ start: Date.parse('2026-11-22T03:00:00Z'), dist: dist('old') })
  // Containers need the addresses of servers, which these handlers never call.
  Object.defineProperty(sandbox, 'url', { value: 'http://127.0.0.1:1' })
  Object.defineProperty(sandbox.aws, 'url', { value: 'http://127.0.0.1:1' })
})
afterEach(async () => {
  sandbox.functions.stop()
  await rm(folder, { recursive: true })
})

const spec = (name: string) => {
  const found = sandbox.functions.specOf(`quarterdeck-${name}`)
  if (found === undefined) throw new Error(`no ${name}`)
  return found
}
const query = async (event: object = { isSteady: true }): Promise<{ bundle: string; threadId: number }> => {
  const finished = await sandbox.functions.run(spec('query'), event)
  if ('error' in finished) throw new Error(finished.error.errorMessage)
  return JSON.parse(finished.result)
}
const start = (name: string, qualifier?: string) =>
  sandbox.durable.start(name, spec('operation'), `"${name}"`, qualifier)
/** Lets the retry, one second after a failure, run. */
const retried = async () => {
  await sandbox.quiet()
  sandbox.clock.advance(1_000)
  await sandbox.quiet()
}
const bundleOf = ({ result = '{}' }: { result?: string }) => JSON.parse(result).bundle

test('later invocations run the deployed bundles, in processes of their own', async () => {
  const first = await query()
  sandbox.deploy(dist('new'))
  const second = await query()
  expect([first.bundle, second.bundle]).toEqual(['old', 'new'])
  expect(second.threadId).not.toBe(first.threadId)
  sandbox.deploy(dist('old'))
  expect((await query()).bundle).toBe('old')
})

test('an invocation that runs during a deployment finishes on the old bundle', async () => {
  const running = query({ isSteady: true, sleepMs: 1_000 })
  sandbox.deploy(dist('new'))
  expect((await query()).bundle).toBe('new')
  sandbox.clock.advance(1_000)
  await expect.poll(() => sandbox.clock.advance(1_000) ?? sandbox.functions.inFlight).toBe(0)
  expect((await running).bundle).toBe('old')
})

test('the retry of an asynchronous event runs the bundle that is deployed then', async () => {
  sandbox.functions.invokeAsync(spec('schedule'), {})
  await sandbox.quiet()
  sandbox.deploy(dist('new'))
  sandbox.functions.invokeAsync(spec('schedule'), { isSteady: true })
  await sandbox.quiet()
  sandbox.clock.advance(60_000)
  await sandbox.quiet()
  expect(sandbox.functions.logs.map(({ line }) => line)).toEqual(['new ran', 'new ran'])
})

test('a durable execution stays on the version and bundle it started with; new ones run the new version', async () => {
  const old = start('before')
  await sandbox.quiet()
  sandbox.deploy(dist('new'))
  const fresh = start('after')
  await retried()
  expect([old, fresh].map(bundleOf)).toEqual(['old', 'new'])
  expect([old, fresh].map(({ version }) => version)).toEqual(['1', '2'])
})

test('after a rollback a new version runs the old bundle, and version 2 keeps its own', async () => {
  sandbox.deploy(dist('new'))
  const second = start('second')
  await sandbox.quiet()
  sandbox.deploy(dist('old'))
  const third = start('third')
  await retried()
  expect([second, third].map(bundleOf)).toEqual(['new', 'old'])
  expect([second, third].map(({ version }) => version)).toEqual(['2', '3'])
})

test.each([
  ['1', 'old'],
  ['2', 'new'],
  ['live', 'new'],
  ['$LATEST', 'new'],
])('an execution started on %s runs the %s bundle', async (qualifier, bundle) => {
  sandbox.deploy(dist('new'))
  const execution = start('named', qualifier)
  await retried()
  expect(bundleOf(execution)).toBe(bundle)
})
