import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileConfig } from '../../../../src/commands/compile-config.ts'
import type { Plan } from '../../../../src/engine/change/plan.ts'
import { accessOf } from '../../../../src/engine/rules/access.ts'
import { rulesFor } from '../../../../src/engine/rules/approval-rules.ts'
import type { Config } from '../../../../src/engine/rules/config.ts'
import { judge } from '../../../../src/engine/rules/judge.ts'
import { rolesIn } from '../../../../src/engine/rules/place-access.ts'
import { decodeConfig } from '../../../../src/engine/rules/published/decode-config.ts'
import { withRaisedRisk } from '../../../../src/engine/rules/raise-risk.ts'
import { canBothMatch } from '../../../../src/engine/rules/teams/team-checks.ts'
import { aboutTeamOf, onCallFor, teamOf } from '../../../../src/engine/rules/teams/teams.ts'
import { matchesGlob } from '../../../../src/kit/language/glob.ts'
import { aRef } from '../../../builders.ts'
import { GROUPS, oracle, type Question, questions, SERVICES, TEAMS } from './questions.ts'

const example = (name: string): string => readFileSync(`docs/examples/${name}.yaml`, 'utf8')
const published = (yaml: string): string => {
  const compiled = compileConfig(yaml)
  if ('problems' in compiled) throw new Error(compiled.problems.join('\n'))
  return JSON.stringify(compiled.config)
}
const configOf = (yaml: string): Config => {
  const config = decodeConfig(published(yaml))
  if (config === undefined) throw new Error('not a configuration')
  return config
}
const problemsOf = (yaml: string): readonly string[] => {
  const compiled = compileConfig(yaml)
  return 'problems' in compiled ? compiled.problems : []
}
const SIXTY = example('sixty-teams')
const SEVERAL = example('several-teams')
const sixty = configOf(SIXTY)
const several = configOf(SEVERAL)

const refOf = (service: string, account: 'prod' | 'staging' = 'prod') =>
  aRef({ service, account, accountId: account === 'prod' ? '111122223333' : '444455556666' })
const actor = (user: string) => ({ team: 'T0QUARTER', user, name: user })
const facts = (groups: Readonly<Record<string, readonly string[]>>, now = '2026-12-01T00:00:00Z') => ({
  now,
  groups,
  placeLocks: [],
})
const planOf = ({ service, account, risk, command, tasks }: Omit<Question, 'user' | 'at' | 'reason'>): Plan =>
  ({
    command,
    target: refOf(service, account),
    role: 'operator',
    risk: { level: risk, reasons: [] },
    size: 1,
    tasks,
    changes: [],
    calls: [],
  }) as unknown as Plan
const ANY = { account: 'prod', risk: 'medium', command: 'scale', tasks: 1 } as const
const said = (plan: Plan, user: string, config: Config, inputs: ReturnType<typeof facts>, reason?: string): string => {
  const request = { actor: actor(user), isBreakGlass: false, ...(reason !== undefined && { reason }) }
  const verdict = judge(plan, request, config, inputs)
  if (verdict.kind === 'consent') return `${verdict.rule.approvals} of ${verdict.approvers.join(' ')}`
  return verdict.kind === 'free' ? 'free' : 'no'
}

