import fc from 'fast-check'
import { expect, test } from 'vitest'
import { priceOfTask } from '../../../sandbox/world/fargate-prices.ts'
import { type Base, estimatesOf, monthlyCost, type Part } from '../../../src/features/cost/estimates.ts'
import { isFargateSize } from '../../../src/features/cost/fargate-sizes.ts'
import { costOfTask } from '../../../src/features/cost/prices.ts'

const size = { cpu: 1_024, memory: 2_048, architecture: 'X86_64', isWindows: false } as const
const base = (split: Readonly<Record<string, number>>, more: Partial<Base> = {}): Base => ({
  region: 'us-east-1',
  split: new Map(Object.entries(split)),
  size,
  ...more,
})
const ALL = { spot: true, graviton: true, better: { cpu: 512, memory: 1_024 } } as const
const saved = (of: Base, parts: readonly Part[]) =>
  estimatesOf(of, ALL).find(one => one.parts.join() === parts.join())?.saves

test('ten tasks a month', () => {
  const ten = base({ FARGATE: 10 })
  expect(monthlyCost(ten)?.usd).toBeCloseTo(10 * 0.04937 * 730, 6)
  expect(saved(ten, ['graviton'])).toBeCloseTo(10 * 730 * (0.04937 - 0.0395), 6)
  expect(saved(ten, ['size'])).toBeCloseTo((10 * 730 * 0.04937) / 2, 6)
})

test('the best combination is less than the sum of its parts', () => {
  const ten = base({ FARGATE: 10 })
  const [best] = estimatesOf(ten, ALL)
  expect(best?.parts).toEqual(['size', 'spot', 'graviton'])
  const sum = (['size', 'spot', 'graviton'] as const).reduce((all, part) => all + (saved(ten, [part]) ?? 0), 0)
  expect(best?.saves).toBeLessThan(sum)
})

test.each([
  ['no task runs', base({})],
  ['a price is missing for the region', base({ FARGATE: 2 }, { region: 'cn-north-1' })],
  ['a task runs on instances', base({ FARGATE: 2, asg: 1 })],
  ['it is a Windows task', base({ FARGATE: 2 }, { size: { ...size, isWindows: true } })],
  ['it has all of it', base({ FARGATE_SPOT: 4 }, { size: { ...size, architecture: 'ARM64', cpu: 256, memory: 512 } })],
])('nothing is estimated where %s', (_, of) => {
  expect(estimatesOf(of, { ...ALL, better: { cpu: of.size.cpu, memory: of.size.memory } })).toEqual([])
})

test('no saving is more than the service costs, and the best is the cheapest', () => {
  const cpus = [256, 512, 1_024, 2_048, 4_096] as const
  const anySize = fc.record({
    cpu: fc.constantFrom(...cpus),
    memory: fc.integer({ min: 1, max: 30 }).map(gb => gb * 1_024),
  })
  const service = fc.record({
    region: fc.constantFrom('us-east-1', 'eu-west-1', 'eu-north-1', 'ap-south-1', 'sa-east-1', 'cn-north-1'),
    demand: fc.nat(500),
    spot: fc.nat(500),
    now: anySize,
    better: anySize,
    architecture: fc.constantFrom('X86_64' as const, 'ARM64' as const),
  })
  fc.assert(
    fc.property(service, ({ region, demand, spot, now, better, architecture }) => {
      const of = base(
        { FARGATE: demand, FARGATE_SPOT: spot },
        { region, size: { ...now, architecture, isWindows: false } },
      )
      const cost = monthlyCost(of)?.usd ?? 0
      const estimates = estimatesOf(of, { spot: true, graviton: true, better })
      for (const { saves, usd } of estimates) {
        expect(saves).toBeGreaterThan(0)
        expect(saves).toBeLessThanOrEqual(cost)
        expect(saves + usd).toBeCloseTo(cost, 6)
      }
      expect(estimates.map(({ usd }) => usd)).toEqual(estimates.map(({ usd }) => usd).toSorted((a, b) => a - b))
    }),
    { numRuns: 500 },
  )
})

test.each([
  [{ cpu: 256, memory: 512 }, true],
  [{ cpu: 256, memory: 4_096 }, false],
  [{ cpu: 1_024, memory: 2_500 }, false],
  [{ cpu: 8_192, memory: 20 * 1_024 }, true],
  [{ cpu: 8_192, memory: 18 * 1_024 }, false],
  [{ cpu: 32_768, memory: 244 * 1_024 }, true],
  [{ cpu: 0, memory: 0 }, false],
])('%j is a size of Fargate: %s', (of, expected) => {
  expect(isFargateSize(of)).toBe(expected)
})

test.each(['us-east-1', 'eu-west-1'])('the sandbox prices a task in %s as this table does', region => {
  for (const isArm of [false, true])
    for (const isSpot of [false, true]) {
      const of = { ...size, architecture: isArm ? ('ARM64' as const) : ('X86_64' as const) }
      const cost = costOfTask(region, isSpot ? 'FARGATE_SPOT' : 'FARGATE', of)
      expect(priceOfTask(region, { ...of, isArm, isSpot })).toBeCloseTo(cost?.usd ?? 0, 10)
    }
})
