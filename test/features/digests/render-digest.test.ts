// What a digest shows: within Slack's limits with any names, and only what it was given.
import { describe, expect, test } from 'vitest'
import { OPEN_CARD } from '../../../src/engine/cards/card.ts'
import { DIGEST_TOPICS, type Digest } from '../../../src/engine/rules/config.ts'
import type { CollectedDigest } from '../../../src/features/digests/collect.ts'
import type { DigestItem } from '../../../src/features/digests/item.ts'
import { isFirstOfWeek, trendOf } from '../../../src/features/digests/picture-digest.ts'
import type { Run } from '../../../src/features/digests/records.ts'
import { renderDigest, renderThread } from '../../../src/features/digests/render-digest.ts'
import { isInPlaces } from '../../../src/features/digests/scope.ts'
import { sinceOf } from '../../../src/features/digests/since.ts'
import { emergencyItems, waitingItems } from '../../../src/features/digests/stored-items.ts'
import { viewOf } from '../../../src/features/digests/view.ts'
import { assertFits } from '../../../src/kit/messages/limits.ts'
import { draw } from '../../../src/kit/pictures/draw.ts'
import { aRef } from '../../builders.ts'

const NOW = '2026-11-23T09:00:00.000Z'
const DIGEST: Digest = {
  ...{
    name: 'all',
    cron: 'cron(0 9 * * ? *)',
    zone: 'UTC',
    channel: 'C0OPS',
    topics: DIGEST_TOPICS,
    owners: ['S0OPS'],
  },
}
const LONG = `${'x'.repeat(255)}/${'y'.repeat(255)}`

const collected = (items: readonly DigestItem[], more: Partial<CollectedDigest> = {}): CollectedDigest => ({
  ...{ groups: [{ key: 'k', items }], services: 10_000, unread: [], notes: [], next: 0 },
  ...more,
})
const view = (items: readonly DigestItem[], more?: Partial<CollectedDigest>) =>
  viewOf(DIGEST, collected(items, more), {}, { now: NOW })

describe('the largest digest', () => {
  const items = DIGEST_TOPICS.flatMap(topic =>
    Array.from(
      { length: 300 },
      (_, n): DigestItem => ({
        ...{ topic, id: `${topic} ${n}`, facts: '', rank: n },
        line: `*${LONG}*: ${'\u{1F525}'.repeat(100)} <2026-11-23T09:00Z> \`${LONG}\``,
        buttons: [{ label: `Open ${LONG}`, action: n % 2 === 0 ? OPEN_CARD : 'run', value: `op-${n}` }],
      }),
    ),
  )
  const unread = Array.from({ length: 60 }, (_, n) => ({ key: `${n}`, text: LONG }))

  test('fits into a message and its thread', () => {
    const large = view(items, { unread, notes: [LONG, LONG] })
    assertFits(renderDigest(large))
    const thread = renderThread(large)
    expect(thread).toHaveLength(5)
    for (const message of thread) assertFits(message)
    expect(JSON.stringify(thread.at(-1))).toContain('and 2,250 more lines that are not shown')
  })

  test('has no two blocks of one id', () => {
    const ids = renderDigest(view(items)).blocks.flatMap(block => block['block_id'] ?? [])
    expect(new Set(ids).size).toBe(ids.length)
  })
})

test('one that could not read anything says so in its first line', () => {
  expect(renderDigest(view([], { unread: [{ key: 'a', text: 'no' }] })).text).toBe(
    'Digest all: nothing new in what could be read, one read failed',
  )
})

test('names and titles become no markup, and commands in containers are not shown', () => {
  const requester = { team: 'T1', user: 'U1', name: '*evil* `x` <2026-11-23T09:00Z>' }
  const target = aRef()
  const pending = {
    key: { pk: 'pending', sk: `${target.arn}#op-1` },
    version: 1,
    value: {
      ...{ title: 'Scale *x*\n`y`', requester, target, approvers: [], maySelfApprove: false },
      expiresAt: '2026-11-23T10:00:00.000Z',
    },
  }
  const [waiting] = waitingItems([pending], () => true, NOW)
  expect(waiting?.line).toBe('*Scale xy*, requested by evil x 2026-11-23T09:00Z>, expires <2026-11-23T10:00Z>')
  expect(waitingItems([pending], () => false, NOW)).toEqual([])
  const record = {
    ...{
      id: 'i',
      kind: 'intent' as const,
      at: NOW,
      actor: requester,
      corporateId: 'c',
      target: target.arn,
      operation: 'op-2',
    },
    ...{ configVersion: 'v', isBreakGlass: true as const, sequence: 1, previous: '', hash: '' },
    invocation: 'exec web/orders-api --reason "the secret project" -- printenv TOKEN=hunter2',
  } as const
  const [emergency] = emergencyItems({ records: [record], refOf: () => target }, () => true)
  expect(emergency?.line).toContain('ran `exec web/orders-api` without approval')
  expect(emergency?.line).not.toMatch(/hunter2|secret/)
})

test.each([
  [['prod'], true],
  [['prod.us-east-1'], true],
  [['prod/web'], true],
  [['prod.us-east-1/web'], true],
  [['staging', 'prod.us-east-1/web'], true],
  [['prod.eu-west-1'], false],
  [['prod.us-east-1/we'], false],
  [['pro'], false],
])('places %j have web in prod, us-east-1: %j', (places, has) => {
  expect(isInPlaces({ places }, { account: 'prod', region: 'us-east-1', cluster: 'web' })).toBe(has)
})

test('deployments are told since two weeks, or since a longer time that the last digest was before', () => {
  expect(sinceOf(undefined, NOW)).toBe('2026-11-09T09:00:00.000Z')
  expect(sinceOf('2026-11-22T09:00:00.000Z', NOW)).toBe('2026-11-09T09:00:00.000Z')
  expect(sinceOf('2026-10-23T09:00:00.000Z', NOW)).toBe('2026-10-22T09:00:00.000Z')
  expect(sinceOf('2026-01-01T09:00:00.000Z', NOW)).toBe('2026-09-22T09:00:00.000Z')
})

describe('the trend', () => {
  const aRun = (due: string, told: number): Run => ({
    ...{ due, at: due, tries: 1, channel: 'C0OPS', result: 'posted' },
    counts: { cost: { open: 40, told } },
    savings: { open: 1_234, told: told * 10 },
  })
  const runs = [
    aRun('2026-11-23T09:00:00.000Z', 3),
    aRun('2026-11-20T09:00:00.000Z', 2),
    aRun('2026-11-16T09:00:00.000Z', 5),
  ]

  test('has a row a week, and says the same in words', () => {
    const [lines, savings] = trendOf('all', runs)
    expect(lines?.alt).toBe('Digest all: open and new lines. Week of 2026-11-16: 40, 7; Week of 2026-11-23: 40, 3')
    expect(savings?.alt).toContain('Week of 2026-11-16: 1,234, 70')
    for (const picture of trendOf('all', runs)) expect(draw(picture).length).toBeGreaterThan(1_000)
  })

  test('is told once a week, from the second week on', () => {
    expect(trendOf('all', runs.slice(1))).toEqual([])
    expect(isFirstOfWeek(runs)).toBe(true)
    expect(isFirstOfWeek([aRun('2026-11-24T09:00:00.000Z', 1), ...runs])).toBe(false)
  })
})