describe('3,000 services of 60 teams', () => {
  test('are written in less than 200 lines, and fit the parameter', () => {
    expect(SERVICES.length).toBeGreaterThan(3_000)
    expect(SIXTY.split('\n').length).toBeLessThan(200)
    expect(Object.keys(sixty.teams ?? {})).toEqual(TEAMS)
  })

  test('1,000 random questions are decided as a plain oracle decides them', () => {
    const asked = questions(1_000)
    const answers = asked.map(one => {
      const plan = withRaisedRisk(planOf(one), sixty, facts(GROUPS, one.at))
      return said(plan, one.user, sixty, facts(GROUPS, one.at), one.reason ? 'OPS-1' : undefined)
    })
    expect(answers).toEqual(asked.map(oracle))
    expect(new Set(answers).size).toBeGreaterThan(30)
  })

  test('whoami says the same roles as the decisions', () => {
    for (const { user, service, account } of questions(1_000)) {
      const of = sixty.accounts.find(({ name }) => name === account)
      if (of === undefined) throw new Error(account)
      const rules = rolesIn(actor(user), of, sixty, facts(GROUPS)).filter(({ role }) => role === 'operator')
      const isAbout = ({ targets }: { readonly targets?: readonly string[] }): boolean =>
        targets?.some(pattern => matchesGlob(pattern, `web/${service}`)) ?? true
      const isUnowned = teamOf({ cluster: 'web', service }, sixty) === undefined
      const isDenied = rules.some(rule => rule.isDenied && (isUnowned || isAbout(rule)))
      const may = !isDenied && rules.some(rule => !rule.isDenied && isAbout(rule))
      expect(accessOf(actor(user), 'operator', refOf(service, account), sixty, facts(GROUPS)).kind === 'allowed').toBe(
        may,
      )
    }
  })

  test('before a change only the user groups of its team are read', () => {
    const about = aboutTeamOf({ cluster: 'web', service: 'checkout-1' }, sixty)
    expect(about.access.flatMap(({ who }) => who)).toEqual(['everyone', 'S0PLATFORM', 'S0TCHECKOUT'])
    expect(aboutTeamOf({ cluster: 'web', service: 'lost' }, sixty)).toBe(sixty)
    expect(aboutTeamOf({ service: 'checkout-1' }, sixty)).toBe(sixty)
    for (const one of questions(200)) {
      const { user, at, reason } = one
      const narrow = aboutTeamOf({ cluster: 'web', service: one.service }, sixty)
      const of = (config: Config) => said(planOf(one), user, config, facts(GROUPS, at), reason ? 'OPS-1' : undefined)
      expect(of(narrow)).toBe(of(sixty))
    }
  })
})

describe('a team', () => {
  const groups = {
    S0CHECKOUT: ['U0PERSON00', 'U0PERSON01'],
    S0PAYMENTS: ['U0PERSON02', 'U0PERSON03', 'U0PERSON04'],
    S0PLATFORM: ['U0PERSON05'],
    S0CONTRACTORS: ['U0PERSON04'],
    S0SEARCH: [],
  }

  test('operates and approves its own services, and no others', () => {
    expect(said(planOf({ ...ANY, service: 'checkout-api' }), 'U0PERSON00', several, facts(groups))).toBe(
      '1 of U0PERSON01 U0PERSON05',
    )
    expect(said(planOf({ ...ANY, service: 'payments-api' }), 'U0PERSON00', several, facts(groups))).toBe('no')
  })

  test('posts the card in its channel, and is mentioned by its people on call', () => {
    const request = { actor: actor('U0PERSON05'), isBreakGlass: false, reason: 'x' }
    expect(judge(planOf({ ...ANY, service: 'payments-api' }), request, several, facts(groups))).toMatchObject({
      rule: { approvals: 2, channel: 'C0PAYMENTS', approvers: ['S0PAYMENTS', 'S0PLATFORM'] },
      ruleNumber: 1,
      approvers: ['U0PERSON02', 'U0PERSON03'],
    })
    expect(onCallFor({ cluster: 'web', service: 'checkout-api' }, several)).toEqual(['S0CHECKOUTCALL'])
    expect(onCallFor({ cluster: 'web', service: 'payments-api' }, several)).toEqual(['S0PLATFORM'])
  })

  test('has digests and subscriptions of its services, in its channel', () => {
    expect(several.digests).toMatchObject([
      { channel: 'C0CHECKOUT', owners: ['S0CHECKOUT'], targets: ['*/checkout-*'] },
    ])
    expect(several.subscriptions).toMatchObject([{ channel: 'C0PAYMENTS', targets: ['*/payments-*', '*/ledger'] }])
  })

  test('whose user group is gone operates and approves nothing, and a denial of it denies everybody', () => {
    const { S0CHECKOUT: _, ...gone } = groups
    expect(said(planOf({ ...ANY, service: 'checkout-api' }), 'U0PERSON00', several, facts(gone))).toBe('no')
    const denied = configOf(SEVERAL.replace('[S0CONTRACTORS]', '[team:checkout]'))
    expect(said(planOf({ ...ANY, service: 'payments-api' }), 'U0PERSON05', denied, facts(gone), 'x')).toBe('no')
  })
})

