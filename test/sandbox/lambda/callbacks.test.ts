import { describe, expect, test } from 'vitest'
import type { Update } from '../../../sandbox/lambda/durable/execution.ts'
import { aBareEngine, callbackIn, errorOf } from './engine.ts'

const CLOSED = {
  name: 'CallbackTimeoutException',
  message:
    'The callback ID token has either expired or the callback associated with the token has already been closed.',
  status: 400,
}

const aCallback = (CallbackOptions: Update['CallbackOptions'] = {}) => {
  const engine = aBareEngine()
  const id = callbackIn(engine.checkpoint([{ Id: 'c', Type: 'CALLBACK', Action: 'START', CallbackOptions }]))
  return { ...engine, id, details: () => engine.execution.operations.get('c') }
}

describe('a callback', () => {
  test('has an id of 400 characters of base64', () => {
    const { id } = aCallback()
    expect(id).toMatch(/^[A-Za-z0-9+/]+={0,2}$/)
    expect(id).toHaveLength(400)
  })

  test('is completed once', () => {
    const { id, durable, details } = aCallback()
    durable.settle(id, 'succeed', '"yes"')
    expect(errorOf(() => durable.settle(id, 'succeed', '"no"'))).toEqual(CLOSED)
    expect(errorOf(() => durable.settle(id, 'fail', '{}'))).toEqual(CLOSED)
    expect(details()).toMatchObject({ Status: 'SUCCEEDED', CallbackDetails: { Result: '"yes"' } })
  })

  test('fails with the error it is given', () => {
    const { id, durable, details } = aCallback()
    durable.settle(id, 'fail', '{"ErrorType":"No","ErrorMessage":"no"}')
    expect(details()).toMatchObject({
      Status: 'FAILED',
      CallbackDetails: { Error: { ErrorType: 'No', ErrorMessage: 'no' } },
    })
  })

  test('times out, and is not completed after that', () => {
    const { id, durable, details, clock } = aCallback({ TimeoutSeconds: 60 })
    clock.advance(60_000)
    expect(details()).toMatchObject({
      Status: 'TIMED_OUT',
      CallbackDetails: { Error: { ErrorType: 'Callback.Timeout' } },
    })
    expect(errorOf(() => durable.settle(id, 'succeed', '1'))).toEqual(CLOSED)
    expect(errorOf(() => durable.heartbeat(id))).toEqual(CLOSED)
  })

  test('times out without a heartbeat, which each heartbeat puts off', () => {
    const { id, durable, details, clock } = aCallback({ HeartbeatTimeoutSeconds: 60 })
    clock.advance(59_000)
    durable.heartbeat(id)
    clock.advance(59_000)
    expect(details()).toMatchObject({ Status: 'STARTED' })
    clock.advance(1_000)
    expect(details()).toMatchObject({
      Status: 'TIMED_OUT',
      CallbackDetails: { Error: { ErrorType: 'Callback.Heartbeat' } },
    })
  })

  test('takes a result of 256 KB and no more', () => {
    const { id, durable, details } = aCallback()
    expect(errorOf(() => durable.settle(id, 'succeed', 'x'.repeat(262_145)))).toMatchObject({
      name: 'InvalidParameterValueException',
    })
    durable.settle(id, 'succeed', 'x'.repeat(262_144))
    expect(details()?.CallbackDetails?.Result).toHaveLength(262_144)
  })

  test('takes an error of 32 KB and no more', () => {
    const { id, durable } = aCallback()
    const error = (size: number) => JSON.stringify({ ErrorMessage: 'x'.repeat(size) })
    expect(errorOf(() => durable.settle(id, 'fail', error(32_768)))).toMatchObject({
      message: 'Error object size must be less than 32768 bytes.',
    })
    durable.settle(id, 'fail', error(32_000))
  })

  test('is not found by another id, and an id of other characters is none', () => {
    const { durable } = aCallback()
    expect(errorOf(() => durable.settle('AAAA', 'succeed', '1'))).toMatchObject({ status: 404 })
    expect(errorOf(() => durable.settle('a-b_c', 'succeed', '1'))).toMatchObject({
      name: 'InvalidParameterValueException',
    })
  })

  test('is closed with its execution', () => {
    const { id, durable, execution } = aCallback()
    durable.stop(execution.arn)
    expect(errorOf(() => durable.settle(id, 'succeed', '1'))).toEqual(CLOSED)
  })
})
