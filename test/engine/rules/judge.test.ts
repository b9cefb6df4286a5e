import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileConfig } from '../../../src/commands/compile-config.ts'
import { scale } from '../../../src/commands/scale/scale.ts'
import type { Plan } from '../../../src/engine/change/plan.ts'
import { accessOf } from '../../../src/engine/rules/access.ts'
import type { Config } from '../../../src/engine/rules/config.ts'
import { type ChangeRequest, judge } from '../../../src/engine/rules/judge.ts'
import type { PlaceLock, RuleInputs } from '../../../src/engine/rules/rule-inputs.ts'
import { mayVote } from '../../../src/engine/rules/voters.ts'
import { kinds } from '../../../src/kit/language/grammar.ts'
import type { Actor } from '../../../src/model/ecs.ts'
import { isRefusal } from '../../../src/model/errors.ts'
import { anAutoscaling, aRef, aScaling, aService } from '../../builders.ts'

const compiled = (change: (yaml: string) => string = yaml => yaml): Config => {
  const result = compileConfig(change(readFileSync('quarterdeck.yaml', 'utf8')))
  if ('problems' in result) throw new Error(result.problems.join('\n'))
  return result.config
}
const config = compiled()
const facts = (more: Partial<RuleInputs> = {}): RuleInputs => ({
  now: '2026-11-22T03:00:00.000Z',
  groups: { S0ONCALL: ['U0REQUEST'], S0OPS: ['U0APPROVE', 'U0SECOND'] },
  placeLocks: [],
  ...more,
})
const person = (user: string, team = 'T0QUARTER'): Actor => ({ team, user, name: user })
const planOf = (count: string, { ref = aRef(), desired = 4 } = {}): Plan => {
  const parsed = kinds.count.parse(count)
  const plan = scale.plan({ count: parsed }, aScaling({ service: aService({ ref, desired }) }))
  if (isRefusal(plan)) throw new Error(plan.text)
  return plan
}
const said = (
  plan: Plan,
  asked: Partial<ChangeRequest> & { user?: string } = {},
  rules = config,
  more: Partial<RuleInputs> = {},
): string => {
  const verdict = judge(
    plan,
    { actor: person(asked.user ?? 'U0REQUEST'), isBreakGlass: false, ...asked },
    rules,
    facts(more),
  )
  if (verdict.kind === 'refusal') return `${verdict.text} ${verdict.hint ?? ''}`.trim()
  return verdict.kind === 'free'
    ? `free: ${verdict.why}`
    : `${verdict.rule.approvals} of ${verdict.approvers.join(' ')} (rule ${verdict.ruleNumber})`
}
const staging = aRef({ account: 'staging', accountId: '444455556666' })

describe('whose consent', () => {
  test.each<[string, string]>([
    [said(planOf('6')), '1 of U0APPROVE U0SECOND (rule 4)'],
    [said(planOf('6'), { user: 'U0APPROVE' }), '1 of U0REQUEST U0SECOND (rule 4)'],
    [said(planOf('6', { ref: staging })), 'free: approval rule 1 needs no approval'],
    [said(planOf('0', { ref: staging })), '1 of U0APPROVE U0SECOND (rule 4)'],
    [said(planOf('80')), 'This change needs a reason. Add `--reason "…"`.'],
    [said(planOf('80'), { reason: 'sale' }), '2 of U0APPROVE U0SECOND (rule 2)'],
    [
      said(planOf('80'), { reason: 'sale', user: 'U0APPROVE' }),
      'This needs 2 approvals, and only second.approver@example.com can approve now. The rule names S0OPS; the requester does not count.',
    ],
  ])('%s', (verdict, words) => {
    expect(verdict).toBe(words)
  })

  test('the first rule that fits decides, and without one the answer is no', () => {
    const strict = compiled(yaml =>
      yaml.replace(/ {2}- approvals: 1\n {4}approvers: \[operators\]\n {4}expiry: 8h\n/, ''),
    )
    expect(said(planOf('6'), {}, strict)).toContain('No approval rule matches this change')
  })

  test('a ticket has to be named where a rule asks for one', () => {
    const ticketed = compiled(yaml =>
      yaml.replace('  - approvals: 1\n', '  - ticket: "OPS-\\\\d+"\n    approvals: 1\n'),
    )
    expect(said(planOf('6'), {}, ticketed)).toContain('needs a reason')
    expect(said(planOf('6'), { reason: 'because' }, ticketed)).toContain('has to name a ticket')
    expect(said(planOf('6'), { reason: 'OPS-12: queue' }, ticketed)).toContain('1 of')
  })
})

