// Compares a change with all that the service had in a window, so that several small steps do not pass a rule that one
// large step would meet.

import { printDuration } from '../../kit/language/kinds/duration.ts'
import type { Store } from '../../model/ports/store.ts'
import { boundsText, tasks } from '../../model/scaling-words.ts'
import { type AuditRecord, recordsSince } from '../audit/audit.ts'
import { isHigher, type Plan, type Risk } from '../change/plan.ts'
import { capacityRisk, riskOfBounds } from '../change/risk.ts'
import type { ApprovalRule, Config } from './config.ts'

/** The amounts of a service just before one change. `at`: ISO 8601. */
export type AmountsBefore = { readonly at: string; readonly amounts: Readonly<Record<string, number>> }

/** The changes of the count and of the bounds within this time have one risk together, also without a size rule. */
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

/** The amounts of this name before each change in a window, oldest first. */
const amountsIn = (name: string, windowMs: number, { now, amountsBefore = [] }: Inputs): readonly number[] => {
  const begin = Date.parse(now) - windowMs
  return amountsBefore.flatMap(({ at, amounts }) => (Date.parse(at) >= begin ? (amounts[name] ?? []) : []))
}

/** The largest difference from what the service had in the rule's window. Undefined without changes in it. */
const largestStep = (
  { amounts = {} }: Plan,
  rule: ApprovalRule,
  inputs: Inputs,
): { readonly name: string; readonly start: number; readonly step: number } | undefined => {
  const steps = Object.entries(amounts).flatMap(([name, { to }]) =>
    amountsIn(name, windowMs(rule), inputs).map(start => ({ name, start, step: Math.abs(to - start) })),
  )
  return steps.toSorted((a, b) => b.step - a.step)[0]
}

/**
 * The size of the plan for a rule: tasks that it adds, stops or replaces, or the largest difference from what the service had in
 * the rule's window, if that is more.
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

/** The risk of the plan together with the earlier changes in the same direction, of the count and of the bounds. */
export const riskInWindow = (plan: Plan, inputs: Inputs): Risk => {
  const together = [...countRisks(plan, inputs), ...boundsRisks(plan, inputs)]
  const highest = together.reduce((most, risk) => (isHigher(risk.level, most.level) ? risk : most), plan.risk)
  return highest === plan.risk
    ? plan.risk
    : { level: highest.level, reasons: [...highest.reasons, ...plan.risk.reasons] }
}

/** What the service had in the window, where the plan goes further from it in the same direction. */
const earlierOf = (name: string, { amounts = {} }: Plan, inputs: Inputs): readonly number[] => {
  const { from, to } = amounts[name] ?? { from: 0, to: 0 }
  return amountsIn(name, RISK_WINDOW_MS, inputs).filter(
    start => from !== to && Math.sign(to - from) === Math.sign(to - start),
  )
}

const countRisks = (plan: Plan, inputs: Inputs): readonly Risk[] => {
  const to = plan.amounts?.['tasks']?.to ?? 0
  return largestFirst(earlierOf('tasks', plan, inputs), to).map(from => ({
    level: capacityRisk({ from, to, callers: plan.callers }).level,
    reasons: [`Within ${RISK_WINDOW_HOURS} h: from ${from} to ${tasks(to)}`],
  }))
}

const boundsRisks = (plan: Plan, inputs: Inputs): readonly Risk[] => {
  const { minimum, maximum } = plan.amounts ?? {}
  if (minimum === undefined || maximum === undefined) return []
  const after = { min: minimum.to, max: maximum.to }
  const [min = minimum.from] = largestFirst(earlierOf('minimum', plan, inputs), minimum.to)
  const [max = maximum.from] = largestFirst(earlierOf('maximum', plan, inputs), maximum.to)
  const { level } = riskOfBounds({ min, max }, after)
  return [
    { level, reasons: [`Within ${RISK_WINDOW_HOURS} h: bounds ${boundsText({ min, max })} → ${boundsText(after)}`] },
  ]
}

/** `amounts`, that with the largest difference from `to` first. */
const largestFirst = (amounts: readonly number[], to: number): readonly number[] =>
  amounts.toSorted((a, b) => Math.abs(b - to) - Math.abs(a - to))
