// How far back /ecs why looks.
import { expect, test } from 'vitest'
import { periodOf } from '../../../src/features/incidents/why-period.ts'

const NOW = Date.parse('2026-11-22T12:00:00Z')

test.each([
  [{ since: 1.5 }, '2026-11-22T11:58:00.000Z'],
  [{ since: 90 }, '2026-11-22T10:30:00.000Z'],
  [{ since: '10:30' }, '2026-11-22T10:30:00.000Z'],
  [{ since: '2026-11-21T10:30:00+01:00' }, '2026-11-21T09:30:00.000Z'],
])('%j begins at %s', (asked, from) => {
  expect(periodOf(asked, 'UTC', NOW)).toMatchObject({ period: { from, until: '2026-11-22T12:00:00.000Z' } })
})

test.each([
  [{ since: '2026-11-22T13:00' }, 'is in the future.'],
  [{ since: '2026-11-22T11:30Z', at: '11:00' }, 'is after `--at`.'],
  [{ since: '2026-11-01T00:00Z' }, 'at most 14 days'],
  [{ at: '2026-11-22T13:00Z' }, 'is in the future.'],
])('%j is refused: %s', (asked, words) => {
  expect(periodOf(asked, 'UTC', NOW)).toMatchObject({ kind: 'refusal', text: expect.stringContaining(words) })
})
