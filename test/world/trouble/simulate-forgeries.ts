// Ways in which a clean run could have been wrong, one for each thing that the judge of simulations has to see.
import type { Evidence, Operation, QuantityChange, Write } from '../../simulate/evidence.ts'

/** The evidence of a clean run with something wrong put into it. */
type Forgery = (
  evidence: Evidence,
  of: Readonly<Record<'scaled' | 'restarted' | 'rejected' | 'leased' | 'rolledBack' | 'ran' | 'granted', Operation>>,
) => Partial<Evidence>

const withOperation = ({ operations }: Evidence, id: string, change: Partial<Operation>): Partial<Evidence> => ({
  operations: operations.map(operation => (operation.id === id ? { ...operation, ...change } : operation)),
})

const writeOf = ({ writes }: Evidence, id: string): Write => {
  const found = writes.find(({ operation }) => operation === id)
  if (found === undefined) throw new Error(`no change by ${id}`)
  return found
}

const backOf = ({ writes }: Evidence, id: string): Write => {
  const found = writes.find(({ operation, role }) => operation === id && role === 'revert')
  if (found === undefined) throw new Error(`${id} put nothing back`)
  return found
}

const approvalOf = ({ approval }: Operation) => {
  if (approval === undefined) throw new Error('nobody was asked')
  return approval
}

/** What is forged, the invariant that sees it, and how. */
type Entry = readonly [what: string, invariant: string, forge: Forgery]

