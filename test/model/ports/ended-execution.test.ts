import { describe, expect, test } from 'vitest'
import { endedExecutionIn } from '../../../src/model/ports/ended-execution.ts'
import { decodeScheduled } from '../../../src/model/ports/job.ts'

const ARN = 'arn:aws:lambda:us-east-1:123456789012:function:operation:2/durable-execution/op-1/9f7d'
/** Source: Lambda developer guide, "Monitoring durable functions". */
const EVENT = {
  version: '0',
  id: 'd019b03c-a8a3-9d58-85de-241e96206538',
  'detail-type': 'Durable Execution Status Change',
  source: 'aws.lambda',
  account: '123456789012',
  time: '2025-11-20T13:08:22Z',
  region: 'us-east-1',
  resources: [],
  detail: {
    durableExecutionArn: ARN,
    durableExecutionName: 'op-1',
    functionArn: 'arn:aws:lambda:us-east-1:123456789012:function:operation:2',
    status: 'FAILED',
    startTimestamp: '2025-11-20T13:08:22.345Z',
    endTimestamp: '2025-11-20T13:09:22.345Z',
  },
}
const message = (body: unknown) => ({ Records: [{ eventSource: 'aws:sqs', body }] })
const JOB = { kind: 'operation', id: 'op-1', line: 'scale orders-api 6' }

describe('the end of an execution', () => {
  test('is read from Lambda’s status change', () => {
    expect(decodeScheduled(EVENT)).toEqual({ kind: 'ended', from: 'event', operation: 'op-1', arn: ARN })
  })

  test('is read from a message of the dead-letter queue, which has the job', () => {
    expect(decodeScheduled(message(JSON.stringify(JOB)))).toEqual({
      kind: 'ended',
      from: 'queue',
      operation: 'op-1',
      job: JOB,
    })
  })

  test.each([
    ['nothing', undefined],
    ['an event without its detail', { ...EVENT, detail: null }],
    ['an event without a name', { ...EVENT, detail: { durableExecutionArn: ARN } }],
    ['a message that is not JSON', message('{')],
    ['a message without an id', message('{"kind":"operation"}')],
    ['a message without a body', message(undefined)],
    ['no message', { Records: [] }],
    ['a message of another service', { Records: [{ eventSource: 'aws:s3', body: JSON.stringify(JOB) }] }],
  ])('is not read from %s', (_, event) => {
    expect(endedExecutionIn(event)).toBeUndefined()
    expect(() => decodeScheduled(event)).toThrow('not a scheduled job')
  })
})
