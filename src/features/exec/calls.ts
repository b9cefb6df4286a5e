// Removes the command from all exec calls of a plan but the first, so that it is stored once, and restores it in the
// others.
import type { Call, ExecCall, Plan, PlannedExec } from '../../engine/change/plan.ts'

const isExec = (call: Call): call is PlannedExec => call.action === 'ExecuteCommand'

/** The exec calls of a plan. Each has the command. */
export const execCallsOf = ({ calls }: Pick<Plan, 'calls'>): readonly ExecCall[] => {
  const planned = calls.filter(isExec)
  const argv = planned[0]?.argv ?? []
  return planned.map(call => ({ ...call, argv: call.argv ?? argv }))
}

/** Keeps the command in the first call only, so that the size of a plan does not grow by the command for each task. */
export const withCommandOnce = ([first, ...others]: readonly ExecCall[]): readonly PlannedExec[] =>
  first === undefined ? [] : [first, ...others.map(({ argv: _, ...call }) => call)]
