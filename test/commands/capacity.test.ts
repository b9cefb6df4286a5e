import { describe, expect, test } from 'vitest'
import { attachProvider } from '../../src/commands/capacity/attach.ts'
import { escapeSpot } from '../../src/commands/capacity/escape.ts'
import { returnCapacity } from '../../src/commands/capacity/return.ts'
import { setCapacity } from '../../src/commands/capacity/set.ts'
import type { Plan } from '../../src/engine/change/plan.ts'
import { sessionPolicy } from '../../src/engine/change/session-policy.ts'
import type { Capacity } from '../../src/features/capacity/load-capacity.ts'
import { strategy } from '../../src/kit/language/kinds/strategy.ts'
import { isProblem, isRefusal } from '../../src/model/errors.ts'
import {
  aBook,
  aCapacity,
  aCapacityState,
  aDeployment,
  aLease,
  aReader,
  aService,
  aServiceDetail,
} from '../builders.ts'

const items = (text: string) => {
  const value = strategy.parse(text)
  if (isProblem(value) || value.kind !== 'providers') throw new Error(text)
  return value.items
}
const answer = (text: string, state: Capacity = aCapacityState()) =>
  setCapacity.plan({ strategy: strategy.parse(text) }, state)
const planned = (text: string, state?: Capacity): Plan => {
  const plan = answer(text, state)
  if (isRefusal(plan)) throw new Error(plan.text)
  return plan
}
const digest = (digit: string) => `sha256:${digit.repeat(64)}`
const MOVED = {
  moved: [{ container: 'app', image: 'orders-api:v7', from: digest('a'), to: digest('b') }],
  uncompared: [],
}
const sixTasks = aService({ desired: 6 })
const onFargate = (count: number) => new Map([['FARGATE', count]])

describe('a move to Spot', () => {
  const plan = planned(
    'fargate=1:2 spot=3',
    aCapacityState({
      service: aCapacity({ service: sixTasks }),
      split: onFargate(6),
      drainSeconds: 300,
      lastMinutes: 6,
    }),
  )

  test('is one forced deployment, sent once', () => {
    expect(plan.calls).toEqual([
      {
        service: 'ecs',
        action: 'UpdateService',
        input: {
          cluster: 'web',
          service: sixTasks.ref.arn,
          capacityProviderStrategy: [
            { capacityProvider: 'FARGATE', weight: 1, base: 2 },
            { capacityProvider: 'FARGATE_SPOT', weight: 3, base: 0 },
          ],
          forceNewDeployment: true,
        },
        resources: [sixTasks.ref.arn],
        repeatable: false,
      },
    ])
  })

  test('says what happens, what may be lost, what it costs and how it is taken back', () => {
    expect(plan).toMatchObject({
      title: 'Move about 3 of 6 *orders-api* tasks to Spot (now 0)',
      losses: [
        'Spot dry: up to 3 of 6 missing; fargate=1:2 spot=3',
        'stopTimeout 60 s < draining 300 s: requests may break',
        'Replaces all 6 tasks, new ones first, ~6 min',
      ],
      undo: 'launch type FARGATE again; replaces all 6, ~6 min',
      takeBack: 'capacity set prod.us-east-1/web/orders-api launch-type=fargate',
      stop: 'rollback prod.us-east-1/web/orders-api',
      cost: 'About −$0.05/h',
      also: ['restart'],
      risk: {
        level: 'high',
        reasons: ['About 75 % of the tasks beyond the base start on Spot', expect.any(String), expect.any(String)],
      },
      invocation: 'capacity set prod.us-east-1/web/orders-api fargate=1:2 spot=3',
    })
    expect(plan.changes).toEqual([
      { what: 'Capacity', from: 'launch type FARGATE', to: 'Fargate weight 1, base 2; Fargate Spot weight 3' },
      { what: 'Tasks', from: '6 Fargate', to: 'about 3 Fargate, 3 Fargate Spot (±1 each)' },
    ])
  })

  test('its session may set these providers only', () => {
    const policy = sessionPolicy(plan.calls)
    if (isRefusal(policy)) throw new Error(policy.text)
    expect(JSON.parse(policy).Statement[0].Condition['ForAllValues:ArnEquals']).toEqual({
      'ecs:capacity-provider': ['FARGATE', 'FARGATE_SPOT'].map(
        name => `arn:aws:ecs:us-east-1:111122223333:capacity-provider/${name}`,
      ),
    })
  })
})

