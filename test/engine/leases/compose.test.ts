import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { emptyBook, isEmpty, leaseOf, leasesOf, type Origin } from '../../../src/engine/leases/book.ts'
import {
  baselineWith,
  beginLease,
  beginRevert,
  confirmCalls,
  dropLease,
  endLease,
  endNow,
  extendLease,
  keepLease,
  markLeft,
  markLost,
  planEnding,
  valueWith,
} from '../../../src/engine/leases/compose.ts'
import type { CapacityValue, Holding } from '../../../src/engine/leases/holding.ts'
import { baselineOf, leasesOnService } from '../../../src/engine/leases/origin.ts'
import type { Suspensions } from '../../../src/model/ecs.ts'
import { aBook, aLease, anActor, aRef } from '../../builders.ts'
import { size } from '../../seed.ts'
import { aWorld, endAll, isForeign, type Move, move, write } from './lease-model.ts'

const tasks = fc.integer({ min: 0, max: 12 })
const bounds = fc.tuple(tasks, tasks).map(([a, b]) => ({ min: Math.min(a, b), max: Math.max(a, b, 1) }))
const count = tasks.map(number => ({ tasks: number }))
const ways = fc.record<Suspensions>({ in: fc.boolean(), out: fc.boolean(), scheduled: fc.boolean() })
const capacity: fc.Arbitrary<CapacityValue> = fc
  .integer({ min: 1, max: 3 })
  .map(weight => ({ strategy: [{ provider: 'FARGATE', weight, base: 0 }] }))
const start = fc.record({ floor: bounds, count, suspension: ways, capacity })

const HOLDINGS: Readonly<Record<Holding['kind'], fc.Arbitrary<Holding>>> = {
  floor: tasks.map(min => ({ kind: 'floor', min })),
  count: count.map(one => ({ kind: 'count', ...one })),
  suspension: ways.map(one => ({ kind: 'suspension', ...one })),
  capacity: capacity.map(({ strategy }) => ({ kind: 'capacity', strategy })),
}
const anyHolding = fc.oneof(...Object.values(HOLDINGS))
const fate = fc.constantFrom('made', 'made', 'refused', 'lost', 'deaf' as const)
const which = fc.nat(20)

const begins = (holding: fc.Arbitrary<Holding>): fc.Arbitrary<Move> =>
  fc.record({ kind: fc.constant('begin' as const), holding, fate })
const ends: fc.Arbitrary<Move> = fc.record({ kind: fc.constant('end' as const), which, fate })
const changes: fc.Arbitrary<Move> = fc.record({ kind: fc.constantFrom('extend', 'end now'), which })
const keeps: fc.Arbitrary<Move> = fc.record({ kind: fc.constant('keep' as const), which })
const foreign: fc.Arbitrary<Move> = fc
  .oneof(fc.record({ floor: bounds }), fc.record({ count }), fc.record({ suspension: ways }), fc.record({ capacity }))
  .map(to => ({ kind: 'foreign', to }))

const anew: fc.Arbitrary<Move> = start.map(as => ({ kind: 'anew', as }))

const moves = (...of: readonly fc.Arbitrary<Move>[]) => fc.array(fc.oneof(...of), { minLength: 1, maxLength: 25 })
const RUNS = { numRuns: size(700) }

