// A plan stores its command once, in the first call: removes it from the other calls and restores it.
import type { Call, ExecCall, Plan, PlannedExec } from '../../engine/change/plan.ts'

const isExec = (call: Call): call is PlannedExec => call.action === 'ExecuteCommand'

/** The plan's exec calls, each with the command. */
export const execCallsOf = ({ calls }: Pick<Plan, 'calls'>): readonly ExecCall[] => {
  const planned = calls.filter(isExec)
  const argv = planned[0]?.argv ?? []
  return planned.map(call => ({ ...call, argv: call.argv ?? argv }))
}

/** Keeps the command in the first call only, so that the plan's size does not grow with it for each task. */
export const withCommandOnce = ([first, ...others]: readonly ExecCall[]): readonly PlannedExec[] =>
  first === undefined ? [] : [first, ...others.map(({ argv: _, ...call }) => call)]
