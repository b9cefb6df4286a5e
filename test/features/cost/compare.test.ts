import { describe, expect, test } from 'vitest'
import { breakEven, choicesOf, recommend } from '../../../src/features/cost/compare.ts'
import type { ServiceCost } from '../../../src/features/cost/load-service-cost.ts'
import { whyNoAdvice } from '../../../src/features/cost/no-advice.ts'
import { renderCompare } from '../../../src/features/cost/render-compare.ts'
import { renderServiceCost } from '../../../src/features/cost/render-service-cost.ts'
import { misfits } from '../../../src/kit/messages/limits.ts'
import { aCapacity, anAutoscaling, aService } from '../../builders.ts'

const state = (more: Partial<ServiceCost> = {}): ServiceCost => ({
  kind: 'service',
  service: aCapacity(),
  split: new Map([['FARGATE', 10]]),
  isPartial: false,
  isStale: false,
  isProduction: false,
  unread: [],
  images: [],
  now: '2026-11-22T03:00:00.000Z',
  advice: { kind: 'advice', sizes: [], idle: [], problems: [] },
  ...more,
})
const { fit } = aCapacity()
const rows = (of: ServiceCost) => choicesOf(of).map(({ name, can, usd }) => [name, can, usd?.toFixed(2)])

describe('where a service could run', () => {
  test('with the cost of each, and whether it can', () => {
    expect(rows(state())).toMatchInlineSnapshot(`
      [
        [
          "Fargate",
          "now",
          "180.20",
        ],
        [
          "Fargate Spot, 7 of 10 tasks",
          "yes",
          "94.22",
        ],
        [
          "Fargate on Graviton",
          "check images",
          "144.18",
        ],
        [
          "Graviton and Spot",
          "check images",
          "75.39",
        ],
        [
          "Managed Instances",
          "no",
          undefined,
        ],
        [
          "EC2 instances",
          "no",
          undefined,
        ],
      ]
    `)
  })

  test.each([
    ['a Windows task', { fit: { ...fit, isWindows: true } }, 'Fargate Spot runs Linux only'],
    ['an old platform', { platform: '1.2.0' }, 'platform version 1.2.0 has no Spot'],
    [
      'a cluster without Spot',
      { providers: aCapacity().providers.slice(0, 1) },
      'the cluster has no Fargate Spot attached',
    ],
    [
      'a privileged task',
      { fit: { ...fit, compatibilities: ['EC2'] } },
      'the task definition is not for Fargate: a privileged container, a host volume, a GPU or no task size',
    ],
    [
      'the host network',
      { fit: { ...fit, compatibilities: ['EC2'], networkMode: 'host' } },
      'the task definition has the network mode host',
    ],
  ])('%s does not run on Spot', (_, more, words) => {
    const choices = choicesOf(state({ service: aCapacity(more) }))
    const spot = choices.find(({ name }) => name.startsWith('Fargate Spot'))
    expect(spot).toMatchObject({ can: 'no', words })
    expect(spot?.usd).toBeUndefined()
  })

  test('one task stays on demand', () => {
    const choices = choicesOf(state({ split: new Map([['FARGATE', 1]]) }))
    expect(choices.find(({ name }) => name.startsWith('Fargate Spot'))?.can).toBe('no')
  })

  test('instances have no known price, but a break-even', () => {
    const of = state({
      service: aCapacity({
        providers: [
          ...aCapacity().providers,
          { name: 'asg', type: 'EC2_AUTOSCALING', status: 'ACTIVE', isAttached: true },
        ],
      }),
    })
    expect(choicesOf(of).find(({ name }) => name === 'EC2 instances')).toMatchObject({ can: 'yes' })
    expect(choicesOf(of).find(({ name }) => name === 'EC2 instances')?.usd).toBeUndefined()
    expect(breakEven(of)).toMatchInlineSnapshot(
      `"Instances are cheaper only if those that hold 5 vCPU and 10 GB cost less than $0.25 an hour together, spare room included."`,
    )
  })
})