describe('whatever happens, in any order, whoever dies', () => {
  test.each(Object.entries(HOLDINGS))('a %s comes back when nobody else touched it', (kind, holding) => {
    fc.assert(
      fc.property(start, moves(begins(holding), ends, changes), (aws, steps) => {
        const world = aWorld(aws)
        // Whatever is registered clamps: a count that is outside of the bounds never was anybody's to return to.
        if (kind !== 'count') write(world, 'floor', aws.floor)
        const before = world.aws
        for (const step of steps) move(world, step)
        endAll(world)
        expect(world.aws[kind as Holding['kind']]).toEqual(before[kind as Holding['kind']])
        expect(isEmpty(world.book)).toBe(true)
      }),
      RUNS,
    )
  })

  test('the floor is the highest that runs, over what was there', () => {
    fc.assert(
      fc.property(start, moves(begins(HOLDINGS.floor), ends, changes), (aws, steps) => {
        const world = aWorld(aws)
        const highest = () =>
          Object.values(world.book.held).flatMap(({ leases }) => leases.map(({ holding }) => holding))
        for (const step of steps) {
          move(world, 'fate' in step ? { ...step, fate: 'made' } : step)
          const min = Math.max(aws.floor.min, ...highest().map(one => (one.kind === 'floor' ? one.min : 0)))
          expect(world.aws.floor).toEqual({ min, max: Math.max(aws.floor.max, min) })
        }
      }),
      RUNS,
    )
  })

  test.each(Object.entries(HOLDINGS))(
    'a %s on a service made anew comes back to what that was made as',
    (kind, holding) => {
      fc.assert(
        fc.property(start, moves(begins(holding), begins(holding), ends, changes, anew), start, (aws, steps, last) => {
          const world = aWorld(aws)
          let made = last
          for (const step of [...steps, { kind: 'anew', as: last } as const, ...steps]) {
            move(world, step)
            if (step.kind !== 'anew') continue
            if (kind !== 'count') write(world, 'floor', step.as.floor)
            made = world.aws
          }
          endAll(world)
          expect(world.aws[kind as Holding['kind']]).toEqual(made[kind as Holding['kind']])
          expect(isEmpty(world.book)).toBe(true)
        }),
        RUNS,
      )
    },
  )

  test('one that is refused does not forget what one before it was about to do', () => {
    const off = { in: false, out: false, scheduled: false }
    const world = aWorld({
      floor: { min: 0, max: 1 },
      count: { tasks: 0 },
      suspension: { ...off, out: true },
      capacity: { strategy: [] },
    })
    move(world, { kind: 'begin', holding: { kind: 'suspension', ...off, in: true }, fate: 'lost' })
    move(world, { kind: 'begin', holding: { kind: 'suspension', ...off }, fate: 'refused' })
    move(world, { kind: 'foreign', to: { suspension: { ...off, in: true, out: true } } })
    endAll(world)
    expect(world.aws.suspension).toEqual({ ...off, out: true })
  })

  test('what somebody else made of it is never undone by an end', () => {
    fc.assert(
      fc.property(start, moves(begins(anyHolding), ends, changes, keeps, foreign, anew), (aws, steps) => {
        const world = aWorld(aws)
        for (const step of steps) move(world, step)
        const kinds = (['floor', 'suspension', 'count', 'capacity'] as const).filter(kind => isForeign(world, kind))
        const before = world.aws
        endAll(world)
        for (const kind of kinds) {
          // A count outside of the bounds is AWS's to move, whenever the target is registered.
          if (kind !== 'count') expect(world.aws[kind]).toEqual(before[kind])
        }
        expect(isEmpty(world.book)).toBe(true)
      }),
      RUNS,
    )
  })
})

