import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Approval, type ApprovalEvent, transition } from '../../../src/engine/change/approval.ts'
import type { Actor } from '../../../src/model/ecs.ts'

const actor = (user: string, team = 'T1'): Actor => ({ team, user, name: user.toLowerCase() })
const requester = actor('U0')
/** An actor with a corporate id of their own. */
const by = (user: string, corporateId = `${user}@example.com`) => ({ actor: actor(user), corporateId })
const anApproval = (approval: Partial<Approval> = {}): Approval => ({
  operation: 'op',
  version: 1,
  requester,
  quorum: 1,
  approvers: ['operators'],
  maySelfApprove: false,
  ruleNumber: 1,
  askedAt: '2026-11-22T03:00:00.000Z',
  expiresAt: '2026-11-22T11:00:00.000Z',
  remindMinutes: 15,
  fingerprint: 'f',
  votes: [],
  ...approval,
})
const at = '2026-11-22T04:00:00.000Z'
const late = '2026-11-22T11:00:00.000Z'

describe('one event on a pending approval', () => {
  test.each<[string, ApprovalEvent, object]>([
    [
      'an approval settles a quorum of one',
      { kind: 'approve', ...by('U1'), at },
      { approval: { decision: { outcome: 'approved', by: { user: 'U1' } }, version: 2 } },
    ],
    [
      'what settled it elsewhere closes it, also after its end',
      { kind: 'close', outcome: 'superseded', reason: 'Rolled back by ann', at: late },
      { approval: { decision: { outcome: 'superseded', reason: 'Rolled back by ann' }, version: 2 } },
    ],
    [
      'who deployed is excluded',
      { kind: 'exclude', people: ['U1@example.com'], requester: actor('U1'), quorum: 2, at },
      { approval: { excluded: ['U1@example.com'], requester: { user: 'U1' }, quorum: 2, version: 2 } },
    ],
    [
      'a rejection settles',
      { kind: 'reject', ...by('U1'), at, reason: 'no' },
      { approval: { decision: { outcome: 'rejected', reason: 'no' } } },
    ],
    [
      'the requester may cancel',
      { kind: 'cancel', ...by('U0'), at },
      { approval: { decision: { outcome: 'cancelled' } } },
    ],
    [
      'where nobody can be asked, it is over',
      { kind: 'withdraw', at },
      { approval: { decision: { outcome: 'cancelled' } } },
    ],
    ['nobody else may cancel', { kind: 'cancel', ...by('U1'), at }, { kind: 'not-yours-to-cancel' }],
    ['the requester may not approve', { kind: 'approve', ...by('U0'), at }, { kind: 'own-request' }],
    ['it does not expire before its time', { kind: 'expire', at }, { kind: 'not-yet' }],
    ['it expires at its time', { kind: 'expire', at: late }, { approval: { decision: { outcome: 'expired' } } }],
    [
      'a vote in the moment of the end is too late',
      { kind: 'approve', ...by('U1'), at: late },
      { approval: { decision: { outcome: 'expired' } } },
    ],
  ])('%s', (_, event, result) => {
    expect(transition(anApproval(), event)).toMatchObject(result)
  })
})

test('one person is one corporate id, also with several Slack users and workspaces', () => {
  const asked = anApproval({ quorum: 2, corporateId: 'requester@example.com' })
  const own = { kind: 'approve', at, ...by('U9', 'requester@example.com') } as const
  expect(transition(asked, own)).toEqual({ kind: 'own-request' })
  expect(transition(asked, { kind: 'approve', at, ...by('U0'), actor: actor('U0', 'T2') })).toEqual({
    kind: 'own-request',
  })
  const first = transition(asked, { kind: 'approve', at, ...by('U1', 'approver@example.com') })
  if (first.kind !== 'changed') throw new Error(first.kind)
  const twice = transition(first.approval, { kind: 'approve', at, ...by('U2', 'approver@example.com') })
  expect(twice).toEqual({ kind: 'voted-already' })
  const cancelled = transition(asked, { kind: 'cancel', at, ...by('U9', 'requester@example.com') })
  expect(cancelled).toMatchObject({ approval: { decision: { outcome: 'cancelled' } } })
})

test('a quorum of two needs two people', () => {
  const first = transition(anApproval({ quorum: 2 }), { kind: 'approve', ...by('U1'), at })
  if (first.kind !== 'changed') throw new Error(first.kind)
  expect(first.approval.decision).toBeUndefined()
  expect(transition(first.approval, { kind: 'approve', ...by('U1'), at })).toEqual({ kind: 'voted-already' })
  expect(transition(first.approval, { kind: 'approve', ...by('U2'), at })).toMatchObject({
    approval: { decision: { outcome: 'approved' } },
  })
})

test('whatever happens, in whatever order, it settles at most once and never without its quorum', () => {
  const someone = fc.integer({ min: 0, max: 4 }).map(n => by(`U${n}`))
  const when = fc.constantFrom(at, late)
  const flat = <T extends { readonly who: ReturnType<typeof by> }>({ who, ...event }: T) => ({ ...event, ...who })
  const event: fc.Arbitrary<ApprovalEvent> = fc.oneof(
    fc.record({ kind: fc.constantFrom('approve' as const, 'cancel' as const), who: someone, at: when }).map(flat),
    fc.record({ kind: fc.constant('reject' as const), who: someone, at: when }).map(flat),
    fc.record({ kind: fc.constantFrom('expire' as const, 'withdraw' as const), at: when }),
  )
  fc.assert(
    fc.property(fc.array(event, { maxLength: 20 }), fc.integer({ min: 1, max: 3 }), (events, quorum) => {
      let approval = anApproval({ quorum })
      let settledAs: string | undefined
      for (const next of events) {
        const result = transition(approval, next)
        if (result.kind === 'changed') {
          expect(settledAs).toBeUndefined()
          expect(result.approval.version).toBe(approval.version + 1)
          approval = result.approval
        }
        settledAs = approval.decision?.outcome
      }
      const voters = new Set(approval.votes.map(({ voter }) => voter.user))
      expect(voters.size).toBe(approval.votes.length)
      expect(voters.has('U0')).toBe(false)
      if (settledAs === 'approved') expect(voters.size).toBe(quorum)
    }),
  )
})

describe('at a gate', () => {
  const vote = (user: string) => ({ voter: actor(user), corporateId: `${user}@example.com`, at })
  const exclude = (quorum: number, ...users: readonly string[]): ApprovalEvent => ({
    kind: 'exclude',
    people: users.map(user => `${user}@example.com`),
    requester: actor(users[0] ?? 'U0'),
    quorum,
    at,
  })

  test('who deployed does not approve, also after the click was checked', () => {
    const approval = anApproval({ excluded: ['U1@example.com'], maySelfApprove: true })
    expect(transition(approval, { kind: 'approve', ...by('U1'), at })).toEqual({ kind: 'own-request' })
    expect(transition(approval, { kind: 'approve', ...by('U9', 'U1@example.com'), at })).toEqual({
      kind: 'own-request',
    })
  })

  test('a vote of who deployed is struck, and the others may suffice then', () => {
    const approval = anApproval({ quorum: 3, votes: [vote('U1'), vote('U2')] })
    expect(transition(approval, exclude(2, 'U1'))).toMatchObject({ approval: { votes: [vote('U2')], quorum: 2 } })
    expect(transition(approval, exclude(1, 'U1'))).toMatchObject({
      approval: { votes: [vote('U2')], decision: { outcome: 'approved', by: { user: 'U2' } } },
    })
    expect(transition(approval, exclude(1, 'U1', 'U2'))).not.toHaveProperty('approval.decision')
  })
})
