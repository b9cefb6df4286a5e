import { describe, expect, test } from 'vitest'
import { lastFiring, nextFiring } from '../../../src/features/scaling/schedule-expression.ts'
import type { ScheduledBounds } from '../../../src/model/ecs.ts'

/** A Sunday. */
const NOW = '2026-11-22T03:00:00.000Z'
const next = (expression: string, more: Partial<ScheduledBounds> = {}, after = NOW): string | undefined =>
  nextFiring({ name: 'x', expression, timezone: 'UTC', ...more }, after)?.replace(':00.000Z', 'Z')

describe('at', () => {
  test.each([
    ['UTC', '2026-12-01T08:00Z'],
    ['Europe/Berlin', '2026-12-01T07:00Z'],
    ['America/New_York', '2026-12-01T13:00Z'],
    ['Asia/Kolkata', '2026-12-01T02:30Z'],
  ])('in %s is due at %s', (timezone, at) => {
    expect(next('at(2026-12-01T08:00:00)', { timezone })).toBe(at)
  })

  test('is never due again', () => {
    expect(next('at(2026-11-22T03:00:00)')).toBeUndefined()
    expect(next('at(2026-11-22T03:01:00)')).toBe('2026-11-22T03:01Z')
  })
})

describe('rate', () => {
  test.each([
    ['rate(5 minutes)', '2026-11-22T03:05Z'],
    ['rate(1 minute)', '2026-11-22T03:01Z'],
    ['rate(12 hours)', '2026-11-22T15:00Z'],
    ['rate(1 day)', '2026-11-23T03:00Z'],
  ])('%s from now on is due at %s', (expression, at) => {
    expect(next(expression)).toBe(at)
  })

  test.each([
    ['counts from its start', '2026-11-20T00:30:00.000Z', '2026-11-22T03:30Z'],
    ['waits for its start', '2026-11-25T00:30:00.000Z', '2026-11-25T01:30Z'],
  ])('%s', (_, starts, at) => {
    expect(next('rate(1 hour)', { starts })).toBe(at)
  })
})

describe('cron', () => {
  test.each([
    ['every day', '0 8 * * ? *', '2026-11-22T08:00Z'],
    ['a quarter of an hour', '0/15 8-10 * * ? *', '2026-11-22T08:00Z'],
    ['every twenty minutes', '*/20 * ? * * *', '2026-11-22T03:20Z'],
    ['numeric weekdays, Monday to Friday', '0 8 ? * 2-6 *', '2026-11-23T08:00Z'],
    ['Sunday, which is 1', '0 8 ? * 1 *', '2026-11-22T08:00Z'],
    ['Saturday, which is 7', '0 8 ? * 7 *', '2026-11-28T08:00Z'],
    ['the whole week', '0 2 ? * 1-7 *', '2026-11-23T02:00Z'],
    ['a list of weekdays', '0 8 ? * 4,6 *', '2026-11-25T08:00Z'],
    ['every other weekday from Monday', '0 2 ? * 2/2 *', '2026-11-23T02:00Z'],
    ['names of weekdays', '0 8 ? * MON-FRI *', '2026-11-23T08:00Z'],
    ['names of months', '0 8 1 JAN,MAR ? *', '2027-01-01T08:00Z'],
    ['numbers of months', '0 8 1 2-3 ? *', '2027-02-01T08:00Z'],
    ['the last day of the month', '0 0 L * ? *', '2026-11-30T00:00Z'],
    ['the last day of the week', '0 8 ? * L *', '2026-11-28T08:00Z'],
    ['the last Friday of the month', '0 8 ? * 6L *', '2026-11-27T08:00Z'],
    ['the weekday nearest to a Saturday', '0 8 12W * ? *', '2026-12-11T08:00Z'],
    ['the weekday nearest to a Sunday', '0 8 13W 12 ? *', '2026-12-14T08:00Z'],
    ['the second Monday', '0 8 ? * 2#2 *', '2026-12-14T08:00Z'],
    ['the first Friday', '0 8 ? * FRI#1 *', '2026-12-04T08:00Z'],
    ['a year', '0 8 1 1 ? 2028', '2028-01-01T08:00Z'],
    ['years', '0 8 1 1 ? 2028-2030', '2028-01-01T08:00Z'],
  ])('%s: %s', (_, expression, at) => {
    expect(next(`cron(${expression})`)).toBe(at)
  })

  test('comes no sooner than its start, and on it', () => {
    expect(next('cron(0 8 * * ? *)', { starts: '2026-11-25T08:00:00.000Z' })).toBe('2026-11-25T08:00Z')
    expect(next('cron(0 8 * * ? *)', { starts: '2026-11-25T08:00:01.000Z' })).toBe('2026-11-26T08:00Z')
    expect(next('cron(0 8 * * ? *)', { starts: '2026-11-20T00:00:00.000Z' })).toBe('2026-11-22T08:00Z')
  })

  test('comes no later than its end', () => {
    expect(next('cron(0 8 * * ? *)', { ends: '2026-11-22T08:00:00.000Z' })).toBe('2026-11-22T08:00Z')
    expect(next('cron(0 8 * * ? *)', { ends: '2026-11-22T07:59:59.000Z' })).toBeUndefined()
  })

  test('is due after a moment, never at it', () => {
    expect(next('cron(0 3 * * ? *)')).toBe('2026-11-23T03:00Z')
  })

  test.each([
    ['before clocks go back', '2026-10-24T10:00:00.000Z', '2026-10-25T07:00Z'],
    ['before clocks go forward', '2026-03-28T10:00:00.000Z', '2026-03-29T06:00Z'],
    ['in summer', '2026-07-01T10:00:00.000Z', '2026-07-02T06:00Z'],
    ['in winter', '2026-12-01T10:00:00.000Z', '2026-12-02T07:00Z'],
  ])('eight in Berlin is eight in Berlin, %s', (_, after, at) => {
    expect(next('cron(0 8 * * ? *)', { timezone: 'Europe/Berlin' }, after)).toBe(at)
  })

  test('an hour that clocks skip is not skipped by the schedule', () => {
    const at = next('cron(30 2 * * ? *)', { timezone: 'Europe/Berlin' }, '2026-03-28T12:00:00.000Z')
    expect(at?.slice(0, 10)).toBe('2026-03-29')
  })
})

