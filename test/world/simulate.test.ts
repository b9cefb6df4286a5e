// The simulation itself: a few fixed seeds pass, a seed is the same story each time, and the judge sees what is wrong.
import { beforeAll, describe, expect, test } from 'vitest'
import { createChance, seedOfRun } from '../../sandbox/simulate/chance.ts'
import { drawSchedule } from '../../sandbox/simulate/draw.ts'
import type { Evidence, Operation, Update } from '../../sandbox/simulate/evidence.ts'
import { INVARIANTS, judge } from '../../sandbox/simulate/judge.ts'
import { run, runSchedule } from '../../sandbox/simulate/run.ts'
import type { Step } from '../../sandbox/simulate/step.ts'

const at = (step: Step) => ({ after: 500, step })

/** One change of each kind, both approved and done. */
const PLAIN = [
  at({ kind: 'ask', user: 'U0REQUEST', channel: 'C0OPS', line: 'scale prod.us-east-1/web/orders-api 6' }),
  at({ kind: 'vote', op: 0, user: 'U0APPROVE', choice: 'approve' }),
  at({ kind: 'ask', user: 'U0REQUEST', channel: 'C0OPS', line: 'restart prod.us-east-1/web/checkout' }),
  at({ kind: 'vote', op: 1, user: 'U0SECOND', choice: 'approve' }),
  at({ kind: 'ask', user: 'U0REQUEST', channel: 'C0OPS', line: 'scale prod.us-east-1/jobs/orders-worker 9' }),
  at({ kind: 'vote', op: 2, user: 'U0APPROVE', choice: 'reject' }),
]

let clean: Evidence
beforeAll(async () => {
  const { evidence, violations } = await runSchedule(1, PLAIN)
  expect(violations).toEqual([])
  expect(evidence.operations.map(({ ending }) => ending)).toEqual(['done', 'done', 'rejected'])
  clean = evidence
})

describe('fixed seeds', () => {
  test.each([seedOfRun(7, 1)])('seed %i: no invariant is broken', async seed => {
    const { violations, trace } = await run(seed)
    expect(violations, trace.join('\n')).toEqual([])
  })

  test('an offer that is taken, and a card whose channel closes', async () => {
    const { evidence, violations } = await runSchedule(2, [
      at({ kind: 'ask', user: 'U0REQUEST', channel: 'C0OPS', line: 'scale prod.us-east-1/web/orders-api 1' }),
      at({ kind: 'offer', op: 0, nth: 0, user: 'U0SECOND' }),
      at({ kind: 'offer', op: 0, nth: 0 }),
      at({ kind: 'archive', channel: 'C0OPS', isArchived: true }),
      at({ kind: 'ask', user: 'U0REQUEST', channel: 'C0OPS', line: 'restart prod.us-east-1/web/orders-api' }),
      at({ kind: 'vote', op: 1, user: 'U0APPROVE', choice: 'reject' }),
      at({ kind: 'vote', op: 2, user: 'U0APPROVE', choice: 'approve' }),
    ])
    expect(violations).toEqual([])
    expect(evidence.operations.map(({ user, ending }) => [user, ending])).toEqual([
      ['U0REQUEST', 'superseded'],
      ['U0SECOND', 'rejected'],
      ['U0REQUEST', 'done'],
    ])
    const [, , replaced] = evidence.operations
    expect(evidence.posted.filter(({ operation }) => operation === replaced?.id)).toMatchObject([
      { channel: 'C0OPS', hasButtons: true },
      { channel: 'C0APPROVALS', hasButtons: false },
    ])
  })

  test('a schedule is the same story each time', async () => {
    const seed = seedOfRun(7, 5)
    const schedule = drawSchedule(createChance(seed))
    expect(drawSchedule(createChance(seed))).toEqual(schedule)
    const story = async () => {
      const { evidence, trace } = await runSchedule(seed, schedule.slice(0, 8))
      const { operations, updates, posted } = evidence
      return {
        trace,
        endings: operations.map(({ line, ending, recheckedAt }) => [line, ending, recheckedAt]),
        updates: updates.map(({ input, at: when, isDone }) => [input, when, isDone]),
        posted: posted.map(({ text, ts }) => [text, ts]),
      }
    }
    expect(await story()).toEqual(await story())
  })
})

/** The evidence of a clean run with something wrong put into it. */
type Forgery = (evidence: Evidence, scaled: Operation, restarted: Operation, rejected: Operation) => Partial<Evidence>

const withOperation = ({ operations }: Evidence, id: string, change: Partial<Operation>): Partial<Evidence> => ({
  operations: operations.map(operation => (operation.id === id ? { ...operation, ...change } : operation)),
})

const updateOf = ({ updates }: Evidence, id: string): Update => {
  const found = updates.find(({ operation }) => operation === id)
  if (found === undefined) throw new Error(`no UpdateService of ${id}`)
  return found
}

const approvalOf = ({ approval }: Operation) => {
  if (approval === undefined) throw new Error('nobody was asked')
  return approval
}

