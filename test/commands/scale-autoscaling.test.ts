// /ecs scale where autoscaling is there, too: outright, and for a while.
import { describe, expect, test } from 'vitest'
import { scale } from '../../src/commands/scale/scale.ts'
import { fingerprint, type Plan } from '../../src/engine/change/plan.ts'
import type { Scaling } from '../../src/features/scaling/load-scaling.ts'
import { kinds } from '../../src/kit/language/grammar.ts'
import type { Autoscaling, ProtectedTask, ScalingActivity } from '../../src/model/ecs.ts'
import { isProblem, isRefusal } from '../../src/model/errors.ts'
import { aBook, aLease, anAutoscaling, aReader, aScaling, aService } from '../builders.ts'

type Flags = { for?: number; 'move-bounds'?: true; suspend?: true; 'count-only'?: true }

const asked = (text: string, flags: Flags = {}, state: Partial<Scaling> = {}) => {
  const count = kinds.count.parse(text)
  if (isProblem(count)) throw new Error(count.text)
  return scale.plan({ count, ...flags }, aScaling({ autoscaling: anAutoscaling(), ...state }))
}
const planned = (text: string, flags: Flags = {}, state: Partial<Scaling> = {}): Plan => {
  const plan = asked(text, flags, state)
  if (isRefusal(plan)) throw new Error(plan.text)
  return plan
}
const refused = (text: string, flags: Flags = {}, state: Partial<Scaling> = {}): string => {
  const refusal = asked(text, flags, state)
  return isRefusal(refusal) ? `${refusal.text} ${refusal.hint ?? ''}`.trim() : 'is a plan'
}
const callsOf = ({ calls }: Plan): readonly string[] =>
  calls.map(({ input }) =>
    'desiredCount' in input
      ? `count ${input['desiredCount']}`
      : 'MinCapacity' in input
        ? `bounds ${input['MinCapacity']}..${input['MaxCapacity']}`
        : `suspend ${Object.values(input['SuspendedState'] ?? {}).join(' ')}`,
  )
const changesOf = ({ changes }: Plan): readonly string[] =>
  changes.map(({ what, from, to }) => `${what}: ${from} → ${to}`)
const SUSPENDED = { in: true, out: true, scheduled: false }
const idle = anAutoscaling({ suspended: SUSPENDED })

describe('each way has its calls, what AWS clamps by before the count', () => {
  test.each<[string, Flags, Partial<Autoscaling>, readonly string[]]>([
    ['12', {}, {}, ['count 12']],
    ['12', { 'count-only': true }, {}, ['count 12']],
    ['12', { 'move-bounds': true }, {}, ['bounds 4..12', 'count 12']],
    ['2', { 'move-bounds': true }, {}, ['bounds 2..10', 'count 2']],
    ['6', { 'move-bounds': true }, {}, ['count 6']],
    ['12', { suspend: true }, {}, ['suspend true true false', 'count 12']],
    [
      '12',
      { suspend: true },
      { suspended: { in: false, out: false, scheduled: true } },
      ['suspend true true true', 'count 12'],
    ],
    ['8', { for: 180 }, {}, ['bounds 8..10']],
    ['12', { for: 180 }, {}, ['bounds 12..12']],
    ['+4', { for: 180 }, {}, ['bounds 8..10']],
    ['12', { for: 180 }, { suspended: SUSPENDED }, ['count 12']],
    ['12', { for: 180, 'count-only': true }, { policies: [] }, ['count 12']],
  ])('to %s with %j on %j: %j', (text, flags, autoscaling, calls) => {
    expect(callsOf(planned(text, flags, { autoscaling: anAutoscaling(autoscaling) }))).toEqual(calls)
  })

  test.each<[string, Flags, string]>([
    ['12', {}, 'scale prod.us-east-1/web/orders-api 12'],
    ['+8', { 'move-bounds': true }, 'scale prod.us-east-1/web/orders-api 12 --move-bounds'],
    ['x3', { suspend: true }, 'scale prod.us-east-1/web/orders-api 12 --suspend'],
    ['+4', { for: 180 }, 'scale prod.us-east-1/web/orders-api 8 --for 3h'],
  ])('to %s with %j is written %s, and planned again it is the same', (text, flags, invocation) => {
    const plan = planned(text, flags)
    expect(plan.invocation).toBe(invocation)
    expect(fingerprint(planned(invocation.split(' ')[2] ?? '', flags))).toBe(fingerprint(plan))
  })
})

