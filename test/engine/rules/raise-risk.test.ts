import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { compileConfig } from '../../../src/commands/compile-config.ts'
import { LEVELS, type Level, type Plan, planDifferences } from '../../../src/engine/change/plan.ts'
import { decodeConfig } from '../../../src/engine/rules/published/decode-config.ts'
import { withRaisedRisk } from '../../../src/engine/rules/raise-risk.ts'
import { aRef } from '../../builders.ts'

const NOW = '2026-11-22T03:00:00.000Z'
const at = (minutesAgo: number): string => new Date(Date.parse(NOW) - minutesAgo * 60_000).toISOString()
const aPlan = (level: Level, more: Partial<Plan> = {}): Plan => ({
  kind: 'plan',
  command: 'scale',
  invocation: 'scale orders-api 3',
  target: aRef(),
  title: '',
  changes: [],
  risk: { level, reasons: ['own'] },
  size: 1,
  tasks: 3,
  consequences: [],
  offers: [],
  calls: [],
  binds: {},
  drifts: {},
  ...more,
})
const configOf = (rules = '') => {
  const compiled = compileConfig(`${readFileSync('quarterdeck.yaml', 'utf8')}\n${rules}`)
  if ('problems' in compiled) throw new Error(compiled.problems.join('\n'))
  return compiled.config
}
const raised = (
  plan: Plan,
  rules = '',
  amountsBefore: readonly { at: string; amounts: Record<string, number> }[] = [],
) => withRaisedRisk(plan, configOf(rules), { now: NOW, groups: {}, placeLocks: [], amountsBefore }).risk

describe('earlier changes', () => {
  const steps = [
    { at: at(30), amounts: { tasks: 8 } },
    { at: at(20), amounts: { tasks: 6 } },
  ]
  const down = aPlan('medium', { amounts: { tasks: { from: 4, to: 3 } }, callers: [] })
  const own = { level: 'medium', reasons: ['own'] }

  test('within an hour count together', () => {
    expect(raised(down, '', steps)).toEqual({ level: 'high', reasons: ['Within 1 h: from 8 to 3 tasks', 'own'] })
  })

  test('with callers, a quarter is enough', () => {
    const plan = { ...down, amounts: { tasks: { from: 7, to: 6 } } }
    expect(raised(plan, '', steps.slice(0, 1))).toEqual(own)
    expect(raised({ ...plan, callers: ['checkout'] }, '', steps.slice(0, 1)).level).toBe('high')
    const { callers, ...unread } = plan
    expect([callers, raised(unread, '', steps.slice(0, 1)).level]).toEqual([[], 'high'])
  })

  test('a fall counts from the highest count in the hour, a rise from the lowest', () => {
    const counts = [2, 20, 11].map((tasks, step) => ({ at: at(30 - step), amounts: { tasks } }))
    expect(raised({ ...down, amounts: { tasks: { from: 11, to: 6 } } }, '', counts).reasons[0]).toBe(
      'Within 1 h: from 20 to 6 tasks',
    )
    const up = aPlan('low', { amounts: { tasks: { from: 11, to: 21 } } })
    expect(raised(up, '', counts)).toEqual({ level: 'medium', reasons: ['Within 1 h: from 2 to 21 tasks', 'own'] })
  })

  describe('of the bounds', () => {
    const to = (max: number, from = 40, min = 4) =>
      aPlan('low', { amounts: { minimum: { from: min, to: min }, maximum: { from, to: max } } })
    const bounds = [10, 20].map((maximum, step) => ({ at: at(30 - step), amounts: { minimum: 4, maximum } }))

    test('a maximum that is doubled again counts from the lowest one in the hour', () => {
      expect(raised(to(80), '', bounds)).toEqual({
        level: 'medium',
        reasons: ['Within 1 h: bounds 4..10 → 4..80', 'own'],
      })
      expect(raised(to(80), '', []).level).toBe('low')
    })

    test('a maximum that stays, or that comes back, changes nothing', () => {
      expect(raised(to(40), '', bounds).level).toBe('low')
      const lowered = [{ at: at(30), amounts: { minimum: 4, maximum: 40 } }]
      expect(raised(to(40, 20), '', lowered).level).toBe('low')
    })
  })

  test.each<[string, Plan, typeof steps]>([
    ['more than an hour ago', down, steps.map(step => ({ ...step, at: at(61) }))],
    ['of another amount', down, [{ at: at(30), amounts: { maximum: 8 } } as never]],
    ['in the other direction', { ...down, amounts: { tasks: { from: 3, to: 4 } } }, steps],
    ['before a change that leaves the count', { ...down, amounts: { tasks: { from: 3, to: 3 } } }, steps],
    ['before a change without a count', aPlan('medium'), steps],
  ])('%s change nothing', (_, plan, before) => {
    expect(raised(plan, '', before)).toEqual(own)
  })
})

describe('the configuration', () => {
  const rule = (when: string, level: string) => `  - { when: { ${when} }, atLeast: ${level} }\n`

  test('raises the risk, and says by which rule', () => {
    const rules = `risk:\n${rule('environment: staging', 'high')}${rule('environment: production, commands: [scale]', 'high')}`
    expect(raised(aPlan('low'), rules)).toEqual({
      level: 'high',
      reasons: ['The configuration raises the risk of this (rule 2)', 'own'],
    })
  })

  test('the highest rule counts, in any order, and without `when` a rule is about every change', () => {
    const rules = ['  - atLeast: medium\n', '  - atLeast: high\n']
    for (const order of [rules, rules.toReversed()])
      expect(raised(aPlan('low'), `risk:\n${order.join('')}`)).toMatchObject({ level: 'high', reasons: { length: 2 } })
  })

  test.each(['commands: restart', 'accounts: staging', 'targets: jobs/*'])('not where %s', when => {
    expect(raised(aPlan('low'), `risk:\n${rule(when, 'high')}`).level).toBe('low')
  })

  test.each(LEVELS.flatMap(own => LEVELS.map(least => [own, least] as const)))(
    'never lowers: %s with at least %s',
    (own, least) => {
      const { level } = raised(aPlan(own), `risk:\n  - atLeast: ${least}\n`)
      expect(LEVELS.indexOf(level)).toBe(Math.max(LEVELS.indexOf(own), LEVELS.indexOf(least)))
    },
  )

  test('that an earlier version published raises nothing', () => {
    const { risk: _, ...published } = configOf()
    expect(decodeConfig(JSON.stringify(published))?.risk).toEqual([])
  })
})

test('a plan differs by a higher risk, and not by a lower one', () => {
  expect(planDifferences(aPlan('medium'), aPlan('high'))).toEqual(['Risk: medium → high'])
  expect(planDifferences(aPlan('high'), aPlan('medium'))).toEqual([])
})
