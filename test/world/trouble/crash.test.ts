// The operation is killed at every point of its story, and every answer is lost once: it resumes, the service ends as it
// was consented to, one card says so, and what must not be repeated is not.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Knobs } from '../../../sandbox/lambda/durable/knobs.ts'
import { ENDED } from '../ends.ts'
import { isQuick, STRIDE } from '../points.ts'
import { aWorld, textOf, type World } from '../world.ts'

let world: World
beforeAll(async () => {
  world = await aWorld()
})
afterAll(() => world.stop())

const FUNCTION = 'quarterdeck-operation'
/** A lease has many more points than a change that is over in minutes. */
const LEASE_STRIDE = STRIDE === 1 ? 1 : STRIDE * 8

/** One story from typing to its end: what it came to, and the calls that the operation made on the way. */
const story = async (line: string) => {
  const before = { cards: world.cards().length, calls: world.aws.callLog.list().at(-1)?.id ?? 0 }
  await world.type(line)
  await world.until(() => world.cards().length > before.cards)
  await world.click('approve')
  const isOver = () => [...world.durable.executions.values()].every(({ status }) => status !== 'RUNNING')
  await world.until(isOver)
  await world.until(() => world.service().scheduler.isSteady)
  const calls = world.aws.callLog
    .list()
    .filter(({ id, container = '' }) => id > before.calls && container.startsWith(FUNCTION))
  world.clock.advance(120_000)
  return {
    cards: world.cards().slice(before.cards).map(textOf),
    calls,
    executions: [...world.durable.executions.values()],
  }
}

/** What AWS may do with two invocations of one execution at once. */
const TWICE: readonly (readonly [string, Partial<Knobs>])[] = [
  ['the first answers first', { answersFirst: 1 }],
  ['the second answers first', { answersFirst: 2 }],
  ['an older invocation is told nothing but no token', { supersedes: 'without token' }],
  ['invocations overlap', { overlaps: true }],
  ['invocations overlap, and the older is told nothing but no token', { overlaps: true, supersedes: 'without token' }],
]

const twice = async <T>(knobs: Partial<Knobs>, functions: readonly string[], run: () => Promise<T>): Promise<T> => {
  const { knobs: live } = world.durable
  const before = { ...live }
  Object.assign(live, { deliversTwice: true, ...knobs })
  world.functions.deliversTwice = new Set(functions)
  try {
    return await run()
  } finally {
    Object.assign(live, before)
    world.functions.deliversTwice = new Set()
  }
}

const other = () => (world.desired() === 4 ? 6 : 4)

/** How many calls an undisturbed story makes: kills and losses are aimed at each of them. */
const pointsOf = async (line: () => string): Promise<number> => (await story(line())).calls.length

const sweep = async (
  line: () => string,
  when: 'before' | 'after',
  kind: 'kill' | 'drop',
  check: (at: string, cards: readonly string[], wanted: string) => void | Promise<void>,
  stride = STRIDE,
) => {
  const points = await pointsOf(line)
  expect(points).toBeGreaterThan(25)
  for (let nth = 1; nth <= points; nth += stride) {
    const fault = world.aws.faults.add({ match: { function: FUNCTION, nth }, when, effect: { kind } })
    const typed = line()
    const { cards, executions } = await story(typed)
    const at = `${kind} ${when} call ${nth}`
    expect(
      executions.filter(({ status }) => status !== 'SUCCEEDED'),
      at,
    ).toEqual([])
    expect(cards, at).toHaveLength(1)
    expect(cards[0], at).toMatch(ENDED)
    await check(at, cards, typed)
    world.aws.faults.remove(fault.id)
  }
}

const DEATHS = [
  ['before', 'kill'],
  ['after', 'kill'],
  ['after', 'drop'],
] as const

