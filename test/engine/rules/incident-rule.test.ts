// The variant of an approval rule for incidents: it changes the number of approvals, of few changes, for a short time.
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { compileConfig } from '../../../src/commands/compile-config.ts'
import { scale } from '../../../src/commands/scale/scale.ts'
import type { Plan } from '../../../src/engine/change/plan.ts'
import type { ApprovalRule, Config } from '../../../src/engine/rules/config.ts'
import { inIncident } from '../../../src/engine/rules/incidents/incident-rule.ts'
import type { OpenOn } from '../../../src/engine/rules/incidents/open-incidents.ts'
import { loadRuleInputs, type RuleInputPorts } from '../../../src/engine/rules/load-rule-inputs.ts'
import type { RuleInputs } from '../../../src/engine/rules/rule-inputs.ts'
import { kinds } from '../../../src/kit/language/grammar.ts'
import { isRefusal } from '../../../src/model/errors.ts'
import { aRef, aScaling, aService } from '../../builders.ts'

const compiled = compileConfig(readFileSync('quarterdeck.yaml', 'utf8'))
const config: Config = 'config' in compiled ? compiled.config : ({} as never)
const rule = { ...(config.consent[1] as ApprovalRule), approvals: 2, incident: { approvals: 1 } }

const OPEN: OpenOn = {
  ...{ arn: aRef().arn, incident: 'i', at: '2026-11-22T03:00:00.000Z', severity: 'high' },
  eased: { since: '2026-11-22T03:05:00.000Z', until: '2026-11-22T07:00:00.000Z' },
}
const inputs = (more: Partial<RuleInputs> = {}): RuleInputs => ({
  ...{ now: '2026-11-22T04:00:00.000Z', placeLocks: [], incidents: [OPEN] },
  groups: { S0ONCALL: ['U0REQUEST'], S0OPS: ['U0APPROVE', 'U0SECOND'] },
  ...more,
})

const made = scale.plan({ count: kinds.count.parse('6') }, aScaling({ service: aService({ desired: 4 }) }))
if (isRefusal(made)) throw new Error(made.text)
const plan = made as Plan

const approvalsOf = (change: Partial<Plan> = {}, more: Partial<RuleInputs> = {}, of = rule) =>
  inIncident(of, { ...plan, ...change }, config, inputs(more)).rule.approvals

test('it lowers the approvals and nothing else', () => {
  expect(inIncident(rule, plan, config, inputs())).toEqual({
    rule: { ...rule, approvals: 1 },
    eased: { from: 2, until: '2026-11-22T07:00:00.000Z' },
  })
})

describe('the ordinary rule applies', () => {
  test.each<[string, Partial<Plan>]>([
    ['a gate', { gate: {} as NonNullable<Plan['gate']> }],
    ['a set', { members: [] }],
    ['a whole cluster', { isOfCluster: true }],
    ['another role', { role: 'deployer' }],
    ['exec', { role: 'exec' }],
    ['a command in a task', { runsCommands: true }],
    ['shell access', { grant: {} as NonNullable<Plan['grant']> }],
    ['a suspension without an end', { isPermanent: true }],
    ['no calls', { calls: [] }],
    ['no tasks left', { tasks: 0 }],
    ['a minimum of 0', { amounts: { minimum: { from: 2, to: 0 } } }],
    ['an unknown command', { command: 'delete' }],
    ['a restart', { command: 'restart' }],
    ['a deployment', { command: 'deploy' }],
    ['a change that also restarts', { also: ['restart'] }],
    ['a rollback that deploys', { command: 'rollback', role: 'deployer' }],
    ['another service', { target: aRef({ arn: 'arn:aws:ecs:us-east-1:111122223333:service/web/other' }) }],
  ])('to %s', (_, change) => {
    expect(approvalsOf(change)).toBe(2)
  })

  test.each<[string, Partial<RuleInputs>]>([
    ['no incident', { incidents: [] }],
    ['incidents that were not read', { incidents: undefined as never }],
    ['an incident that is not confirmed', { incidents: [{ ...OPEN, eased: undefined as never }] }],
    ['the end', { now: '2026-11-22T07:00:00.000Z' }],
    ['a time before the opening', { now: '2026-11-22T02:59:59.000Z' }],
    ['a time that cannot be read', { now: 'now' }],
    ['an end that cannot be read', { incidents: [{ ...OPEN, eased: { since: '', until: '' } }] }],
    ['an opening that cannot be read', { incidents: [{ ...OPEN, at: 'then' }] }],
    ['changes that are judged together', { together: [] }],
    ['a responder who is not listed', responder('U0OUTSIDE')],
    ['a responder of a group that Slack does not know', { ...responder('U0SECOND'), groups: {} }],
  ])('with %s', (_, more) => {
    expect(approvalsOf({}, more)).toBe(2)
  })

  test('where a rule of a variant is not less strict', () => {
    expect(approvalsOf({}, {}, { ...rule, incident: { approvals: 3 } })).toBe(2)
  })
})