test.each([
  ['spot=1', 4, 'high'],
  ['fargate=1 spot=1', 4, 'medium'],
  ['fargate=1 spot=3', 4, 'high'],
  ['spot=1', 1, 'high'],
])('%s with %i tasks is %s', (text, desired, level) => {
  const state = aCapacityState({ service: aCapacity({ service: aService({ desired }) }), split: onFargate(desired) })
  expect(planned(text, state).risk.level).toBe(level)
})

describe('more Spot than the count of now shows', () => {
  test.each<[string, number | undefined, string, string]>([
    ['fargate=0:3 spot=1000', undefined, 'high', 'About 100 % of the tasks beyond the base start on Spot'],
    ['fargate=0:3 spot=1000', 4, 'medium', 'All 4 tasks are replaced'],
    ['fargate=0:3 spot=1000', 6, 'medium', 'All 4 tasks are replaced'],
    ['fargate=0:3 spot=1000', 10, 'high', '7 tasks of 10 can be interrupted at the maximum of autoscaling'],
    ['fargate=1:4 spot=1', undefined, 'medium', 'All 4 tasks are replaced'],
  ])('%s with at most %s tasks is %s', (text, mostTasks, level, reason) => {
    const { risk } = planned(text, aCapacityState(mostTasks === undefined ? {} : { mostTasks }))
    expect(risk).toMatchObject({ level, reasons: expect.arrayContaining([reason]) })
  })

  test('is on the card, with the weights as typed', () => {
    expect(planned('fargate=0:3 spot=1000', aCapacityState({ mostTasks: 10 })).losses?.[0]).toBe(
      'Spot dry: up to 1 of 4 missing, 7 of 10 at most; fargate=0:3 spot=1000',
    )
    expect(planned('fargate=1:4 spot=1').losses?.[0]).toBe('Capacity: fargate=1:4 spot=1')
  })
})

describe('names of providers', () => {
  const [one, other] = ['on-demand', 'preemptible'].map(
    end => `sensors-production-europe-west-capacity-pool-${end}`,
  ) as [string, string]
  const pools = aCapacityState({
    service: aCapacity({
      providers: [one, other].map(name => ({ name, type: 'EC2_AUTOSCALING', status: 'ACTIVE', isAttached: true })),
    }),
  })

  test('that begin the same are whole in changes, binds and a line of the card', () => {
    const plan = planned(`${other}=1`, pools)
    expect(plan.title).toBe('Switch the capacity of *orders-api* to sensors-production-e…ty-pool-preemptible')
    expect(plan.changes[0]).toMatchObject({ to: `${other} weight 1` })
    expect(plan.losses?.[0]).toBe(`Capacity: ${other}=1`)
    const service = aService({ strategy: items(`${other}=1`) })
    const state = { ...pools, service: { ...pools.service, detail: aServiceDetail({ service }) } }
    expect(planned(`${one}=1`, state).binds).toMatchObject({ capacity: `${other} weight 1` })
  })

  test('that do not fit into the line are approved in the dialog', () => {
    expect(planned(`${one}=1 ${other}=2`, pools).losses?.[0]).toMatchObject({ isCut: true })
  })
})

describe('images that were pushed again', () => {
  test('are on the card, and make the switch high', () => {
    const plan = planned('fargate=1', aCapacityState({ tags: MOVED }))
    expect(plan).toMatchObject({
      risk: { level: 'high', reasons: expect.arrayContaining([expect.stringContaining('pushed again')]) },
      undo: 'launch type FARGATE again; the new image stays',
      binds: { images: [digest('b')] },
    })
    expect(plan.losses).toContain('app aaaa…aa → bbbb…bb, same tag')
    expect(plan.changes).toContainEqual(expect.objectContaining({ what: 'Image of `app`' }))
  })
  test('or were not compared, are said', () => {
    const tags = { moved: [], uncompared: ['app'] }
    expect(planned('fargate=1', aCapacityState({ tags })).losses).toContain(
      'The tag of `app` could not be compared: a new image may start',
    )
  })
})

test.each(['constructor', 'valueOf', 'toString'])('%s is no preset', name => {
  const refused = { kind: 'refusal', text: `There is no preset \`${name}\`.` }
  const given = { kind: 'preset', name }
  expect(setCapacity.plan({ strategy: given }, aCapacityState())).toMatchObject(refused)
  expect(items(`${name}=1`)).toEqual([{ provider: name, weight: 1, base: 0 }])
})

test('production without a base on Fargate is said', () => {
  expect(planned('spot=1').losses).toContain('Production has no base on Fargate')
  expect(planned('fargate=0:1 spot=1').losses).not.toContain('Production has no base on Fargate')
})

