import { describe, expect, test } from 'vitest'
import { checkMessageBlocks } from '../../../sandbox/slack/limits.ts'
import { fileOfResults, renderResults } from '../../../src/engine/cards/render-results.ts'
import type { TaskResult } from '../../../src/engine/change/outcome.ts'
import { misfits } from '../../../src/kit/messages/limits.ts'

const aResult = (result: Partial<TaskResult> = {}): TaskResult => ({
  task: '0a1b2c3d',
  zone: 'us-east-1a',
  status: '0',
  seconds: 1.25,
  line: 'fine',
  ...result,
})
const message = (results: readonly TaskResult[]) => ({ text: 'results', blocks: renderResults(results) })
const many = (count: number, result: Partial<TaskResult> = {}) => Array.from({ length: count }, () => aResult(result))

test('is a row a task, the identifying column first, units in the header, the order said', () => {
  expect(renderResults([aResult(), aResult({ status: 'waiting', seconds: undefined as never, line: '' })])).toEqual([
    {
      type: 'table',
      column_settings: [
        { align: 'left', is_wrapped: false },
        { align: 'left', is_wrapped: false },
        { align: 'left', is_wrapped: false },
        { align: 'right', is_wrapped: false },
        { align: 'left', is_wrapped: true },
      ],
      rows: [
        ['Task', 'Zone', 'Exit status', 'Time (s)', 'First line, or cause'],
        ['0a1b2c3d', 'us-east-1a', '0', '1.3', 'fine'],
        ['0a1b2c3d', 'us-east-1a', 'waiting', '–', '–'],
      ].map(cells => cells.map(text => ({ type: 'raw_text', text }))),
    },
    expect.objectContaining({ type: 'context' }),
  ])
})

describe('fits', () => {
  test.each<[string, readonly TaskResult[], boolean]>([
    ['fifty tasks that say much', many(50, { line: 'x'.repeat(200) }), true],
    ['markup, which is text', many(3, { line: '<!channel> *bold* `code` <https://example.com|x>' }), true],
    ['ninety-nine tasks and the header', many(99), true],
    ['a hundred tasks and the header', many(100), false],
    ['too many characters in all cells', many(90, { line: 'x'.repeat(200) }), false],
  ])('%s', (_, results, fits) => {
    expect(misfits(message(results)).length === 0).toBe(fits)
    if (fits) expect(checkMessageBlocks(message(results).blocks)).toBeUndefined()
  })

  test('one table a message', () => {
    const twice = { text: 'results', blocks: [...renderResults([aResult()]), ...renderResults([aResult()])] }
    expect(misfits(twice)).toEqual(['has more than one table'])
  })
})

test('as a file, the columns stand under each other', () => {
  const { name, bytes } = fileOfResults([aResult(), aResult({ status: 'not begun', line: '' })], 'orders-api')
  expect(name).toBe('orders-api-results.txt')
  expect(new TextDecoder().decode(bytes)).toMatchInlineSnapshot(`
    "Task      Zone        Exit status  Time (s)  First line, or cause
    0a1b2c3d  us-east-1a  0            1.3       fine
    0a1b2c3d  us-east-1a  not begun    1.3       –
    "
  `)
})