function responder(user: string): Partial<RuleInputs> {
  return { incidents: [{ ...OPEN, eased: { since: '', until: '2026-11-22T07:00:00.000Z', responder: user } }] }
}

test('a responder with the right to change the service confirms it', () => {
  expect(approvalsOf({}, responder('U0SECOND'))).toBe(1)
})

test('at most four hours after the opening, also where more is stored or configured', () => {
  const far = { incidents: [{ ...OPEN, eased: { since: '', until: '2027-11-22T07:00:00.000Z' } }] }
  const wide = { ...config, incidents: { ...config.incidents, longestMinutes: 10_000 } }
  const at = (now: string) => inIncident(rule, plan, wide, inputs({ ...far, now })).rule.approvals
  expect(at('2026-11-22T06:59:59.000Z')).toBe(1)
  expect(at('2026-11-22T07:00:00.000Z')).toBe(2)
})

test('the end of a deployment in progress may be eased: ECS goes back to what ran before', () => {
  const call = { service: 'ecs', action: 'StopServiceDeployment', input: {}, resources: [], repeatable: false } as const
  const stop: Partial<Plan> = { command: 'rollback', role: 'deployer', calls: [call] }
  expect(approvalsOf(stop)).toBe(1)
  expect(approvalsOf({ ...stop, calls: [call, { ...call, action: 'UpdateService' }] as Plan['calls'] })).toBe(2)
})

describe('what is loaded', () => {
  const withRule = { ...config, consent: [rule] }
  const item = (value: object, arn = 'a') => ({ key: { pk: 'incidents', sk: `open#${arn}` }, version: 1, value })
  const { arn: _, ...stored } = OPEN
  const ports = (list: () => Promise<unknown>, isActive = async () => true) =>
    ({
      store: {
        list: (pk: string) => (pk === 'incidents' ? list() : Promise.resolve([])),
        get: async () => undefined,
        create: async () => true,
      },
      slack: async () => ({ members: async () => [], isActive }),
      halted: async () => undefined,
      now: () => '2026-11-22T04:00:00.000Z',
    }) as unknown as RuleInputPorts
  const responded = { ...stored, eased: { since: '', until: '', responder: 'U0SECOND' } }

  test('incidents in which the variant holds; not those that are claimed or not confirmed', async () => {
    const { eased: _eased, ...unconfirmed } = stored
    const list = async () => [item(stored), item({ ...stored, isClaimed: true }, 'b'), item(unconfirmed, 'c')]
    expect((await loadRuleInputs(withRule, ports(list))).incidents?.map(({ arn }) => arn)).toEqual(['a'])
  })

  test('nothing where no rule has a variant, and where the store does not answer', async () => {
    expect(
      (
        await loadRuleInputs(
          config,
          ports(async () => [item(stored)]),
        )
      ).incidents,
    ).toBeUndefined()
    const failing = ports(async () => Promise.reject(new Error('down')))
    expect((await loadRuleInputs(withRule, failing)).incidents).toBeUndefined()
  })

  test('right before a change, a responder must be active in Slack; an answer that fails is no', async () => {
    const list = async () => [item(responded)]
    expect((await loadRuleInputs(withRule, ports(list), true)).incidents).toHaveLength(1)
    expect(
      (
        await loadRuleInputs(
          withRule,
          ports(list, async () => false),
          true,
        )
      ).incidents,
    ).toBeUndefined()
    const failing = ports(list, async () => Promise.reject(new Error('down')))
    expect((await loadRuleInputs(withRule, failing, true)).incidents).toBeUndefined()
  })
})
