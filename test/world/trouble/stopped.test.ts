// Executions that AWS or somebody at its console ends: stopped by hand in each phase, or without their version.
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { NewFault } from '../../../sandbox/aws/wire/faults.ts'
import { aWorld, type World } from '../world.ts'

const MINUTE = 60_000
const OPERATION = 'quarterdeck-operation'

let world: World
beforeEach(async () => {
  world = await aWorld()
})
afterEach(() => world.stop())

const pass = async (minutes: number): Promise<void> => {
  const end = world.clock.now() + minutes * MINUTE
  for (;;) {
    await world.quiet()
    const next = world.clock.next()
    if (next === undefined || next > end) break
    world.clock.advanceTo(next)
  }
  world.clock.advanceTo(end)
  await world.quiet()
}
const execution = () => [...world.durable.executions.values()][0]
const stop = () => void world.durable.stop(execution()?.arn ?? '')
/** Stops the execution as the operation makes this call. */
const stopAt = (action: string) => {
  const end = world.aws.callLog.subscribe(call => {
    if (call.action !== action) return
    end()
    stop()
  })
}
const outcomes = async () => (await world.audit('111122223333')).map(({ kind, outcome }) => outcome ?? kind)

const SILENT = /^❌ Failed .*Nothing was changed: Quarterdeck stopped unexpectedly/

test('stopped by hand as it waits for an approval: nothing was changed', async () => {
  await world.type('scale orders-api 6')
  stop()
  await pass(30)
  expect(world.card()).toMatch(SILENT)
  expect(await outcomes()).toEqual(['failed'])
})

test('stopped by hand as it runs: unknown, on the card and in the audit', async () => {
  await world.type('scale orders-api 6')
  stopAt('UpdateService')
  await world.click('approve')
  await pass(30)
  expect(world.card()).toMatch(/⚠️ Unknown .*Quarterdeck stopped unexpectedly/s)
  expect(await outcomes()).toEqual(['intent', 'unknown'])
  expect(world.calls('UpdateService')).toHaveLength(1)
})

test('stopped by hand while its lease runs: it says that nothing is put back by itself, and offers to', async () => {
  await world.type('scale orders-api 6 --for 1h')
  await world.click('approve')
  await pass(20)
  stop()
  await pass(3 * 60)
  expect(world.card()).toContain('during this temporary change: 6 tasks is not reverted automatically')
  expect(world.card()).toContain('[Restore 4]')
  expect(await outcomes()).toEqual(['intent', 'done', 'unknown'])
  expect(world.desired()).toBe(6)
})

test('whose version is deleted as it waits for an approval: it fails with the next click, and the card says so', async () => {
  await world.type('scale orders-api 6')
  world.durable.versions.remove(OPERATION, '1')
  await world.click('approve')
  expect(execution()).toMatchObject({ status: 'FAILED', error: { ErrorType: 'ResourceNotFoundException' } })
  await pass(30)
  expect(world.card()).toMatch(SILENT)
  expect(await outcomes()).toEqual(['failed'])
})

test('whose checkpoints are throttled and fail for a while goes on where it was', async () => {
  const match = { function: OPERATION, action: 'CheckpointDurableExecution' }
  const failing = (nth: number, effect: NewFault['effect']) =>
    world.aws.faults.add({ match: { ...match, nth }, when: 'before', effect, times: 5 })
  failing(2, { kind: 'throttle' })
  await world.type('scale orders-api 6')
  await world.until(() => world.card().includes('[Approve]'))
  failing(2, { kind: 'error', code: 'ServiceException', message: 'no', status: 500 })
  await world.click('approve')
  await pass(30)
  expect(world.card()).toContain('✅ Done')
  expect(execution()).toMatchObject({ status: 'SUCCEEDED' })
  expect(world.aws.faults.list().map(({ hits }) => hits)).toEqual([5, 5])
})
