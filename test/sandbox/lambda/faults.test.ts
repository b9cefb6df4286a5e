import { describe, expect, test } from 'vitest'
import { anEngine, type Meddle, refusedWith } from './engine.ts'

const NO_RETRY = { retryStrategy: () => ({ shouldRetry: false }) }
/** Effects are counted: a step may run twice, its result is one. */
const aStory = () => {
  const ran: string[] = []
  const story: Parameters<typeof anEngine>[0] = async ctx => {
    const one = await ctx.step('one', async () => ran.push('one') && 1, NO_RETRY)
    await ctx.wait('rest', { minutes: 1 })
    const two = await ctx.step('two', async () => ran.push('two') && 2, NO_RETRY)
    return one + two
  }
  return { ran, story }
}

const FAULTS: Readonly<Record<string, (send: () => Promise<unknown>, engine: () => Engine) => Promise<unknown>>> = {
  'refused with 429': async () => {
    throw refusedWith(429, 'TooManyRequestsException')
  },
  'refused with 500': async () => {
    throw refusedWith(500, 'ServiceException')
  },
  'applied, and its answer lost': async send => {
    await send()
    throw new Error('socket hang up')
  },
  'applied, and answered when a newer invocation has the execution': async (send, engine) => {
    const answer = await send()
    for (const { arn } of engine().durable.executions.values()) engine().durable.supersede(arn)
    await new Promise(resolve => setTimeout(resolve, 5))
    return answer
  },
}
type Engine = ReturnType<typeof anEngine>

describe.each(Object.keys(FAULTS))('a checkpoint that is %s', kind => {
  test.each(['with an error', 'without token'] as const)(
    'at each point of the story, the older invocation told %s: it ends once, with its result',
    async how => {
      for (let nth = 1; nth <= 5; nth += 1) {
        const { ran, story } = aStory()
        const meddle: Meddle = (at, send) => (at === nth ? (FAULTS[kind] ?? send)(send, () => engine) : send())
        const engine: Engine = anEngine(story, meddle)
        engine.durable.knobs.supersedes = how
        const execution = await engine.start()
        await engine.pass(10 * 60_000)
        expect(execution, `checkpoint ${nth}`).toMatchObject({ status: 'SUCCEEDED', result: '3' })
        expect(ran.length, `checkpoint ${nth}`).toBeLessThanOrEqual(3)
      }
    },
  )
})

test('a checkpoint that is refused with 403 ends the execution', async () => {
  const engine = anEngine(aStory().story, async (nth, send) => {
    if (nth === 2) throw refusedWith(403, 'AccessDeniedException')
    return send()
  })
  const execution = await engine.start()
  await engine.pass(10 * 60_000)
  expect(execution).toMatchObject({
    status: 'FAILED',
    error: { ErrorMessage: expect.stringContaining('Checkpoint failed') },
  })
})