test('a base above the count is planned as all there, and said', () => {
  expect(planned('fargate=1:10 spot=3')).toMatchObject({
    losses: expect.arrayContaining(['The base of 10 takes all 4 tasks: Fargate']),
    changes: [{}, { to: 'about 4 Fargate (±1 each)' }],
  })
})

test('a quota that is too small for new tasks beside old ones is said', () => {
  const state = aCapacityState({ rooms: { onDemand: { quota: 100 }, spot: { quota: 2, used: 1 } } })
  expect(planned('spot=1', state).losses).toContain('Only 2 of 4 tasks can start: Fargate Spot quota of 2 vCPUs')
})

test('presets: ours, and those of the configuration', () => {
  expect(planned('spot-heavy').invocation).toMatch(/fargate=1:1 spot=4$/)
  const state = aCapacityState({ presets: { 'half-spot': 'fargate=1 spot=1' } })
  expect(planned('half-spot', state).invocation).toMatch(/fargate=1 spot=1$/)
  expect(answer('no-such')).toMatchObject({ text: 'There is no preset `no-such`.' })
})

describe('is refused before anybody is asked', () => {
  const provider = (name: string, type: string, more = {}) => ({
    name,
    type,
    status: 'ACTIVE',
    isAttached: true,
    ...more,
  })
  const FARGATE = provider('FARGATE', 'FARGATE')
  const withProviders = (...providers: ReturnType<typeof provider>[]) =>
    aCapacityState({ service: aCapacity({ providers }) })

  test.each<[string, string, Capacity, string]>([
    ['a provider that is not attached', 'asg=1', aCapacityState(), '`asg` is not attached to the cluster *web*'],
    [
      'an inactive one',
      'asg=1',
      withProviders(provider('asg', 'EC2_AUTOSCALING', { status: 'DEPROVISIONING' })),
      'is deprovisioning',
    ],
    [
      'mixed types, by type',
      'FARGATE-asg=1 fargate=1',
      withProviders(provider('FARGATE-asg', 'EC2_AUTOSCALING'), FARGATE),
      'cannot mix an Auto Scaling group and Fargate',
    ],
    [
      'Managed Instances for a definition without it',
      'mi=1',
      withProviders(provider('mi', 'MANAGED_INSTANCES')),
      'cannot run on Managed Instances',
    ],
    [
      'a cluster that is changing its providers',
      'spot=1',
      aCapacityState({ service: aCapacity({ isAttaching: true }) }),
      'is changing its capacity providers',
    ],
    [
      'a Windows task on Spot',
      'spot=1',
      aCapacityState({ service: aCapacity({ fit: { ...aCapacity().fit, isWindows: true } }) }),
      'Fargate Spot runs Linux only',
    ],
    [
      'an old platform version on Spot',
      'spot=1',
      aCapacityState({ service: aCapacity({ platform: '1.2.0' }) }),
      'has no Fargate Spot',
    ],
    [
      'the strategy of today',
      'spot=1 fargate=2',
      aCapacityState({ service: aCapacity({ service: aService({ strategy: items('fargate=2 spot=1') }) }) }),
      'has this capacity already',
    ],
    ['the launch type of today', 'launch-type=fargate', aCapacityState(), 'has the launch type FARGATE already'],
    ['another launch type', 'launch-type=ec2', aCapacityState(), 'cannot switch'],
    [
      'a service of CodeDeploy',
      'spot=1',
      aCapacityState({ service: aCapacity({ service: aService({ controller: 'CODE_DEPLOY' }) }) }),
      'CodeDeploy deploys it',
    ],
    [
      'an Express service',
      'spot=1',
      aCapacityState({ service: aCapacity({ service: aService({ isExpress: true }) }) }),
      'Express service',
    ],
  ])('%s', (_, text, state, words) => {
    expect(answer(text, state)).toMatchObject({ kind: 'refusal', text: expect.stringContaining(words) })
  })

  test('what is not attached offers to attach it', () => {
    expect(answer('asg=1')).toMatchObject({
      offers: [{ label: 'Attach It', invocation: 'capacity attach prod.us-east-1/web/orders-api asg' }],
    })
  })
})

