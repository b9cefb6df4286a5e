import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { kinds } from '../../../src/kit/language/grammar.ts'
import { absoluteCount } from '../../../src/kit/language/kinds/count.ts'
import type { Kind } from '../../../src/kit/language/kinds/kind.ts'
import { isProblem } from '../../../src/model/errors.ts'

describe('a count', () => {
  test.each([
    ['6', 4, 6],
    ['0', 4, 0],
    ['+2', 4, 6],
    ['-1', 4, 3],
    ['x2', 4, 8],
    ['X3', 4, 12],
    ['×2', 4, 8],
    ['x1.5', 4, 6],
    ['50%', 4, 2],
    ['50%', 5, 3],
    ['50%', 1, 1],
    ['1%', 4, 1],
    ['110%', 100, 110],
    ['-9', 4, -5],
  ])('%s of a service set to %i is %i', (text, current, wanted) => {
    const count = kinds.count.parse(text)
    expect(isProblem(count) ? count.text : absoluteCount(count, current)).toBe(wanted)
  })

  test.each([
    'banana',
    '',
    '1e9',
    '0x10',
    '1.5',
    '+',
    '-',
    '--5',
    '+0',
    '-0',
    'x1',
    'x0',
    '0%',
    '100%',
    '-50%',
    '5001',
    '99999999999',
    '6 ',
    'NaN',
    '१२',
  ])('refuses %j with what would be right', text => {
    const problem = kinds.count.parse(text)
    expect(isProblem(problem) && problem.text.length > 10).toBe(true)
  })

  test('a share of running tasks never reaches none', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 1, max: 99 }), (current, percent) => {
        const wanted = absoluteCount({ kind: 'percent', percent }, current)
        expect(wanted).toBeGreaterThanOrEqual(1)
        expect(wanted).toBeLessThanOrEqual(current)
      }),
    )
  })
})

const saidOf = <Name extends keyof typeof kinds>(name: Name, text: string): unknown => {
  const value = kinds[name].parse(text)
  return isProblem(value) ? `${value.text} ${value.hint ?? ''}`.trim() : value
}

describe('bounds', () => {
  test.each([
    ['4..20', { min: 4, max: 20 }],
    ['4...20', { min: 4, max: 20 }],
    ['4…20', { min: 4, max: 20 }],
    ['0..1', { min: 0, max: 1 }],
    ['6..6', { min: 6, max: 6 }],
    ['1..5000', { min: 1, max: 5_000 }],
  ])('%s', (text, bounds) => {
    expect(saidOf('bounds', text)).toEqual(bounds)
    expect(kinds.bounds.parse(kinds.bounds.print(bounds))).toEqual(bounds)
  })

  test.each([
    ['4..2', 'The minimum (4) is more than the maximum (2). Did you mean `2..4`?'],
    [
      '0..0',
      'A minimum and maximum of 0 would stop the service, and autoscaling could not start it. To stop it: `scale <service> 0`.',
    ],
    ['1..99999', '99999 tasks are more than ECS runs in one service (5,000). Write minimum and maximum: `4..20`.'],
    ['4', '`4` is not a minimum and a maximum. Write minimum and maximum: `4..20`.'],
    ['4-20', '`4-20` is not a minimum and a maximum. Write minimum and maximum: `4..20`.'],
    ['-1..4', '`-1..4` is not a minimum and a maximum. Write minimum and maximum: `4..20`.'],
    ['4....20', '`4....20` is not a minimum and a maximum. Write minimum and maximum: `4..20`.'],
    ['4..', '`4..` is not a minimum and a maximum. Write minimum and maximum: `4..20`.'],
    ['1.5..4', '`1.5..4` is not a minimum and a maximum. Write minimum and maximum: `4..20`.'],
    ['4..1e3', '`4..1e3` is not a minimum and a maximum. Write minimum and maximum: `4..20`.'],
    ['१..४', '`१..४` is not a minimum and a maximum. Write minimum and maximum: `4..20`.'],
    ['', '`` is not a minimum and a maximum. Write minimum and maximum: `4..20`.'],
  ])('%j is none: %s', (text, words) => {
    expect(saidOf('bounds', text)).toBe(words)
  })
})

