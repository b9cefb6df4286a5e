import { describe, expect, test } from 'vitest'
import { aBareEngine, anEngine, callbackIn, DIED, errorOf, PENDING, said, step } from './engine.ts'

const STALE = { name: 'InvalidParameterValueException', message: 'Invalid checkpoint token', status: 400 }
const WAIT = { Id: 'w', Type: 'WAIT', Action: 'START', WaitOptions: { WaitSeconds: 60 } } as const

describe('a checkpoint token', () => {
  test('serves once: the answer has the next', () => {
    const { checkpoint, last } = aBareEngine()
    const first = last().event.CheckpointToken
    expect(first).toMatch(/^[A-Za-z0-9+/]+={0,2}$/)
    const { CheckpointToken } = checkpoint([step('1', 'START')])
    expect(CheckpointToken).not.toBe(first)
    expect(errorOf(() => checkpoint([step('1', 'SUCCEED')], { CheckpointToken: first }))).toEqual(STALE)
    expect(checkpoint([step('1', 'SUCCEED')]).NewExecutionState.Operations).toMatchObject([{ Status: 'SUCCEEDED' }])
  })

  test('must be there', () => {
    expect(errorOf(() => aBareEngine().checkpoint([], { CheckpointToken: '' }))).toMatchObject({
      message: 'Checkpoint token is required',
    })
  })

  test('of an older invocation is stale, and nothing is applied', () => {
    const { checkpoint, durable, execution, last } = aBareEngine()
    const older = last().event.CheckpointToken
    durable.supersede(execution.arn)
    expect(errorOf(() => checkpoint([step('1', 'START')], { CheckpointToken: older }))).toEqual(STALE)
    expect(execution.operations.size).toBe(1)
  })

  test('of an older invocation may get an answer without a token instead, and nothing is applied', () => {
    const { checkpoint, durable, execution, last } = aBareEngine()
    durable.knobs.supersedes = 'without token'
    const older = last().event.CheckpointToken
    durable.supersede(execution.arn)
    expect(checkpoint([step('1', 'START')], { CheckpointToken: older })).toEqual({
      NewExecutionState: { Operations: [] },
    })
    expect(execution.operations.size).toBe(1)
    expect(errorOf(() => checkpoint([], { CheckpointToken: 'AAAA' }))).toEqual(STALE)
  })

  test('is refused after the end', async () => {
    const { checkpoint, last } = aBareEngine()
    await last().answer(said({ Status: 'SUCCEEDED', Result: '1' }))
    expect(errorOf(() => checkpoint([step('1', 'START')]))).toEqual(STALE)
  })

  test('is not in the answer to the checkpoint that ends the execution', () => {
    const { checkpoint, execution } = aBareEngine()
    const answer = checkpoint([{ Id: 'result', Type: 'EXECUTION', Action: 'SUCCEED', Payload: '"large"' }])
    expect(answer).not.toHaveProperty('CheckpointToken')
    expect(execution).toMatchObject({ status: 'SUCCEEDED', result: '"large"' })
  })
})

describe('a client token', () => {
  test('gets the same answer again, for 15 minutes of the world’s time', () => {
    const { checkpoint, clock, last, execution } = aBareEngine()
    const CheckpointToken = last().event.CheckpointToken
    const send = () => checkpoint([step('1', 'START')], { CheckpointToken, ClientToken: 'c' })
    const first = send()
    clock.advance(15 * 60_000 - 1)
    expect(send()).toEqual(first)
    clock.advance(1)
    expect(errorOf(send)).toEqual(STALE)
    expect(execution.metered).toBe(1)
  })
})

