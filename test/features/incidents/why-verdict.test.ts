// The first line of /ecs why.
import { expect, test } from 'vitest'
import type { Cause } from '../../../src/features/incidents/causes.ts'
import type { Change } from '../../../src/features/incidents/change.ts'
import type { Why } from '../../../src/features/incidents/load-why.ts'
import { renderWhy } from '../../../src/features/incidents/render-why.ts'
import { LIMITS, misfits } from '../../../src/kit/messages/limits.ts'
import { aRef } from '../../builders.ts'

const period = { from: '2026-11-22T09:00:00.000Z', until: '2026-11-22T12:00:00.000Z' }
const healthy = { summary: 'is healthy and steady', concerns: [] }
const ill = { summary: 'needs attention', concerns: ['2 of 4 tasks are not running'] }

const change = (clock: string, brief: string, more: Partial<Change> = {}): Change => ({
  at: `2026-11-22T${clock}:00.000Z`,
  what: brief,
  brief,
  who: { kind: 'unknown' },
  isBad: false,
  ...more,
})
const cause = (first: Change, ...others: readonly Change[]): Cause => {
  const changes = [first, ...others] as const
  return { changes, isBad: changes.some(({ isBad }) => isBad), last: changes.at(-1)?.at ?? first.at, times: 1 }
}
const scaled = cause(change('11:40', 'scale orders-api 6'))
const failed = cause(
  change('10:02', 'deployed :8', { isBad: true }),
  change('10:03', '9 tasks out of memory', { isBad: true }),
  change('10:09', 'rolled back to :7', { isBad: true }),
)

const aWhy = (why: Partial<Why>): Why => ({
  ref: aRef(),
  asking: { period, minutes: 180, words: 'in the last 3 h', isPast: false },
  health: healthy,
  causes: [],
  count: why.causes?.reduce((sum, { changes }) => sum + changes.length, 0) ?? 0,
  unread: [],
  now: period.until,
  all: 'why orders-api --all',
  ...why,
})
const verdict = (why: Partial<Why>): string => renderWhy(aWhy(why)).text.replace(/2026-11-22 (\d\d:\d\d) UTC/g, '$1')

test('nothing changed, with and without a problem, and when something was not read', () => {
  expect(verdict({})).toBe('orders-api: nothing changed in the last 3 h')
  expect(verdict({ unread: ['CloudTrail'] })).toBe(
    'orders-api: nothing changed in the last 3 h, as far as could be read',
  )
  expect(verdict({ health: ill })).toBe('❌ orders-api: nothing changed in the last 3 h; 2 of 4 tasks are not running')
})

test('a problem of now is told with the cause that belongs to it in time, else with the newest change', () => {
  const chain = 'deployed :8 10:02 → 9 tasks out of memory 10:03 → rolled back to :7 10:09'
  expect(verdict({ health: ill, causes: [failed] })).toBe(`❌ orders-api: ${chain}`)
  expect(verdict({ health: ill, causes: [scaled, failed] })).toBe(
    '❌ orders-api: 2 of 4 tasks are not running. Newest change: scale orders-api 6 11:40',
  )
  expect(verdict({ causes: [scaled, failed] })).toBe(`orders-api is healthy and steady. Last problem: ${chain}`)
  expect(verdict({ causes: [scaled] })).toBe(
    'orders-api is healthy and steady. Newest change: scale orders-api 6 11:40',
  )
})

test('of a past time, nothing is said about the health of now', () => {
  const asking = { period, minutes: 60, words: 'in the 1 h before <2026-11-22T11:00Z>', isPast: true }
  expect(verdict({ asking, health: ill })).toBe('orders-api: nothing changed in the 1 h before 11:00')
  expect(verdict({ asking, health: ill, causes: [scaled] })).toBe(
    'orders-api: no problem found. Newest change: scale orders-api 6 11:40',
  )
})

test('many changes, many steps and hostile names fit into a message', () => {
  const bad = '*<!channel> `x` <2026-11-22T10:00Z>'.repeat(30)
  const steps = Array.from({ length: 40 }, (_, nth) =>
    change('10:02', bad, {
      ...{ cause: 'd', isBad: true, link: { text: 'deployment', url: `https://example.com/${'x'.repeat(900)}` } },
      who: {
        kind: 'person',
        name: `${bad}${nth}`,
        approvers: Array.from({ length: 9 }, (_, one) => `U${one}`),
        isBreakGlass: true,
      },
    }),
  )
  const causes = Array.from({ length: 60 }, () => cause(change('10:01', bad), ...steps))
  for (const all of [true, undefined] as const) {
    const message = renderWhy(aWhy({ causes, unread: Array.from({ length: 30 }, () => bad) }), { all })
    expect(misfits(message)).toEqual([])
    expect(message.text.length).toBeLessThan(LIMITS.text)
    expect(message.text).not.toContain('<!channel>')
  }
})
