// Tracks the stop of a task: it has stopped, and where a service owns it, another one runs.

import type { Plan } from '../../engine/change/plan.ts'
import type { Progress } from '../../engine/change/progress.ts'
import { deploymentInProgress } from '../../features/deployments/in-progress.ts'
import { troubleSince } from '../../features/deployments/rollout-trouble.ts'
import type { TaskNow } from '../../model/ecs.ts'
import type { Readers } from '../readers.ts'

const MINUTE_MS = 60_000
/** A target drains for at most an hour (Elastic Load Balancing), and `stopTimeout` is at most 2 minutes on Fargate. */
const MOST_MS_TO_STOP = 75 * MINUTE_MS
/** Pull, start and health checks of one task; ECS itself waits longer. This is our choice. */
const MOST_MS_TO_REPLACE = 15 * MINUTE_MS

export const progressOfStop = async (plan: Plan, since: string, now: string, read: Readers): Promise<Progress> => {
  const task = await read.task(plan.target, String(plan.binds['task']))
  if (task !== undefined && task.status !== 'STOPPED') return stopping(task, Date.parse(now) - Date.parse(since))
  if (plan.isOfCluster === true) return { status: 'done', text: 'It has stopped.' }
  return replaced(plan, { since, now, stoppedAt: task?.stoppedAt ?? now }, read)
}

const stopping = ({ status }: TaskNow, ms: number): Progress =>
  ms < MOST_MS_TO_STOP
    ? { status: 'moving', text: `the task is ${status.toLowerCase()}` }
    : { status: 'failed', text: `It is still ${status.toLowerCase()} after ${Math.round(ms / MINUTE_MS)} min.` }

type Times = { readonly since: string; readonly now: string; readonly stoppedAt: string }

const replaced = async ({ target }: Plan, { since, now, stoppedAt }: Times, read: Readers): Promise<Progress> => {
  const service = await read.service(target)
  if (service === undefined) return { status: 'done', text: 'It has stopped; the service was deleted.' }
  const { running, desired, scheduling, graceSeconds } = service
  const counts = `${running}/${desired} running`
  if (running >= desired) return { status: 'done', text: `It has stopped; ${counts}.` }
  if (deploymentInProgress(service) !== undefined)
    return { status: 'done', text: `It has stopped; ${counts}, and a deployment is in progress.` }
  const most = MOST_MS_TO_REPLACE + graceSeconds * 1_000
  if (Date.parse(now) - Date.parse(stoppedAt) < most)
    return { status: 'moving', text: `stopped, ${counts}`, share: desired === 0 ? 1 : Math.min(1, running / desired) }
  const what = scheduling === 'DAEMON' ? 'no other one runs on its instance' : 'no other one runs'
  const trouble = await troubleSince(target, since, read)
  return {
    status: 'failed',
    text: `It has stopped, but ${what}: ${trouble?.text ?? `${counts}.`}`,
    ...(trouble !== undefined && { details: trouble.details }),
  }
}
