import { type DurableContext, type DurableExecutionClient, withDurableExecution } from '@aws/durable-execution-sdk-js'
import { describe, expect, test } from 'vitest'
import { durableHandler } from '../../../src/functions/operation/durable-client.ts'

type Answer = Awaited<ReturnType<DurableExecutionClient['checkpoint']>>

const EVENT = {
  DurableExecutionArn: 'arn:aws:lambda:us-east-1:1:function:operation:1/durable-execution/op/run',
  CheckpointToken: 'first',
  InitialExecutionState: {
    Operations: [
      {
        Id: 'execution',
        Type: 'EXECUTION',
        Status: 'STARTED',
        StartTimestamp: new Date(0),
        ExecutionDetails: { InputPayload: '{}' },
      },
    ],
    NextMarker: '',
  },
} as unknown as Parameters<ReturnType<typeof durableHandler>>[0]
const CONTEXT = { awsRequestId: 'request', getRemainingTimeInMillis: () => 60_000 } as Parameters<
  ReturnType<typeof durableHandler>
>[1]

/** As client-lambda throws what the service answers to a token that a newer invocation has replaced. */
const stale = () =>
  Object.assign(new Error('Invalid checkpoint token'), {
    name: 'InvalidParameterValueException',
    $metadata: { httpStatusCode: 400 },
  })

const story = async (_: unknown, ctx: DurableContext): Promise<string> => {
  await ctx.step('one', async () => 1)
  await ctx.step('two', async () => 2)
  return 'done'
}

/** Answers the checkpoints in turn; the last answer stays. */
const aService = (...answers: readonly (() => Answer)[]) => {
  const tokens: string[] = []
  const client: DurableExecutionClient = {
    getExecutionState: async () => ({ Operations: [] }),
    checkpoint: async ({ CheckpointToken = '' }) => {
      tokens.push(CheckpointToken)
      const answer = answers[tokens.length - 1] ?? answers.at(-1)
      if (answer === undefined) throw new Error('no answer')
      return answer()
    },
  }
  return { client, tokens }
}

const token = (text: string) => () => ({ CheckpointToken: text, NewExecutionState: { Operations: [] } })

describe('a checkpoint that the service answers with a stale token', () => {
  test('ends the invocation with an error, so that the service starts another', async () => {
    const { client, tokens } = aService(() => {
      throw stale()
    })
    await expect(durableHandler(story, client)(EVENT, CONTEXT)).rejects.toThrow('Invalid checkpoint token')
    expect(tokens).toEqual(['first'])
  })

  test('still fails the whole execution in the SDK alone: when this test fails, the correction can go', async () => {
    const { client } = aService(() => {
      throw stale()
    })
    const answer = await withDurableExecution(story, { durableExecutionClient: client })(EVENT, CONTEXT)
    expect(answer).toMatchObject({ Status: 'FAILED' })
  })
})

describe('a checkpoint that is answered without a token', () => {
  const withoutToken = () => ({ NewExecutionState: { Operations: [] } })

  test('ends the invocation with PENDING and sends nothing more', async () => {
    const { client, tokens } = aService(withoutToken)
    expect(await durableHandler(story, client)(EVENT, CONTEXT)).toEqual({ Status: 'PENDING' })
    expect(tokens).toEqual(['first'])
  })

  test('is told apart in each invocation: the next one of the same handler goes on', async () => {
    const { client } = aService(withoutToken, token('second'))
    const handler = durableHandler(story, client)
    expect(await handler(EVENT, CONTEXT)).toEqual({ Status: 'PENDING' })
    expect(await handler(EVENT, CONTEXT)).toMatchObject({ Status: 'SUCCEEDED' })
  })

  test('sends the spent token again in the SDK alone: when this test fails, the correction can go', async () => {
    const { client, tokens } = aService(withoutToken)
    await withDurableExecution(story, { durableExecutionClient: client })(EVENT, CONTEXT)
    expect(new Set(tokens)).toEqual(new Set(['first']))
    expect(tokens.length).toBeGreaterThan(1)
  })

  test('is what ends an execution with a large result', async () => {
    const { client } = aService(token('second'), withoutToken)
    const large = async (_: unknown, ctx: DurableContext) => {
      await ctx.step('one', async () => 1)
      return 'x'.repeat(7 * 1024 * 1024)
    }
    expect(await durableHandler(large, client)(EVENT, CONTEXT)).toEqual({ Status: 'SUCCEEDED', Result: '' })
  })
})

test('any other refusal is what the SDK makes of it', async () => {
  const denied = Object.assign(new Error('not authorized'), {
    name: 'AccessDeniedException',
    $metadata: { httpStatusCode: 403 },
  })
  const { client } = aService(() => {
    throw denied
  })
  expect(await durableHandler(story, client)(EVENT, CONTEXT)).toMatchObject({ Status: 'FAILED' })
})