describe('what is said of it', () => {
  test('moved bounds are a change, and the count stays inside of them', () => {
    const plan = planned('12', { 'move-bounds': true })
    expect(changesOf(plan)).toEqual(['Autoscaling bounds: 4..10 → 4..12', 'Desired count: 4 → 12'])
    expect(plan.consequences.join(' ')).toContain('Autoscaling within 4..12')
  })

  test('suspending for it is a lease of the suspension, or, without an end, where configuration allows it', () => {
    const leased = planned('12', { suspend: true, for: 120 })
    expect(leased.lease).toMatchObject({ holding: { kind: 'suspension', in: true, out: true }, minutes: 120 })
    expect([leased.tasks, leased.isPermanent]).toEqual([12, undefined])
    expect(planned('12', { suspend: true })).toMatchObject({ isPermanent: true })
  })

  test('suspending clamps before the count is set: tasks that stop in between are a change and a risk', () => {
    const plan = planned('20', { suspend: true }, { service: aService({ desired: 15 }) })
    expect(changesOf(plan)).toEqual([
      'Suspended: nothing → scale-in, scale-out',
      'Desired count, by suspending: 15 → 10, at once',
      'Desired count: 15 → 20',
    ])
    expect(plan.risk).toEqual({
      level: 'high',
      reasons: ['No scale-out when load grows', 'No end date', '5 tasks stop at once', expect.any(String)],
    })
    const leased = { suspend: true, for: 60 } as const
    expect(planned('20', leased, { service: aService({ desired: 15 }) }).risk.reasons[0]).toBe('5 tasks stop at once')
  })

  test('suspending for it has at least the risk of the suspension, and that command’s rules', () => {
    expect(planned('8', { suspend: true, for: 60 })).toMatchObject({
      risk: { level: 'medium', reasons: ['No scale-out when load grows', 'Adds tasks; none stops'] },
      also: ['autoscale suspend'],
    })
    expect(planned('8', { suspend: true }).risk.level).toBe('high')
    expect(planned('12', { 'move-bounds': true }).also).toEqual(['autoscale bounds'])
    expect(planned('8', { 'move-bounds': true })).not.toHaveProperty('also')
  })

  test.each<[string, Flags, Partial<Autoscaling>, readonly string[]]>([
    ['12', {}, {}, ['Move the Maximum', 'Suspend Autoscaling', 'Raise the Minimum for 2 Hours']],
    ['6', {}, {}, ['Suspend Autoscaling', 'Raise the Minimum for 2 Hours']],
    ['1', {}, {}, ['Scale to 2 First', 'Move the Minimum', 'Suspend Autoscaling']],
    ['12', { 'move-bounds': true }, {}, ['Suspend Autoscaling', 'Only the Count']],
    ['12', { suspend: true }, {}, ['Move the Maximum', 'Only the Count']],
    ['12', {}, { suspended: SUSPENDED }, ['Move the Maximum']],
    ['6', {}, { policies: [] }, []],
    ['12', { for: 120 }, {}, ['Only the Count', 'Move the Maximum Permanently', 'Also Raise the Maximum']],
    ['8', { for: 120 }, {}, ['Only the Count']],
    ['12', { for: 120 }, { suspended: SUSPENDED }, []],
  ])('to %s with %j on %j offers %j', (text, flags, autoscaling, labels) => {
    const { offers } = planned(text, flags, { autoscaling: anAutoscaling(autoscaling) })
    expect(offers.map(({ label }) => label)).toEqual(labels)
  })

  test('schedules of the next day stand on a count, those within the lease on a lease', () => {
    const night = { name: 'night', expression: 'cron(0 22 * * ? *)', timezone: 'UTC', max: 6 }
    const autoscaling = anAutoscaling({ schedules: [night] })
    const says = (flags: Flags) => planned('8', flags, { autoscaling }).consequences.join(' ')
    expect(says({})).toContain('`night` sets maximum 6 at <2026-11-22T22:00Z>.')
    expect(says({ for: 180 })).not.toContain('night')
    expect(says({ for: 1_440 })).toContain('22:00Z>. That is before this expires, and overrides it.')
  })
})

