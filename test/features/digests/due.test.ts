// When a digest is due: outages, and the hours that clocks skip or show twice.
import { describe, expect, test } from 'vitest'
import { lastDue, nextDue } from '../../../src/features/digests/due.ts'

const LONG_AGO = '2026-01-01T00:00:00.000Z'
const BERLIN = { cron: 'cron(30 2 * * ? *)', zone: 'Europe/Berlin' }

/** Every time at which a look each five minutes finds the digest due, each once. */
const dues = (digest: typeof BERLIN, from: string, until: string): readonly string[] => {
  const found = new Set<string>()
  for (let at = Date.parse(from); at < Date.parse(until); at += 300_000) {
    const due = lastDue(digest, LONG_AGO, new Date(at).toISOString())
    if (due !== undefined) found.add(due)
  }
  return [...found]
}

describe('a digest is due', () => {
  const daily = { cron: 'cron(0 9 * * ? *)', zone: 'UTC' }

  test('at its minute, and for a day after it', () => {
    expect(lastDue(daily, LONG_AGO, '2026-11-23T08:59:59.999Z')).toBe('2026-11-22T09:00:00.000Z')
    expect(lastDue(daily, LONG_AGO, '2026-11-23T09:00:00.000Z')).toBe('2026-11-23T09:00:00.000Z')
    expect(lastDue(daily, LONG_AGO, '2026-11-23T11:20:00.000Z')).toBe('2026-11-23T09:00:00.000Z')
    const monthly = { cron: 'cron(0 9 1 * ? *)', zone: 'UTC' }
    expect(lastDue(monthly, LONG_AGO, '2026-11-02T08:00:00.000Z')).toBe('2026-11-01T09:00:00.000Z')
    expect(lastDue(monthly, LONG_AGO, '2026-11-02T09:00:00.000Z')).toBeUndefined()
  })

  test('only after it is known', () => {
    expect(lastDue(daily, '2026-11-23T09:00:00.000Z', '2026-11-23T09:05:00.000Z')).toBeUndefined()
    expect(lastDue(daily, '2026-11-23T08:59:00.000Z', '2026-11-23T09:05:00.000Z')).toBe('2026-11-23T09:00:00.000Z')
  })
})

describe('the clocks', () => {
  test('skip the hour: it is due once, when the hour ends', () => {
    expect(dues(BERLIN, '2027-03-27T12:00:00Z', '2027-03-29T12:00:00Z')).toEqual([
      '2027-03-27T01:30:00.000Z',
      '2027-03-28T01:00:00.000Z',
      '2027-03-29T00:30:00.000Z',
    ])
  })

  test('show the hour twice: it is due once, the first time', () => {
    expect(dues(BERLIN, '2026-10-24T12:00:00Z', '2026-10-26T12:00:00Z')).toEqual([
      '2026-10-24T00:30:00.000Z',
      '2026-10-25T00:30:00.000Z',
      '2026-10-26T01:30:00.000Z',
    ])
  })

  test('one that is due each hour is due once in both', () => {
    const hourly = { cron: 'cron(15 * * * ? *)', zone: 'Europe/Berlin' }
    expect(dues(hourly, '2026-10-25T00:00:00Z', '2026-10-25T03:00:00Z')).toEqual([
      '2026-10-24T23:15:00.000Z',
      '2026-10-25T00:15:00.000Z',
      '2026-10-25T02:15:00.000Z',
    ])
  })

  test('go by half an hour on Lord Howe Island', () => {
    const howe = { cron: 'cron(45 1 * * ? *)', zone: 'Australia/Lord_Howe' }
    expect(dues(howe, '2027-04-03T10:00:00Z', '2027-04-04T10:00:00Z')).toHaveLength(2)
  })
})

test('the next time is in the zone of the digest', () => {
  expect(nextDue({ cron: 'cron(0 9 ? * MON *)', zone: 'Europe/Berlin' }, '2026-11-22T12:00:00.000Z')).toBe(
    '2026-11-23T08:00:00.000Z',
  )
})
