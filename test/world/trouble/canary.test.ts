// The canary runs on the built handler, by the real client of Lambda, and finds what the sandbox is.
import { LambdaClient } from '@aws-sdk/client-lambda'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { localUser } from '../../../sandbox/aws/wire/credentials.ts'
import { HUB } from '../../../sandbox/sandbox.ts'
import { lambdaOf } from '../../../scripts/canary/lambda.ts'
import { startCanary } from '../../../scripts/canary/start-canary.ts'
import { canaryKey } from '../../../src/engine/change/records.ts'
import { aWorld, type World } from '../world.ts'

let world: World
let client: LambdaClient
beforeEach(async () => {
  world = await aWorld()
  const { accessKeyId, secretAccessKey } = localUser
  client = new LambdaClient({
    endpoint: world.aws.url,
    region: HUB.region,
    credentials: { accessKeyId, secretAccessKey },
  })
})
afterEach(async () => {
  client.destroy()
  await world.stop()
})

const run = () =>
  startCanary({
    lambda: lambdaOf(client, 'quarterdeck-operation', 'live'),
    now: () => world.clock.now(),
    sleep: async ms => {
      world.clock.advance(ms)
      await world.functions.idle()
    },
    log: () => {},
  })
const found = async () =>
  Object.fromEntries((await run()).map(({ check, found, isExpected }) => [check, [isExpected, found]]))

test('it finds what is expected of the service', async () => {
  expect(await found()).toEqual({
    'A spent checkpoint token': [true, 'InvalidParameterValueException: Invalid checkpoint token'],
    'Invocations overlap': [true, 'no'],
    'A crash in an at-most-once step': [true, expect.stringMatching(/^after \d/)],
    'A step result of 300,000 bytes': [true, expect.stringMatching(/^refused; the execution ended FAILED/)],
    'A failure, by EventBridge': [true, expect.stringMatching(/^after \d/)],
    'A failure, by the dead-letter queue': [true, expect.stringMatching(/^after \d/)],
    'The same name and payload again': [true, 'the same'],
    'The same name, another payload': [true, 'DurableExecutionAlreadyStartedException'],
  })
})

test('it leaves its findings in the store', async () => {
  await run()
  const names = [...world.durable.executions.values()].map(({ name }) => name)
  const main = names.find(name => /^canary-[0-9a-f-]{36}$/.test(name)) ?? ''
  expect((await world.store().get(canaryKey(main, 'findings')))?.value).toMatchObject({
    staleToken: { isKnown: true },
    large: 'refused',
  })
})

test('it tells invocations that overlap', async () => {
  world.durable.knobs.overlaps = true
  expect((await found())['Invocations overlap']).toEqual([true, 'yes: the step ran 2 times'])
})

test('it says what is not as it should be', async () => {
  world.endings.losesEvents = true
  const rows = await found()
  expect(rows['A failure, by EventBridge']).toEqual([false, 'never'])
  expect(rows['A failure, by the dead-letter queue']?.[0]).toBe(true)
})