describe('for a while', () => {
  test('where autoscaling acts it is the minimum that is leased', () => {
    const plan = planned('12', { for: 180 })
    expect(plan).toMatchObject({
      lease: { holding: { kind: 'floor', min: 12 }, minutes: 180, found: { min: 4, max: 10 } },
      title: 'Scale *orders-api* to exactly 12 for 3h',
      size: 8,
      tasks: 12,
    })
    expect(changesOf(plan)).toEqual(['Autoscaling bounds: 4..10 → 12..12', 'Desired count: 4 → 12, at once'])
    expect(plan.consequences).toContain(
      'When it expires, the bounds revert to 4..10, unless someone else changed them; policies then scale in.',
    )
    expect(plan.consequences).toContain('Tasks above 10 then stop at once.')
  })

  test('where nothing moves the count it is the count', () => {
    const plan = planned('12', { for: 180 }, { autoscaling: idle })
    expect(plan.lease).toMatchObject({ holding: { kind: 'count', tasks: 12 }, minutes: 180, found: { tasks: 4 } })
    expect(plan.consequences.at(-1)).toBe('When it expires, it is reverted to 4 tasks, unless someone else changed it.')
  })

  test('a lower floor under a higher one keeps the higher, and says what the last to end puts back', () => {
    const book = aBook({ min: 4, max: 10 }, aLease({ holding: { kind: 'floor', min: 12 } }))
    const plan = planned('8', { for: 180 }, { book, autoscaling: anAutoscaling({ min: 12, max: 12 }) })
    expect(callsOf(plan)).toEqual(['bounds 12..12'])
    expect(plan.consequences).toContain(
      'After the last temporary change, the bounds revert to 4..10, unless someone else changed them; policies then scale in.',
    )
  })

  test('a count that another lease holds may be held for longer, or lower', () => {
    const book = aBook({ tasks: 4 }, aLease({ holding: { kind: 'count', tasks: 6 } }))
    const state = { book, autoscaling: idle, service: aService({ desired: 6 }) }
    for (const text of ['6', '5']) {
      const plan = planned(text, { for: 180 }, state)
      expect(callsOf(plan)).toEqual(['count 6'])
      expect(plan.binds['direction']).toBe('none')
      expect(plan.consequences.at(-1)).toContain('After the last temporary change, it is reverted to 4 tasks')
    }
    expect(refused('6', {}, state)).toContain('is set to 6 tasks already')
  })

  describe('consent is asked for what it comes to, and not for the step from what others lease', () => {
    const leased = (tasks: number) => ({
      book: aBook({ tasks: 4 }, aLease({ holding: { kind: 'count', tasks } })),
      autoscaling: idle,
      service: aService({ desired: tasks }),
    })

    test('none at all, under a lease of five: that no task will be left stands on the card', () => {
      const plan = planned('0', { for: 2_880 }, leased(5))
      expect(plan.title).toBe('Scale *orders-api* to at least 0 for 2d')
      expect(changesOf(plan)).toEqual([
        'Desired count: 5 → 5',
        'Desired count after higher temporary changes end: 5 → 0',
      ])
      expect(plan).toMatchObject({ size: 4, risk: { level: 'high' } })
      expect(plan.risk.reasons[0]).toBe('All tasks stop: the service stops responding')
    })

    test.each<[string, string, Flags]>([
      ['as many for longer', '100', { for: 2_880 }],
      ['one more for good', '101', {}],
    ])('%s, of what was leased for a while', (_, text, flags) => {
      const plan = planned(text, flags, leased(100))
      expect(plan.size).toBeGreaterThanOrEqual(96)
      expect(plan.risk.level).toBe('high')
    })

    test('bounds that are moved for good, of what a leased floor has made of them', () => {
      const book = aBook({ min: 2, max: 10 }, aLease({ holding: { kind: 'floor', min: 100 } }))
      const state = { book, autoscaling: anAutoscaling({ min: 100, max: 100 }), service: aService({ desired: 100 }) }
      expect(planned('99', { 'move-bounds': true }, state)).toMatchObject({ size: 97, risk: { level: 'medium' } })
    })

    test('a floor as high as another, for longer', () => {
      const book = aBook({ min: 4, max: 10 }, aLease({ holding: { kind: 'floor', min: 60 } }))
      const state = { book, autoscaling: anAutoscaling({ min: 60, max: 60 }), service: aService({ desired: 60 }) }
      expect(planned('60', { for: 2_880 }, state)).toMatchObject({ size: 56, tasks: 60, risk: { level: 'high' } })
    })
  })
})

