// From a plan that holds its command once to the calls of each task, which run it.
import type { Call, ExecCall, Plan, PlannedExec } from '../../engine/change/plan.ts'

const isExec = (call: Call): call is PlannedExec => call.action === 'ExecuteCommand'

/** The command is the first call’s, in calls that have none of their own. */
export const conversationsOf = ({ calls }: Pick<Plan, 'calls'>): readonly ExecCall[] => {
  const planned = calls.filter(isExec)
  const argv = planned[0]?.argv ?? []
  return planned.map(call => ({ ...call, argv: call.argv ?? argv }))
}

/** For a plan: the command stands in the first call alone, so that it counts once, however many tasks there are. */
export const heldOnce = ([first, ...others]: readonly ExecCall[]): readonly PlannedExec[] =>
  first === undefined ? [] : [first, ...others.map(({ argv: _, ...call }) => call)]
