import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  capped,
  findingOf,
  idleFindingOf,
  isStandby,
  moneyText,
  ownerOf,
  ranked,
  riskOf,
  totalText,
} from '../../../src/features/cost/findings.ts'
import { fileOfFindings } from '../../../src/features/cost/findings-file.ts'
import type { SizeAdvice } from '../../../src/features/cost/reads.ts'
import { aRef } from '../../builders.ts'

const usd = (amount: number) => ({ money: { currency: 'USD', amount }, percent: 50 })

const advice = (more: Partial<SizeAdvice> = {}): SizeAdvice => ({
  arn: aRef().arn,
  finding: 'Overprovisioned',
  reasons: ['CPUOverprovisioned'],
  definition: 'orders-api:7',
  cpu: 1_024,
  memory: 2_048,
  containers: [],
  options: [{ cpu: 512, memory: 1_024, containers: [], saving: usd(10) }],
  tags: {},
  ...more,
})

const named = (service: string) => aRef({ service, arn: `arn:${service}` })

describe('a finding', () => {
  test('says the sizes, the revision and the owner', () => {
    expect(findingOf(named('a'), advice({ tags: { Team: 'orders' } }))).toMatchObject({
      kind: 'rightsizing',
      what: '1 vCPU, 2 GB → 0.5 vCPU, 1 GB',
      definition: 'orders-api:7',
      owner: 'orders',
    })
  })

  test('is none where the size fits, or where there is no option', () => {
    expect(findingOf(named('a'), advice({ finding: 'Optimized' }))).toBeUndefined()
    expect(findingOf(named('a'), advice({ options: [] }))).toBeUndefined()
  })

  test.each([
    ['Fargate has no such size', { cpu: 300, memory: 1_024, containers: [] }],
    ['Fargate has no such size', { cpu: 256, memory: 3_072, containers: [] }],
    [
      'its containers need more CPU than the task has',
      {
        cpu: 512,
        memory: 1_024,
        containers: [
          { name: 'app', cpu: 400 },
          { name: 'envoy', cpu: 200 },
        ],
      },
    ],
    [
      'its containers need more memory than the task has',
      {
        cpu: 512,
        memory: 1_024,
        containers: [
          { name: 'app', reservation: 800, memory: 2_000 },
          { name: 'envoy', memory: 400 },
        ],
      },
    ],
  ])('that cannot be used saves nothing: %s', (risk, option) => {
    const finding = findingOf(named('a'), advice({ options: [{ ...option, saving: usd(10) }] }))
    expect(finding?.risk).toBe(risk)
    expect(finding?.saving).toBeUndefined()
  })

  test('has the risk of the projected peak', () => {
    expect(riskOf({ low: 40, high: 60 }, { low: 60, high: 76 })).toBe('medium')
    expect(riskOf({ low: 40, high: 91 }, undefined)).toBe('high')
    expect(riskOf(undefined, undefined)).toBe('unknown')
  })
})

test.each([
  [{ dr: 'true' }, true],
  [{ dr: 'false' }, false],
  [{ role: 'standby' }, true],
  [{ Tier: 'DR' }, true],
  [{ team: 'drive' }, false],
])('%j stands by: %s', (tags, expected) => {
  expect(isStandby(tags as Record<string, string>)).toBe(expected)
})

test('the owner is the tag owner, else team', () => {
  expect(ownerOf({ team: 'a', Owner: 'b' })).toEqual({ owner: 'b' })
  expect(ownerOf({ owner: ' ', team: 'a' })).toEqual({ owner: 'a' })
  expect(ownerOf({ cost: 'x' })).toEqual({})
})

describe('ranked', () => {
  const of = (service: string, amount: number | undefined, currency = 'USD') => {
    const saving = amount === undefined ? undefined : { money: { currency, amount }, percent: 50 }
    return { ...idleFindingOf(named(service), { arn: '', tags: {} }), ...(saving && { saving }) }
  }

  test('by money, unknown last, one row a service', () => {
    const found = [of('a', 1), of('b', undefined), of('c', 9), { ...of('a', 5), kind: 'rightsizing' as const }]
    expect(ranked(found).map(({ ref, saving }) => [ref.service, saving?.money.amount])).toEqual([
      ['c', 9],
      ['a', 5],
      ['b', undefined],
    ])
    expect(ranked(found, 'idle').map(({ saving }) => saving?.money.amount)).toEqual([9, 1, undefined])
  })

  test('currencies are neither compared nor added', () => {
    const found = [of('a', 900, 'CNY'), of('b', 5), of('c', 7)]
    expect(ranked(found).map(({ ref }) => ref.service)).toEqual(['c', 'b', 'a'])
    expect(totalText(found, ({ saving }) => saving)).toBe('$12.00 and CNY 900')
    expect(moneyText({ currency: 'CNY', amount: 12.3 })).toBe('CNY 12.30')
    expect(moneyText({ currency: '*<!channel>', amount: 1 })).not.toContain('<')
  })

  test('a service is listed once, and the order is total', () => {
    const finding = fc.record({
      service: fc.constantFrom('a', 'b', 'c', 'd'),
      amount: fc.double({ min: 0, max: 1e6, noNaN: true }),
    })
    fc.assert(
      fc.property(fc.array(finding), all => {
        const rows = ranked(all.map(({ service, amount }) => of(service, amount)))
        expect(new Set(rows.map(({ ref }) => ref.arn)).size).toBe(rows.length)
        const amounts = rows.map(({ saving }) => saving?.money.amount ?? 0)
        expect(amounts).toEqual(amounts.toSorted((a, b) => b - a))
      }),
    )
  })
})

test('a saving is more than nothing, and never more than the service costs', () => {
  expect(capped({ money: { currency: 'USD', amount: 150 }, percent: 150 })?.money.amount).toBe(100)
  expect(capped({ money: { currency: 'USD', amount: 0 }, percent: 0 })).toBeUndefined()
  expect(capped({ money: { currency: 'USD', amount: -3 } })).toBeUndefined()
  expect(capped(undefined)).toBeUndefined()
})

test('a file has no formulas, and quotes what has commas', () => {
  const hostile = findingOf(named('a'), advice({ tags: { owner: '=HYPERLINK("http://x","y")' } }))
  const file = fileOfFindings({ findings: hostile === undefined ? [] : [hostile], name: 'prod' } as never)
  const [, row] = Buffer.from(file?.bytes ?? [])
    .toString()
    .split('\r\n')
  expect(row).toBe(
    'prod,111122223333,us-east-1,web,a,rightsizing,"1 vCPU, 2 GB → 0.5 vCPU, 1 GB",10.00,,USD,unknown,new revision,"\'=HYPERLINK(""http://x"",""y"")",orders-api:7',
  )
})
