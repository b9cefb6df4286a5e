import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { compileConfig } from '../../../src/commands/compile-config.ts'
import type { Config } from '../../../src/engine/rules/config.ts'
import { widening } from '../../../src/engine/rules/published/widening.ts'

const read = (file: string, ...[from, to]: readonly string[]): Config => {
  const text = readFileSync(file, 'utf8')
  if (from !== undefined && !text.includes(from)) throw new Error(`${file} has no ${from}`)
  const compiled = compileConfig(from === undefined ? text : text.replace(from, to ?? ''))
  if ('problems' in compiled) throw new Error(compiled.problems.join('\n'))
  return compiled.config
}
const ONE = 'quarterdeck.yaml'
const TEAMS = 'docs/examples/several-teams.yaml'

test.each<[string, string, string, string, readonly string[]]>([
  ['fewer approvals', ONE, 'approvals: 2', 'approvals: 1', ['asks for 1 instead of 2 approvals by approval rule 2']],
  [
    'a new self',
    ONE,
    'approvals: 2\n',
    'approvals: 2\n    self: true\n',
    ['lets requesters approve their own changes by approval rule 2'],
  ],
  [
    'a new role',
    ONE,
    'who: [S0ONCALL, S0OPS]',
    'who: [S0ONCALL, S0OPS, S0NEW]',
    ['gives operator to S0NEW everywhere'],
  ],
  ['a new approver', ONE, 'approvers: [S0OPS]', 'approvers: [S0OPS, S0NEW]', ['lets S0NEW approve by approval rule 2']],
  ['a trusted channel', ONE, 'trusted: []', 'trusted: [C0OPEN]', ['gives C0OPEN the trust for `--share`']],
  ['a reason that is not needed', ONE, '    reason: required\n', '', ['needs no reason by approval rule 2']],
  [
    'a person',
    ONE,
    '  U0SECOND:',
    '  U0THIRD: third@example.com\n  U0SECOND:',
    ['gives U0THIRD the identity third@example.com'],
  ],
  ['a higher ceiling', ONE, 'tasks: 200', 'tasks: 201', ['no longer has the ceiling of 200 tasks everywhere']],
  [
    'a new rule before others',
    ONE,
    'approvals:\n  - when',
    'approvals:\n  - when: { environment: production, risk: low }\n    approvals: 0\n  - when',
    ['has a new approval rule 1'],
  ],
  ['what it does not know', ONE, "'169\\.254\\.170\\.2'", "'169'", ['changes `exec`']],
  [
    'a lost denial',
    TEAMS,
    '  - { who: [S0CONTRACTORS], deny: operator, teams: payments }\n',
    '',
    ['no longer has the denial of operator to S0CONTRACTORS in teams payments'],
  ],
  [
    'a service that moves to another team',
    TEAMS,
    "'*/payments-*', '*/ledger'] }",
    "'*/payments-*'] }\n  ledger: { group: S0LEDGER, services: ['*/ledger'] }",
    ['gives */ledger to the team ledger (S0LEDGER)'],
  ],
  [
    'a rule for one more team',
    TEAMS,
    'teams: payments }, approvals: 2',
    'teams: [payments, search] }, approvals: 2',
    ['has a new approval rule 1', 'no longer has approval rule 1 of the last version'],
  ],
])('%s widens', (_, file, from, to, words) => {
  expect(widening(read(file), read(file, from, to))).toEqual(words)
})

test.each<[string, string, string]>([
  ['more approvals', 'approvals: 2', 'approvals: 3'],
  ['a comment', 'team: T0QUARTER', 'team: T0QUARTER # ours'],
  ['one more denial', 'access:\n', 'access:\n  - { who: [U0SECOND], deny: operator }\n'],
  [
    'one more freeze',
    'onCall:',
    "freezes: [{ name: x, from: '2026-12-23T00:00:00Z', until: '2026-12-27T00:00:00Z' }]\nonCall:",
  ],
])('%s does not widen', (_, from, to) => {
  expect(widening(read(ONE), read(ONE, from, to))).toEqual([])
})

test('the same configuration widens nothing, also as an earlier version published it', () => {
  expect(widening(read(TEAMS), read(TEAMS))).toEqual([])
  const { budgets: _, gates: __, sharing: ___, ...earlier } = read(ONE)
  expect(widening(earlier as Config, { ...read(ONE), gates: { deployers: [] } })).toEqual([])
})