describe('the recommendation', () => {
  const of = (given: ServiceCost) => recommend(given, choicesOf(given))

  test('is the cheapest that can run now, with a line that asks for the plan', () => {
    expect(of(state())).toMatchInlineSnapshot(`
      {
        "line": "capacity set prod.us-east-1/web/orders-api spot-heavy",
        "reasons": [
          "saves about $85.98 of $180 a month",
          "3 of 10 tasks stay on demand",
          "tasks have 60 s to stop",
          "Graviton and Spot would cost about $75.39 a month: images not checked",
        ],
        "text": "Switch to Fargate Spot, 7 of 10 tasks",
      }
    `)
  })

  test('is to stay where nothing saves enough', () => {
    expect(of(state({ service: aCapacity({ providers: [] }) }))).toMatchObject({ text: 'Stay where it is' })
    const spot = new Map([
      ['FARGATE', 2],
      ['FARGATE_SPOT', 8],
    ])
    expect(of(state({ split: spot }))).toMatchObject({ text: 'Stay where it is' })
  })

  test('is none without a price', () => {
    const elsewhere = state({ split: new Map([['asg', 4]]) })
    expect(of(elsewhere)).toEqual({
      text: 'No recommendation',
      reasons: ['the price of what runs now is not known'],
    })
  })
})

test.each([
  [[], 'check images', 'Graviton: images not checked'],
  [[{ container: 'app', hasArm: true }], 'new revision', 'Graviton: every image has an arm64 variant'],
  [
    [
      { container: 'app', hasArm: true },
      { container: 'envoy', hasArm: false },
    ],
    'new images',
    'Graviton: no arm64 variant of the image of envoy',
  ],
  [
    [{ container: 'app', hasArm: true }, { container: '*en`voy' }],
    'check images',
    'Graviton: the platforms of the image of envoy are not known',
  ],
])('Graviton with the images %j: %s', (images, can, words) => {
  const choices = choicesOf(state({ images }))
  expect(choices.find(({ name }) => name === 'Fargate on Graviton')).toMatchObject({ can, words })
})

describe('why there is no advice', () => {
  const policy = { name: 'p', says: '', scalesIn: true, scalesOut: true }
  test.each([
    [
      'not opted in',
      { advice: { kind: 'not enrolled' as const, status: 'Inactive' } },
      /^prod \(111122223333\): not opted in to Compute Optimizer\. An administrator opts in: aws compute-optimizer/,
    ],
    ['pending', { advice: { kind: 'not enrolled' as const, status: 'Pending' } }, /is being set up/],
    [
      'failed',
      { advice: { kind: 'not enrolled' as const, status: 'Failed', reason: '*no* `role`' } },
      /the opt-in to Compute Optimizer failed: no role\./,
    ],
    [
      'step scaling',
      { autoscaling: anAutoscaling({ policies: [{ ...policy, kind: 'step' as const }] }) },
      /step scaling/,
    ],
    [
      'both tracked',
      {
        autoscaling: anAutoscaling({
          policies: (['cpu', 'memory'] as const).map(metric => ({
            ...policy,
            kind: 'target tracking' as const,
            metric,
          })),
        }),
      },
      /both CPU and memory/,
    ],
    ['young', { service: aCapacity({ service: aService({ createdAt: '2026-11-22T00:00:00.000Z' }) }) }, /24 hours/],
    [
      'on EC2',
      { service: aCapacity({ service: aService({ capacity: 'EC2' }) }), split: new Map([['EC2', 2]]) },
      /not run on Fargate/,
    ],
    ['no reason known', {}, /^No advice yet/],
  ])('%s', (_, more, words) => {
    expect(whyNoAdvice(state(more)).join(' ')).toMatch(words)
  })
})

describe('with hostile and long names', () => {
  const name = `${'*<!channel>`'.repeat(20)}`
  const service = aCapacity({ service: aService({ tags: { owner: name } }) })
  const size = {
    arn: '',
    finding: name,
    reasons: [name],
    definition: name,
    cpu: 1_024,
    memory: 2_048,
    containers: [],
    options: [
      {
        cpu: 512,
        memory: 1_024,
        containers: Array.from({ length: 30 }, () => ({ name, cpu: 1, memory: 1 })),
        saving: { money: { currency: name, amount: 1 } },
      },
    ],
    risk: name,
    source: name,
    tags: {},
  }

  test('the messages fit into Slack and have no markup', () => {
    for (const message of [renderServiceCost(state({ service, size })), renderCompare(state({ service, size }))]) {
      expect(misfits(message)).toEqual([])
      expect(message.text).not.toContain('<!channel>')
    }
  })
})
