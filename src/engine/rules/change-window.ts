// Size rules look at what a service had at the start of a window, so that several small steps do not pass a rule that one
// large step would meet.

import { printDuration } from '../../kit/language/kinds/duration.ts'
import type { Store } from '../../model/ports/store.ts'
import { tasks } from '../../model/scaling-words.ts'
import { type AuditRecord, recordsSince } from '../audit/audit.ts'
import { isHigher, type Plan, type Risk } from '../change/plan.ts'
import { capacityRisk } from '../change/risk.ts'
import type { ApprovalRule, Config } from './config.ts'

/** The amounts of a service just before one change. `at`: ISO 8601. */
export type AmountsBefore = { readonly at: string; readonly amounts: Readonly<Record<string, number>> }

/** The changes of the count within this time have one risk together, also without a size rule. */
const RISK_WINDOW_HOURS = 1
const RISK_WINDOW_MS = RISK_WINDOW_HOURS * 3_600_000

const windowMs = ({ when }: ApprovalRule): number => (when.withinMinutes ?? 0) * 60_000

/** Reads what the plan's service had before each change of the longest window, oldest first. */
export const loadAmountsBefore = async (
  { target, amounts }: Plan,
  config: Config,
  now: string,
  store: Pick<Store, 'list'>,
): Promise<readonly AmountsBefore[]> => {
  const longest = Math.max(RISK_WINDOW_MS, ...config.consent.map(windowMs))
  if (amounts === undefined) return []
  const records = await recordsSince(store, target.arn, new Date(Date.parse(now) - longest).toISOString())
  return records.flatMap(amountsOf)
}

const amountsOf = ({ kind, at, amounts }: AuditRecord): readonly AmountsBefore[] =>
  kind === 'intent' && amounts !== undefined ? [{ at, amounts }] : []

type Inputs = { readonly now: string; readonly amountsBefore?: readonly AmountsBefore[] }

/** The amount of this name at the start of a window. Undefined without changes of it in the window. */
const startOf = (name: string, windowMs: number, { now, amountsBefore = [] }: Inputs): number | undefined => {
  const begin = Date.parse(now) - windowMs
  return amountsBefore.find(({ at, amounts }) => Date.parse(at) >= begin && amounts[name] !== undefined)?.amounts[name]
}

/** The largest difference from what the service had at the start of the rule's window. Undefined without changes in it. */
const largestStep = (
  { amounts = {} }: Plan,
  rule: ApprovalRule,
  inputs: Inputs,
): { readonly name: string; readonly start: number; readonly step: number } | undefined => {
  const steps = Object.entries(amounts).flatMap(([name, { to }]) => {
    const start = startOf(name, windowMs(rule), inputs)
    return start === undefined ? [] : [{ name, start, step: Math.abs(to - start) }]
  })
  return steps.toSorted((a, b) => b.step - a.step)[0]
}

/**
 * The size of the plan for a rule: tasks that it adds, stops or replaces, or the difference from what the service had at
 * the start of the rule's window, if that is more.
 */
export const sizeFor = (plan: Plan, rule: ApprovalRule, inputs: Inputs): number =>
  Math.max(plan.size, largestStep(plan, rule, inputs)?.step ?? 0)

/** One sentence for the card, where the rule applies only because of earlier changes. */
export const windowText = (plan: Plan, rule: ApprovalRule, inputs: Inputs): string | undefined => {
  const { atLeast, withinMinutes = 0 } = rule.when
  const largest = largestStep(plan, rule, inputs)
  if (atLeast === undefined || plan.size >= atLeast || largest === undefined) return undefined
  const what = largest.name === 'tasks' ? 'desired count' : largest.name
  return `Within ${printDuration(withinMinutes)} the ${what} was ${largest.start}: together the changes are ${largest.step}, and a rule applies from ${atLeast} on.`
}

/** The risk of the plan and of the earlier changes of the count in the same direction together. */
export const riskInWindow = ({ amounts, risk, callers }: Plan, inputs: Inputs): Risk => {
  const start = startOf('tasks', RISK_WINDOW_MS, inputs)
  const count = amounts?.['tasks']
  if (count === undefined || start === undefined) return risk
  const { from, to } = count
  if (from === to || Math.sign(to - from) !== Math.sign(to - start)) return risk
  const { level } = capacityRisk({ from: start, to, callers })
  if (!isHigher(level, risk.level)) return risk
  return { level, reasons: [`Within ${RISK_WINDOW_HOURS} h: from ${start} to ${tasks(to)}`, ...risk.reasons] }
}
