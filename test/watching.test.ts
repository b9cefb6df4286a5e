// How often a change is looked at, and for how long its lock is held.
import { expect, test } from 'vitest'
import { MOST_LOOKS, secondsToLook } from '../src/durable.ts'
import type { Store } from '../src/gateways/store.ts'
import type { OperationJob } from '../src/job.ts'
import { holdOn } from '../src/lock.ts'
import type { Plan } from '../src/plan.ts'
import { aRef } from './builders.ts'

const delays = Array.from({ length: MOST_LOOKS - 1 }, (_, at) => secondsToLook(at + 1))
const afterLooks = (count: number) => delays.slice(0, count).reduce((sum, one) => sum + one, 0) / 60

test('ordinary changes are looked at every half minute or oftener; later every five minutes, for a day and a half', () => {
  expect(delays.slice(0, 3)).toEqual([7, 9, 11])
  expect(Math.max(...delays.slice(0, 60))).toBe(30)
  expect(afterLooks(60)).toBeGreaterThan(25)
  expect(delays.at(-1)).toBe(300)
  expect(delays).toEqual(delays.toSorted((a, b) => a - b))
  expect(afterLooks(MOST_LOOKS) / 60).toBeGreaterThan(33)
  expect(afterLooks(MOST_LOOKS) / 60).toBeLessThan(36)
})

const NOW = '2026-11-22T03:00:00.000Z'
const SECONDS = Date.parse(NOW) / 1000
const plan = { target: aRef() } as Plan
const job = { id: 'op' } as OperationJob
const holding = async (value: object | undefined) => {
  const written: unknown[] = []
  const store = {
    get: async () => value && { key: { pk: '', sk: '' }, version: 3, value },
    replace: async (...args: unknown[]) => written.push(args) > 0,
  } as unknown as Store
  return { held: await holdOn(store, job, plan, NOW), written }
}

test('a lock that has more than half an hour is left as it is', async () => {
  expect(await holding({ operation: 'op', until: SECONDS + 1_801 })).toEqual({ held: { kind: 'ours' }, written: [] })
})

test('a lock that has less is renewed for an hour, unless somebody took it in this moment', async () => {
  const { held, written } = await holding({ operation: 'op', until: SECONDS + 1_799 })
  const until = SECONDS + 3_600
  expect(held).toEqual({ kind: 'ours' })
  expect(written).toEqual([[{ pk: '', sk: '' }, { operation: 'op', until }, 3, until]])
})

test('a lock that is another’s, or nobody’s, is not ours', async () => {
  expect((await holding({ operation: 'other' })).held).toMatchObject({ kind: 'taken' })
  expect((await holding(undefined)).held).toEqual({ kind: 'lost' })
})
