// Operations live for hours and code is deployed meanwhile: old code meets items that new code wrote, and the other way round.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { localUser } from '../../../sandbox/aws/wire/credentials.ts'
import { HUB } from '../../../sandbox/sandbox.ts'
import { approvalKey, callbackKey, executionKey, faceKey } from '../../../src/engine/change/records.ts'
import { createStore } from '../../../src/gateways/store.ts'
import type { JsonObject } from '../../../src/model/json.ts'
import type { Store } from '../../../src/model/ports/store.ts'
import { aWorld, type World } from '../world.ts'

let world: World
let store: Store
let client: DynamoDBClient
beforeEach(async () => {
  world = await aWorld()
  const { accessKeyId, secretAccessKey } = localUser
  client = new DynamoDBClient({
    endpoint: world.aws.url,
    region: HUB.region,
    credentials: { accessKeyId, secretAccessKey },
  })
  store = createStore('quarterdeck', client, () => world.clock.now())
})
afterEach(async () => {
  client.destroy()
  await world.stop()
})

const rewrite = async (key: { pk: string; sk: string }, change: (value: JsonObject) => JsonObject) => {
  const item = await store.get<JsonObject>(key)
  if (item === undefined) throw new Error(`no ${key.sk}`)
  await store.replace(key, change(item.value), item.version)
}
const operation = () => [...world.durable.executions.keys()][0] ?? ''

test('an operation that waits is woken by a vote that a newer decision function wrote', async () => {
  await world.type('scale orders-api 6')
  const voter = { team: 'T0QUARTER', user: 'U0APPROVE', name: 'approver', device: 'phone' }
  const at = '2026-11-22T03:05:00.000Z'
  await rewrite(approvalKey(operation()), approval => ({
    ...approval,
    schema: 7,
    votes: [{ voter, at, via: 'shortcut' }],
    decision: { outcome: 'approved', by: voter, at, because: ['new'] },
  }))
  const callback = await store.get<{ callbackId: string }>(callbackKey(operation()))
  world.durable.settle(callback?.value.callbackId ?? '', 'succeed', '{"newer":true}')
  await world.until(() => world.card().includes('✅ Done'))
  expect(world.desired()).toBe(6)
})

test('the decision function settles a vote whose items an older operation wrote, with fields that it does not know yet', async () => {
  await world.type('scale orders-api 6')
  await rewrite(approvalKey(operation()), ({ maySelfApprove: _, ruleNumber: __, ...older }) => older)
  await rewrite(faceKey(operation()), ({ rule: _, configVersion: __, ...older }) => ({
    ...older,
    rule: '',
    configVersion: '',
  }))
  await world.click('approve', 'U0REQUEST')
  expect(world.told('U0REQUEST')).toContain('someone else must approve')
  await world.click('approve')
  await world.until(() => world.card().includes('✅ Done'))
  expect(world.calls('UpdateService')).toHaveLength(1)
})

test('a vote on a plan of before it said whether it goes on after a failure is counted, and the plan runs', async () => {
  world.aws.exec.timing = { ...world.aws.exec.timing, floor: 20, readPause: 0, startFailure: 20 }
  await world.type('exec orders-api:app --all --keep-going -- exit 3')
  await rewrite(faceKey(operation()), ({ plan, ...face }) => {
    const { keepsGoing, calls, ...older } = plan as JsonObject
    expect(keepsGoing).toBe(true)
    return { ...face, plan: { ...older, calls: (calls as readonly JsonObject[]).map(({ zone: _, ...call }) => call) } }
  })
  await world.click('approve')
  await world.until(() => world.card().includes('❌ Failed'))
  expect(world.calls('ExecuteCommand')).toHaveLength(4)
})

test('a plan in the history of an operation, of before it said so, is not taken for one that stops', async () => {
  await world.type('exec orders-api:app --all --keep-going -- exit 3')
  const history = [...world.durable.executions.values()][0]?.operations.values() ?? []
  for (const { Name, StepDetails } of history)
    if (Name === 'plan' && StepDetails?.Result !== undefined)
      StepDetails.Result = StepDetails.Result.replace('"keepsGoing":true,', '')
  await world.click('approve')
  expect(world.card()).toContain('⚪ Out of date')
  expect(world.card()).toContain('[Plan Again]')
  expect(world.calls('ExecuteCommand')).toEqual([])
})

test('a vote on a plan that holds its command in every call, as plans once did, is counted, and the plan runs', async () => {
  world.aws.exec.timing = { ...world.aws.exec.timing, floor: 20, readPause: 0, startFailure: 20 }
  await world.type('exec orders-api:app --all -- true')
  await rewrite(faceKey(operation()), ({ plan, ...face }) => {
    const { calls, ...rest } = plan as JsonObject
    const [first, ...others] = calls as readonly JsonObject[]
    const argv = first?.['argv'] ?? null
    expect(others.every(call => !('argv' in call))).toBe(true)
    return { ...face, plan: { ...rest, calls: (calls as readonly JsonObject[]).map(call => ({ ...call, argv })) } }
  })
  await world.click('approve')
  await world.until(() => /✅ Done .*4 of 4 ended with status 0/s.test(world.card()))
  expect(world.calls('ExecuteCommand')).toHaveLength(4)
})

test('an operation that died in its plan, of before it was on file who had asked, is left as it is', async () => {
  world.aws.callLog.subscribe(({ action }) => {
    if (action !== 'DescribeServices') return
    const effect = { kind: 'error', code: 'AccessDeniedException', message: 'no', status: 403 } as const
    world.aws.faults.add({ match: { action: 'CheckpointDurableExecution' }, when: 'before', effect, times: 99 })
  })
  await world.type('scale orders-api 6')
  await rewrite(executionKey(operation()), ({ asked: _, ...older }) => older)
  const end = world.clock.now() + 60 * 60_000
  for (let next = world.clock.next(); next !== undefined && next <= end; next = world.clock.next()) {
    world.clock.advanceTo(next)
    await world.quiet()
  }
  expect([...world.durable.executions.values()].map(({ status }) => status)).toEqual(['FAILED'])
  expect(world.told('U0REQUEST')).toBe('')
  expect(world.aws.scheduler.list()).toEqual([])
})
