import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileConfig } from '../../src/commands/compile-config.ts'
import { applyCost } from '../../src/commands/cost/apply.ts'
import { planApply } from '../../src/commands/cost/plan-apply.ts'
import type { Readers } from '../../src/commands/readers.ts'
import { lineText } from '../../src/engine/cards/card-line.ts'
import { fingerprint, type Plan, planDifferences } from '../../src/engine/change/plan.ts'
import { watchKey } from '../../src/engine/change/records.ts'
import { bookKey } from '../../src/engine/leases/book-store.ts'
import { decodeConfig } from '../../src/engine/rules/published/decode-config.ts'
import { costsOf, savedAMonth } from '../../src/features/cost/apply/saving.ts'
import { tasksAfter } from '../../src/features/cost/apply/tracked.ts'
import { MONTH_HOURS } from '../../src/features/cost/estimates.ts'
import type { Advice, IdleAdvice, SizeAdvice } from '../../src/features/cost/reads.ts'
import type { AskedWatch } from '../../src/features/deployments/watch/alarms.ts'
import type { Autoscaling, Service } from '../../src/model/ecs.ts'
import { isRefusal } from '../../src/model/errors.ts'
import type { ContainerSize, DefinitionBase, ServiceDetail } from '../../src/model/service-detail.ts'
import {
  aBase,
  aBook,
  aDeployment,
  aLease,
  anAdvice,
  anApply,
  anAutoscaling,
  aReader,
  aRef,
  aService,
  aServiceDetail,
  aUsage,
  imageDigest,
} from '../builders.ts'

const NOW = '2026-11-22T03:00:00.000Z'
const compiled = compileConfig(readFileSync('quarterdeck.yaml', 'utf8'))
const config = 'config' in compiled ? decodeConfig(JSON.stringify(compiled.config)) : undefined

type World = {
  readonly service?: Partial<Service>
  readonly detail?: Partial<ServiceDetail>
  readonly base?: Partial<DefinitionBase>
  readonly advice?: Advice | Partial<SizeAdvice>
  readonly read?: Partial<Readers>
  readonly stored?: readonly { readonly key: object; readonly value: unknown }[]
}

type Asked = Partial<AskedWatch> & {
  readonly option?: number
  readonly cpu?: number
  readonly memory?: number
  readonly containers?: readonly ContainerSize[]
}

const planned = async (asked: Asked = {}, { service, detail, base, advice = {}, read, stored = [] }: World = {}) => {
  const found = 'kind' in advice ? advice : sized(advice)
  const readers = aReader({
    serviceDetail: async () => aServiceDetail({ service: aService(service), revisions: ['revision'], ...detail }),
    revisions: async () => [
      {
        ...{ arn: 'revision', createdAt: NOW, taskDefinition: 'orders-api:7', capacity: 'FARGATE', settings: [] },
        images: aBase().images.map(one => ({ ...one, digest: imageDigest('7') })),
      },
    ],
    definitionBase: async () => aBase(base),
    digestOf: async () => imageDigest('7'),
    newestRevision: async () => 9,
    adviceOn: async () => found,
    ...read,
  })
  const store = {
    get: async (key: object) => stored.find(one => JSON.stringify(one.key) === JSON.stringify(key)),
    list: async () => [],
  }
  const asker = { config, facts: { now: NOW }, store }
  const state = await applyCost.load({ service: aRef(), ...asked }, readers, asker as never)
  return isRefusal(state) ? state : applyCost.plan({}, state)
}

const sized = (advice: Partial<SizeAdvice> = {}, idle: readonly IdleAdvice[] = []): Advice => ({
  ...{ kind: 'advice', sizes: [anAdvice(advice)], idle, problems: [] },
})
const aPlan = async (...given: Parameters<typeof planned>): Promise<Plan> => {
  const plan = await planned(...given)
  if (isRefusal(plan)) throw new Error(plan.text)
  return plan
}
const linesOf = ({ losses = [] }: Plan) => losses.map(lineText)

