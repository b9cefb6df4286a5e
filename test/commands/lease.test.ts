import { describe, expect, test } from 'vitest'
import type { AnyMutation } from '../../src/commands/command.ts'
import { extendLease } from '../../src/commands/lease/extend.ts'
import { keepLease } from '../../src/commands/lease/keep.ts'
import { leases } from '../../src/commands/lease/list.ts'
import { fingerprint, type Plan } from '../../src/engine/change/plan.ts'
import type { LeaseBook } from '../../src/engine/leases/book.ts'
import { markLeft } from '../../src/engine/leases/compose.ts'
import type { Holding, Value } from '../../src/engine/leases/holding.ts'
import { isRefusal, type Refusal } from '../../src/model/errors.ts'
import { aBook, aLease, anAutoscaling, aScaling } from '../builders.ts'

const BOUNDS = { min: 4, max: 10 }
const first = aLease()
const second = aLease({
  operation: 'c0ffee00beef1234',
  holding: { kind: 'floor', min: 12 },
  until: '2026-11-22T09:00:00.000Z',
})
const one = aBook(BOUNDS, first)
const two = aBook(BOUNDS, first, second)
const left = markLeft(one, first.operation, '20..30', '2026-11-22T05:00:00.000Z')

const asked = (
  command: AnyMutation,
  values: object,
  book: LeaseBook | undefined = one,
  now = '2026-11-22T03:00:00.000Z',
) => command.plan(values, aScaling({ autoscaling: anAutoscaling({ min: 8 }), now, ...(book && { book }) }))
const plan = (...of: Parameters<typeof asked>): Plan => {
  const made = asked(...of)
  if (isRefusal(made)) throw new Error(made.text)
  return made
}
const refusal = (...of: Parameters<typeof asked>): Refusal => {
  const made = asked(...of)
  if (!isRefusal(made)) throw new Error(`${made.title} is a plan`)
  return made
}

describe('extend', () => {
  test('moves the end, which is an absolute time however often it is sent', () => {
    expect(plan(extendLease, { by: 60 })).toMatchObject({
      title: 'Extend the temporary change of *orders-api* by 1h',
      invocation: 'lease extend prod.us-east-1/web/orders-api 1h --lease 8fac260597f6',
      changes: [
        {
          what: 'End of a minimum of 8, requested by requester',
          from: '2026-11-22 05:00 UTC',
          to: '2026-11-22 06:00 UTC',
        },
      ],
      calls: [
        {
          service: 'quarterdeck',
          action: 'ExtendLease',
          input: { lease: first.operation, until: '2026-11-22T06:00:00.000Z' },
          repeatable: true,
        },
      ],
      size: 4,
      risk: { level: 'low' },
    })
  })

  test('counts the whole lease from where it began', () => {
    expect(plan(extendLease, { by: 60 }).totalMinutes).toBe(240)
    expect(plan(extendLease, { by: 1_440 }).totalMinutes).toBe(1_620)
  })

  test('is another plan once somebody else has extended it', () => {
    const longer = aBook(BOUNDS, aLease({ until: '2026-11-22T06:00:00.000Z' }))
    expect(fingerprint(plan(extendLease, { by: 60 }, longer))).not.toBe(fingerprint(plan(extendLease, { by: 60 })))
  })

  test.each<[string, LeaseBook, string]>([
    ['its end has come', one, '2026-11-22T05:00:00.000Z'],
    ['it was left as somebody else made it', left, '2026-11-22T03:00:00.000Z'],
  ])('is refused when %s', (_, book, now) => {
    expect(refusal(extendLease, { by: 60 }, book, now).text).toBe(
      'This temporary change has ended and cannot be extended.',
    )
  })
})

describe.each<[string, AnyMutation, object]>([
  ['extend', extendLease, { by: 60 }],
  ['keep', keepLease, {}],
])('%s is weighed by what it is without the lease', (name, command, values) => {
  test.each<[string, Holding, Value, Partial<Plan>]>([
    ['many more tasks', { kind: 'count', tasks: 100 }, { tasks: 4 }, { size: 96, tasks: 100 }],
    ['none at all', { kind: 'count', tasks: 0 }, { tasks: 4 }, { size: 4 }],
    ['a high minimum', { kind: 'floor', min: 60 }, BOUNDS, { size: 56, tasks: 60 }],
  ])('%s', (_, holding, found, weight) => {
    const made = plan(command, values, aBook(found, aLease({ holding })))
    expect(made).toMatchObject(weight)
    expect(made.risk.level).toBe('high')
  })

  test('a suspension that keeps it from growing', () => {
    const holding = { kind: 'suspension', in: true, out: true, scheduled: false } as const
    const made = plan(command, values, aBook({ in: false, out: false, scheduled: false }, aLease({ holding })))
    expect(made.risk.level).toBe(name === 'keep' ? 'high' : 'medium')
  })
})