describe('is refused', () => {
  test.each<[string, Flags, Partial<Scaling>, string]>([
    [
      '12',
      { suspend: true, 'move-bounds': true },
      {},
      '`--move-bounds` and `--suspend` exclude each other. Use one of them.',
    ],
    [
      '12',
      { for: 60, 'move-bounds': true },
      { autoscaling: idle },
      '`--for` cannot be combined with `--move-bounds`: only the count would be reverted. Leave out `--move-bounds`.',
    ],
    [
      '4',
      { for: 60 },
      {},
      'The minimum of *orders-api* is already 4: a temporary minimum of 4 has no effect. To scale lower, first `/ecs autoscale suspend prod.us-east-1/web/orders-api --for 1h`.',
    ],
    ['4', {}, {}, '*orders-api* is set to 4 tasks already. Nothing to change.'],
  ])('to %s with %j', (text, flags, state, words) => {
    expect(refused(text, flags, state)).toBe(words)
  })

  test.each(['move-bounds', 'suspend'] as const)('--%s without autoscaling', flag => {
    const plan = scale.plan({ count: { kind: 'exactly', tasks: 6 }, [flag]: true }, aScaling())
    expect(plan).toMatchObject({ text: '*orders-api* has no autoscaling.', hint: `Leave out \`--${flag}\`.` })
  })

  test('on an Express service, which offers to move its bounds', () => {
    const service = aService({ isExpress: true })
    expect(asked('6', {}, { service })).toMatchObject({
      kind: 'refusal',
      offers: [{ label: 'Set the Bounds', invocation: 'autoscale bounds prod.us-east-1/web/orders-api 6..10' }],
    })
    expect(asked('20', { for: 60 }, { service })).toMatchObject({
      offers: [{ invocation: 'autoscale bounds prod.us-east-1/web/orders-api 20..21' }],
    })
    expect(asked('0', {}, { service })).not.toHaveProperty('offers')
  })
})

describe('what consent binds to', () => {
  const of = (autoscaling?: Partial<Autoscaling>, desired = 4) =>
    fingerprint(
      scale.plan(
        { count: { kind: 'exactly', tasks: 8 } },
        aScaling({
          service: aService({ desired }),
          ...(autoscaling && { autoscaling: anAutoscaling(autoscaling) }),
        }),
      ) as Plan,
    )

  test.each<[string, Partial<Autoscaling> | undefined]>([
    ['other bounds', { max: 12 }],
    ['another suspension', { suspended: { in: true, out: false, scheduled: false } }],
    ['no autoscaling any more', undefined],
  ])('%s: another plan', (_, autoscaling) => {
    expect(of(autoscaling)).not.toBe(of({}))
  })

  test('a count that autoscaling moved, and policies, are drift', () => {
    expect(of({}, 5)).toBe(of({}))
    expect(of({ policies: [], predicted: 9 })).toBe(of({}))
  })

  test('tasks that stop by suspending first are part of it', () => {
    const at = (desired: number) => fingerprint(planned('20', { suspend: true }, { service: aService({ desired }) }))
    expect(at(6)).toBe(at(5))
    expect(at(6)).not.toBe(at(15))
  })

  test('how long it lasts is part of it', () => {
    expect(fingerprint(planned('8', { for: 60 }))).not.toBe(fingerprint(planned('8', { for: 120 })))
  })
})