test('a recommendation is a new revision of the task’s and the containers’ sizes, and a watch of one hour', async () => {
  const plan = await aPlan()
  expect(plan).toMatchObject({
    title: 'Resize *orders-api* 0.5 vCPU, 1 GB → 0.25 vCPU, 0.5 GB',
    invocation: 'cost apply prod.us-east-1/web/orders-api --watch 1h',
    ...{ command: 'cost apply', also: ['deploy', 'restart', 'rollback'], role: 'deployer' },
    risk: { level: 'medium', reasons: ['All 4 tasks are replaced', expect.stringContaining('less memory')] },
    losses: ['Peaks then CPU 42 %, memory 42 %', 'Replaces all 4 tasks, new ones first'],
    cost: 'About −$0.05/h, −$36.04 a month',
    undo: 'deploy orders-api:7 again',
    takeBack: 'deploy prod.us-east-1/web/orders-api orders-api:7',
    watch: { minutes: 60, alarms: [], limits: { failures: 3, percent: 90, minutes: 10 }, to: 'orders-api:7' },
    calls: [
      {
        action: 'RegisterTaskDefinition',
        input: { images: {}, sizes: { app: { cpu: 256, memory: 512 } }, cpu: '256', memory: '512' },
        resources: ['arn:aws:ecs:us-east-1:111122223333:task-definition/orders-api:*'],
        repeatable: false,
      },
      { action: 'UpdateService', takes: { field: 'taskDefinition', from: 0 }, repeatable: true },
    ],
  })
  expect(plan.changes).toContainEqual({
    what: 'Container `app`',
    from: '512 CPU, 1024 MiB',
    to: '256 CPU, 512 MiB',
  })
})

test('a tag that was pushed again makes the risk high: its image would start', async () => {
  const plan = planApply(
    anApply({
      tags: {
        moved: [{ container: 'app', image: 'a:v7', from: imageDigest('7'), to: imageDigest('9') }],
        uncompared: [],
      },
    }),
  )
  expect(plan.risk.level).toBe('high')
})

describe('refused', () => {
  const refusals: readonly (readonly [string, Asked, World, string])[] = [
    ['a size that Fargate does not have', { cpu: 300 }, {}, 'Fargate has no size of 0.293 vCPU, 0.5 GB.'],
    ['a memory that this CPU does not have', { cpu: 512, memory: 8_192 }, {}, 'Fargate has no size of 0.5 vCPU, 8 GB.'],
    ['a recommendation that is not there', { option: 2 }, {}, 'There is no recommendation 2'],
    ['another container', { containers: [{ name: 'nginx', cpu: 1 }] }, {}, 'have no container `nginx`'],
    [
      'a split that does not add up: CPU',
      { containers: [{ name: 'app', cpu: 257 }] },
      {},
      'This split does not add up: its containers need more CPU than the task has.',
    ],
    [
      'a split that does not add up: memory',
      { containers: [{ name: 'app', memory: 513 }] },
      {},
      'This split does not add up: its containers need more memory than the task has.',
    ],
    [
      'a limit above the task',
      { containers: [{ name: 'app', memory: 1_024, reservation: 256 }] },
      {},
      'The limit of `app` is above the memory of the task.',
    ],
    [
      'a reservation above its limit',
      { containers: [{ name: 'app', memory: 256, reservation: 300 }] },
      {},
      'The reservation of `app` is above its limit.',
    ],
    ['too little memory', { containers: [{ name: 'app', memory: 5 }] }, {}, 'less than the 6 MiB'],
    ['the size that it has', { cpu: 512, memory: 1_024 }, {}, 'The tasks have this size already'],
    ['a size that Windows does not have', {}, { base: { isWindows: true } }, 'for Windows'],
    [
      'a finding of another revision',
      {},
      { advice: { definition: 'orders-api:6' } },
      'The finding is out of date: it is about `orders-api:6`, and *orders-api* runs `orders-api:7`.',
    ],
    ['a service that is gone', {}, { read: { serviceDetail: async () => undefined } }, 'no longer exists'],
    ['the launch type EC2', {}, { service: { capacity: 'EC2' } }, 'does not run on Fargate'],
    [
      'a provider of instances',
      {},
      { service: { capacity: 'm7', strategy: [{ provider: 'm7', weight: 1, base: 0 }] } },
      'does not run on Fargate',
    ],
    ['no finding', {}, { advice: { arn: 'other' } }, 'has no finding about *orders-api*'],
    [
      'a size that fits',
      {},
      { advice: { finding: 'Optimized', options: [] } },
      'Compute Optimizer recommends no size.',
    ],
    [
      'an account that is not enrolled',
      {},
      { advice: { kind: 'not enrolled', status: 'Inactive' } },
      'not opted in to Compute Optimizer',
    ],
    [
      'a deployment in progress, and one that waits at a gate',
      {},
      { service: { deployments: [aDeployment({ rolloutState: 'IN_PROGRESS' })] } },
      'is in progress since',
    ],
    [
      'a temporary change',
      {},
      { stored: [{ key: bookKey(aRef().arn), value: ofBook() }] },
      'has a temporary change: a minimum of 8',
    ],
    [
      'another watch',
      {},
      {
        stored: [
          {
            key: watchKey(aRef().arn),
            value: { operation: 'other', what: 'Deploy orders-api v6 → v7', until: '2026-11-22T04:00:00.000Z' },
          },
        ],
      },
      'after another change: Deploy orders-api v6 → v7',
    ],
    ['a watch that is too short', { watch: 4 }, {}, 'A watch takes 5 minutes to 6 hours'],
    ['an alarm that is not there', { alarm: 'nope' }, {}, 'it is not there'],
    ['a privileged container', {}, { base: { isPrivileged: true } }, 'is privileged'],
  ]
  test.each(refusals)('%s', async (_, asked, world, text) => {
    const plan = await planned(asked, world)
    expect(isRefusal(plan) ? plan.text : plan).toContain(text)
  })
})

