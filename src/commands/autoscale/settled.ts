// Whether AWS shows the suspension that the plan set.

import type { Plan } from '../../engine/change/plan.ts'
import type { Progress } from '../../engine/change/progress.ts'
import type { Suspensions } from '../../model/ecs.ts'
import { suspendedNames } from '../../model/scaling-words.ts'
import type { Readers } from '../readers.ts'

export const settledSuspensions = async (
  plan: Plan,
  _since: string,
  _now: string,
  read: Readers,
): Promise<Progress> => {
  const autoscaling = await read.autoscaling(plan.target)
  if (autoscaling === undefined) return { status: 'superseded', text: 'Its scalable target was deregistered.' }
  const state = plan.calls[0]?.input['SuspendedState'] as Readonly<Record<string, boolean>> | undefined
  const wanted: Suspensions = {
    in: state?.['DynamicScalingInSuspended'] === true,
    out: state?.['DynamicScalingOutSuspended'] === true,
    scheduled: state?.['ScheduledScalingSuspended'] === true,
  }
  const found = suspendedNames(autoscaling.suspended)
  return suspendedNames(wanted) === found
    ? { status: 'done', text: found === '' ? 'Nothing is suspended.' : `Suspended: ${found}.` }
    : { status: 'superseded', text: `Another change set the suspension to: ${found || 'nothing'}.` }
}