describe('who may', () => {
  test.each<[string, string]>([
    [
      said(planOf('6'), { user: 'U0OUTSIDE' }),
      'U0OUTSIDE is not in Quarterdeck’s configuration. Ask your administrator to add you under `people`.',
    ],
    [
      said(planOf('6'), { actor: person('U0REQUEST', 'T0PARTNER') }),
      'Only people of this workspace may use Quarterdeck.',
    ],
    [
      said(planOf('6'), {}, config, { groups: {} }),
      'No rule lets U0REQUEST change *orders-api* in prod. `/ecs whoami` lists your roles.',
    ],
  ])('%s', (verdict, words) => {
    expect(verdict).toBe(words)
  })

  test('an explicit denial wins over every allowance, whatever their order', () => {
    for (const place of ['first', 'last']) {
      const deny = '  - who: [U0REQUEST]\n    deny: operator\n    targets: [web/orders-*]\n'
      const rules = compiled(yaml =>
        place === 'first'
          ? yaml.replace('access:\n', `access:\n${deny}`)
          : yaml.replace('    role: exec\n\n', `    role: exec\n${deny}\n`),
      )
      expect(said(planOf('6'), {}, rules)).toContain('A rule denies U0REQUEST this on *orders-api*')
      expect(accessOf(person('U0REQUEST'), 'viewer', aRef(), rules, facts()).kind).toBe('allowed')
      expect(accessOf(person('U0REQUEST'), 'operator', aRef({ service: 'search' }), rules, facts()).kind).toBe(
        'allowed',
      )
    }
  })
})

describe('running commands', () => {
  const command = (level: 'low' | 'high'): Plan => ({
    ...planOf('6'),
    command: 'exec',
    role: 'exec',
    risk: { level, reasons: [] },
  })

  test('is a role of its own: operating is not enough, and neither is being denied only that', () => {
    const operators = compiled(yaml => yaml.replace('  - who: [S0ONCALL, S0OPS]\n    role: exec\n', ''))
    expect(said(command('high'), {}, operators)).toContain('No rule lets U0REQUEST run commands in *orders-api*')
    expect(said(planOf('6'), {}, operators)).toContain('1 of')
    for (const role of ['exec', 'operator', 'viewer']) {
      const denied = compiled(yaml => yaml.replace('access:\n', `access:\n  - who: [U0REQUEST]\n    deny: ${role}\n`))
      expect(said(command('high'), {}, denied)).toContain('A rule denies U0REQUEST this')
    }
  })

  test('what the configuration knows is free where it says so; a shell takes consent of those who may run one', () => {
    expect(said(command('low'))).toBe('free: approval rule 3 needs no approval')
    expect(said(command('high'))).toBe('1 of U0APPROVE U0SECOND (rule 4)')
    const mine = compiled(yaml =>
      yaml.replace('who: [S0ONCALL, S0OPS]\n    role: exec', 'who: [S0ONCALL, U0SECOND]\n    role: exec'),
    )
    expect(said(command('high'), {}, mine)).toBe('1 of U0SECOND (rule 4)')
  })

  test('takes more than breaking glass', () => {
    const asked = { isBreakGlass: true, reason: 'down' }
    expect(said(command('high'), asked)).toContain('U0REQUEST may break glass, but not to run commands')
    const granted = compiled(yaml =>
      yaml.replace('  channel: C0APPROVALS\n\n', '  channel: C0APPROVALS\n  exec: [U0REQUEST]\n\n'),
    )
    expect(said(command('high'), asked, granted)).toBe('free: break glass')
  })
})

