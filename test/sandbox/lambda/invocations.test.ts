import { describe, expect, test } from 'vitest'
import { aBareEngine, anEngine, callbackIn, DIED, PENDING, SPEC, said, step } from './engine.ts'

const DAY = 86_400_000
const NOTHING_PENDING = {
  ErrorType: 'InvalidParameterValueException',
  ErrorMessage: 'Cannot return PENDING status with no pending operations.',
}

describe('PENDING', () => {
  test('with nothing that could move fails the execution', async () => {
    const { execution, last, checkpoint } = aBareEngine()
    checkpoint([step('1', 'START'), step('1', 'SUCCEED', { Payload: '1' })])
    await last().answer(PENDING)
    expect(execution).toMatchObject({ status: 'FAILED', error: NOTHING_PENDING })
  })

  test('with a step that was begun and never ended fails the execution', async () => {
    const { execution, last, checkpoint } = aBareEngine()
    checkpoint([step('1', 'START')])
    await last().answer(PENDING)
    expect(execution).toMatchObject({ status: 'FAILED', error: NOTHING_PENDING })
  })

  test.each([
    { Id: '1', Type: 'WAIT', Action: 'START', WaitOptions: { WaitSeconds: 5 } },
    { Id: '1', Type: 'STEP', Action: 'RETRY', StepOptions: { NextAttemptDelaySeconds: 5 } },
    { Id: '1', Type: 'CALLBACK', Action: 'START', CallbackOptions: { TimeoutSeconds: 5 } },
  ] as const)('with a $Type that is to move waits for it', async update => {
    const { execution, last, checkpoint, clock } = aBareEngine()
    checkpoint([update])
    await last().answer(PENDING)
    expect(execution).toMatchObject({ status: 'RUNNING', invocations: 1 })
    clock.advance(5_000)
    expect(execution.invocations).toBe(2)
    expect(last().event).toMatchObject({ UpdatedOperationIds: ['1'] })
  })

  test('after something moved that the invocation was not told starts the next at once', async () => {
    const { execution, last, checkpoint, durable } = aBareEngine()
    const id = callbackIn(checkpoint([{ Id: 'c', Type: 'CALLBACK', Action: 'START' }]))
    durable.settle(id, 'succeed', 'yes')
    await last().answer(PENDING)
    expect(execution.invocations).toBe(2)
  })

  test('after something moved that a checkpoint told the invocation is taken at its word', async () => {
    const { execution, last, checkpoint, durable } = aBareEngine()
    durable.settle(callbackIn(checkpoint([{ Id: 'c', Type: 'CALLBACK', Action: 'START' }])), 'succeed', 'yes')
    checkpoint([])
    await last().answer(PENDING)
    expect(execution.status).toBe('FAILED')
  })
})

describe('an invocation that dies', () => {
  test('is tried again after 1 s, 2 s, 4 s … and at last every three minutes; each is one operation', async () => {
    const { execution, last, clock, held } = aBareEngine()
    const pauses: number[] = []
    for (let nth = 1; nth <= 11; nth += 1) {
      await last().answer(DIED)
      const from = clock.now()
      clock.advanceTo(clock.next() ?? 0)
      pauses.push((clock.now() - from) / 1000)
    }
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 180, 180, 180])
    expect(held).toHaveLength(12)
    expect(execution.metered).toBe(11)
  })

  test('begins with 1 s again once one of them has answered', async () => {
    const { last, clock, checkpoint, execution } = aBareEngine()
    await last().answer(DIED)
    clock.advance(1_000)
    checkpoint([{ Id: 'w', Type: 'WAIT', Action: 'START', WaitOptions: { WaitSeconds: 60 } }])
    await last().answer(PENDING)
    clock.advance(60_000)
    await last().answer(DIED)
    clock.advance(1_000)
    expect(execution.invocations).toBe(4)
  })

  test('is not tried a second time when something moved meanwhile', async () => {
    const { last, clock, checkpoint, durable, execution } = aBareEngine()
    const id = callbackIn(checkpoint([{ Id: 'c', Type: 'CALLBACK', Action: 'START' }]))
    await last().answer(DIED)
    durable.settle(id, 'succeed', '1')
    expect(execution.invocations).toBe(2)
    clock.advance(10_000)
    expect(execution.invocations).toBe(2)
  })
})

