// Shadow mode: the changes of an account are planned, approved and recorded, and never made.
import { eachTarget, type Plan, type Targeted } from '../../engine/change/plan.ts'
import type { Config } from '../../engine/rules/config.ts'

/** Whether a service of the plan is in an account in shadow mode. */
export const isShadow = (plan: Targeted, { accounts }: Pick<Config, 'accounts'>): boolean =>
  eachTarget(plan).some(({ target }) => accounts.some(({ id, shadow }) => id === target.accountId && shadow === true))

/** The plan with a warning, if any of it is not made. */
export const withShadow = (plan: Plan, config: Pick<Config, 'accounts'>): Plan =>
  isShadow(plan, config) ? { ...plan, warnings: [WARNING, ...(plan.warnings ?? [])] } : plan

const WARNING = 'Shadow mode: approval is recorded, nothing is called'

/** The outcome of a change that shadow mode has ended. */
export const notMade = ({ target }: Plan): string =>
  `Shadow mode in ${target.account}: it is recorded, and nothing was called.`
