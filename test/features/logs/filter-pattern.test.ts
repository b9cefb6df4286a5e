// Filters as people type them, as patterns of CloudWatch Logs.
import { expect, test } from 'vitest'
import { parsePattern } from '../../../sandbox/aws/services/logs/pattern.ts'
import { patternOf } from '../../../src/features/logs/filter-pattern.ts'

test.each([
  ['err:', '"err:"'],
  ['timeout', 'timeout'],
  ['timed out', 'timed out'],
  ['"timed out"', '"timed out"'],
  ['“timed out”', '"timed out"'],
  ['?one ?two', '?one ?two'],
  ['?a.b -c:d', '?"a.b" -"c:d"'],
  ['-without', '-without'],
  ['-->', '"-->"'],
  ['GET /health', 'GET "/health"'],
  ['%\\d+ms%', '%\\d+ms%'],
  ['50% of 100%', '"50%" of "100%"'],
  ['{ $.level = "error" }', '{ $.level = "error" }'],
  ['{($.a = 1) && ($.b = 2)}', '{($.a = 1) && ($.b = 2)}'],
  ['{"a":1}', '"{\\"a\\":1}"'],
  ['[ip, user, status = 5*, ...]', '[ip, user, status = 5*, ...]'],
  ['[worker]', '"[worker]"'],
  ['say "hi', '"say \\"hi"'],
  ['C:\\dir', '"C:\\\\dir"'],
  ['müller', 'müller'],
  ['a_b', 'a_b'],
  ['?', '"?"'],
  ['', ''],
])('%s is %s', (filter, pattern) => {
  expect(patternOf(filter)).toBe(pattern)
})

test.each([
  'err:',
  'a"b"c',
  '"',
  '%',
  '-',
  '??',
  '{',
  '}',
  '[',
  ']',
  '{}',
  '$.a',
  '\\',
  'a\\',
  '" "',
  '%%',
  '% %',
  '-"a',
  "it's",
])('the pattern of %j is one that CloudWatch takes, or that is JSON', filter => {
  expect(() => parsePattern(patternOf(filter))).not.toThrow()
})

test.each(['error', 'ERROR', 'warnings', 'info', 'debug', ':'.repeat(500), '"'.repeat(500), ': '.repeat(250)])(
  'the pattern of %j has at most 1,024 characters',
  filter => {
    expect(patternOf(filter).length).toBeLessThanOrEqual(1_024)
    expect(() => parsePattern(patternOf(filter))).not.toThrow()
  },
)
