// Levels and entries of lines as real software writes them.
import { describe, expect, test } from 'vitest'
import type { Entries } from '../../../src/features/logs/entry.ts'
import { readEntries } from '../../../src/features/logs/log-entries.ts'
import { FORMATS } from '../../fixtures/logs/lines.ts'
import { SINGLE, TRACES } from '../../fixtures/logs/traces.ts'

const read = (...messages: readonly string[]): Entries =>
  readEntries(messages.map((message, at) => ({ message, at, stream: 'ecs/app/1', id: `${at}` })))

describe.each(Object.entries(FORMATS))('%s', (_, lines) => {
  test.each(lines)('%s: %s', (level, line) => {
    expect(read(line).entries.map(entry => entry.level)).toEqual([level])
  })
})

test('the fixture has 20 formats and 200 lines', () => {
  expect(Object.keys(FORMATS).length).toBeGreaterThanOrEqual(20)
  expect(Object.values(FORMATS).flat().length).toBeGreaterThanOrEqual(200)
})

describe('one entry each, then the next line', () => {
  test.each(Object.entries(TRACES))('%s', (_, lines) => {
    const { entries } = read('INFO  before', ...lines, 'INFO  after')
    expect(entries.map(entry => entry.lines)).toEqual([1, lines.length, 1])
    expect(entries[1]?.level).toBe('error')
  })

  test.each(Object.entries(TRACES))('in envelopes of FireLens: %s', (_, lines) => {
    const enveloped = lines.map(log => JSON.stringify({ log, container_name: '/ecs-a', source: 'stderr' }))
    const { entries } = read(...enveloped, JSON.stringify({ log: 'next', container_name: '/ecs-b' }))
    expect(entries.map(entry => entry.lines)).toEqual([lines.length, 1])
    expect(entries[0]?.fields).toEqual({ container_name: '/ecs-a', source: 'stderr' })
  })

  test.each(SINGLE.map(lines => [lines]))('not more: %j', lines => {
    const count = lines.filter(text => !/^\s+\S/.test(text) && text !== 'KeyError: 1').length
    expect(read(...lines).entries).toHaveLength(count)
  })

  test('an error after another is not below its line, unless both are one write', () => {
    const at = (time: number, message: string) => ({ message, at: time, stream: 's', id: `${time}` })
    const trace = (start: number) => [at(start, 'TypeError: x'), at(start, '    at a.js:1')]
    expect(readEntries([at(0, 'ERROR no'), ...trace(10)]).entries).toHaveLength(1)
    expect(readEntries([at(0, 'ERROR no'), ...trace(900)]).entries).toHaveLength(2)
    expect(readEntries([at(0, '{"err":"x"}'), ...trace(10)]).entries).toHaveLength(2)
  })

  test('two containers in one stream do not share a trace', () => {
    const line = (log: string, container_name: string) => JSON.stringify({ log, container_name })
    const { entries } = read(line('Error: a', '/app'), line('    at b', '/envoy'), line('    at c', '/app'))
    expect(entries).toHaveLength(3)
  })
})

describe('an envelope of FireLens', () => {
  test('is opened: the text is the line of the container, and what the envelope says are fields', () => {
    const [entry] = read(
      '{"container_name":"/ecs-a","source":"stdout","log":"{\\"level\\":\\"warn\\",\\"msg\\":\\"slow\\",\\"ms\\":7}"}',
    ).entries
    expect(entry).toMatchObject({
      level: 'warn',
      text: 'slow',
      fields: { ms: '7', container_name: '/ecs-a', source: 'stdout' },
    })
  })

  test.each([
    '{"log":"{\\"msg\\":\\"\\\\u0041KIAABCDEFGHIJKLMNOP\\"}"}',
    '{"log":"{\\"k\\":\\"\\\\u0041KIAABCDEFGHIJKLMNOP\\"}"}',
    '{"log":"password=hunter22"}',
    '{"log":"{\\"password\\":\\"hunter22\\"}"}',
    '{"message":"{\\"password\\":\\"hunt\\\\u0065r22\\"}"}',
    '{"log":"{\\"log\\":\\"{\\\\\\"password\\\\\\":\\\\\\"hunter22\\\\\\"}\\"}"}',
  ])('shows no secret: %s', line => {
    const { entries, hidden } = read(line)
    expect(JSON.stringify(entries)).not.toMatch(/AKIA|hunter22/)
    expect(Object.keys(hidden)).not.toEqual([])
  })

  test('that is deeper than any library writes stays text', () => {
    const deep = Array.from({ length: 20 }).reduce<string>(log => JSON.stringify({ log }), 'x')
    expect(read(deep.length > 200_000 ? '{}' : deep).entries).toHaveLength(1)
  })
})

test('what a line says of its error is shown once', () => {
  const gelf = '{"short_message":"boom","full_message":"boom\\nat a","level":3}'
  expect(read(gelf).entries[0]).toMatchObject({ text: 'boom\nat a', fields: {} })
  const elastic = '{"log":{"level":"error","logger":"app"},"message":"no"}'
  expect(read(elastic).entries[0]).toMatchObject({ text: 'no', fields: { log: '{"logger":"app"}' } })
})

test.each([
  ["thread '' panicked at ".repeat(40_000)],
  ['('.repeat(500_000)],
  ['a.b/'.repeat(200_000)],
  [':1'.repeat(400_000)],
  ['error=none '.repeat(80_000)],
])(
  'a hostile line of 1 MB is read in linear time: %#',
  text => {
    expect(read(`panic: ${text}`, text, '\t/a.go:1').entries.length).toBeGreaterThan(0)
  },
  5_000,
)
