import { describe, expect, test } from 'vitest'
import {
  isAsPredicted,
  isSameStrategy,
  predictSplit,
  type Strategy,
  splitText,
} from '../../../src/features/capacity/strategy.ts'
import { strategy } from '../../../src/kit/language/kinds/strategy.ts'
import { isProblem } from '../../../src/model/errors.ts'

const parsed = (text: string): Strategy => {
  const value = strategy.parse(text)
  if (isProblem(value) || value.kind !== 'providers') throw new Error('no strategy')
  return value.items
}
const split = (text: string, count: number) => Object.fromEntries(predictSplit(parsed(text), count))

test.each([
  ['fargate=1:2 spot=3', 6, { FARGATE: 3, FARGATE_SPOT: 3 }],
  ['fargate=1 spot=1', 3, { FARGATE: 2, FARGATE_SPOT: 1 }],
  ['fargate=0:1 spot=1', 5, { FARGATE: 1, FARGATE_SPOT: 4 }],
  ['fargate=1:10 spot=3', 6, { FARGATE: 6, FARGATE_SPOT: 0 }],
  ['fargate=1:2 spot=3', 0, { FARGATE: 0, FARGATE_SPOT: 0 }],
  ['a=1 b=1 c=1', 7, { a: 3, b: 2, c: 2 }],
  ['fargate=0:2', 1, { FARGATE: 1 }],
])('%s with %i tasks', (text, count, expected) => {
  expect(split(text, count)).toEqual(expected)
})

test('a prediction places each task once, and no provider is more than one off its exact share', () => {
  let seed = 7
  const random = (below: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31
    return seed % below
  }
  for (let round = 0; round < 2_000; round += 1) {
    const weights = Array.from({ length: 1 + random(4) }, (_, at) => (at === 0 ? 1 + random(9) : random(10)))
    const base = random(6)
    const items = weights.map((weight, at) => ({ provider: `p${at}`, weight, base: at === 0 ? base : 0 }))
    const count = random(300)
    const predicted = predictSplit(items, count)
    expect([...predicted.values()].reduce((sum, tasks) => sum + tasks, 0)).toBe(count)
    const rest = count - Math.min(base, count)
    const total = weights.reduce((sum, weight) => sum + weight, 0)
    for (const { provider, weight, base: own } of items) {
      const exact = (rest * weight) / total + Math.min(own, count)
      expect(Math.abs((predicted.get(provider) ?? 0) - exact)).toBeLessThan(1)
    }
  }
})

describe('what is no strategy', () => {
  test.each([
    ['fargate=0 spot=0', 'All weights are 0'],
    ['fargate=0', 'All weights are 0'],
    ['fargate=1:1 spot=1:1', 'Two providers have a base'],
    ['fargate=1 FARGATE=2', 'given twice'],
    ['fargate=1001', 'more than ECS allows (1,000)'],
    ['fargate=1:100001', 'more than ECS allows (100,000)'],
    [Array.from({ length: 21 }, (_, at) => `p${at}=1`).join(' '), 'These are 21 providers'],
    ['fargate', 'preset'],
    ['fargate=1 spot', 'is not a provider with its weight'],
    ['fargate=-1', 'is not a provider with its weight'],
    ['launch-type=lambda', 'is not a launch type'],
    ['', 'is not a provider with its weight'],
  ])('%s', (text, words) => {
    const value = strategy.parse(text)
    if (words === 'preset') expect(value).toEqual({ kind: 'preset', name: 'fargate' })
    else expect(value).toMatchObject({ kind: 'problem', text: expect.stringContaining(words) })
  })
})

test.each(['fargate=1:2 spot=3', 'on-demand', 'launch-type=ec2', 'asg-main=1 asg_2=5'])(
  '%s is printed as it is read',
  text => {
    const value = strategy.parse(text)
    expect(isProblem(value)).toBe(false)
    if (!isProblem(value)) expect(strategy.print(value)).toBe(text)
  },
)

test('the order of providers makes no other strategy, a base does', () => {
  expect(isSameStrategy(parsed('fargate=1 spot=2'), parsed('spot=2 fargate=1'))).toBe(true)
  expect(isSameStrategy(parsed('fargate=1 spot=2'), parsed('fargate=1:1 spot=2'))).toBe(false)
})

test('one task more or fewer on a provider is as predicted; two are not', () => {
  const predicted = predictSplit(parsed('fargate=1 spot=1'), 6)
  expect(isAsPredicted(predicted, new Map(Object.entries({ FARGATE: 4, FARGATE_SPOT: 2 })))).toBe(true)
  expect(isAsPredicted(predicted, new Map(Object.entries({ FARGATE: 5, FARGATE_SPOT: 1 })))).toBe(false)
  expect(splitText(predicted)).toBe('3 Fargate, 3 Fargate Spot')
})