describe('two deliveries of one invocation', () => {
  const two = () => {
    const engine = aBareEngine()
    engine.durable.knobs.deliversTwice = true
    engine.durable.supersede(engine.execution.arn)
    const [, first, second] = engine.held
    if (first === undefined || second === undefined) throw new Error('not delivered twice')
    return { ...engine, first, second }
  }

  test('have the same event', () => {
    const { first, second } = two()
    expect(second.event).toEqual(first.event)
  })

  test.each(['FAILED', 'SUCCEEDED'] as const)('%s of either ends the execution', async Status => {
    const { second, execution } = two()
    await second.answer(said({ Status }))
    expect(execution.status).toBe(Status)
  })

  test('an error of one counts for nothing as long as the other runs', async () => {
    const { first, second, execution, checkpoint } = two()
    await first.answer(DIED)
    expect(execution.retry).toBeUndefined()
    checkpoint([WAIT])
    await second.answer(PENDING)
    expect(execution).toMatchObject({ status: 'RUNNING', invocations: 2 })
    expect(execution.retry).toBeUndefined()
  })

  test('PENDING of one is not conclusive as long as the other runs', async () => {
    const { first, second, execution, clock, held } = two()
    await first.answer(PENDING)
    expect(execution.status).toBe('RUNNING')
    await second.answer(DIED)
    clock.advance(1_000)
    expect(held).toHaveLength(5)
    expect(execution.invocations).toBe(3)
  })

  test('the answer of the one that is to answer first is taken first, whoever is quicker', async () => {
    const { durable, execution, held, first, second, checkpoint, clock } = two()
    checkpoint([WAIT])
    durable.knobs.answersFirst = 2
    clock.advance(60_000)
    expect(held).toHaveLength(3)
    await first.answer(PENDING)
    await second.answer(PENDING)
    const [third, fourth] = held.slice(3)
    await third?.answer(said({ Status: 'FAILED' }))
    expect(execution.status).toBe('RUNNING')
    await fourth?.answer(said({ Status: 'SUCCEEDED' }))
    expect(execution.status).toBe('SUCCEEDED')
  })
})

describe('two invocations of one execution at once', () => {
  const story = async (ctx: Parameters<Parameters<typeof anEngine>[0]>[0]) => {
    const one = await ctx.step('one', async () => 1, { retryStrategy: () => ({ shouldRetry: false }) })
    await ctx.wait('rest', { minutes: 1 })
    return one + (await ctx.step('two', async () => 2, { retryStrategy: () => ({ shouldRetry: false }) }))
  }

  test.each([
    [1, 'with an error'],
    [2, 'with an error'],
    [1, 'without token'],
    [2, 'without token'],
  ] as const)(
    'delivery %i answers first, the older is told %s: the story ends once, as it should',
    async (first, how) => {
      const engine = anEngine(story)
      Object.assign(engine.durable.knobs, { deliversTwice: true, answersFirst: first, supersedes: how })
      const execution = await engine.start()
      await engine.pass(10 * 60_000)
      expect(execution).toMatchObject({ status: 'SUCCEEDED', result: '3' })
    },
  )

  test.each(['with an error', 'without token'] as const)(
    'a newer one takes over at each checkpoint in turn, the older is told %s: the story goes on',
    async how => {
      for (let nth = 1; nth <= 6; nth += 1) {
        const engine = anEngine(story)
        engine.durable.knobs.supersedes = how
        let seen = 0
        engine.durable.hooks.onCheckpoint = ({ arn }) => {
          seen += 1
          if (seen === nth) engine.durable.supersede(arn)
        }
        const execution = await engine.start()
        await engine.pass(10 * 60_000)
        expect(execution, `checkpoint ${nth}`).toMatchObject({ status: 'SUCCEEDED', result: '3' })
      }
    },
  )

  test('a callback that moves while an invocation runs waits for it, or starts another at once', async () => {
    for (const overlaps of [false, true]) {
      const { durable, execution, checkpoint } = aBareEngine()
      durable.knobs.overlaps = overlaps
      durable.settle(callbackIn(checkpoint([{ Id: 'c', Type: 'CALLBACK', Action: 'START' }])), 'succeed', 'yes')
      expect(execution.invocations).toBe(overlaps ? 2 : 1)
    }
  })
})
