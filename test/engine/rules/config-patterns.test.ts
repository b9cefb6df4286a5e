// Regular expressions of quarterdeck.yaml are measured before they are published.
import { expect, test } from 'vitest'
import { patternProblem } from '../../../src/kit/redact/probe-patterns.ts'

/** A clock that advances by so many milliseconds each time it is read. */
const clockOf = (step: number) => {
  let now = 0
  return () => {
    now += step
    return now
  }
}

test('a pattern that takes over 100 ms is refused, by the quickest of three searches', () => {
  expect(patternProblem('CUST-[0-9]+', clockOf(101))).toBe('takes over 100 ms to search 256 KB')
  expect(patternProblem('CUST-[0-9]+', clockOf(100))).toBeUndefined()
  let [now, reads] = [0, 0]
  const onceSlow = () => {
    reads += 1
    now += reads === 2 ? 500 : 1
    return now
  }
  expect(patternProblem('CUST-[0-9]+', onceSlow)).toBeUndefined()
})

test('a pattern that RE2 refuses, or that matches empty text', () => {
  expect(patternProblem('(?<=a)b', clockOf(0))).toMatch(/^is not a regular expression of RE2/)
  expect(patternProblem('(a)\\1', clockOf(0))).toMatch(/^is not a regular expression of RE2/)
  expect(patternProblem('.*', clockOf(0))).toMatch(/matches empty text$/)
  // A backtracking engine would take time that doubles with each character.
  expect(patternProblem('(\\w+\\s?)*:', clockOf(0))).toBeUndefined()
})