describe('a change of a whole cluster', () => {
  const ofCluster: Plan = { ...planOf('6'), isOfCluster: true }
  const without = (more: string) =>
    compiled(yaml => yaml.replace('    role: operator\n', `    role: operator\n${more}`))
  const lock: PlaceLock = {
    scope: { accountId: aRef().accountId, region: 'us-east-1', cluster: 'web', service: 'checkout' },
    name: 'prod.us-east-1/web/checkout',
    by: person('U0SECOND'),
    reason: 'migration',
  }
  const freeze = (targets: string) =>
    compiled(
      yaml =>
        `${yaml}\nfreezes:\n  - { name: sale, targets: [${targets}], from: 2026-11-22T00:00:00Z, until: 2026-11-30T00:00:00Z }\n`,
    )
  const rule = (targets: string) =>
    compiled(yaml =>
      yaml.replace('approvals:\n', `approvals:\n  - { when: { targets: [${targets}] }, approvals: 0 }\n`),
    )

  test.each<[string, string, string]>([
    ['needs an operator of the cluster', said(ofCluster, {}, without('    targets: [web/*]\n')), 'whole cluster *web*'],
    [
      'stops at a lock of another service',
      said(ofCluster, {}, config, { placeLocks: [lock] }),
      'is locked by U0SECOND',
    ],
    ['stops at a freeze of another service', said(ofCluster, {}, freeze('web/checkout')), 'frozen'],
    ['does not stop at a freeze of another cluster', said(ofCluster, {}, freeze('batch/*')), '1 of'],
    ['is not under a rule for one service', said(ofCluster, {}, rule('web/orders-api')), '1 of U0APPROVE U0SECOND'],
    ['is under a rule for all services', said(ofCluster, {}, rule('web/*')), 'free:'],
  ])('%s', (_, verdict, words) => {
    expect(verdict).toContain(words)
  })

  test('is not approved by a person whom a rule denies one of its services', () => {
    const denied = compiled(yaml =>
      yaml.replace('access:\n', 'access:\n  - { who: [U0SECOND], deny: operator, targets: [web/checkout] }\n'),
    )
    expect(said(planOf('6'), {}, denied)).toContain('1 of U0APPROVE U0SECOND')
    expect(said(ofCluster, {}, denied)).toMatch(/1 of U0APPROVE \(/)
  })
})

describe('what no consent takes away', () => {
  const hold: PlaceLock = {
    scope: { accountId: '111122223333', cluster: 'web' },
    name: 'prod/web',
    by: person('U0SECOND'),
    reason: 'migration',
  }
  const frozen = compiled(
    yaml =>
      `${yaml}\nfreezes:\n  - name: black friday\n    environment: production\n    from: 2026-11-22T00:00:00Z\n    until: 2026-11-30T00:00:00Z\n    except: [S0OPS]\n`,
  )

  test.each<[string, string]>([
    [said(planOf('6'), {}, config, { halted: 'incident 812' }), 'All changes are halted: incident 812.'],
    [said(planOf('6'), {}, config, { placeLocks: [hold] }), '*prod/web* is locked by U0SECOND: `migration`'],
    [said(planOf('6', { ref: staging }), {}, config, { placeLocks: [hold] }), 'free:'],
    [said(planOf('201')), '201 tasks are over the ceiling of 200'],
    [said(planOf('6'), {}, frozen), 'Changes are frozen until 2026-11-30T00:00:00Z: black friday.'],
    [said(planOf('6'), { user: 'U0APPROVE' }, frozen), '1 of U0REQUEST U0SECOND'],
    [said(planOf('6'), {}, frozen, { now: '2026-12-01T00:00:00.000Z' }), '1 of'],
  ])('%s', (verdict, words) => {
    expect(verdict).toContain(words)
  })

  test('breaking glass passes locks and freezes, with a reason, for those allowed; never a halt or a ceiling', () => {
    const glass = { isBreakGlass: true, reason: 'site down' }
    expect(said(planOf('80'), glass, frozen, { placeLocks: [hold] })).toBe('free: break glass')
    expect(said(planOf('80'), { isBreakGlass: true })).toContain('Breaking glass needs a reason')
    expect(said(planOf('80'), { ...glass, user: 'U0APPROVE' })).toContain('may not break glass')
    expect(said(planOf('80'), glass, config, { halted: 'x' })).toContain('halted')
    expect(said(planOf('201'), glass)).toContain('ceiling')
  })
})

describe('leases', () => {
  const floor = (minutes: number) => leased({ count: kinds.count.parse('8'), for: minutes })
  const leased = (values: object): Plan => {
    const plan = scale.plan(values, aScaling({ autoscaling: anAutoscaling() }))
    if (isRefusal(plan)) throw new Error(plan.text)
    return plan
  }
  const extended = { ...planOf('6'), totalMinutes: 2_940 }
  const forGood = { ...planOf('6'), isPermanent: true as const }
  const generous = compiled(yaml => yaml.replace('longest: 2d', 'longest: 7d'))
  const silent = compiled(yaml => yaml.replace(/\nleases:[\s\S]*?(?=\n#)/, ''))

  test.each<[string, string]>([
    [said(floor(2_880)), '1 of U0APPROVE U0SECOND (rule 4)'],
    [
      said(floor(2_881)),
      'A temporary change lasts at most 2d here, extensions included; this would last 2881m. No approval changes that; the configuration does.',
    ],
    [
      said(extended),
      'A temporary change lasts at most 2d here, extensions included; this would last 49h. No approval changes that; the configuration does.',
    ],
    [said(extended, {}, generous), '1 of U0APPROVE U0SECOND (rule 4)'],
    [said(floor(10_080), {}, silent), '1 of U0APPROVE U0SECOND (rule 4)'],
    [said(forGood), 'U0REQUEST may not suspend autoscaling without an end. Add an end, such as `--for 2h`.'],
    [said(forGood, { user: 'U0APPROVE' }), '1 of U0REQUEST U0SECOND (rule 4)'],
    [
      said(forGood, { user: 'U0APPROVE' }, silent),
      'U0APPROVE may not suspend autoscaling without an end. Add an end, such as `--for 2h`.',
    ],
  ])('%s', (verdict, words) => {
    expect(verdict).toBe(words)
  })

  test('breaking glass makes none longer, and none permanent', () => {
    const glass = { isBreakGlass: true, reason: 'site down' }
    expect(said(floor(2_880), glass)).toBe('free: break glass')
    expect(said(floor(2_881), glass)).toContain('A temporary change lasts at most 2d here')
    expect(said(forGood, glass)).toContain('may not suspend autoscaling without an end')
  })
})

test('whoever asks never votes, nor anyone unknown, of another workspace, or whom no rule names', () => {
  const user = fc.constantFrom('U0REQUEST', 'U0APPROVE', 'U0SECOND', 'U0OUTSIDE', 'U0GHOST')
  const members = fc.subarray(['U0REQUEST', 'U0APPROVE', 'U0SECOND', 'U0OUTSIDE'])
  fc.assert(
    fc.property(
      user,
      user,
      members,
      members,
      fc.constantFrom('T0QUARTER', 'T0PARTNER'),
      fc.boolean(),
      (voter, requester, oncall, ops, team, isNamed) => {
        const now = facts({ groups: { S0ONCALL: oncall, S0OPS: ops } })
        const rule = { approvers: isNamed ? ['S0OPS'] : ['operators'], maySelfApprove: false }
        const may = mayVote(person(voter, team), rule, { target: aRef() }, person(requester), config, now)
        if (!may) return
        expect(voter).not.toBe(requester)
        expect(team).toBe('T0QUARTER')
        expect(Object.keys(config.people)).toContain(voter)
        expect(isNamed ? ops : [...oncall, ...ops]).toContain(voter)
      },
    ),
  )
})

describe('a plan that makes the changes of other commands, too', () => {
  const rules = (text: string) => compiled(yaml => yaml.replace('approvals:\n', `approvals:\n${text}`))
  const freed = rules('  - { when: { commands: [restart] }, approvals: 0 }\n')

  test('is not freed by a rule about one of them', () => {
    expect(said({ ...planOf('6'), command: 'restart' }, {}, freed)).toContain('free')
    expect(said({ ...planOf('6'), command: 'deploy', also: ['restart'] }, {}, freed)).toContain('1 of')
  })

  test('meets a rule about one of them that asks for more', () => {
    const strict = rules('  - { when: { commands: [restart] }, approvals: 2, approvers: [operators] }\n')
    expect(said({ ...planOf('6'), command: 'deploy', also: ['restart'] }, {}, strict)).toContain('2 of')
  })

  test('needs the reason that a rule about one of them asks for', () => {
    const asking = rules('  - { when: { commands: [restart] }, approvals: 0, reason: required }\n')
    expect(said({ ...planOf('6'), command: 'deploy', also: ['restart'] }, {}, asking)).toContain('needs a reason')
  })

  test('meets the earlier of two rules that ask for as many, and names the ticket that one of them asks for', () => {
    const narrow = rules(
      '  - { when: { commands: [restart] }, approvals: 1, approvers: [U0SECOND] }\n  - { when: { commands: [deploy] }, approvals: 1, approvers: [operators], ticket: "^OPS-" }\n',
    )
    const plan = { ...planOf('6'), command: 'deploy', also: ['restart'] }
    expect(said(plan, { reason: 'soon' }, narrow)).toContain('name a ticket')
    expect(said(plan, { reason: 'OPS-1' }, narrow)).toBe('1 of U0SECOND (rule 1)')
  })

  test.each([
    [
      'whom each of their rules names',
      '{ when: { commands: [restart] }, approvals: 2, approvers: [operators], self: true }',
      '{ when: { commands: [deploy] }, approvals: 1, approvers: [U0SECOND, U0APPROVE], expiry: 1h }',
      '2 of U0APPROVE U0SECOND (rule 1)',
    ],
    [
      'and not by the requester where one rule does not allow it',
      '{ when: { commands: [restart] }, approvals: 1, approvers: [operators], self: true }',
      '{ when: { commands: [deploy] }, approvals: 1, approvers: [operators] }',
      '1 of U0APPROVE U0SECOND (rule 1)',
    ],
    [
      'and by nobody where no person is named by both',
      '{ when: { commands: [restart] }, approvals: 1, approvers: [U0REQUEST], self: true }',
      '{ when: { commands: [deploy] }, approvals: 1, approvers: [U0SECOND] }',
      'This needs 1 approval, and nobody can approve now. Approvers must be named by each rule about it: approval rule 1 names U0REQUEST, approval rule 2 names U0SECOND.',
    ],
    [
      'and with the ticket of each',
      "{ when: { commands: [restart] }, approvals: 1, approvers: [operators], ticket: '^OPS' }",
      "{ when: { commands: [deploy] }, approvals: 1, approvers: [operators], ticket: 'PAY' }",
      'The reason has to name a ticket. Expected form: `PAY`.',
    ],
  ])('is approved by people %s', (_, one, other, verdict) => {
    const plan = { ...planOf('6'), command: 'deploy', also: ['restart'] }
    expect(said(plan, { reason: 'OPS-1' }, rules(`  - ${one}\n  - ${other}\n`))).toBe(verdict)
  })

  test('matches no rule where none is about its own command', () => {
    const others = compiled(yaml =>
      yaml.replace(/approvals:\n[\s\S]*?\n\n/, 'approvals:\n  - { when: { commands: [restart] }, approvals: 0 }\n\n'),
    )
    expect(said({ ...planOf('6'), command: 'deploy', also: ['restart'] }, {}, others)).toContain('No approval rule')
  })
})