test.each([
  '',
  'soon',
  'at()',
  'at(tomorrow)',
  'at(0 8 * * ? *)',
  'at(2026-13-01T08:00:00)',
  'rate(0 minutes)',
  'rate(5 weeks)',
  'rate(-5 minutes)',
  'rate(five minutes)',
  'cron()',
  'cron(0 8 * * ?)',
  'cron(0 0 8 * * ? *)',
  'cron(99 8 * * ? *)',
  'cron(0 8 ? * 9 *)',
  'cron(0 8 ? * 0 *)',
  'cron(0 8 30 2 ? *)',
  'cron(0 8 1 1 ? 2020)',
  'cron(2026-12-01T08:00:00)',
  'cron(0 8 * * ? *) ',
])('%j is no expression of AWS’s, or is never due', expression => {
  expect(next(expression)).toBeUndefined()
})

test('a timezone that is none is no schedule', () => {
  expect(next('cron(0 8 * * ? *)', { timezone: 'Mars/Olympus' })).toBeUndefined()
  expect(next('at(2026-12-01T08:00:00)', { timezone: 'Mars/Olympus' })).toBeUndefined()
})

test.each([
  ['cron(0 12 * * ? *)', {}, '2026-11-25T11:00:00.000Z', '2026-11-24T12:00:00.000Z'],
  ['cron(0 12 * * ? *)', {}, '2026-11-22T12:00:00.000Z', undefined],
  ['cron(0 12 * * ? *)', { ends: '2026-11-23T13:00:00.000Z' }, '2026-11-25T11:00:00.000Z', '2026-11-23T12:00:00.000Z'],
  ['rate(1 hour)', {}, '2026-11-22T05:30:00.000Z', '2026-11-22T05:00:00.000Z'],
  ['rate(1 hour)', {}, '2026-11-22T05:00:00.000Z', '2026-11-22T04:00:00.000Z'],
  ['at(2026-11-22T08:00:00)', {}, '2026-11-25T11:00:00.000Z', '2026-11-22T08:00:00.000Z'],
  ['at(2026-11-22T02:00:00)', {}, '2026-11-25T11:00:00.000Z', undefined],
  ['cron(nonsense)', {}, '2026-11-25T11:00:00.000Z', undefined],
])('%s %j last runs before %s at %s', (expression, more, until, at) => {
  const schedule = { name: 'n', expression, timezone: 'UTC', ...more }
  expect(lastFiring(schedule, '2026-11-22T03:00:00.000Z', until)).toBe(at)
})