test.each([
  ['in', 'in'],
  ['out', 'out'],
  ['scheduled', 'scheduled'],
  ['both', '`both` is not a direction. Write `in`, `out` or `scheduled`, or leave it out.'],
  ['IN', '`IN` is not a direction. Write `in`, `out` or `scheduled`, or leave it out.'],
])('the direction %s: %s', (text, said) => {
  expect(saidOf('direction', text)).toBe(said)
})

test.each([
  ['idle', 'idle'],
  ['Graviton', 'graviton'],
  ['all', '`all` is no way to save that is known here. Write `idle`, `rightsizing`, `spot` or `graviton`.'],
])('the saving %s: %s', (text, said) => {
  expect(saidOf('saving', text)).toBe(said)
})

test.each([
  ['8fac260597f6', '8fac260597f6'],
  ['8fac260597f64d1c-9a3e', '8fac260597f64d1c-9a3e'],
  ['8fac2', '`8fac2` is not the id of a temporary change. `/ecs leases` lists them.'],
  ['8fac260597f6`*', '`8fac260597f6`*` is not the id of a temporary change. `/ecs leases` lists them.'],
  ['x'.repeat(80), `\`${'x'.repeat(70)}\` is not the id of a temporary change. \`/ecs leases\` lists them.`],
])('the id %s: %s', (text, said) => {
  expect(saidOf('id', text)).toBe(said)
})

test.each([
  ['8fac260597f6', '8fac260597f6'],
  ['zzz', '`zzz` is not an id. Copy it from the card or the list that prints it.'],
])('the printed id %s: %s', (text, said) => {
  expect(saidOf('printed', text)).toBe(said)
})

describe('the kinds of autoscaling', () => {
  test.each<['when' | 'zone' | 'metric' | 'level' | 'cooldown' | 'policy', string, string]>([
    ['when', 'Weekdays  8:45', 'weekdays 08:45'],
    ['when', 'tue,mon,tue 18:00', 'mon,tue 18:00'],
    ['when', 'at 2026-12-24t18:00', 'at 2026-12-24T18:00'],
    ['when', 'cron(0 8 ? * MON-FRI *)', 'cron(0 8 ? * MON-FRI *)'],
    ['zone', 'europe/madrid', 'Europe/Madrid'],
    ['zone', 'UTC', 'UTC'],
    ['metric', 'CPU', 'cpu'],
    ['level', '60%', '60'],
    ['level', '62.5', '62.5'],
    ['cooldown', '60s', '1m'],
    ['cooldown', '90s', '90s'],
    ['cooldown', '0s', '0s'],
    ['cooldown', '1h', '1h'],
    ['policy', 'my policy', 'my policy'],
  ])('%s %s is written %s, and read back', (name, text, written) => {
    const kind = kinds[name] as Kind<unknown>
    const value = kind.parse(text)
    expect(kind.print(value)).toBe(written)
    expect(kind.parse(written)).toEqual(value)
  })

  test.each<['when' | 'zone' | 'metric' | 'level' | 'cooldown' | 'policy', string, string]>([
    ['when', 'weekdays', '`weekdays` does not say when.'],
    ['when', 'constructor 08:45', '`constructor 08:45` does not say when.'],
    ['when', 'weekdays 24:00', '`24:00` is not a time of day.'],
    ['when', 'mon,someday 8:00', '`mon,someday 8:00` does not say when.'],
    ['when', 'at tomorrow', '`tomorrow` is not a date with a time.'],
    ['when', 'cron(0 8) rate(1 day)', '`cron(0 8) rate(1 day)` does not say when.'],
    ['zone', '+01:00', '`+01:00` is not a time zone.'],
    ['zone', '../etc', '`../etc` is not a time zone.'],
    ['metric', 'disk', '`disk` is not a metric.'],
    ['level', '-1', '`-1` is not a target.'],
    ['cooldown', '25h', '`25h` is not a cooldown of at most 24 h.'],
    ['policy', 'x'.repeat(257), 'That name is not 1 to 256 characters long.'],
  ])('%s %s is none: %s', (name, text, words) => {
    expect(saidOf(name, text)).toContain(words)
  })
})