export const FORGERIES: readonly Entry[] = [
  [
    'an UpdateService of a rejected operation',
    'every change was allowed',
    (evidence, { scaled, rejected }) => ({
      writes: [...evidence.writes, { ...writeOf(evidence, scaled.id), operation: rejected.id }],
    }),
  ],
  [
    'an UpdateService of nobody',
    'every change was allowed',
    (evidence, { scaled }) => ({ writes: [...evidence.writes, { ...writeOf(evidence, scaled.id), operation: '' }] }),
  ],
  [
    'the vote of whoever asked',
    'every change was allowed',
    (evidence, { scaled }) => withOperation(evidence, scaled.id, { user: 'U0APPROVE' }),
  ],
  [
    'one person’s two votes',
    'every change was allowed',
    (evidence, { scaled }) =>
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
    'every change was allowed',
    (_, { scaled: { recheckedAt = 0 } }) => ({ halts: [{ from: recheckedAt - 1, until: recheckedAt + 1 }] }),
  ],
  [
    'a lock in force',
    'every change was allowed',
    (_, { scaled: { recheckedAt = 0 } }) => ({
      holds: [{ from: recheckedAt - 1, until: recheckedAt + 1, scope: { accountId: '111122223333', cluster: 'web' } }],
    }),
  ],
  [
    'an actor without access',
    'every change was allowed',
    ({ inForce }, { scaled: { recheckedAt = 0 } }) => ({
      inForce: inForce.map(one => ({ ...one, at: recheckedAt - 1, rules: 'ops only' as const })),
    }),
  ],
  [
    'a voter without access',
    'every change was allowed',
    ({ inForce }, { scaled: { recheckedAt = 0 } }) => ({
      inForce: inForce.map(one => ({ ...one, at: recheckedAt - 1, groups: { ...one.groups, S0OPS: [] } })),
    }),
  ],
  [
    'another input than was planned',
    'the calls are the planned calls',
    (evidence, { scaled }) => ({ writes: [{ ...writeOf(evidence, scaled.id), input: { desiredCount: 7 } }] }),
  ],
  [
    'a restart sent twice',
    'a restart is sent once',
    (evidence, { restarted }) => ({ writes: [...evidence.writes, writeOf(evidence, restarted.id)] }),
  ],
  [
    'a deployment that was stopped twice',
    'a rollback is sent once',
    (evidence, { rolledBack }) => ({ writes: [...evidence.writes, writeOf(evidence, rolledBack.id)] }),
  ],
  [
    'a restart on the role of rollbacks',
    'every change was allowed',
    (evidence, { restarted }) => ({ writes: [{ ...writeOf(evidence, restarted.id), role: 'deployer' }] }),
  ],
  [
    'a change that was done although a rollback had taken over',
    'an operation stops after a takeover',
    ({ lockChanges }, { scaled, rolledBack }) => ({
      lockChanges: lockChanges.flatMap(one =>
        one.operation === scaled.id ? [one, { ...one, operation: rolledBack.id }] : [one],
      ),
    }),
  ],
  [
    'a command that was begun twice',
    'ExecuteCommand is sent at most once per operation and task',
    (evidence, { ran }) => ({ writes: [...evidence.writes, writeOf(evidence, ran.id)] }),
  ],
  [
    'a session that is still open',
    'no session outlives its operation',
    ({ execSessions }) => ({ execSessions: execSessions.map(({ end: _, ...one }) => one) }),
  ],
  [
    'a session that was ended after its operation',
    'no session outlives its operation',
    ({ execSessions }) => ({ execSessions: execSessions.map(one => ({ ...one, end: 1e15 })) }),
  ],
  [
    'a session that was on file, and was not ended with its unknown command',
    'no session outlives its operation',
    (evidence, { ran }) => ({
      ...withOperation(evidence, ran.id, { ending: 'unknown' }),
      execSessions: evidence.execSessions.map(({ end: _, ...one }) => one),
    }),
  ],
  [
    'a command that failed, and is said to be done',
    'the status of a command is never guessed',
    (evidence, { ran }) => withOperation(evidence, ran.id, { ending: 'done' }),
  ],
  [
    'another status than it had',
    'the status of a command is never guessed',
    (evidence, { ran }) => withOperation(evidence, ran.id, { line: ran.line.replace('exit 3', 'true') }),
  ],
  [
    'a command in another task than was planned',
    'the calls are the planned calls',
    (evidence, { ran }) => {
      const begun = writeOf(evidence, ran.id)
      return { writes: [{ ...begun, input: { ...begun.input, task: 'another' } }] }
    },
  ],
  [
    'a grant that was never taken back',
    'a grant ends at its time, at Revoke and at a halt',
    ({ writes }, { granted }) => ({
      writes: writes.filter(({ action }) => action !== 'UntagResource'),
      open: [granted.grant?.task ?? ''],
    }),
  ],
  [
    'a grant that nobody has tried to take back',
    'a grant ends at its time, at Revoke and at a halt',
    ({ writes }) => ({ writes: writes.filter(({ action }) => action !== 'UntagResource') }),
  ],
  [
    'a grant that a halt did not end',
    'a grant ends at its time, at Revoke and at a halt',
    ({ writes }, { granted }) => {
      const from = granted.grant?.from ?? 0
      return {
        halts: [{ from, until: Number.POSITIVE_INFINITY }],
        writes: writes.map(one => (one.action === 'UntagResource' ? { ...one, at: from + 720_000 } : one)),
      }
    },
  ],
  [
    'somebody who is in although the grant is over',
    'nobody has access after the grant ends',
    ({ execSessions }) => ({
      execSessions: execSessions.map(one => (one.operation === undefined ? { ...one, end: 1e15 } : one)),
    }),
  ],
  [
    'somebody who came in by no grant',
    'nobody has access after the grant ends',
    ({ execSessions }) => ({ execSessions: execSessions.map(one => ({ ...one, task: 'another' })) }),
  ],
  [
    'somebody who was let in without consent',
    'every change was allowed',
    (evidence, { granted }) => withOperation(evidence, granted.id, { approval: { ...approvalOf(granted), votes: [] } }),
  ],
  [
    'an intent recorded too late',
    'the intent is recorded first',
    ({ auditWrites }) => ({ auditWrites: auditWrites.map(one => ({ ...one, order: 1e9 })) }),
  ],
  [
    'a grant that was taken back under the intent to give it',
    'the intent is recorded first',
    ({ auditWrites }) => ({ auditWrites: auditWrites.filter(({ id }) => !/-end: intent$/.test(id)) }),
  ],
  [
    'an execution that failed',
    'every operation ends with a known outcome',
    (evidence, { scaled }) => withOperation(evidence, scaled.id, { status: 'FAILED' }),
  ],
  ['a second card', 'one card shows the outcome', ({ posted }) => ({ posted: [...posted, ...posted] })],
  [
    'a card that still asks',
    'one card shows the outcome',
    ({ posted }) => ({ posted: posted.map(one => ({ ...one, hasButtons: true })) }),
  ],
  [
    'a card that says otherwise than the audit',
    'the audit agrees with the card',
    (evidence, { scaled }) => withOperation(evidence, scaled.id, { ending: 'failed' }),
  ],
  [
    'an audit record that was taken out',
    'the audit chains verify',
    ({ chains }) => ({
      chains: Object.fromEntries(Object.entries(chains).map(([chain, records]) => [chain, records.slice(1)])),
    }),
  ],
  [
    '“nothing was changed”, and AWS has changed',
    'reports are true',
    ({ posted }) => ({ posted: posted.map(one => ({ ...one, text: `${one.text}. Nothing was changed.` })) }),
  ],
  ['“done”, and AWS never heard of it', 'reports are true', () => ({ writes: [] })],
  [
    'a decision that was made again',
    'every approval is decided once',
    ({ approvals }) => ({ approvals: [...approvals, ...approvals.slice(-1)] }),
  ],
  [
    'a decision that nobody kept',
    'outcomes follow decisions',
    (evidence, { scaled }) => withOperation(evidence, scaled.id, { ending: 'rejected' }),
  ],
  [
    'a decision that nobody heard',
    'a decision wakes its operation',
    (evidence, { scaled }) => withOperation(evidence, scaled.id, { wokenAt: (scaled.wokenAt ?? 0) + 3_600_000 }),
  ],
  [
    'a plan that was given up for nothing',
    'a chosen offer replaces the plan',
    (evidence, { rejected }) =>
      withOperation(evidence, rejected.id, {
        approval: { ...approvalOf(rejected), decision: { outcome: 'superseded', at: '2026-11-22T03:05:00.000Z' } },
      }),
  ],
  [
    'somebody else’s lock on the service',
    'one operation at a time changes a service, except a takeover',
    (evidence, { scaled, restarted }) => {
      const { at, place } = writeOf(evidence, scaled.id)
      const theirs = { order: 0, at: at - 1, place, operation: restarted.id, until: at + 1 }
      return { lockChanges: [theirs, ...evidence.lockChanges.filter(one => one.at > at)] }
    },
  ],
  [
    'a lock that was taken over by a restart',
    'one operation at a time changes a service, except a takeover',
    ({ lockChanges }, { scaled, restarted }) => ({
      lockChanges: lockChanges.flatMap(one =>
        one.operation === scaled.id ? [one, { ...one, operation: restarted.id }] : [one],
      ),
    }),
  ],
  [
    'a change on the role of reverts',
    'every change was allowed',
    (evidence, { scaled }) => ({ writes: [{ ...writeOf(evidence, scaled.id), role: 'revert' }] }),
  ],
  [
    'what a lease held that was put back in a halt',
    'every change was allowed',
    (
      _,
      {
        leased: {
          decidedAt: [at = 0],
        },
      },
    ) => ({ halts: [{ from: at - 1, until: at + 1 }] }),
  ],
  [
    'a lease that was never put back',
    'a lease reverts its quantity, unless somebody else changed it',
    (evidence, { leased }) => {
      const { order } = backOf(evidence, leased.id)
      return { history: evidence.history.filter(one => one.order !== order) }
    },
  ],
  [
    'a lease that was put back to something else',
    'the baseline is restored',
    (evidence, { leased }) => {
      const back = backOf(evidence, leased.id)
      return {
        writes: evidence.writes.map(one => (one === back ? { ...one, input: { ...one.input, MinCapacity: 3 } } : one)),
      }
    },
  ],
  [
    'a lease that was put back over what somebody else had set',
    'changes by others are not overwritten',
    (evidence, { leased }) => {
      const { order, at, place } = backOf(evidence, leased.id)
      const theirs: QuantityChange = {
        order: order - 1,
        at: at - 1,
        place,
        quantity: 'bounds',
        value: [5, 9],
        by: 'somebody',
      }
      return { history: evidence.history.flatMap(one => (one.order === order ? [theirs, one] : [one])) }
    },
  ],
  ...[-300_000, 1_200_000].map(
    (late): Entry => [
      `a lease that was put back ${late / 60_000} min after its time`,
      'a lease ends on time',
      (evidence, { leased }) => {
        const back = backOf(evidence, leased.id)
        return { writes: evidence.writes.map(one => (one === back ? { ...one, at: one.at + late } : one)) }
      },
    ],
  ),
  ['a lease that is over, and is held still', 'a lease ends on time', ({ books }) => ({ books: books.slice(0, -1) })],
  [
    'a lease that was ended by a stranger',
    'a lease ends on time',
    ({ books }) => ({
      hadOutage: true,
      books: books.map(one => ({ ...one, leases: one.leases.map(held => ({ ...held, endedBy: 'U0OUTSIDE' })) })),
    }),
  ],
  [
    'a lease that lasts longer than was agreed',
    'a lease ends on time',
    ({ books }) => ({
      books: books.map((one, at) =>
        at === 0 ? one : { ...one, leases: one.leases.map(held => ({ ...held, until: held.until + 1 })) },
      ),
    }),
  ],
  [
    'a suspension for good by who may not',
    'every change was allowed',
    (evidence, { leased }) => ({
      writes: [{ ...writeOf(evidence, leased.id), input: { SuspendedState: { DynamicScalingInSuspended: true } } }],
      ...withOperation(evidence, leased.id, { line: 'autoscale suspend search in --permanent' }),
    }),
  ],
  [
    'a lease that nobody has ended before its time',
    'a lease ends on time',
    ({ books }) => ({
      books: books.map(one => ({ ...one, leases: one.leases.map(held => ({ ...held, endedBy: 'U0REQUEST' })) })),
    }),
  ],
  ['a lock that stays', 'no lock remains', () => ({ locks: ['lock#arn'] })],
  [
    'a secret in a log',
    'secrets stay secret',
    ({ visibleTexts, secrets }) => ({ visibleTexts: [...visibleTexts, `token=${secrets[0]}`] }),
  ],
  ['too many updates', 'chat.update stays within Slack’s rate limit', () => ({ overdrawn: 1 })],
  [
    'a change that was denied, and has run',
    '“nothing has run” is true',
    () => ({ deniedRequests: ['scale orders-api 6'] }),
  ],
  [
    'a dry run that asked',
    'a dry run needs no approval',
    (evidence, { scaled }) => withOperation(evidence, scaled.id, { line: `${scaled.line} --dry-run` }),
  ],
]