describe('a service that was made anew', () => {
  const before = { service: '2026-01-01T00:00:00.000Z' }
  const now = { service: '2026-11-22T02:30:00.000Z' }
  const hold = (operation: string, tasks: number, origin: Origin) =>
    aLease({ operation, holding: { kind: 'count', tasks }, origin })
  const old = hold('old', 8, before)

  test.each<[string, number, number]>([
    ['as it was leased', 8, 10],
    ['as it was before', 4, 10],
    ['as nobody had it', 2, 5],
  ])('is found %s: its first lease has a baseline of its own, and holds no more than it says', (_, tasks, asked) => {
    const book = aBook({ tasks: 4 }, old)
    const begun = { holding: { kind: 'count', tasks: asked } as const, found: { tasks }, origin: now }
    expect([valueWith(book, begun), baselineWith(book, begun)]).toEqual([{ tasks: asked }, { tasks }])
    const both = confirmCalls(beginLease(book, hold('new', asked, now), { tasks }), 'new')
    expect(planEnding(both, 'new', { tasks: asked })).toMatchObject({ kind: 'put', to: { tasks } })
    expect(leaseOf(both, 'old')).toEqual(old)
    expect(baselineOf(both, old)).toBeUndefined()
    const without = endLease(both, 'old')
    expect(planEnding(without, 'new', { tasks: asked })).toMatchObject({ kind: 'put', to: { tasks } })
    expect(isEmpty(endLease(without, 'new'))).toBe(true)
  })

  test('leases on it compose, and what goes on of the one before joins nobody', () => {
    const book = aBook({ tasks: 4 }, old)
    const first = confirmCalls(beginLease(book, hold('first', 5, now), { tasks: 2 }), 'first')
    const second = confirmCalls(beginLease(first, hold('second', 6, now), { tasks: 5 }), 'second')
    expect(second.held.count).toMatchObject({ baseline: { tasks: 2 }, set: { tasks: 6 } })
    expect(planEnding(second, 'second', { tasks: 6 })).toMatchObject({ kind: 'put', to: { tasks: 5 } })
    expect(leasesOf(leasesOnService(second, now.service)).map(({ operation }) => operation)).toEqual([
      'first',
      'second',
    ])
    expect(isEmpty(leasesOnService(book, now.service))).toBe(true)
  })

  test('one that did not come to be leaves the book as it was', () => {
    const book = aBook({ tasks: 4 }, old)
    expect(dropLease(beginLease(book, hold('new', 5, now), { tasks: 2 }), 'new')).toEqual(book)
  })

  test('a lease that lost its operation stays on the list until somebody puts it away, and changes nothing then', () => {
    const lost = markLost(aBook({ tasks: 4 }, old), 'old', '2026-11-22T03:00:00.000Z')
    expect(leasesOf(leasesOnService(lost, now.service))).toHaveLength(1)
    const both = confirmCalls(beginLease(lost, hold('new', 5, now), { tasks: 2 }), 'new')
    expect(keepLease(both, 'old').held.count).toMatchObject({ baseline: { tasks: 2 }, set: { tasks: 5 } })
  })

  test('what an older version wrote has no origin, and is of whatever is there', () => {
    const book = aBook(
      { tasks: 4 },
      hold('six', 6, before),
      aLease({ operation: 'older', holding: { kind: 'count', tasks: 8 } }),
    )
    expect(book.held.count).toMatchObject({ baseline: { tasks: 4 }, set: { tasks: 8 } })
  })
})

describe('a scalable target that somebody registered anew', () => {
  const service = '2026-01-01T00:00:00.000Z'
  const [before, now] = ['2026-01-02T00:00:00.000Z', '2026-11-22T02:30:00.000Z']
  const hold = (operation: string, min: number, target: string) =>
    aLease({ operation, holding: { kind: 'floor', min }, origin: { service, target } })
  const baseline = { min: 4, max: 10 }
  const leased = { min: 8, max: 10 }
  const book = aBook(baseline, hold('old', 8, before))

  test('is left as found, although it is as it was leased; as it was before, there is nothing to do', () => {
    expect(planEnding(book, 'old', leased, before)).toMatchObject({ kind: 'put', to: baseline })
    expect(planEnding(book, 'old', leased, now)).toEqual({
      kind: 'left',
      expected: leased,
      found: leased,
      isRecreated: true,
    })
    expect(beginRevert(book, 'old', leased, now)).toBe(book)
    expect(planEnding(book, 'old', baseline, now)).toEqual({ kind: 'nothing', now: baseline })
  })

  test('is the baseline of who leases next; those that still run are held on it, too', () => {
    const both = confirmCalls(beginLease(book, hold('new', 9, now), leased), 'new')
    expect(both.held.floor).toMatchObject({ baseline: leased, set: { min: 9, max: 10 } })
    expect(planEnding(both, 'old', { min: 9, max: 10 }, now)).toMatchObject({ kind: 'nothing' })
    expect(planEnding(endLease(both, 'old'), 'new', { min: 9, max: 10 }, now)).toMatchObject({
      kind: 'put',
      to: leased,
    })
    expect(dropLease(beginLease(book, hold('new', 9, now), leased), 'new')).toEqual(book)
  })
})

