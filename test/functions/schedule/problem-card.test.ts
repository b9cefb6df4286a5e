// What a channel is told of a problem that it may see in part.

import { expect, test } from 'vitest'
import { headlineText } from '../../../src/features/incidents/problems/headline.ts'
import type { Problem } from '../../../src/features/incidents/problems/problem.ts'
import { shownOf } from '../../../src/functions/schedule/problems/post-card.ts'
import { viewsOf } from '../../../src/functions/schedule/problems/views.ts'

const arnOf = (name: string) => `arn:aws:ecs:us-east-1:111122223333:service/web/${name}`
const partOf = (first: string) => ({
  ...{ kinds: { pull: 2 }, tasks: 2, first, last: '2026-12-01T09:00:00Z', words: 'pull rate limit' },
  failed: { id: 'abcdef0123456789', createdAt: first, container: 'app' },
})
const PROBLEM: Problem = {
  ...{ id: '8fac260597f6', key: 'k', cause: { kind: 'registry', name: 'ghcr.io' }, state: 'open', more: 40 },
  ...{ first: '2026-12-01T07:00:00Z', last: '2026-12-01T09:00:00Z' },
  parts: {
    [arnOf('orders-api')]: partOf('2026-12-01T08:00:00Z'),
    [arnOf('payments-api')]: partOf('2026-12-01T07:00:00Z'),
    [arnOf('search')]: partOf('2026-12-01T08:00:00Z'),
  },
}

/** The channel's owner may view `names` alone. */
const seen = (names: readonly string[], problem: Problem, more: object = {}) => {
  const config = {
    ...{
      accounts: [{ name: 'prod', id: '111122223333' }],
      people: {},
      access: [],
      redaction: { emails: false, patterns: [] },
    },
    subscriptions: [{ channel: 'C1', targets: names.map(name => `web/${name}`), ...more }],
  }
  const subscribed = { channel: 'C1', configured: config.subscriptions, people: [] }
  const board = { config, subscriptions: [], problems: new Map([[problem.id, { problem, version: 1 }]]) }
  return viewsOf(subscribed as never, board as never, { inputs: {}, tags: new Map() } as never)
}

test('services that it may not see do not count', () => {
  const [view] = seen(['orders-api', 'search'], PROBLEM)
  expect(view && headlineText(view)).toContain('2 services: cannot pull from ghcr.io')
  expect(seen(['orders-api'], PROBLEM, { minSeverity: 'critical' })).toEqual([])
  expect(seen(['*'], PROBLEM, { minSeverity: 'critical' })).toHaveLength(1)
})

test('the time of a problem that is over is that of its own services', () => {
  const over = {
    ...PROBLEM,
    state: 'closed',
    closedAt: '2026-12-01T09:20:00Z',
    endedAt: '2026-12-01T09:00:00Z',
  } as const
  const [view] = seen(['orders-api'], over)
  expect(view && headlineText(view)).toContain('over after 1 h')
})

test('lines of a service that it may no longer see are not shown, nor given to another', () => {
  const card = {
    ...{ channel: 'C1', id: PROBLEM.id, ids: [PROBLEM.id], madeAt: '2026-12-01T09:00:00Z' },
    ...{
      about: arnOf('payments-api'),
      lines: ['cannot charge the card'],
      difference: 'Since payments-api:7: memory 512 → 256',
    },
  }
  const shown = (names: readonly string[]) => JSON.stringify(shownOf(card, seen(names, PROBLEM)).message)
  expect(shown(['payments-api', 'search'])).toContain('cannot charge the card')
  expect(shown(['search'])).not.toMatch(/cannot charge|payments-api/)
})