test('back to the launch type of the beginning is an empty strategy', () => {
  const service = aService({ strategy: items('spot=1') })
  const plan = planned(
    'launch-type=fargate',
    aCapacityState({ service: aCapacity({ service }), split: new Map([['FARGATE_SPOT', 4]]) }),
  )
  expect(plan).toMatchObject({
    title: 'Move *orders-api* on demand, 4 of 4 tasks off Spot',
    calls: [{ input: { capacityProviderStrategy: [], forceNewDeployment: true } }],
    consequences: expect.arrayContaining([
      'ECS accepts this only if the service was created with the launch type FARGATE.',
    ]),
  })
})

test('a service of CloudFormation: the same switch there replaces the service', () => {
  const service = aService({ tags: { 'aws:cloudformation:stack-name': 'web' } })
  expect(planned('spot=1', aCapacityState({ service: aCapacity({ service }) })).consequences).toContain(
    'In CloudFormation and CDK, the same switch from a launch type to a strategy replaces the service.',
  )
})

test('after a lost answer, another deployment with this strategy means that the call happened', async () => {
  const plan = planned('spot=1')
  const applied = (id: string, text?: string) =>
    setCapacity.applied?.(
      plan.calls[0] as never,
      plan,
      aReader({
        service: async () => aService({ deployments: [aDeployment({ id })], ...(text && { strategy: items(text) }) }),
      }),
    )
  expect(await applied('ecs-svc/2', 'spot=1')).toBe(true)
  expect(await applied('ecs-svc/2', 'fargate=1')).toBe(false)
  expect(await applied('ecs-svc/1234567890123456789', 'spot=1')).toBe(false)
})

describe('the end compares the tasks with the prediction', () => {
  const settled = (on: readonly string[]) =>
    setCapacity.settled?.(
      planned('fargate=1 spot=1'),
      '2026-11-22T03:00:00.000Z',
      '2026-11-22T03:05:00.000Z',
      aReader({
        service: async () => aService({ deployments: [aDeployment({ id: 'ecs-svc/2' })] }),
        runningTasks: async () => ({ tasks: on.map(capacity => ({ capacity })) as never, isPartial: false }),
      }),
    )
  test('as predicted', async () => {
    expect(await settled(['FARGATE', 'FARGATE', 'FARGATE_SPOT', 'FARGATE_SPOT'])).toEqual({
      status: 'done',
      text: 'Tasks run on 2 Fargate, 2 Fargate Spot, as predicted.',
    })
  })
  test('a difference is explained', async () => {
    expect(await settled(['FARGATE', 'FARGATE', 'FARGATE', 'FARGATE'])).toEqual({
      status: 'done',
      text: 'Tasks run on 4 Fargate; predicted were 2 Fargate, 2 Fargate Spot. Weights steer launches only.',
    })
  })
})

describe('capacity attach', () => {
  const attach = (service: Capacity['service'], more = {}) =>
    attachProvider.plan(
      {},
      { service, provider: { name: 'asg', type: 'EC2_AUTOSCALING', status: 'ACTIVE', isAttached: false, ...more } },
    )

  test('sends the whole list and the default strategy as they were', () => {
    const service = aCapacity({ defaultStrategy: items('fargate=1:1') })
    expect(attach(service)).toMatchObject({
      title: 'Attach *asg* to the cluster *web*',
      risk: { level: 'low' },
      calls: [
        {
          action: 'PutClusterCapacityProviders',
          input: {
            cluster: 'web',
            capacityProviders: ['FARGATE', 'FARGATE_SPOT', 'asg'],
            defaultCapacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1, base: 1 }],
          },
          resources: ['arn:aws:ecs:us-east-1:111122223333:cluster/web'],
        },
      ],
    })
  })

  test.each([
    ['attached already', aCapacity(), { isAttached: true }, 'attached to *web* already'],
    ['inactive', aCapacity(), { status: 'INACTIVE' }, 'is inactive'],
    ['a change in progress', aCapacity({ isAttaching: true }), {}, 'is changing its capacity providers'],
    ['Managed Instances of another cluster', aCapacity(), { type: 'MANAGED_INSTANCES' }, 'belongs to another cluster'],
  ])('is refused: %s', (_, service, more, words) => {
    expect(attach(service, more)).toMatchObject({ kind: 'refusal', text: expect.stringContaining(words) })
  })
})

test('a detail that was not read is not needed for the plan', () => {
  const state = aCapacityState({ service: aCapacity({ detail: aServiceDetail() }), rooms: { onDemand: {}, spot: {} } })
  expect(planned('fargate=1', { ...state, isPartial: true }).kind).toBe('plan')
})

