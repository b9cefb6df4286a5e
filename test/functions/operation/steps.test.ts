import { describe, expect, test } from 'vitest'
import { atMostOnce, pollUntil, step } from '../../../src/functions/operation/steps.ts'
import { RemoteError } from '../../../src/model/errors.ts'
import { anEngine } from '../../sandbox/lambda/engine.ts'

/** As a peer's page of HTML comes back, with a stack that repeats it. */
const long = (passing: boolean) =>
  new RemoteError(`Slack: ${'\u0001é'.repeat(50_000)}`, { code: 'internal_error', passing })

describe('an error with a message of 100 KB and a stack', () => {
  test('ends its step and not the execution: the story has its beginning', async () => {
    const engine = anEngine(async ctx => {
      try {
        return await step(ctx, 'ask', () => Promise.reject(long(false)))
      } catch (error) {
        return error instanceof Error ? error.message.slice(0, 8) : ''
      }
    })
    const execution = await engine.start()
    expect(execution).toMatchObject({ status: 'SUCCEEDED' })
    expect(execution.result).toContain('Slack: ')
    expect(execution.bytes).toBeLessThan(32_768)
  })

  test('is tried again where it passes', async () => {
    let tries = 0
    const engine = anEngine(ctx =>
      step(ctx, 'ask', () => {
        tries += 1
        return tries < 3 ? Promise.reject(long(true)) : Promise.resolve(tries)
      }),
    )
    const execution = await engine.start()
    await engine.pass(60_000)
    expect(execution).toMatchObject({ status: 'SUCCEEDED', result: '3' })
  })

  test.each<[string, Parameters<typeof anEngine>[0]]>([
    ['what runs once', async ctx => (await atMostOnce(ctx, 'send', () => Promise.reject(long(false)))).kind],
    [
      'a watch',
      ctx =>
        pollUntil(
          ctx,
          'look',
          0,
          () => Promise.reject(long(false)),
          () => true,
        ).catch(() => 'failed'),
    ],
  ])('ends %s and not the execution', async (_, story) => {
    const execution = await anEngine(story).start()
    expect(execution).toMatchObject({ status: 'SUCCEEDED' })
    expect(execution.bytes).toBeLessThan(32_768)
  })
})