const FORGERIES: readonly (readonly [string, string, Forgery])[] = [
  [
    'an UpdateService of a rejected operation',
    'every UpdateService was allowed',
    (evidence, scaled, _, rejected) => ({
      updates: [...evidence.updates, { ...updateOf(evidence, scaled.id), operation: rejected.id }],
    }),
  ],
  [
    'an UpdateService of nobody',
    'every UpdateService was allowed',
    (evidence, scaled) => ({ updates: [...evidence.updates, { ...updateOf(evidence, scaled.id), operation: '' }] }),
  ],
  [
    'the vote of whoever asked',
    'every UpdateService was allowed',
    (evidence, scaled) => withOperation(evidence, scaled.id, { user: 'U0APPROVE' }),
  ],
  [
    'one person’s two votes',
    'every UpdateService was allowed',
    (evidence, scaled) =>
      withOperation(evidence, scaled.id, {
        approval: {
          ...approvalOf(scaled),
          quorum: 2,
          votes: [...approvalOf(scaled).votes, ...approvalOf(scaled).votes],
        },
      }),
  ],
  [
    'a halt in force',
    'every UpdateService was allowed',
    (_, { recheckedAt = 0 }) => ({ halts: [{ from: recheckedAt - 1, until: recheckedAt + 1 }] }),
  ],
  [
    'a lock in force',
    'every UpdateService was allowed',
    (_, { recheckedAt = 0 }) => ({
      holds: [{ from: recheckedAt - 1, until: recheckedAt + 1, scope: { accountId: '111122223333', cluster: 'web' } }],
    }),
  ],
  [
    'an actor without access',
    'every UpdateService was allowed',
    ({ inForce }, { recheckedAt = 0 }) => ({
      inForce: inForce.map(one => ({ ...one, at: recheckedAt - 1, rules: 'ops only' as const })),
    }),
  ],
  [
    'a voter without access',
    'every UpdateService was allowed',
    ({ inForce }, { recheckedAt = 0 }) => ({
      inForce: inForce.map(one => ({ ...one, at: recheckedAt - 1, groups: { ...one.groups, S0OPS: [] } })),
    }),
  ],
  [
    'another input than was planned',
    'what was planned is what runs',
    (evidence, scaled) => ({ updates: [{ ...updateOf(evidence, scaled.id), input: { desiredCount: 7 } }] }),
  ],
  [
    'a restart sent twice',
    'a restart is sent once',
    (evidence, _, restarted) => ({ updates: [...evidence.updates, updateOf(evidence, restarted.id)] }),
  ],
  [
    'an intent recorded too late',
    'the intent is recorded first',
    ({ recorded }) => ({ recorded: recorded.map(one => ({ ...one, order: 1e9 })) }),
  ],
  [
    'an execution that failed',
    'every operation ends, in a known way',
    (evidence, scaled) => withOperation(evidence, scaled.id, { status: 'FAILED' }),
  ],
  ['a second card', 'one card tells the end', ({ posted }) => ({ posted: [...posted, ...posted] })],
  [
    'a card that still asks',
    'one card tells the end',
    ({ posted }) => ({ posted: posted.map(one => ({ ...one, hasButtons: true })) }),
  ],
  [
    'a card that says otherwise than the audit',
    'the audit agrees with the card',
    (evidence, scaled) => withOperation(evidence, scaled.id, { ending: 'failed' }),
  ],
  [
    'an audit record that was taken out',
    'the audit’s chains hold',
    ({ chains }) => ({
      chains: Object.fromEntries(Object.entries(chains).map(([chain, records]) => [chain, records.slice(1)])),
    }),
  ],
  [
    '“nothing was changed”, and AWS has changed',
    'words are true',
    ({ posted }) => ({ posted: posted.map(one => ({ ...one, text: `${one.text}. Nothing was changed.` })) }),
  ],
  ['“done”, and AWS never heard of it', 'words are true', () => ({ updates: [] })],
  [
    'a decision that was made again',
    'decided once',
    ({ approvals }) => ({ approvals: [...approvals, ...approvals.slice(-1)] }),
  ],
  [
    'a decision that nobody kept',
    'decisions are kept',
    (evidence, scaled) => withOperation(evidence, scaled.id, { ending: 'rejected' }),
  ],
  [
    'a decision that nobody heard',
    'nobody sleeps on a decision',
    (evidence, scaled) => withOperation(evidence, scaled.id, { wokenAt: (scaled.wokenAt ?? 0) + 3_600_000 }),
  ],
  [
    'a plan that was given up for nothing',
    'an offer replaces what it was taken instead of',
    (evidence, _, __, rejected) =>
      withOperation(evidence, rejected.id, {
        approval: { ...approvalOf(rejected), decision: { outcome: 'superseded', at: '2026-11-22T03:05:00.000Z' } },
      }),
  ],
  ['a lock that stays', 'no lock stays', () => ({ locks: ['lock#arn'] })],
  ['a secret in a log', 'secrets stay secret', ({ said, secrets }) => ({ said: [...said, `token=${secrets[0]}`] })],
  ['too many updates', 'Slack’s limit on updates is never met', () => ({ overdrawn: 1 })],
  ['a change that was denied, and has run', '“nothing has run” is true', () => ({ denied: ['scale orders-api 6'] })],
  [
    'a dry run that asked',
    'a dry run asks nobody',
    (evidence, scaled) => withOperation(evidence, scaled.id, { line: `${scaled.line} --dry-run` }),
  ],
]

describe('the judge', () => {
  test.each(FORGERIES)('sees %s', (_, invariant, forge) => {
    const [scaled, restarted, rejected] = clean.operations
    if (scaled === undefined || restarted === undefined || rejected === undefined) throw new Error('three operations')
    const found = judge({ ...clean, ...forge(clean, scaled, restarted, rejected) })
    expect(found.map(violation => violation.invariant)).toContain(invariant)
  })

  test('there is a forgery for every invariant', () => {
    expect(new Set(FORGERIES.map(([, invariant]) => invariant))).toEqual(new Set(Object.keys(INVARIANTS)))
  })
})
