// The simulation itself: a few fixed seeds pass, a seed is the same story each time, and the judge sees what is wrong.
import { beforeAll, describe, expect, test } from 'vitest'
import { createChance, seedOfRun } from '../../simulate/chance.ts'
import { drawSchedule } from '../../simulate/draw.ts'
import type { Evidence } from '../../simulate/evidence.ts'
import { INVARIANTS, judge } from '../../simulate/judge.ts'
import { run, runSchedule } from '../../simulate/run.ts'
import type { Step } from '../../simulate/step.ts'
import { FORGERIES } from './simulate-forgeries.ts'

const at = (step: Step) => ({ after: 500, step })

/** One change of each kind, approved and done. */
const PLAIN = [
  at({ kind: 'ask', user: 'U0REQUEST', channel: 'C0OPS', line: 'scale prod.us-east-1/web/orders-api 6' }),
  at({ kind: 'vote', op: 0, user: 'U0APPROVE', choice: 'approve' }),
  at({ kind: 'ask', user: 'U0REQUEST', channel: 'C0OPS', line: 'restart prod.us-east-1/web/checkout' }),
  at({ kind: 'vote', op: 1, user: 'U0SECOND', choice: 'approve' }),
  at({ kind: 'ask', user: 'U0REQUEST', channel: 'C0OPS', line: 'scale prod.us-east-1/jobs/orders-worker 9' }),
  at({ kind: 'vote', op: 2, user: 'U0APPROVE', choice: 'reject' }),
  at({ kind: 'ask', user: 'U0REQUEST', channel: 'C0OPS', line: 'scale prod.us-east-1/web/search 7 --for 5m' }),
  at({ kind: 'vote', op: 3, user: 'U0APPROVE', choice: 'approve' }),
  at({ kind: 'service', service: 'jobs/orders-worker', does: 'deploys another' }),
  at({ kind: 'ask', user: 'U0REQUEST', channel: 'C0OPS', line: 'rollback prod.us-east-1/jobs/orders-worker' }),
  at({ kind: 'vote', op: 4, user: 'U0APPROVE', choice: 'approve' }),
  at({ kind: 'ask', user: 'U0REQUEST', channel: 'C0OPS', line: 'exec prod.us-east-1/web/orders-api:app -- exit 3' }),
  at({ kind: 'vote', op: 5, user: 'U0APPROVE', choice: 'approve' }),
  at({ kind: 'ask', user: 'U0REQUEST', channel: 'C0OPS', line: 'exec orders-api:app --interactive --for 5m' }),
  at({ kind: 'vote', op: 6, user: 'U0APPROVE', choice: 'approve' }),
  at({ kind: 'enter', op: 0 }),
]

let clean: Evidence
beforeAll(async () => {
  const { evidence, violations } = await runSchedule(1, PLAIN)
  expect(violations).toEqual([])
  expect(evidence.operations.map(({ ending }) => ending)).toEqual([
    'done',
    'done',
    'rejected',
    'reverted',
    'done',
    'failed',
    'reverted',
  ])
  clean = evidence
})

describe('fixed seeds', () => {
  test.each([seedOfRun(7, 2)])('seed %i: no invariant is broken', async seed => {
    const { violations, trace } = await run(seed)
    expect(violations, trace.join('\n')).toEqual([])
  })

  test('an offer that is taken, and a card whose channel closes', async () => {
    const { evidence, violations } = await runSchedule(2, [
      at({ kind: 'ask', user: 'U0REQUEST', channel: 'C0OPS', line: 'scale prod.us-east-1/web/orders-api 1' }),
      at({ kind: 'offer', op: 0, nth: 0, user: 'U0SECOND' }),
      at({ kind: 'vote', op: 1, user: 'U0APPROVE', choice: 'reject' }),
      at({ kind: 'offer', op: 0, nth: 0 }),
      at({ kind: 'archive', channel: 'C0OPS', isArchived: true }),
      at({ kind: 'ask', user: 'U0REQUEST', channel: 'C0OPS', line: 'restart prod.us-east-1/web/orders-api' }),
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
    const seed = seedOfRun(7, 27)
    const schedule = drawSchedule(createChance(seed))
    expect(drawSchedule(createChance(seed))).toEqual(schedule)
    const story = async () => {
      const { evidence, trace } = await runSchedule(seed, schedule)
      const { operations, writes, posted } = evidence
      return {
        trace,
        endings: operations.map(({ line, ending, recheckedAt }) => [line, ending, recheckedAt]),
        writes: writes.map(({ input, at: when, isDone }) => [input, when, isDone]),
        posted: posted.map(({ text, ts }) => [text, ts]),
      }
    }
    expect(await story()).toEqual(await story())
  })
})

describe('the judge', () => {
  test.each(FORGERIES)('sees %s', (_, invariant, forge) => {
    const [scaled, restarted, rejected, leased, rolledBack, ran, granted] = clean.operations
    if (!scaled || !restarted || !rejected || !leased || !rolledBack || !ran || !granted)
      throw new Error('one of each kind')
    const found = judge({
      ...clean,
      ...forge(clean, { scaled, restarted, rejected, leased, rolledBack, ran, granted }),
    })
    expect(found.map(violation => violation.invariant)).toContain(invariant)
  })

  test('there is a forgery for every invariant', () => {
    expect(new Set(FORGERIES.map(([, invariant]) => invariant))).toEqual(new Set(Object.keys(INVARIANTS)))
  })
})
