// The buttons of a card whose change has ended: the way back, where to look, and the same again.

import { fullName } from '../../kit/language/target.ts'
import type { Offer } from '../../model/errors.ts'
import type { Outcome } from '../change/outcome.ts'
import type { Plan } from '../change/plan.ts'

/** The commands that start tasks: after a failure, the reason is in their logs. */
const STARTS_TASKS = ['scale', 'restart', 'rollback', 'exec enable']

/** `operation`: for the audit. Offers of the outcome come first. */
export const nextSteps = (
  plan: Plan,
  { status, offers = [], requestIds = [] }: Outcome,
  operation: string,
): readonly Offer[] => {
  const name = fullName(plan.target)
  const hasFailed = (status === 'failed' || status === 'unknown') && requestIds.length > 0
  // A gate that nobody answered is over.
  const isRepeatable = status === 'failed' || status === 'blocked' || (status === 'expired' && plan.gate === undefined)
  return [
    ...offers,
    ...(status === 'done' && plan.takeBack !== undefined ? [undoOf(plan.takeBack, plan, operation)] : []),
    ...(hasFailed && STARTS_TASKS.includes(plan.command)
      ? [
          { label: 'Crash Logs', invocation: `logs ${name} --previous` },
          { label: 'Tasks', invocation: `tasks ${name}` },
        ]
      : []),
    ...(isRepeatable && offers.length === 0 ? [{ label: 'Try Again', invocation: plan.invocation }] : []),
    { label: 'Audit', invocation: `audit ${operation}` },
  ]
}

/** The line names the operation: it is refused after a day, and asks where the state is no longer what the operation left. */
const undoOf = (takeBack: string, { members }: Plan, operation: string): Offer => ({
  label: 'Undo',
  invocation: members === undefined ? `${takeBack} --undo ${operation}` : takeBack,
})
