// How often a change is looked at, and for how long its lock is held.
import type { DurableContext } from '@aws/durable-execution-sdk-js'
import { expect, test } from 'vitest'
import type { Plan } from '../../../src/engine/change/plan.ts'
import { renewLock } from '../../../src/functions/operation/service-mutex.ts'
import { createPersistentStep, MAX_POLLS, pollSeconds } from '../../../src/functions/operation/steps.ts'
import { RemoteError } from '../../../src/model/errors.ts'
import type { OperationJob } from '../../../src/model/ports/job.ts'
import type { Store } from '../../../src/model/ports/store.ts'
import { aRef } from '../../builders.ts'

const delays = Array.from({ length: MAX_POLLS - 1 }, (_, at) => pollSeconds(at + 1))
const afterLooks = (count: number) => delays.slice(0, count).reduce((sum, one) => sum + one, 0) / 60

test('ordinary changes are looked at every half minute or oftener; later every five minutes, for a day and a half', () => {
  expect(delays.slice(0, 3)).toEqual([7, 9, 11])
  expect(Math.max(...delays.slice(0, 60))).toBe(30)
  expect(afterLooks(60)).toBeGreaterThan(25)
  expect(delays.at(-1)).toBe(300)
  expect(delays).toEqual(delays.toSorted((a, b) => a - b))
  expect(afterLooks(MAX_POLLS) / 60).toBeGreaterThan(33)
  expect(afterLooks(MAX_POLLS) / 60).toBeLessThan(36)
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
  return { held: await renewLock(store, job, plan, NOW), written }
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

/** Steps and waits as AWS meters them; nothing takes time. */
const metering = () => {
  const counted = { operations: 0 }
  type Retries = { readonly retryStrategy: (error: unknown, attempt: number) => { readonly shouldRetry: boolean } }
  const step = async <T>(_name: string, run: () => Promise<T>, { retryStrategy }: Retries): Promise<T> => {
    for (let attempt = 1; ; attempt += 1) {
      counted.operations += 1
      try {
        return await run()
      } catch (error) {
        if (!retryStrategy(error, attempt).shouldRetry) throw error
      }
    }
  }
  const wait = async () => {
    counted.operations += 1
  }
  return { counted, ctx: { step, wait } as unknown as DurableContext }
}

test('what must not be given up is tried for days, and the tries of an execution are counted together', async () => {
  const { counted, ctx } = metering()
  const tireless = createPersistentStep(ctx)
  const refused = new RemoteError('no', { code: 'ThrottlingException', passing: true })
  const afterTries = (least: number) => {
    let tries = 0
    return async () => {
      tries += 1
      if (tries <= least) throw refused
      return 'yes'
    }
  }
  // Each is worth a wait: one try is left of a hundred after 99 of them.
  for (let nth = 0; nth < 99; nth += 1) expect(await tireless(`${nth}`, afterTries(4))).toBe('yes')
  await expect(tireless('at last', afterTries(6))).rejects.toThrow('no')
  expect(counted.operations).toBeLessThan(700)
})
