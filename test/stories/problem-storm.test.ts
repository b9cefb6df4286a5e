// 1,000 events a second for a minute: few messages, no limit of Slack, and nothing lost.
import { readFile } from 'node:fs/promises'
import { beforeAll, expect, test } from 'vitest'
import { mayUpdate } from '../../src/engine/jobs/update-budget.ts'
import type { Problem } from '../../src/features/incidents/problems/problem.ts'
import { size } from '../seed.ts'
import { runStorm } from './storm.ts'

const EXAMPLE = await readFile('quarterdeck.yaml', 'utf8')
const TWO = 'subscriptions:\n  - channel: C0OPS\n  - channel: C0APPROVALS\n    events: [memory, pull]\n'
/** A minute; in a quick run, a tenth of it. */
const SECONDS = size(60)

let storm: Awaited<ReturnType<typeof runStorm>>
beforeAll(async () => {
  storm = await runStorm({ yaml: `${EXAMPLE}\n${TWO}`, perSecond: 1_000, seconds: SECONDS, services: 200 })
}, 300_000)

const posts = () => storm.asked.filter(({ method }) => method === 'post')

test('ends in under 60 messages, at most one a channel in a second', () => {
  expect(storm.sent).toBe(SECONDS * 1_000)
  expect(posts().length).toBeGreaterThan(0)
  expect(posts().length).toBeLessThan(60)
  for (const channel of ['C0OPS', 'C0APPROVALS']) {
    const times = storm.asked.filter(one => one.channel === channel).map(({ at }) => at)
    expect(new Set(times).size).toBe(times.length)
  }
})

test('leaves updates for votes: at most 25 a minute are progress', async () => {
  const perMinute = new Map<number, number>()
  for (const { method, at } of storm.asked) {
    const minute = Math.floor(at / 60_000)
    if (method === 'update') perMinute.set(minute, (perMinute.get(minute) ?? 0) + 1)
  }
  expect(Math.max(...perMinute.values())).toBeLessThanOrEqual(25)
  expect(await mayUpdate(storm.store, storm.now(), 'vote')).toBe(true)
})

test('loses nothing: each task counts once', async () => {
  const problems = await storm.store.list<Problem>('problems')
  const parts = problems.flatMap(({ value }) => Object.values(value.parts))
  expect(parts.reduce((sum, { tasks }) => sum + tasks, 0)).toBe(SECONDS * 1_000)
  for (let shard = 0; shard < 8; shard += 1) expect(await storm.store.list(`problem-marks#${shard}`)).toEqual([])
})

test('services of one cause share a card, and what is too much shares one', () => {
  const last = (text: RegExp) => storm.asked.findLast(one => one.channel === 'C0OPS' && text.test(one.text))
  expect(last(/cannot pull from ghcr\.io/)?.text).toMatch(/^❌ 20 services: cannot pull from ghcr\.io/)
  expect(last(/Spot/)?.text).toMatch(/40 services/)
  expect(last(/more problems/)?.text).toMatch(/^❌ \d+ more problems/)
})

test('one teller is called, however many events there are', () => expect(storm.called()).toBeLessThan(5))