const ofBook = () => aBook({ min: 4, max: 10 }, aLease())

describe('the split', () => {
  const two = {
    sizes: [
      { name: 'app', cpu: 384, memory: 768, reservation: 512 },
      { name: 'envoy', cpu: 128, memory: 256 },
    ],
  }
  const ofTwo = { base: two, advice: { options: anAdvice().options.map(one => ({ ...one, containers: [] })) } }

  test('without a recommendation keeps the shares of the containers', async () => {
    const [register] = (await aPlan({}, ofTwo)).calls
    expect(register?.input['sizes']).toEqual({
      app: { cpu: 192, memory: 384, memoryReservation: 256 },
      envoy: { cpu: 64, memory: 128 },
    })
  })

  test('is what the line says, and the rest is said', async () => {
    const plan = await aPlan({ containers: [{ name: 'app', cpu: 180, memory: 300 }] }, ofTwo)
    expect(plan.calls[0]?.input['sizes']).toMatchObject({ app: { cpu: 180, memory: 300, memoryReservation: 256 } })
    expect(plan.consequences).toContain('84 MiB of the task are in no container’s limit.')
    expect(plan.invocation).toContain(' --containers app=180:300 --watch 1h')
  })

  test('adds no limit that a container does not have', async () => {
    const [register] = (await aPlan({}, { base: { sizes: [{ name: 'app' }] } })).calls
    expect(register?.input).toMatchObject({ sizes: {}, cpu: '256', memory: '512' })
  })

  test('is what the approval binds to', async () => {
    const [a, b] = await Promise.all([aPlan(), aPlan({ containers: [{ name: 'app', memory: 500 }] })])
    expect(fingerprint(a)).not.toBe(fingerprint(b))
    expect(planDifferences(a, b).join()).toContain('the calls to AWS have changed')
  })
})

describe('autoscaling', () => {
  const tracking = (target: number, more: Partial<Autoscaling> = {}): Autoscaling =>
    anAutoscaling({
      policies: [
        {
          ...{ name: 'cpu', kind: 'target tracking', metric: 'cpu', says: '', scalesIn: true, scalesOut: true },
          configuration: { TargetValue: target },
        },
      ],
      ...more,
    })
  const at = (percent: number) => ({ average: [{ at: 0, value: percent }], most: [] })
  const scaled = (autoscaling: Autoscaling, percent?: number): World => ({
    read: {
      autoscaling: async () => autoscaling,
      usage: async () => aUsage(percent === undefined ? {} : { cpu: at(percent) }),
    },
  })

  test('adds tasks where it keeps CPU: the card says how many, and the saving after that', async () => {
    const plan = await aPlan({}, scaled(tracking(60), 45))
    expect(linesOf(plan)[1]).toBe('Autoscaling adds 2, 4 → 6 tasks (CPU target 60 %)')
    expect(plan.cost).toBe('About −$0.02/h, −$18.02 a month with 2 more tasks')
    expect(plan.consequences.join(' ')).toContain('4 × 45 % × 512 / (256 × 60 %) is 6 tasks')
    expect(plan.consequences.join(' ')).toContain('−$36.04 a month with 4 tasks, −$18.02 a month with 6')
  })

  test('that would need more than its maximum is said', async () => {
    const plan = await aPlan({}, scaled(tracking(30), 45))
    expect(linesOf(plan)[1]).toBe('Autoscaling needs 12 tasks, its maximum is 10: CPU stays above 30 %')
    expect(plan.cost).toContain('+$18.02 a month with 6 more tasks')
  })

  test('that is suspended, or has room, adds nothing; without data it is not known', async () => {
    const suspended = tracking(60, { suspended: { in: false, out: true, scheduled: false } })
    expect(linesOf(await aPlan({}, scaled(suspended, 45)))).toHaveLength(2)
    expect(linesOf(await aPlan({}, scaled(tracking(60), 20)))).toHaveLength(2)
    expect(linesOf(await aPlan({}, scaled(tracking(60))))[1]).toBe(
      'Autoscaling may add tasks: its CPU now is not known',
    )
  })

  test('adds what its formula says, within its maximum, and never takes tasks away', () => {
    fc.assert(
      fc.property(
        fc.record({ desired: fc.integer({ min: 1, max: 50 }), max: fc.integer({ min: 1, max: 100 }) }),
        fc.double({ min: 0, max: 100, noNaN: true }),
        fc.integer({ min: 1, max: 100 }),
        ({ desired, max }, percent, target) => {
          const sizes = { from: { cpu: 1_024, memory: 2_048 }, to: { cpu: 256, memory: 1_024 } }
          const { tasks } = tasksAfter([{ metric: 'cpu', target, percent }], { ...sizes, desired, max })
          expect(tasks).toBeGreaterThanOrEqual(desired)
          expect(tasks).toBeLessThanOrEqual(Math.max(desired, max))
          if (tasks < max) expect((desired * percent * 4) / tasks).toBeLessThanOrEqual(target * 1.000_001)
        },
      ),
    )
  })
})