describe('watching', () => {
  const since = '2026-11-22T03:00:00.000Z'
  type Seen = {
    desired: number
    running?: number
    activities?: readonly ScalingActivity[]
    kept?: readonly ProtectedTask[]
    autoscaling?: Autoscaling | undefined
  }
  const look = (plan: Plan, seen: Seen) => {
    const { desired, running = desired, activities = [], kept = [] } = seen
    const read = aReader({
      service: async () => aService({ desired, running }),
      scalingActivities: async () => activities,
      protectedTasks: async () => kept,
      autoscaling: async () => ('autoscaling' in seen ? seen.autoscaling : anAutoscaling({ min: 8 })),
    })
    return scale.settled?.(plan, since, '2026-11-22T03:01:00.000Z', read)
  }
  const activity = (at: string, notScaled: readonly string[] = []): ScalingActivity => ({
    at,
    notScaled,
    description: 'Setting desired count to 9.',
    cause: 'monitor alarm cpu-high in state ALARM triggered policy cpu',
    status: 'Successful',
  })
  const guarded = (count: number): readonly ProtectedTask[] =>
    Array.from({ length: count }, (_, at) => ({ id: `${at}`, until: `2026-11-22T14:${10 + at}:00.000Z` }))

  test('what autoscaling set is its doing, with its cause', async () => {
    const activities = [
      activity('2026-11-22T03:00:40.000Z', ['AlreadyAtMaxCapacity']),
      activity('2026-11-22T03:00:30.000Z'),
    ]
    expect(await look(planned('8'), { desired: 9, activities })).toEqual({
      status: 'superseded',
      text: 'Autoscaling set the desired count to 9.',
      details: ['monitor alarm cpu-high in state ALARM triggered policy cpu'],
    })
  })

  test('what it did before is no cause', async () => {
    const activities = [activity('2026-11-22T02:59:00.000Z')]
    expect(await look(planned('8'), { desired: 9, activities })).toEqual({
      status: 'superseded',
      text: 'Another change set the desired count to 9.',
    })
  })

  test.each<[string, number, number, object]>([
    [
      'only they are left',
      3,
      3,
      { status: 'blocked', text: 'Blocked by 3 protected tasks until <2026-11-22T14:12Z>; ECS then stops 1 task.' },
    ],
    ['others stop first', 4, 3, { status: 'moving' }],
    ['they are as many as are wanted', 3, 2, { status: 'moving' }],
    ['all have stopped', 2, 2, { status: 'done' }],
  ])('protected tasks block it when %s', async (_, running, kept, progress) => {
    expect(await look(planned('2'), { desired: 2, running, kept: guarded(kept) })).toMatchObject(progress)
  })

  test.each<[string, Seen, object]>([
    ['autoscaling is above it', { desired: 9 }, { status: 'done', text: '9 running.' }],
    ['its tasks start', { desired: 8, running: 6 }, { status: 'moving', text: '6/8 running' }],
    ['AWS has not lifted the count yet', { desired: 4 }, { status: 'moving', text: '4/8 running' }],
    [
      'somebody lowered the minimum',
      { desired: 4, autoscaling: anAutoscaling({ min: 2 }) },
      { status: 'superseded', text: 'Another change set the minimum to 2.' },
    ],
    [
      'the target is gone',
      { desired: 4, autoscaling: undefined },
      { status: 'superseded', text: 'Its scalable target was deregistered.' },
    ],
  ])('a floor, when %s', async (_, seen, progress) => {
    expect(await look(planned('8', { for: 60 }), seen)).toMatchObject(progress)
  })

  test('a floor under what is there already is done when no fewer than it run', async () => {
    const plan = planned('8', { for: 60 }, { service: aService({ desired: 10 }) })
    expect(await look(plan, { desired: 9 })).toMatchObject({ status: 'done' })
  })
})
