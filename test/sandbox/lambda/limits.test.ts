import { describe, expect, test } from 'vitest'
import type { Update } from '../../../sandbox/lambda/durable/execution.ts'
import { aBareEngine, anEngine, callbackIn, errorOf, step } from './engine.ts'

const refused = (update: Partial<Update>) =>
  errorOf(() => aBareEngine().checkpoint([step('1', 'START', update)])) as { name: string; message: string } | undefined

describe('an update', () => {
  test('has at most 262,144 bytes of UTF-8 as its payload, whatever else is in the request', () => {
    const { checkpoint } = aBareEngine()
    const most = 'x'.repeat(262_144)
    checkpoint([step('1', 'SUCCEED', { Payload: most }), step('2', 'SUCCEED', { Payload: most })])
    expect(errorOf(() => checkpoint([step('3', 'SUCCEED', { Payload: 'é'.repeat(131_073) })]))).toEqual({
      name: 'InvalidParameterValueException',
      message: 'STEP output payload size must be less than or equal to 262144 bytes.',
      status: 400,
    })
  })

  test('has at most 32,768 bytes with its error', () => {
    const { checkpoint } = aBareEngine()
    checkpoint([step('1', 'FAIL', { Error: { ErrorMessage: 'x'.repeat(32_000) } })])
    expect(
      errorOf(() => checkpoint([step('2', 'FAIL', { Error: { ErrorMessage: 'x'.repeat(32_768) } })])),
    ).toMatchObject({
      message: 'Error object size must be less than 32768 bytes.',
    })
  })

  test.each<[string, Partial<Update>]>([
    ['a name of more than 256 characters', { Name: 'x'.repeat(257) }],
    ['a name that is empty', { Name: '' }],
    ['a name outside ASCII', { Name: 'größe' }],
    ['an id of more than 64 characters', { Id: 'x'.repeat(65) }],
    ['an id with other characters', { Id: 'a.b' }],
    ['a delay of no second', { StepOptions: { NextAttemptDelaySeconds: 0 } }],
    ['a delay of more than 366 days', { StepOptions: { NextAttemptDelaySeconds: 31_622_401 } }],
  ])('is refused with %s', (_, update) => {
    expect(refused(update)).toMatchObject({ name: 'ValidationException' })
  })

  test('is taken with 256 characters of printable ASCII as its name', () => {
    expect(refused({ Name: `~ ${'x'.repeat(254)}` })).toBeUndefined()
  })
})

describe('AWS counts', () => {
  const retryStrategy = () => ({ shouldRetry: false })

  test.each<[string, Parameters<typeof anEngine>[0], number]>([
    ['a step as one', async ctx => ctx.step('a', async () => 1, { retryStrategy }), 1],
    [
      'a step with two retries as three',
      async ctx => {
        let tries = 0
        return ctx.step(
          'a',
          async () => {
            tries += 1
            throw new Error(`try ${tries}`)
          },
          { retryStrategy: (_, attempt) => ({ shouldRetry: attempt < 3, delay: { seconds: 1 } }) },
        )
      },
      3,
    ],
    [
      'a condition as one and each poll',
      async ctx =>
        ctx.waitForCondition('a', async (n: number) => n + 1, {
          initialState: 0,
          waitStrategy: n => (n === 3 ? { shouldContinue: false } : { shouldContinue: true, delay: { seconds: 5 } }),
        }),
      4,
    ],
    ['a wait as one', async ctx => ctx.wait('a', { minutes: 1 }), 1],
    [
      'a parallel as one and each branch',
      async ctx => ctx.parallel('a', [async () => 1, async () => 2]).then(({ totalCount }) => totalCount),
      3,
    ],
  ])('%s', async (_, story, count) => {
    const engine = anEngine(story)
    const execution = await engine.start()
    await engine.pass(3_600_000)
    expect(execution.status).not.toBe('RUNNING')
    expect(execution.metered).toBe(count)
  })

  test('what was written, each poll for itself', () => {
    const { checkpoint, execution, durable } = aBareEngine()
    const before = execution.bytes
    checkpoint([step('1', 'SUCCEED', { Payload: 'é' }), step('2', 'FAIL', { Error: { ErrorType: 'E' } })])
    durable.settle(callbackIn(checkpoint([{ Id: 'c', Type: 'CALLBACK', Action: 'START' }])), 'succeed', '12345')
    expect(execution.bytes - before).toBe(2 + '{"ErrorType":"E"}'.length + 5)
  })
})

describe('an execution fails', () => {
  test('with more than 3,000 operations', () => {
    const { checkpoint, execution } = aBareEngine()
    for (let nth = 1; nth <= 3_000; nth += 1) checkpoint([step(`${nth}`, 'START')])
    expect(execution).toMatchObject({ status: 'RUNNING', metered: 3_000 })
    expect(errorOf(() => checkpoint([step('more', 'START')]))).toMatchObject({
      message: 'The durable execution has more than 3000 operations.',
    })
    expect(execution.status).toBe('FAILED')
  })

  test('with more than 100 MB', () => {
    const { checkpoint, execution } = aBareEngine()
    const Payload = 'x'.repeat(262_144)
    for (let nth = 1; nth < 400; nth += 1) checkpoint([step(`${nth}`, 'SUCCEED', { Payload })])
    expect(execution.status).toBe('RUNNING')
    expect(errorOf(() => checkpoint([step('more', 'SUCCEED', { Payload })]))).toBeDefined()
    expect(execution.status).toBe('FAILED')
  })
})
