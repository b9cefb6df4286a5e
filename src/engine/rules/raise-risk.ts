// Pure: raises the risk class of a plan because of earlier changes, or because the configuration says so. Nothing here
// lowers a class.

import { isHigher, type Plan, type Risk } from '../change/plan.ts'
import { concerns, ruledTarget, touches } from './access.ts'
import { riskInWindow } from './change-window.ts'
import type { Config } from './config.ts'
import type { RuleInputs } from './rule-inputs.ts'

/** The card says why a class is higher than what the change alone has. */
export const withRaisedRisk = (plan: Plan, config: Config, inputs: RuleInputs): Plan => {
  const risk = raisedByConfig(plan, riskInWindow(plan, inputs), config)
  const why = risk.reasons.filter(reason => !plan.risk.reasons.includes(reason))
  return { ...plan, risk, ...(why.length > 0 && { warnings: [...why.map(asSentence), ...(plan.warnings ?? [])] }) }
}

const asSentence = (reason: string): string => reason.replace(/\.?$/, '.')

/** A rule about one service raises the risk of a change of its whole cluster. */
const isAbout = (when: Config['risk'][number]['when'], plan: Plan, config: Config): boolean => {
  const { targets: _, team: __, ...others } = when
  return concerns(others, plan, config) && touches(when, ruledTarget(plan), config)
}

const raisedByConfig = (plan: Plan, risk: Risk, config: Config): Risk =>
  config.risk.reduce<Risk>(
    (raised, { when, atLeast, number }, at) =>
      isHigher(atLeast, raised.level) && isAbout(when, plan, config)
        ? {
            level: atLeast,
            reasons: [`The configuration raises the risk of this (rule ${number ?? at + 1})`, ...risk.reasons],
          }
        : raised,
    risk,
  )
