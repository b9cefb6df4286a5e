// The message of /ecs logs: it fits into Slack, whatever the lines are.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readEntries } from '../../../src/features/logs/log-entries.ts'
import type { LogsState } from '../../../src/features/logs/logs-request.ts'
import { renderLogs } from '../../../src/features/logs/render-logs.ts'
import { misfits } from '../../../src/kit/messages/limits.ts'
import { aRef } from '../../builders.ts'

const NOON = Date.parse('2026-11-22T12:00:00Z')

const aState = (messages: readonly string[], more: Partial<LogsState> = {}): LogsState => ({
  place: { ...aRef(), name: 'orders-api' },
  span: { from: NOON - 900_000, words: 'the last 15m' },
  zone: 'UTC',
  most: 50,
  sources: ['1', '2'].map(task => ({
    task: task.repeat(8),
    container: 'app',
    group: '/ecs/orders-api',
    region: 'us-east-1',
    stream: `ecs/app/${task}`,
  })),
  groups: ['/ecs/orders-api'],
  found: readEntries(
    messages.map((message, n) => ({ at: NOON + n, stream: `ecs/app/${(n % 2) + 1}`, message, id: `${n}` })),
  ),
  count: messages.length,
  isPartial: false,
  notes: [],
  asFile: 'logs orders-api --file',
  ...more,
})

/** Every text of the blocks, a line each. */
const textsOf = (blocks: unknown): string =>
  [...JSON.stringify(blocks).matchAll(/"text":("(?:[^"\\]|\\.)*")/g)]
    .map(([, text = '""']) => JSON.parse(text))
    .join('\n')

test('reads like this', () => {
  const { text, blocks } = renderLogs(
    aState(['INFO  ready', 'ready', '{"level":"error","msg":"boom","ms":7}', 'password=hunter22'], {
      isPartial: true,
      filter: 'a`b',
      notes: ['*envoy* writes to splunk.'],
    }),
  )
  expect(text).toMatchInlineSnapshot(`"orders-api: the newest 4 lines matching a'b of the last 15m: 1 error, 1 info"`)
  expect(textsOf(blocks)).toMatchInlineSnapshot(`
    "orders-api
    : the newest 4 lines matching 
    a'b
     of the last 15m: 1 error, 1 info
    prod 1111-2222-3333 · us-east-1 · web
    12:00:00.000 INFO  111111 ready
    12:00:00.001       222222 ready
    12:00:00.002 ERROR 111111 boom  ms=7
    12:00:00.003       222222 password=‹hidden›
    /ecs/orders-api · 2 streams of 2 tasks · times are UTC
    Hidden as possible secrets: 1 × password
    Older lines were not read. Use --filter, --container, --task or --since.
    envoy writes to splunk."
  `)
})

test('fits into Slack, and no text of it is empty', () => {
  const message = fc.oneof(
    fc.string({ maxLength: 300, unit: 'binary' }),
    fc.json(),
    fc.integer({ min: 0, max: 20_000 }).map(length => '"\\\u0007é'.repeat(length / 4)),
    fc.constant('Error: x\n    at y'.repeat(400)),
  )
  fc.assert(
    fc.property(fc.array(message, { maxLength: 300 }), fc.integer({ min: 1, max: 200 }), (messages, most) => {
      expect(misfits(renderLogs(aState(messages, { most })))).toEqual([])
    }),
    { numRuns: 40 },
  )
})

test('a long time is told with its days', () => {
  const { blocks } = renderLogs(aState(['a'], { span: { from: NOON - 3 * 86_400_000, words: 'the last 3d' } }))
  expect(JSON.stringify(blocks)).toContain('11-22 12:00:00.000')
})
