// Times of day in the zone of whoever asks.
import { expect, test } from 'vitest'
import { createOffsets, knownZone, resolveMoment, zoneWords } from '../../src/model/time.ts'

const NOW = Date.parse('2026-11-22T13:30:00Z')
const iso = (at: number) => new Date(at).toISOString()

test.each([
  ['14:05', 'Europe/Berlin', '2026-11-22T13:05:00.000Z'],
  ['14:05', 'UTC', '2026-11-21T14:05:00.000Z'],
  ['9:30:15', 'UTC', '2026-11-22T09:30:15.000Z'],
  ['23:59', 'America/New_York', '2026-11-22T04:59:00.000Z'],
  ['2026-07-01T12:00', 'Europe/Berlin', '2026-07-01T10:00:00.000Z'],
  ['00:00', 'Asia/Kolkata', '2026-11-21T18:30:00.000Z'],
])('%s in %s is %s', (moment, zone, at) => {
  expect(iso(resolveMoment(moment, zone, NOW))).toBe(at)
})

test('a zone says how far it is from UTC, and one that nobody knows is UTC', () => {
  expect(zoneWords('Europe/Berlin', NOW)).toBe('Europe/Berlin (UTC+1)')
  expect(zoneWords('Asia/Kolkata', NOW)).toMatch(/ \(UTC\+5:30\)$/)
  expect(zoneWords('America/New_York', NOW)).toBe('America/New_York (UTC−5)')
  expect(knownZone('Etc/UTC')).toBe('UTC')
  expect(knownZone('Mars/Olympus')).toBe('UTC')
  expect(knownZone(undefined)).toBe('UTC')
})

test('offsets follow the change to winter time', () => {
  const offset = createOffsets('Europe/Berlin')
  expect(offset(Date.parse('2026-10-25T00:59:59Z'))).toBe(7_200_000)
  expect(offset(Date.parse('2026-10-25T01:00:00Z'))).toBe(3_600_000)
})