describe.each(DEATHS)('%s each call of the operation: %s', (when, kind) => {
  test('a scale ends as it was consented to, with one card', { timeout: 1_200_000 }, async () => {
    await sweep(
      () => `scale orders-api ${other()}`,
      when,
      kind,
      (at, [card], typed) => {
        expect(card, at).toContain('✅ Done')
        expect(`scale orders-api ${world.desired()}`, at).toBe(typed)
      },
    )
  })
})

const CHECKOUT = 'prod.us-east-1/web/checkout'
const target = () => world.autoscaling.targetOf(world.service('web/checkout'))

/** `nth`: the kind of death that the gate tries with this lease. All points try each kind with each. */
const LEASES = [
  {
    nth: 0,
    what: 'a floor',
    line: () => `scale ${CHECKOUT} 12 --for 1h`,
    back: /↩️ Reverted .*(Autoscaling bounds: 12..12 → 4..10|It already has its earlier value)/s,
    isBack: () => target()?.min === 4 && target()?.max === 10,
  },
  {
    nth: 1,
    what: 'a count',
    line: () => `scale orders-api ${world.desired() + 3} --for 1h`,
    back: /↩️ Reverted .*(Desired count: (\d+) → |It already has its earlier value)/s,
    isBack: (typed: string) => typed === `scale orders-api ${world.desired() + 3} --for 1h`,
  },
  {
    nth: 2,
    what: 'a suspension',
    line: () => `autoscale suspend ${CHECKOUT} in --for 1h`,
    back: /↩️ Reverted .*(Suspended: scale-in → nothing suspended|It already has its earlier value)/s,
    isBack: () => target()?.suspended.DynamicScalingInSuspended !== true,
  },
]

/** A quick run aims at the one with the most calls. */
describe.each(isQuick ? LEASES.slice(0, 1) : LEASES)('a lease of $what', ({ nth, line, back, isBack }) => {
  /** Made once, put back once, each with its intent and its outcome: what the audit says of the last operation. */
  const isWhole = async (at: string, cards: readonly string[], typed: string) => {
    expect(cards, at).toHaveLength(1)
    expect(cards[0], at).toMatch(back)
    expect(isBack(typed), at).toBe(true)
    const chain = await world.audit('111122223333')
    const of = chain.filter(({ operation }) => operation === chain.at(-1)?.operation)
    expect(
      of.map(({ kind, outcome }) => `${kind} ${outcome ?? ''}`.trim()),
      at,
    ).toEqual(['intent', 'outcome done', 'intent', 'outcome reverted'])
    expect(await world.type('leases'), at).toContain('There are no temporary changes')
  }

  test.each(STRIDE === 1 ? DEATHS : DEATHS.slice(nth, nth + 1))(
    '%s each call, while it begins, sleeps and ends: %s',
    { timeout: 1_200_000 },
    async (when, kind) => {
      await sweep(line, when, kind, isWhole, LEASE_STRIDE)
    },
  )

  test.each(isQuick ? TWICE.slice(0, 1) : TWICE)(
    'every event and every invocation delivered twice: %s',
    async (how, knobs) => {
      const typed = line()
      const { cards } = await twice(knobs, ['quarterdeck-query', 'quarterdeck-decision', 'quarterdeck-schedule'], () =>
        story(typed),
      )
      await isWhole(how, cards, typed)
    },
  )
})

describe('a restart, which must not be repeated', () => {
  const deployments = () =>
    [...world.fleet.records.values()].filter(({ service }) => service === world.service()).length

  test.each([
    ['before', 'kill'],
    ['after', 'kill'],
    ['after', 'drop'],
  ] as const)('%s its one UpdateService: %s', async (when, kind) => {
    const count = deployments()
    world.aws.faults.add({ match: { function: FUNCTION, action: 'UpdateService' }, when, effect: { kind } })
    const { cards, calls } = await story('restart orders-api')
    expect(cards).toHaveLength(1)
    const sent = calls.filter(
      ({ action, fault = '' }) => action === 'UpdateService' && !fault.startsWith('before'),
    ).length
    expect(deployments() - count).toBe(sent)
    expect(sent).toBeLessThanOrEqual(1)
    expect(cards[0]).toContain(
      sent === 1 ? '✅ Done' : 'Not done: Quarterdeck stopped unexpectedly before the call reached AWS',
    )
  })
})

