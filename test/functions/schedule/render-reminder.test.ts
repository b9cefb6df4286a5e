import { describe, expect, test } from 'vitest'
import type { Face } from '../../../src/engine/cards/card.ts'
import type { Approval } from '../../../src/engine/change/approval.ts'
import { reminderAt } from '../../../src/engine/jobs/timers.ts'
import { renderReminder } from '../../../src/functions/schedule/render-reminder.ts'
import { assertFits } from '../../../src/kit/messages/limits.ts'
import type { Rendered } from '../../../src/model/ports/message.ts'
import { aRef } from '../../builders.ts'

const requester = { team: 'T1', user: 'U0REQUEST', name: 'requester' }

const aFace = (title = 'Scale *orders-api* from 4 to 12'): Face => ({
  operation: 'op',
  plan: {
    kind: 'plan',
    command: 'scale',
    invocation: 'scale orders-api 12',
    title,
    target: aRef(),
    changes: [],
    risk: { level: 'low', reasons: [] },
    size: 8,
    tasks: 12,
    consequences: [],
    offers: [],
    calls: [],
    binds: {},
    drifts: {},
  },
  requester,
  corporateId: 'requester@example.com',
  askedIn: 'C0OPS',
  rule: 'consent rule 4',
  configVersion: 'v',
})

const anApproval = (approval: Partial<Approval> = {}): Approval => ({
  operation: 'op',
  version: 1,
  requester,
  quorum: 2,
  approvers: ['S0OPS', 'U0SECOND'],
  maySelfApprove: false,
  ruleNumber: 3,
  askedAt: '2026-11-22T03:00:00.000Z',
  expiresAt: '2026-11-22T11:00:00.000Z',
  remindMinutes: 15,
  fingerprint: 'f',
  votes: [],
  ...approval,
})

/** Elements of a rich text, as they are heard. */
const heard = ({ blocks }: Rendered): string =>
  [...JSON.stringify(blocks).matchAll(/"(?:text|usergroup_id|user_id|fallback)":"([^"]*)"/g)]
    .map(([, text]) => text)
    .join('')

describe('a reminder', () => {
  test('says what waits, since when, on whom, until when', () => {
    const reminder = renderReminder(aFace(), anApproval())
    assertFits(reminder)
    expect(heard(reminder)).toMatchInlineSnapshot(
      `"Still waiting: Scale orders-api from 4 to 12, requested by requester 2026-11-22 03:00 UTC. It needs 2 approvals from S0OPS or 1 other, not @requester, by 2026-11-22 11:00 UTC; otherwise nothing is changed."`,
    )
    expect(reminder.text).toMatchInlineSnapshot(
      `"Still waiting: Scale orders-api from 4 to 12, requested by requester. It needs 2 approvals."`,
    )
  })

  test('names who has approved, and mentions nobody where anyone may', () => {
    const votes = [{ voter: { ...requester, user: 'U2', name: 'second' }, at: '2026-11-22T03:10:00.000Z' }]
    const reminder = renderReminder(aFace(), anApproval({ approvers: ['operators'], votes, maySelfApprove: true }))
    expect(heard(reminder)).toMatchInlineSnapshot(
      `"Still waiting: Scale orders-api from 4 to 12, requested by requester 2026-11-22 03:00 UTC. Approved by second so far. It needs 1 more approval from any operator, by 2026-11-22 11:00 UTC; otherwise nothing is changed."`,
    )
    expect(JSON.stringify(reminder.blocks)).not.toMatch(/usergroup|user_id/)
  })

  test('takes nothing from a title as markup', () => {
    const reminder = renderReminder(aFace('Scale *<!channel>* `x` & more'), anApproval())
    expect(reminder.text).not.toContain('<!')
    expect(JSON.stringify(reminder.blocks)).not.toMatch(/"type":"(broadcast|link|mrkdwn)"/)
  })
})

describe('reminders are due', () => {
  const dues = (approval: Approval) =>
    [1, 2, 3, 4, 5, 6].map(number => reminderAt(approval, number)?.slice(11, 16) ?? 'none')

  test.each<[string, Partial<Approval>, readonly string[]]>([
    ['15 minutes, then twice as long', {}, ['03:15', '03:45', '04:45', '06:45', '10:45', 'none']],
    [
      'none at the expiry',
      { expiresAt: '2026-11-22T03:45:00.000Z' },
      ['03:15', 'none', 'none', 'none', 'none', 'none'],
    ],
    ['an hour', { remindMinutes: 60 }, ['04:00', '06:00', '10:00', 'none', 'none', 'none']],
    ['never', { remindMinutes: 0 }, ['none', 'none', 'none', 'none', 'none', 'none']],
  ])('%s', (_, approval, times) => {
    expect(dues(anApproval(approval))).toEqual(times)
  })
})
