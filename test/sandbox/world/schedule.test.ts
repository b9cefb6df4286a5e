import { expect, test } from 'vitest'
import { isTimezone, nextOf, parseSchedule } from '../../../sandbox/world/autoscaling/schedule.ts'

const FROM = Date.parse('2026-11-22T03:00:00Z') // a Sunday

const nextTimes = (text: string, zone = 'UTC', span: object = {}, from = FROM) => {
  const schedule = parseSchedule(text)
  if (!schedule) throw new Error(`no schedule ${text}`)
  const times: string[] = []
  let at = nextOf(schedule, zone, { from, ...span })
  while (at !== undefined && times.length < 3) {
    times.push(new Date(at).toISOString().slice(0, 16))
    at = nextOf(schedule, zone, { from: at, ...span })
  }
  return times
}

test.each<[string, string, readonly string[]]>([
  ['at(2026-11-22T20:00:00)', 'UTC', ['2026-11-22T20:00']],
  ['at(2026-11-22T20:00:00)', 'America/New_York', ['2026-11-23T01:00']],
  ['at(2026-11-22T02:00:00)', 'UTC', []],
  ['rate(1 hour)', 'UTC', ['2026-11-22T04:00', '2026-11-22T05:00', '2026-11-22T06:00']],
  ['rate(3 days)', 'UTC', ['2026-11-25T03:00', '2026-11-28T03:00', '2026-12-01T03:00']],
  ['cron(0 20 ? * MON-FRI *)', 'UTC', ['2026-11-23T20:00', '2026-11-24T20:00', '2026-11-25T20:00']],
  ['cron(0 8 ? * 2 *)', 'Europe/Berlin', ['2026-11-23T07:00', '2026-11-30T07:00', '2026-12-07T07:00']],
  ['cron(0/30 9-10 * * ? *)', 'UTC', ['2026-11-22T09:00', '2026-11-22T09:30', '2026-11-22T10:00']],
  ['cron(15,45 3 * * ? *)', 'UTC', ['2026-11-22T03:15', '2026-11-22T03:45', '2026-11-23T03:15']],
  ['cron(0 0 L * ? *)', 'UTC', ['2026-11-30T00:00', '2026-12-31T00:00', '2027-01-31T00:00']],
  ['cron(0 0 ? * FRIL *)', 'UTC', ['2026-11-27T00:00', '2026-12-25T00:00', '2027-01-29T00:00']],
  ['cron(0 0 ? * MON#1 *)', 'UTC', ['2026-12-07T00:00', '2027-01-04T00:00', '2027-02-01T00:00']],
  ['cron(0 0 29 2 ? *)', 'UTC', ['2028-02-29T00:00', '2032-02-29T00:00', '2036-02-29T00:00']],
  ['cron(0 0 1 JAN ? 2027)', 'UTC', ['2027-01-01T00:00']],
])('%s in %s', (text, zone, expected) => {
  expect(nextTimes(text, zone)).toEqual(expected)
})

test('clocks that change take a daily action along', () => {
  const before = Date.parse('2026-03-28T00:00:00Z')
  expect(nextTimes('cron(0 9 * * ? *)', 'Europe/Berlin', {}, before)).toEqual([
    '2026-03-28T08:00',
    '2026-03-29T07:00',
    '2026-03-30T07:00',
  ])
})

test('between a start and an end only', () => {
  const startAt = FROM + 86_400_000
  const endAt = FROM + 2.5 * 86_400_000
  expect(nextTimes('cron(0 3 * * ? *)', 'UTC', { startAt, endAt })).toEqual(['2026-11-23T03:00', '2026-11-24T03:00'])
  expect(nextTimes('rate(1 day)', 'UTC', { startAt, endAt })).toEqual(['2026-11-23T03:00', '2026-11-24T03:00'])
})

test.each([
  '',
  'every day',
  'at(2026-11-22)',
  'at(2026-13-22T20:00:00)',
  'rate(0 minutes)',
  'rate(1 minutes)',
  'rate(2 minute)',
  'rate(5 seconds)',
  'cron(0 20 * * * *)',
  'cron(0 20 ? * ? *)',
  'cron(60 20 ? * MON *)',
  'cron(0 24 ? * MON *)',
  'cron(0 20 ? 13 MON *)',
  'cron(0 20 15W * ? *)',
  'cron(0 20 ? * MON)',
  'cron(0 20 ? * MON * *)',
])('"%s" is no schedule', text => {
  expect(parseSchedule(text)).toBeUndefined()
})

test('time zones are those of IANA', () => {
  expect(['Europe/Berlin', 'Etc/GMT+9', 'Mars/Olympus', ''].map(isTimezone)).toEqual([true, true, false, false])
})
