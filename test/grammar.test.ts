import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isProblem } from '../src/errors.ts'
import { absoluteCount, kinds } from '../src/grammar.ts'

describe('a count', () => {
  test.each([
    ['6', 4, 6],
    ['0', 4, 0],
    ['+2', 4, 6],
    ['-1', 4, 3],
    ['x2', 4, 8],
    ['X3', 4, 12],
    ['×2', 4, 8],
    ['x1.5', 4, 6],
    ['50%', 4, 2],
    ['50%', 5, 3],
    ['50%', 1, 1],
    ['1%', 4, 1],
    ['110%', 100, 110],
    ['-9', 4, -5],
  ])('%s of a service set to %i is %i', (text, current, wanted) => {
    const count = kinds.count.parse(text)
    expect(isProblem(count) ? count.text : absoluteCount(count, current)).toBe(wanted)
  })

  test.each([
    'banana',
    '',
    '1e9',
    '0x10',
    '1.5',
    '+',
    '-',
    '--5',
    '+0',
    '-0',
    'x1',
    'x0',
    '0%',
    '100%',
    '-50%',
    '5001',
    '99999999999',
    '6 ',
    'NaN',
    '१२',
  ])('refuses %j with what would be right', text => {
    const problem = kinds.count.parse(text)
    expect(isProblem(problem) && problem.text.length > 10).toBe(true)
  })

  test('a share of running tasks never reaches none', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 1, max: 99 }), (current, percent) => {
        const wanted = absoluteCount({ kind: 'percent', percent }, current)
        expect(wanted).toBeGreaterThanOrEqual(1)
        expect(wanted).toBeLessThanOrEqual(current)
      }),
    )
  })
})