describe('how far back', () => {
  test.each([
    ['90s', 1.5, '90s'],
    ['1h30m', 90, '90m'],
    ['1w', 10_080, '7d'],
    ['-15m', 15, '15m'],
    ['15m ago', 15, '15m'],
    ['14:05', '14:05', '14:05'],
    ['9:30:15', '9:30:15', '9:30:15'],
    ['2026-11-22 14:05', '2026-11-22T14:05', '2026-11-22T14:05'],
    ['2026-11-22', '2026-11-22T00:00', '2026-11-22T00:00'],
    ['2026-11-22T14:05:00Z', '2026-11-22T14:05:00Z', '2026-11-22T14:05:00Z'],
    ['2026-11-22T14:05:00.123+01:00', '2026-11-22T14:05:00.123+01:00', '2026-11-22T14:05:00.123+01:00'],
  ])('%s is %s, written %s', (text, value, written) => {
    expect(saidOf('since', text)).toBe(value)
    expect(kinds.since.print(value)).toBe(written)
    expect(saidOf('since', written)).toBe(value)
  })

  test.each(['', 'yesterday', '25:00', '2026-13-01T00:00Z', '2026-11-22T14:05+99:00', '15', '31d', '0s', '14:05Z'])(
    '%j is a problem that says what to write',
    text => {
      expect(saidOf('since', text)).toMatch(/Write `15m`, `1h30m`, `14:05` or `2026-11-22T14:05Z`\.|At most 30 days/)
    },
  )
})

describe('a duration', () => {
  test.each([
    ['30m', 30, '30m'],
    ['90m', 90, '90m'],
    ['120m', 120, '2h'],
    ['2h', 120, '2h'],
    ['24h', 1_440, '1d'],
    ['30d', 43_200, '30d'],
    ['1h30m', 90, '90m'],
    ['1.5h', 90, '90m'],
    ['1w', 10_080, '7d'],
    ['1d12h', 2_160, '36h'],
    ['120s', 2, '2m'],
    ['2 hours', 120, '2h'],
    ['45min', 45, '45m'],
  ])('%s is %i minutes, written %s', (text, minutes, written) => {
    expect(saidOf('duration', text)).toBe(minutes)
    expect(kinds.duration.print(minutes)).toBe(written)
  })

  test.each([
    ['0h', 'The duration is zero. Write `30m`, `2h` or `3d`.'],
    ['000m', 'The duration is zero. Write `30m`, `2h` or `3d`.'],
    ['400d', '400d is too long. At most 30 days.'],
    ['721h', '721h is too long. At most 30 days.'],
    ['-2h', '`-2h` is not a duration. Write `30m`, `2h` or `3d`.'],
    ['2', '`2` is not a duration. Write `30m`, `2h` or `3d`.'],
    ['h', '`h` is not a duration. Write `30m`, `2h` or `3d`.'],
    ['90s', '`90s` is not a number of whole minutes. Write `30m`, `2h` or `3d`.'],
    ['5w', '5w is too long. At most 30 days.'],
    ['1h30', '`1h30` is not a duration. Write `30m`, `2h` or `3d`.'],
    ['2 fortnights', '`2 fortnights` is not a duration. Write `30m`, `2h` or `3d`.'],
    ['2026-11-22', '`2026-11-22` is not a duration. Write `30m`, `2h` or `3d`.'],
  ])('%s is none: %s', (text, words) => {
    expect(saidOf('duration', text)).toBe(words)
  })
})