describe('a book', () => {
  const baseline = { min: 4, max: 10 }
  const low = aLease({ operation: 'low', holding: { kind: 'floor', min: 6 } })
  const high = aLease({ operation: 'high', holding: { kind: 'floor', min: 12 } })
  const both = aBook(baseline, low, high)
  const to = (min: number, max = Math.max(10, min)) => ({ min, max })

  test.each<[string, Holding, readonly Holding[], unknown]>([
    ['a maximum grows with its minimum', { kind: 'floor', min: 12 }, [], to(12, 12)],
    ['the higher minimum wins', { kind: 'floor', min: 5 }, [{ kind: 'floor', min: 8 }], to(8)],
    ['the highest count wins', { kind: 'count', tasks: 2 }, [{ kind: 'count', tasks: 3 }], { tasks: 3 }],
    ['a count may be lower than what was there', { kind: 'count', tasks: 0 }, [], { tasks: 0 }],
    [
      'suspensions add up',
      { kind: 'suspension', in: true, out: false, scheduled: false },
      [{ kind: 'suspension', in: false, out: true, scheduled: false }],
      { in: true, out: true, scheduled: false },
    ],
    [
      'the newest capacity wins',
      { kind: 'capacity', strategy: [{ provider: 'FARGATE', weight: 1, base: 0 }] },
      [{ kind: 'capacity', strategy: [{ provider: 'FARGATE_SPOT', weight: 1, base: 0 }] }],
      { strategy: [{ provider: 'FARGATE', weight: 1, base: 0 }] },
    ],
  ])('%s', (_, holding, others, value) => {
    const found = {
      floor: baseline,
      count: { tasks: 4 },
      suspension: { in: false, out: false, scheduled: false },
      capacity: { strategy: [], launchType: 'FARGATE' },
    }
    const book = aBook(
      found[holding.kind],
      ...others.map((other, at) => aLease({ operation: `other-${at}`, holding: other })),
    )
    expect(valueWith(book, { holding, found: book.held[holding.kind]?.set ?? found[holding.kind] })).toEqual(value)
  })

  test.each<[string, unknown, unknown]>([
    ['goes down to what the other holds', to(12), { kind: 'put', from: to(12), to: to(6) }],
    ['has nothing to send where it is so already', to(6), { kind: 'nothing', now: to(6) }],
    ['leaves what somebody else has raised', to(12, 40), { kind: 'left', expected: to(12), found: to(12, 40) }],
    ['leaves what somebody else has lowered', to(2, 5), { kind: 'left', expected: to(12), found: to(2, 5) }],
    ['leaves a target that is gone', undefined, { kind: 'left', expected: to(12) }],
  ])('an end %s', (_, found, what) => {
    expect(planEnding(both, 'high', found as { min: number; max: number } | undefined)).toEqual(what)
  })

  test('two that end in the same moment put back the baseline, each its part', () => {
    expect(planEnding(both, 'low', to(12))).toEqual({ kind: 'nothing', now: to(12) })
    const first = endLease(beginRevert(both, 'low', to(12)), 'low')
    expect(planEnding(first, 'high', to(12))).toEqual({ kind: 'put', from: to(12), to: baseline })
    expect(isEmpty(endLease(beginRevert(first, 'high', to(12)), 'high'))).toBe(true)
  })

  test('a change back to what was there before the newest lease is a change, once that lease is known to be made', () => {
    expect(planEnding(both, 'low', to(6))).toMatchObject({ kind: 'left' })
    const lost = beginLease(aBook(baseline, low), high, to(6))
    expect(planEnding(lost, 'low', to(6))).toMatchObject({ kind: 'put', to: to(12) })
  })

  test('an end whose call was lost does not look like somebody else’s change to those that begin or end meanwhile', () => {
    const dying = beginRevert(both, 'high', to(12))
    for (const found of [to(12), to(6)]) {
      expect(planEnding(dying, 'low', found)).not.toMatchObject({ kind: 'left' })
      const next = beginLease(dying, aLease({ operation: 'next' }), found)
      expect(next.held.floor).toMatchObject({ baseline, set: to(12) })
    }
  })

  test('what was struck out never was', () => {
    const before = aBook(baseline, low)
    expect(dropLease(beginLease(before, high, to(6)), 'high')).toEqual(before)
    expect(dropLease(beginLease(before, high, to(2, 5)), 'high')).toEqual(before)
    expect(dropLease(beginLease(emptyBook(aRef()), high, baseline), 'high')).toEqual(emptyBook(aRef()))
    expect(dropLease(before, 'unknown')).toBe(before)
  })

  test('a foreign change is the baseline of the leases that begin after it', () => {
    const book = beginLease(both, aLease({ operation: 'next' }), to(20, 30))
    expect(book.held.floor).toMatchObject({ baseline: to(20, 30), set: to(20, 30) })
  })

  test('what is kept is the baseline of the others, and nothing is sent', () => {
    const kept = keepLease(both, 'low')
    expect(kept.held.floor).toMatchObject({ baseline: to(6), set: to(12) })
    expect(planEnding(kept, 'high', to(12))).toMatchObject({ kind: 'put', to: to(6) })
    expect(isEmpty(keepLease(kept, 'high'))).toBe(true)
  })

  test('a count that is kept above another stays what is set', () => {
    const lease = (operation: string, tasks: number) => aLease({ operation, holding: { kind: 'count', tasks } })
    const kept = keepLease(aBook({ tasks: 4 }, lease('six', 6), lease('five', 5)), 'six')
    expect(planEnding(kept, 'five', { tasks: 6 })).toEqual({ kind: 'nothing', now: { tasks: 6 } })
    expect(planEnding(kept, 'five', { tasks: 5 })).toMatchObject({ kind: 'left' })
  })

  test('what was left is somebody else’s: it holds nothing, and keeping it makes no baseline', () => {
    const left = markLeft(both, 'high', '20..30', '2026-11-22T05:00:00.000Z')
    expect(markLeft(left, 'high', 'other', '2026-11-23T05:00:00.000Z')).toEqual(left)
    expect(valueWith(left, { holding: { kind: 'floor', min: 5 }, found: to(12) })).toEqual(to(6))
    expect(keepLease(left, 'high').held.floor).toMatchObject({ baseline, set: to(12) })
    expect(beginLease(left, aLease({ operation: 'next' }), to(20, 30)).held.floor?.baseline).toEqual(to(20, 30))
  })

  test('the first to end it is who ended it, and then nobody extends it', () => {
    const now = '2026-11-22T03:00:00.000Z'
    const over = endNow(both, 'low', anActor(), now)
    expect(leaseOf(over, 'low')).toMatchObject({ until: now, endedBy: anActor() })
    expect(endNow(over, 'low', anActor({ user: 'U0SECOND' }), '2026-11-22T04:00:00.000Z')).toEqual(over)
    const later = endNow(over, 'low', anActor({ user: 'U0SECOND' }), '2026-11-22T04:00:00.000Z', {
      images: ['sha256:b'],
      uncompared: ['envoy'],
    })
    expect(leaseOf(later, 'low')).toEqual({ ...leaseOf(over, 'low'), images: ['sha256:b'], uncompared: ['envoy'] })
    expect(extendLease(over, 'low', '2026-11-22T09:00:00.000Z')).toEqual(over)
  })

  test('an extension that comes late never shortens', () => {
    const longer = extendLease(both, 'low', '2026-11-22T07:00:00.000Z')
    expect(leaseOf(longer, 'low')?.until).toBe('2026-11-22T07:00:00.000Z')
    expect(extendLease(longer, 'low', '2026-11-22T06:00:00.000Z')).toEqual(longer)
  })

  test('of a lease that it does not know it says nothing, and changes nothing', () => {
    expect(planEnding(both, 'unknown', to(12))).toBeUndefined()
    for (const same of [
      extendLease(both, 'unknown', '2027-01-01T00:00:00.000Z'),
      keepLease(both, 'unknown'),
      endLease(both, 'unknown'),
      beginRevert(both, 'unknown', to(12)),
      markLeft(both, 'unknown', '', ''),
    ])
      expect(same).toBe(both)
  })
})