test('a set counts together over all teams of a rule', () => {
  const groups = {
    S0CHECKOUT: [],
    S0PAYMENTS: [],
    S0SEARCH: [],
    S0CONTRACTORS: [],
    S0PLATFORM: ['U0PERSON00', 'U0PERSON01'],
  }
  const rules = configOf(
    SEVERAL.replace('when: { teams: payments }', 'when: { teams: [payments, search], atLeast: 2 }'),
  )
  const [one, other] = ['payments-api', 'search-api'].map(service => planOf({ ...ANY, service }))
  if (one === undefined || other === undefined) throw new Error('no plans')
  const alone = facts(groups)
  expect(said(one, 'U0PERSON00', rules, alone, 'x')).toBe('1 of U0PERSON01')
  expect(said(one, 'U0PERSON00', rules, { ...alone, together: [one, other] } as typeof alone, 'x')).toBe('no')
})

describe('a service of no team', () => {
  const groups = {
    S0CHECKOUT: ['U0PERSON00'],
    S0PAYMENTS: ['U0PERSON01'],
    S0SEARCH: [],
    S0PLATFORM: ['U0PERSON02'],
    S0CONTRACTORS: [],
  }
  const lost = planOf({ ...ANY, service: 'lost' })

  test('takes the strictest rule that could be about it, also where a rule would free it', () => {
    const more = { ...groups, S0PLATFORM: ['U0PERSON02', 'U0PERSON03', 'U0PERSON04'] }
    expect(said(lost, 'U0PERSON02', several, facts(more), 'x')).toBe('2 of U0PERSON03 U0PERSON04')
    const low = planOf({ ...ANY, service: 'lost', risk: 'low' })
    // Rule 2 frees it, rule 1 would not if it were of payments: the people of rule 1 approve.
    expect(said(low, 'U0PERSON02', several, facts(more), 'x')).toBe('2 of U0PERSON01 U0PERSON03 U0PERSON04')
    expect(said(low, 'U0PERSON02', several, facts(more))).toBe('no')
  })

  test('takes no variant for incidents of a rule that only could be about it', () => {
    const change = { ...lost, role: undefined, calls: [{}] } as unknown as Plan
    const at = '2026-12-01T00:00:00Z'
    const eased = { since: at, until: '2026-12-01T03:00:00Z' }
    const incidents = [{ arn: change.target.arn, incident: 'i', at, severity: 'high' as const, eased }]
    const strict = {
      ...several,
      consent: several.consent.map(rule => ({ ...rule, approvals: 3, incident: { approvals: 1 } })),
    }
    const approvals = rulesFor(change, strict, { ...facts(groups), incidents }).map(({ rule }) => rule.approvals)
    // Only the last rule is surely about it.
    expect(approvals.length).toBeGreaterThan(1)
    expect(approvals).toEqual([...approvals.slice(1).map(() => 3), 1])
  })

  test('is refused with what to do, where too few people may approve it', () => {
    const request = { actor: actor('U0PERSON02'), isBreakGlass: false, reason: 'x' }
    expect(judge(lost, request, several, facts(groups))).toMatchObject({
      kind: 'refusal',
      hint: 'No team owns *lost*, so the rules of all teams apply. Add it under `teams` in the configuration.',
    })
  })

  test('takes each denial and freeze of a team; the whole cluster is of no team', () => {
    const denied = { ...groups, S0CONTRACTORS: ['U0PERSON02'] }
    expect(said(lost, 'U0PERSON02', several, facts(denied), 'x')).toBe('no')
    expect(teamOf({ cluster: 'web', service: '*' }, several)).toBeUndefined()
  })
})