describe('a rollback, whose deployment is stopped at most once', () => {
  const STOP = 'StopServiceDeployment'
  const deployAnew = async () => {
    const service = world.service()
    const spec = service.deployments[0]?.revision.spec
    const [first] = world.fleet.site(service.cluster).taskDefinitions.get('orders-api') ?? []
    if (spec === undefined || first === undefined) throw new Error('no other task definition')
    world.fleet.deploy(service, { ...spec, taskDefinition: first })
    await world.until(() =>
      [...service.tasks].some(({ definition, lastStatus }) => definition === first && lastStatus === 'RUNNING'),
    )
  }

  test.each([
    ['before', 'kill'],
    ['after', 'kill'],
    ['after', 'drop'],
  ] as const)('%s its one StopServiceDeployment: %s', async (when, kind) => {
    await deployAnew()
    world.fleet.knobs.failService(world.service().arn, 'exit1')
    world.aws.faults.add({ match: { function: FUNCTION, action: STOP }, when, effect: { kind } })
    const before = world.calls(STOP).length
    await world.type('rollback orders-api')
    const count = world.cards().length
    world.fleet.knobs.healService(world.service().arn)
    await world.click('approve')
    await world.until(() => [...world.durable.executions.values()].every(({ status }) => status !== 'RUNNING'))
    await world.until(() => world.service().scheduler.isSteady)
    expect(world.cards()).toHaveLength(count)
    const sent = world
      .calls(STOP)
      .slice(before)
      .filter(({ fault = '' }) => !fault.startsWith('before')).length
    expect(sent).toBe(when === 'before' ? 0 : 1)
    expect(textOf(world.cards().at(-1))).toContain(
      sent === 1 ? '✅ Done' : 'Not done: Quarterdeck stopped unexpectedly before the call reached AWS',
    )
  })
})

describe('around each request to Slack', () => {
  test.each([
    ['chat.postMessage', 'before'],
    ['chat.postMessage', 'after'],
    ['chat.update', 'before'],
    ['chat.update', 'after'],
    ['users.info', 'before'],
    ['users.info', 'after'],
  ] as const)('killed at %s, %s: one card, one outcome', async (method, when) => {
    let isArmed = true
    world.onSlackCall = (called, moment) => {
      if (!isArmed || called !== method || moment !== when) return
      isArmed = false
      world.functions.killAll(FUNCTION)
    }
    const typed = `scale orders-api ${other()}`
    const { cards } = await story(typed)
    world.onSlackCall = () => {}
    expect(isArmed).toBe(false)
    expect(cards).toHaveLength(1)
    expect(cards[0]).toContain('✅ Done')
    expect(`scale orders-api ${world.desired()}`).toBe(typed)
  })
})

test.each(TWICE)(
  'every event and every invocation delivered twice: one decision, one effect, one card: %s',
  async (_, knobs) => {
    const count = [...world.fleet.records.values()].length
    const { cards, executions } = await twice(knobs, ['quarterdeck-query', 'quarterdeck-decision'], () =>
      story('restart orders-api'),
    )
    expect(executions.filter(({ status }) => status !== 'SUCCEEDED')).toEqual([])
    expect(cards).toHaveLength(1)
    expect(cards[0]).toMatch(/^✅ Done|^⚠️ Unknown/)
    expect([...world.fleet.records.values()].length - count).toBe(1)
  },
)

test('the decision function killed between vote and wake: the vote holds, and the operation learns it', async () => {
  world.aws.faults.add({
    match: { function: 'quarterdeck-decision', action: 'SendDurableExecutionCallbackSuccess' },
    when: 'before',
    effect: { kind: 'kill' },
  })
  const typed = `scale orders-api ${other()}`
  const { cards } = await story(typed)
  expect(cards).toHaveLength(1)
  expect(cards[0]).toContain('✅ Done')
})
