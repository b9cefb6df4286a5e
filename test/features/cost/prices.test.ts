import { expect, test } from 'vitest'
import { costChange, costOfSplit, costOfTask, dollars } from '../../../src/features/cost/prices.ts'

const size = { cpu: 1_024, memory: 2_048, architecture: 'X86_64', isWindows: false } as const

test.each([
  ['us-east-1', 'FARGATE', size, 0.04048 + 2 * 0.004445, false],
  ['us-east-1', 'FARGATE_SPOT', size, 0.01288871 + 2 * 0.00141527, false],
  ['eu-central-1', 'FARGATE_SPOT', size, (0.04656 + 2 * 0.00511) * 0.32, true],
  ['eu-north-1', 'FARGATE', { ...size, architecture: 'ARM64' as const }, (0.0445 + 2 * 0.0049) * 0.8, true],
  ['ap-south-1', 'FARGATE', { ...size, architecture: 'ARM64' as const }, 0.02383 + 2 * 0.00261, false],
])('a task in %s on %s', (region, provider, of, usd, isEstimated) => {
  const cost = costOfTask(region, provider, of)
  expect(cost?.usd).toBeCloseTo(usd, 8)
  expect(cost?.isEstimated).toBe(isEstimated)
})

test.each([
  ['an unknown region', 'mars-north-1', 'FARGATE', size],
  ['an Auto Scaling group', 'us-east-1', 'asg-main', size],
  ['Windows', 'us-east-1', 'FARGATE', { ...size, isWindows: true }],
  ['a task without a size', 'us-east-1', 'FARGATE', { ...size, cpu: 0 }],
])('%s has no known price', (_, region, provider, of) => {
  expect(costOfTask(region, provider, of)).toBeUndefined()
})

test('a service costs what its tasks cost, or is unknown', () => {
  expect(costOfSplit('us-east-1', new Map([['FARGATE', 2]]), size)?.usd).toBeCloseTo(2 * 0.04937, 8)
  expect(
    costOfSplit(
      'us-east-1',
      new Map([
        ['FARGATE', 2],
        ['asg', 1],
      ]),
      size,
    ),
  ).toBeUndefined()
  expect(costOfSplit('us-east-1', new Map([['asg', 0]]), size)).toEqual({ usd: 0, isEstimated: false })
})

test.each([
  [0, '$0'],
  [0.27, '$0.27'],
  [12.3, '$12.30'],
  [1_204.4, '$1,204'],
  [0.00123, '$0.0012'],
])('%d dollars are %s', (usd, text) => {
  expect(dollars(usd)).toBe(text)
})

test('a difference has its sign', () => {
  const cost = (usd: number) => ({ usd, isEstimated: false })
  expect(costChange(cost(1), cost(0.73))).toBe('−$0.27/h')
  expect(costChange(cost(1), cost(2.5))).toBe('+$1.50/h')
  expect(costChange(cost(1), cost(1))).toBe('same cost')
})