describe('keep', () => {
  test('of what was left as somebody else made it weighs nothing: no call of ours puts it back', () => {
    expect(plan(keepLease, {}, left)).toMatchObject({ size: 0, risk: { level: 'medium' } })
  })

  test('makes what is held stay, and asks AWS nothing', () => {
    expect(plan(keepLease, {})).toMatchObject({
      title: 'Make the temporary change of *orders-api* permanent',
      invocation: 'lease keep prod.us-east-1/web/orders-api --lease 8fac260597f6',
      changes: [{ what: 'bounds 8..10, requested by requester', from: 'ends 2026-11-22 05:00 UTC', to: 'permanent' }],
      calls: [{ service: 'quarterdeck', action: 'KeepLease', input: { lease: first.operation } }],
      risk: { level: 'medium' },
    })
  })

  test('of what was left says what somebody else made of it', () => {
    expect(plan(keepLease, {}, left).changes[0]?.from).toBe('not reverted: 20..30')
  })

  test.each<[string, Holding, boolean]>([
    [
      'a suspension has no end then: the rules say who may',
      { kind: 'suspension', in: true, out: false, scheduled: false },
      true,
    ],
    ['a count is only a count', { kind: 'count', tasks: 8 }, false],
  ])('%s', (_, holding, isPermanent) => {
    const found = holding.kind === 'count' ? { tasks: 4 } : { in: false, out: false, scheduled: false }
    expect('isPermanent' in plan(keepLease, {}, aBook(found, aLease({ holding })))).toBe(isPermanent)
  })
})

describe.each([
  ['extend', extendLease, { by: 60 }, 'lease extend prod.us-east-1/web/orders-api 1h --lease'],
  ['keep', keepLease, {}, 'lease keep prod.us-east-1/web/orders-api --lease'],
] as const)('which one to %s', (_, command, values, line) => {
  test('is asked where there are several', () => {
    expect(refusal(command, values, two)).toMatchObject({
      text: '*orders-api* has 2 temporary changes.',
      hint: 'Which one?',
      offers: [
        { label: 'requester: a minimum of 8', invocation: `${line} 8fac260597f6` },
        { label: 'requester: a minimum of 12', invocation: `${line} c0ffee00beef` },
      ],
    })
  })

  test('is said by the beginning of its id', () => {
    expect(plan(command, { ...values, lease: 'c0ffee00beef' }, two).calls[0]?.input['lease']).toBe(second.operation)
  })

  test.each([
    ['there is none', undefined, undefined],
    ['none has that id', two, 'abcdef'],
  ])('is nobody’s guess when %s', (_, book, lease) => {
    const state = aScaling(book && { book })
    expect(command.plan({ ...values, lease }, state)).toMatchObject({
      text: '*orders-api* has no such temporary change.',
      hint: '`/ecs leases` lists temporary changes.',
    })
  })
})

describe('leases', () => {
  test('are listed with who, until when, and what comes back, the next to end first', () => {
    const { text, blocks } = leases.render([two], {})
    expect(text).toMatchInlineSnapshot(`
      "Temporary changes, the next to end first
      prod.us-east-1/web/orders-api: a minimum of 8 until 2026-11-22 05:00 UTC, by requester
      prod.us-east-1/web/orders-api: a minimum of 12 until 2026-11-22 09:00 UTC, by requester"
    `)
    expect(JSON.stringify(blocks)).toContain(
      'Then continues: a minimum of 12; the last to end reverts to minimum and maximum 4..10',
    )
  })

  test('are none', () => {
    expect(leases.render([], {}).text).toBe('There are no temporary changes.')
  })

  test('that were left wait for a decision: they are kept so, no longer extended or ended', () => {
    const said = JSON.stringify(leases.render([left], {}).blocks)
    expect(said).toContain('not reverted: someone else changed it to 20..30')
    expect(said).toContain('Keep')
    expect(said).not.toContain('Revert Now')
  })
})
