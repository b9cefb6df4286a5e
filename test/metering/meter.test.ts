import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import type { Update } from '../../sandbox/lambda/durable/execution.ts'
import { meter } from './meter.ts'
import { STORIES } from './stories.ts'
import { namesIn } from './table.ts'

const update = (Id: string, Action: Update['Action'], more: Partial<Update> = {}): Update => ({
  Id,
  Type: 'STEP',
  Action,
  ...more,
})

test.each([
  ['a step', [update('1', 'START'), update('1', 'SUCCEED', { Payload: 'é' })], 1, 2],
  [
    'each retry of a step',
    [update('1', 'START'), update('1', 'RETRY'), update('1', 'RETRY'), update('1', 'FAIL')],
    3,
    0,
  ],
  [
    'a condition and each look of it',
    [
      update('1', 'START', { SubType: 'WaitForCondition' }),
      update('1', 'RETRY', { SubType: 'WaitForCondition', Payload: '{}' }),
      update('1', 'SUCCEED', { SubType: 'WaitForCondition', Payload: '{}' }),
    ],
    3,
    4,
  ],
  [
    'a parallel and its branches',
    [
      update('1', 'START', { Type: 'CONTEXT' }),
      update('2', 'START', { Type: 'CONTEXT', ParentId: '1' }),
      update('2', 'SUCCEED', { Type: 'CONTEXT' }),
      update('1', 'SUCCEED', { Type: 'CONTEXT' }),
    ],
    2,
    0,
  ],
  ['a wait and a callback', [update('1', 'START', { Type: 'WAIT' }), update('2', 'START', { Type: 'CALLBACK' })], 2, 0],
  ['not the end of the execution', [update('1', 'SUCCEED', { Type: 'EXECUTION', Payload: 'done' })], 0, 0],
])('counts %s', (_, updates, operations, bytes) => {
  expect(meter(updates)).toEqual({ operations, bytes })
})

test('what it counts stands in bench/README.md, a row for each story', async () => {
  expect(namesIn(await readFile('bench/README.md', 'utf8'))).toEqual(STORIES.map(({ name }) => name))
})