describe('the saving', () => {
  test('is never more than what the service costs', () => {
    const amount = fc.constantFrom(256, 512, 1_024, 2_048, 4_096)
    const size = fc.record({ cpu: amount, memory: amount })
    const region = fc.constantFrom('us-east-1', 'eu-central-1', 'sa-east-1')
    fc.assert(
      fc.property(size, size, fc.nat(50), fc.nat(50), region, (from, to, desired, tasks, place) => {
        const costs = costsOf(aService({ ref: aRef({ region: place }), desired }), aBase(), { from, to }, tasks)
        if (costs === undefined) throw new Error('no price')
        const { now, then, settled } = costs
        for (const after of [then, settled]) expect(savedAMonth(now, after)).toBeLessThanOrEqual(now.usd * MONTH_HOURS)
      }),
    )
  })

  const saying = (currency: string, amount: number, percent = 50) => ({
    options: anAdvice().options.map(one => ({ ...one, saving: { money: { currency, amount }, percent } })),
  })

  test('where the table has no price for the region is Compute Optimizer’s, in its currency', async () => {
    const china = aRef({ region: 'cn-north-1' })
    const plan = await aPlan({}, { service: { ref: china }, advice: saying('CNY', 36) })
    expect(plan.cost).toBe('About −CNY 36.00 a month')
    expect(plan.consequences).toContain('The price table has no price for its tasks in cn-north-1.')
    const unknown = await aPlan(
      {},
      { service: { ref: china }, advice: { options: anAdvice().options.map(({ saving: _, ...one }) => one) } },
    )
    expect(unknown.cost).toBeUndefined()
  })

  test('of Compute Optimizer is at most what the service costs', async () => {
    const plan = await aPlan({}, { advice: saying('USD', 100, 200) })
    expect(plan.consequences.join(' ')).toContain('Compute Optimizer estimates $50.00 a month')
  })
})

describe('an idle service', () => {
  const idle = (tags = {}): Advice => sized({}, [{ arn: aRef().arn, tags }])
  const behind = { targetGroups: ['group'] }
  const used = (total: number): Partial<Readers> => ({
    use: async () => [{ what: 'requests', from: 'orders', total }],
  })

  test('that nothing used is stopped instead, with its minimum', async () => {
    expect(await planned({}, { advice: idle(), detail: behind, read: used(0) })).toMatchObject({
      text: '*orders-api* looks idle; no requests, connections or messages in 14 days.',
      offers: [{ label: 'Scale to 0', invocation: 'scale prod.us-east-1/web/orders-api 0' }],
    })
    const read = { ...used(0), autoscaling: async () => anAutoscaling() }
    expect(await planned({}, { advice: idle(), detail: behind, read })).toMatchObject({
      offers: [{ invocation: 'scale prod.us-east-1/web/orders-api 0 --move-bounds' }],
    })
  })

  test('that is used says by what', async () => {
    expect(await planned({}, { advice: idle(), detail: behind, read: used(1_234) })).toMatchObject({
      text: '*orders-api* has little load, but 1,234 requests of orders in 14 days: it is used.',
      offers: [{ label: 'Cost' }],
    })
  })

  test('that stands by is never stopped', async () => {
    const refusal = await planned({}, { advice: idle(), service: { tags: { tier: 'DR' } } })
    expect(refusal).toMatchObject({ text: expect.stringContaining('stands by') })
    expect(refusal).not.toHaveProperty('offers')
  })

  test('gets another size if the line names one', async () => {
    expect(await planned({ option: 1 }, { advice: idle() })).toMatchObject({ kind: 'plan' })
  })
})
