// From raw lines to entries.
import { describe, expect, test } from 'vitest'
import type { Entries } from '../../../src/features/logs/entry.ts'
import { readEntries } from '../../../src/features/logs/log-entries.ts'

const line = (message: string, at = 0, stream = 'ecs/app/1') => ({ message, at, stream, id: `${at}` })
const texts = ({ entries }: Entries) => entries.map(({ level, text }) => [level, text])
const read = (...messages: readonly string[]) => readEntries(messages.map((message, at) => line(message, at)))

describe('the level of a line', () => {
  test.each([
    ['INFO  ready', 'info', 'ready'],
    ['[WARN] slow', 'warn', 'slow'],
    ['2026-11-22 03:00:00 ERROR boom', 'error', '2026-11-22 03:00:00 ERROR boom'],
    ['Error: boom', 'error', 'Error: boom'],
    ['java.lang.IllegalStateException: no', 'error', 'java.lang.IllegalStateException: no'],
    ['panic: runtime error', 'error', 'panic: runtime error'],
    ['GET /health 200', 'other', 'GET /health 200'],
    [`${'x'.repeat(100)} error`, 'other', `${'x'.repeat(100)} error`],
    ['{"level":"warning","message":"m"}', 'warn', 'm'],
    ['{"level":"constructor","message":"m"}', 'other', 'm'],
    ['{"severity":"CRITICAL","msg":"m"}', 'error', 'm'],
    ['{"level":20,"msg":"m"}', 'debug', 'm'],
    ['{"level":"info","msg":', 'info', '{"level":"info","msg":'],
  ])('%s', (message, level, text) => {
    expect(texts(read(message))).toEqual([[level, text]])
  })
})

describe('traces are one entry', () => {
  test.each([
    [['Error: a', '    at b', '    at c', 'INFO  next'], 2],
    [['java.lang.Error: a', '\tat b', 'Caused by: c', '\t... 3 more', '... 3 more'], 1],
    [['Traceback (most recent call last):', '  File "a.py"', '    f()', 'ValueError: x', 'next'], 2],
    [['{', '  a: 1', '}'], 1],
    [['one', 'two'], 2],
  ])('%j', (messages, count) => {
    expect(read(...messages).entries).toHaveLength(count)
  })

  test('of one stream each, also when others write in between', () => {
    const { entries } = readEntries([
      line('Error: a', 0),
      line('other', 0, 's2'),
      line('    at b', 1),
      line('    at c', 2),
    ])
    expect(entries.map(({ text }) => text)).toEqual(['Error: a\n    at b\n    at c', 'other'])
  })

  test('not over a pause', () => {
    expect(readEntries([line('Error: a', 0), line('    at b', 5_000)]).entries).toHaveLength(2)
  })
})

test('fields that are the same everywhere are told once', () => {
  const { entries, common } = read(
    '{"msg":"a","app":"x","ms":1}',
    'plain',
    '{"msg":"b","app":"x","ms":2,"n":{"m":[1]}}',
  )
  expect(common).toEqual({ app: 'x' })
  expect(entries.map(({ fields }) => fields)).toEqual([{ ms: '1' }, {}, { ms: '2', n: '{"m":[1]}' }])
})

test('repeats in a row are counted, over streams', () => {
  const { entries, levels } = readEntries([
    line('INFO a', 1),
    line('INFO a', 2, 's2'),
    line('INFO b', 3),
    line('INFO a', 4),
  ])
  expect(entries.map(({ text, times, streams, at }) => [text, times, streams, at])).toEqual([
    ['a', 2, 2, 2],
    ['b', 1, 1, 3],
    ['a', 1, 1, 4],
  ])
  expect(levels.info).toBe(4)
})

test('a secret that JSON wrote with escapes is hidden once it is read', () => {
  const { entries, hidden } = read('{"msg":"\\u0041KIAABCDEFGHIJKLMNOP","k":"\\u0041KIAABCDEFGHIJKLMNOP"}')
  expect(JSON.stringify(entries)).not.toContain('AKIA')
  expect(hidden).toEqual({ 'AWS key': 2 })
})

test('a trace within JSON comes after the message', () => {
  const [entry] = read('{"level":"error","msg":"failed","err":{"message":"x","stack":"Error: x\\n    at a"}}').entries
  expect(entry).toMatchObject({ level: 'error', text: 'failed\nError: x\n    at a', fields: {} })
})

test('nothing at all', () => {
  expect(readEntries([])).toMatchObject({ entries: [], common: {}, hidden: {} })
  expect(texts(read('', '{}', 'null', '[]'))).toHaveLength(3)
})