describe('an execution', () => {
  test('is over after 366 days: TIMED_OUT', async () => {
    const { execution, clock, last, checkpoint, durable } = aBareEngine()
    const ended: string[] = []
    durable.onEnded((of, status) => ended.push(`${of.name} ${status}`))
    checkpoint([{ Id: 'c', Type: 'CALLBACK', Action: 'START' }])
    await last().answer(PENDING)
    clock.advance(366 * DAY - 1)
    expect(execution.status).toBe('RUNNING')
    clock.advance(1)
    expect(execution).toMatchObject({ status: 'TIMED_OUT', endedAt: clock.now() })
    expect(ended).toEqual(['op TIMED_OUT'])
  })

  test.each([
    ['SUCCEEDED', { Status: 'SUCCEEDED', Result: '1' }],
    ['FAILED', { Status: 'FAILED', Error: { ErrorMessage: 'no' } }],
    ['FAILED', { Status: 'PENDING' }],
    ['FAILED', { Status: 'DONE' }],
  ])('tells once that it ended: %s', async (status, conclusion) => {
    const { durable, last, execution } = aBareEngine()
    const ended: string[] = []
    durable.onEnded((_, how) => ended.push(how))
    await last().answer(said(conclusion))
    durable.stop(execution.arn)
    expect(ended).toEqual([status])
  })

  test('whose version is deleted as it waits fails with its next invocation', async () => {
    const { execution, last, checkpoint, durable } = aBareEngine()
    const id = callbackIn(checkpoint([{ Id: 'c', Type: 'CALLBACK', Action: 'START' }]))
    await last().answer(PENDING)
    durable.versions.remove(SPEC.name, '1')
    expect(execution.status).toBe('RUNNING')
    durable.settle(id, 'succeed', '1')
    expect(execution).toMatchObject({
      status: 'FAILED',
      error: { ErrorType: 'ResourceNotFoundException', ErrorMessage: `Function not found: ${SPEC.arn}:1` },
    })
  })

  test('goes on in its version when a newer one is published', async () => {
    const { execution, durable } = aBareEngine()
    durable.versions.publish(SPEC)
    expect(durable.start('next', SPEC, '{}').arn).toContain(`${SPEC.arn}:2/durable-execution/next/`)
    durable.supersede(execution.arn)
    expect(execution.arn).toContain(`${SPEC.arn}:1/durable-execution/op/`)
  })
})

describe.each(['while it waits for a callback', 'while it runs', 'while it sleeps'])('stopped by hand %s', phase => {
  test('it is over: its callback is closed, its checkpoints are stale, and it is not invoked again', async () => {
    const engine = anEngine(async ctx => {
      if (phase === 'while it runs')
        await ctx.step('stop', async () => void engine.durable.stop(arn()), {
          retryStrategy: () => ({ shouldRetry: false }),
        })
      if (phase === 'while it waits for a callback') await ctx.waitForCallback('vote', async () => {})
      await ctx.wait('sleep', { hours: 1 })
      return 'done'
    })
    const arn = () => [...engine.durable.executions.values()][0]?.arn ?? ''
    const execution = await engine.start()
    engine.durable.stop(execution.arn, { ErrorMessage: 'by hand' })
    const { invocations } = execution
    await engine.pass(2 * 3_600_000)
    expect(execution).toMatchObject({ status: 'STOPPED', invocations })
    const waiting = [...execution.operations.values()].find(({ Type }) => Type === 'CALLBACK')
    if (waiting !== undefined)
      expect(() => engine.durable.settle(waiting.CallbackDetails?.CallbackId ?? '', 'succeed', '1')).toThrow(
        'already been closed',
      )
  })
})