describe('for a time', () => {
  const onSpot = (more: Partial<Capacity> = {}) =>
    aCapacityState({
      service: aCapacity({ service: aService({ strategy: items('spot=3 fargate=1') }) }),
      split: new Map(Object.entries({ FARGATE: 1, FARGATE_SPOT: 3 })),
      ...more,
    })
  const escaped = (state: Capacity, values = {}) => escapeSpot.plan(values, state)

  test('escape moves on demand, and says that the return replaces every task again, and when', () => {
    expect(escaped(onSpot(), { for: 240 })).toMatchObject({
      command: 'capacity escape',
      also: ['capacity set', 'restart'],
      invocation: 'capacity escape prod.us-east-1/web/orders-api --for 4h',
      title: 'Move *orders-api* on demand, 3 of 4 tasks off Spot for 4h',
      included: ['returns after 4 h; replaces all 4 again'],
      undo: 'reverts by itself, or Revert Now',
      lease: {
        minutes: 240,
        holding: { kind: 'capacity', strategy: items('fargate=1') },
        found: { strategy: items('fargate=1 spot=3') },
      },
    })
  })

  test('without a time, it returns after the longest temporary change', () => {
    expect(escaped(onSpot())).toMatchObject({ lease: { minutes: 2_880 } })
  })

  test('a service that does not use Spot has nothing to escape from', () => {
    expect(escaped(aCapacityState())).toMatchObject({ text: expect.stringContaining('does not use Fargate Spot') })
  })

  test('the vCPUs that it needs on demand are held against the quota', () => {
    expect(escaped(onSpot({ rooms: { onDemand: { quota: 6, used: 5 }, spot: {} } }))).toMatchObject({
      losses: expect.arrayContaining(['Only 2 of 4 tasks can start: Fargate quota of 6 vCPUs']),
    })
  })

  const lease = aLease({ holding: { kind: 'capacity', strategy: items('fargate=1') } })
  const book = aBook({ strategy: items('fargate=1 spot=3') }, lease)

  test('while one runs, another switch is refused, with the ways to end it', () => {
    expect(escaped(onSpot({ book }))).toMatchObject({
      offers: [
        { label: 'Return Now', invocation: 'capacity return prod.us-east-1/web/orders-api' },
        { label: 'Extend By 1 Hour', invocation: 'lease extend prod.us-east-1/web/orders-api 1h' },
      ],
    })
    expect(answer('spot=1', onSpot({ book }))).toMatchObject({ kind: 'refusal' })
  })

  test('return ends it, and says what it replaces', () => {
    expect(returnCapacity.plan({}, onSpot({ book }))).toMatchObject({
      also: ['capacity set', 'restart'],
      isUnlocked: true,
      title: 'Return *orders-api* to its earlier capacity',
      losses: ['Replaces all 4 tasks, new ones first', 'Back to capacity fargate=1 spot=3'],
      calls: [{ action: 'EndLease', input: { lease: lease.operation } }],
    })
    expect(returnCapacity.plan({}, onSpot())).toMatchObject({ kind: 'refusal' })
  })

  describe('whose operation is dead', () => {
    const dead = aBook({ strategy: items('fargate=1 spot=3') }, { ...lease, lost: '2026-11-22T02:00:00.000Z' })
    const offers = [
      { label: 'Restore Capacity', invocation: 'capacity set prod.us-east-1/web/orders-api fargate=1 spot=3' },
      { label: 'Keep' },
    ]

    test.each([
      ['return', () => returnCapacity.plan({}, onSpot({ book: dead }))],
      ['another one for a time', () => escaped(onSpot({ book: dead }))],
    ])('%s names the ways to end it', (_, plan) => {
      expect(plan()).toMatchObject({ text: expect.stringContaining('is dead: it does not return by itself'), offers })
    })

    test('the earlier capacity may be restored', () => {
      expect(answer('spot=1', onSpot({ book: dead }))).toMatchObject({ kind: 'plan' })
    })
  })

  test('return starts an image that was pushed again only with approval of this image', () => {
    expect(returnCapacity.plan({}, onSpot({ book, tags: MOVED }))).toMatchObject({
      risk: { level: 'high' },
      losses: expect.arrayContaining(['app aaaa…aa → bbbb…bb, same tag']),
      calls: [{ action: 'EndLease', input: { lease: lease.operation, images: [digest('b')] } }],
      binds: { images: [digest('b')] },
    })
  })

  test('a launch type cannot be set for a time', () => {
    const values = { strategy: { kind: 'launch type', launchType: 'FARGATE' }, for: 60 }
    expect(setCapacity.plan(values, onSpot())).toMatchObject({ kind: 'refusal' })
  })
})
