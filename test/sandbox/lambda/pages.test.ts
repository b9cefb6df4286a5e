import { describe, expect, test } from 'vitest'
import { aBareEngine, anEngine, errorOf, step, type Wire } from './engine.ts'

type Page = { readonly Operations: readonly Wire[]; readonly NextMarker?: string }

/** The invocation begins with so many finished steps. */
const withSteps = (count: number, knobs: object = {}) => {
  const engine = aBareEngine()
  for (let nth = 1; nth <= count; nth += 1)
    engine.checkpoint([step(`s${nth}`, 'SUCCEED', { Payload: 'x'.repeat(100) })])
  Object.assign(engine.durable.knobs, knobs)
  engine.durable.supersede(engine.execution.arn)
  const { CheckpointToken, InitialExecutionState } = engine.last().event
  const page = (Marker: string, more: Record<string, string> = {}) =>
    engine.durable.state(engine.execution.arn, new URLSearchParams({ CheckpointToken, Marker, ...more })) as Page
  const walk = (more: Record<string, string> = {}) => {
    const sizes = [InitialExecutionState.Operations.length]
    const ids = InitialExecutionState.Operations.map(({ Id }) => Id)
    for (let marker = InitialExecutionState.NextMarker; marker !== ''; ) {
      const { Operations, NextMarker = '' } = page(marker, more)
      sizes.push(Operations.length)
      ids.push(...Operations.map(({ Id }) => Id))
      marker = NextMarker
    }
    return { sizes, ids }
  }
  return { ...engine, page, walk }
}

describe('the state of an execution', () => {
  test('is in the event as a whole when it is small', () => {
    expect(withSteps(99).walk().sizes).toEqual([100])
  })

  test('is in pages of 100 from the event on', () => {
    const { sizes, ids } = withSteps(250).walk()
    expect(sizes).toEqual([100, 100, 51])
    expect(new Set(ids).size).toBe(251)
  })

  test('is in pages of as few as are asked for', () => {
    expect(withSteps(110).walk({ MaxItems: '3' }).sizes).toEqual([100, 3, 3, 3, 2])
  })

  test('is in pages of so many bytes', () => {
    const { sizes } = withSteps(9, { pageSize: { items: 100, bytes: 1_000 } }).walk()
    expect(sizes.length).toBeGreaterThan(2)
    expect(sizes.reduce((sum, size) => sum + size)).toBe(10)
  })

  test('may have each page twice', () => {
    const { sizes, ids } = withSteps(3, { pageSize: { items: 2, bytes: 10_000 }, pagesTwice: true }).walk()
    expect(sizes).toEqual([2, 2, 2, 2])
    expect(new Set(ids).size).toBe(4)
  })

  test('is for the invocation alone that has the execution', () => {
    const { durable, execution, page } = withSteps(1)
    durable.supersede(execution.arn)
    expect(errorOf(() => page(''))).toMatchObject({ message: 'Invalid checkpoint token' })
  })

  test('is asked for with up to 1,000 operations and a marker that was given', () => {
    const { page } = withSteps(1)
    expect(errorOf(() => page('', { MaxItems: '1001' }))).toMatchObject({ name: 'InvalidParameterValueException' })
    expect(errorOf(() => page('nonsense'))).toMatchObject({ message: 'Invalid Marker' })
  })

  test.each([
    [false, ['c']],
    [true, ['c', 'd', 'e']],
  ])('has the children of a finished context if it asks for them: %s', (ReplayChildren, ids) => {
    const { checkpoint, durable, execution, last } = aBareEngine()
    const context = (Id: string, Action: 'START' | 'SUCCEED', ParentId?: string) =>
      ({ Id, Type: 'CONTEXT', Action, ...(ParentId && { ParentId }), ContextOptions: { ReplayChildren } }) as const
    checkpoint([context('c', 'START'), context('d', 'START', 'c'), step('e', 'START', { ParentId: 'd' })])
    checkpoint([context('c', 'SUCCEED')])
    durable.supersede(execution.arn)
    expect(
      last()
        .event.InitialExecutionState.Operations.slice(1)
        .map(({ Id }) => Id),
    ).toEqual(ids)
  })
})

test.each([false, true])('a story goes on over pages of one operation; each arrives twice: %s', async pagesTwice => {
  const engine = anEngine(async ctx => {
    let sum = 0
    for (const nth of [1, 2, 3]) {
      sum += await ctx.step(`step ${nth}`, async () => nth, { retryStrategy: () => ({ shouldRetry: false }) })
      await ctx.wait(`wait ${nth}`, { minutes: 1 })
    }
    return sum
  })
  Object.assign(engine.durable.knobs, { pagesTwice, pageSize: { items: 1, bytes: 1_000 } })
  const execution = await engine.start()
  await engine.pass(600_000)
  expect(execution).toMatchObject({ status: 'SUCCEEDED', result: '6', invocations: 4 })
})