test('two patterns that match one name are found', () => {
  const part = fc.array(fc.constantFrom('a', 'b', '-', '*'), { minLength: 1, maxLength: 5 }).map(all => all.join(''))
  const glob = fc.tuple(part, part).map(all => all.join('/'))
  const name = fc.stringMatching(/^[ab-]{1,5}\/[ab-]{1,5}$/)
  fc.assert(
    fc.property(glob, glob, name, (one, other, text) => {
      if (matchesGlob(one, text) && matchesGlob(other, text)) expect(canBothMatch(one, other)).toBe(true)
    }),
    { numRuns: 5_000 },
  )
  expect(canBothMatch('*/pay-*', 'web/*-api')).toBe(true)
  expect(canBothMatch('web/a*', 'web/b*')).toBe(false)
  expect(canBothMatch('*/a', 'web/a/b')).toBe(false)
})

describe('bad input is refused with its line', () => {
  const teams = (lines: string): string => SEVERAL.replace(/teams:\n(?: {2}.*\n)+/, `teams:\n${lines}`)
  const OTHERS = "  payments: { group: S0PAYMENTS, channel: C0PAYMENTS, services: ['*/payments-*'] }\n"

  test.each<[string, string, RegExp]>([
    ['a team without services', teams(`${OTHERS}  checkout: { group: S0CHECKOUT }\n`), /teams\.checkout\.services/],
    [
      'a team of no services',
      teams(`${OTHERS}  checkout: { group: S0CHECKOUT, services: [] }\n`),
      /teams\.checkout\.services/,
    ],
    [
      'two teams with one service',
      teams(`${OTHERS}  checkout: { group: S0CHECKOUT, channel: C0CHECKOUT, services: ['web/pay*-api'] }\n`),
      /teams\.checkout\.services has web\/pay\*-api, which may match a service of payments \(\*\/payments-\*\): a service has one team/,
    ],
    [
      'a team that is not listed',
      SEVERAL.replace('teams: payments, }', '').replace('teams: payments }', 'teams: paymints }'),
      /names the team paymints, which is not under `teams`/,
    ],
    ['people of a team that is not listed', SEVERAL.replace('[S0CONTRACTORS]', '[team:gone]'), /names the team gone/],
    ['`team` without teams', SEVERAL.replace(/teams:\n(?: {2}.*\n)+/, ''), /names `team`, but there are no `teams`/],
    ['a denial of `team`', SEVERAL.replace('[S0CONTRACTORS]', '[team]'), /denies `team`: name the teams/],
    [
      'teams and targets',
      SEVERAL.replace('deny: operator, ', "deny: operator, targets: 'web/*', "),
      /has `teams` and `targets`/,
    ],
    [
      'a digest without a channel',
      SEVERAL.replace('name: checkout, team: checkout', 'name: checkout, team: search'),
      /names no `channel`, and no `team` that has one/,
    ],
  ])('%s', (_, yaml, problem) => {
    expect(problemsOf(yaml).join('\n')).toMatch(problem)
    expect(problemsOf(yaml)[0]).toMatch(/^quarterdeck\.yaml:\d+ /)
  })
})

describe('functions of earlier versions', () => {
  test('read the same bytes of a configuration without teams', () => {
    const bytes = published(readFileSync('quarterdeck.yaml', 'utf8'))
    expect(bytes).not.toMatch(/team(?:s|Rules)"|"number"/)
  })

  test('find no grant to a team, every denial for every service, and no approval rule', () => {
    const read = JSON.parse(published(SEVERAL)) as Config
    expect(read.access).toMatchObject([
      { who: ['everyone'], role: 'viewer' },
      { who: ['S0CONTRACTORS'], isDenied: true },
    ])
    expect(read.access.some(({ targets }) => targets !== undefined)).toBe(false)
    expect(read.consent).toEqual([])
  })
})

test.each(['one-team', 'several-teams', 'several-accounts', 'sixty-teams'])('the example %s has no problems', name => {
  expect(problemsOf(example(name))).toEqual([])
})
