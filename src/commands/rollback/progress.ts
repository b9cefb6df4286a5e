// Tracks the progress of a rollback: the deployment of an earlier task definition, or the stop of a deployment in
// progress.

import type { Plan } from '../../engine/change/plan.ts'
import type { Progress } from '../../engine/change/progress.ts'
import {
  failedWith,
  primaryOf,
  rolloutOf,
  type Seen,
  stoppingOf,
  unlessRolledBack,
} from '../../features/deployments/rollout.ts'
import { withoutMarkup } from '../../features/deployments/version-changes.ts'
import type { Readers } from '../readers.ts'

/** The ARN of the deployment that this plan stops; undefined if the plan starts a deployment. */
export const stoppedBy = ({ calls }: Plan): string | undefined =>
  calls.map(({ input }) => input['serviceDeploymentArn']).find(arn => typeof arn === 'string')

export const progressOfDeployment = async (seen: Seen, plan: Plan, read: Readers): Promise<Progress> => {
  const { service, before } = seen
  const ours = primaryOf(service)
  const [call] = plan.calls
  const wanted = String(call?.input['taskDefinition'] ?? '')
    .split('/')
    .at(-1)
  if (ours === undefined || ours.id === before || ours.taskDefinition === wanted) return rolloutOf(seen, read)
  const superseded: Progress = {
    status: 'superseded',
    text: `Another change deployed \`${withoutMarkup(ours.taskDefinition)}\`.`,
    details: ours.rolloutReason === undefined ? [] : [ours.rolloutReason],
  }
  return unlessRolledBack(superseded, service, read)
}

export const progressOfStop = async (seen: Seen, arn: string, plan: Plan, read: Readers): Promise<Progress> => {
  const record = await read.deployment(plan.target, arn)
  const { running = 0, taskDefinition = '' } = primaryOf(seen.service) ?? {}
  const counts = `${running}/${seen.service.desired} tasks of \`${withoutMarkup(taskDefinition)}\` running`
  const details = record?.reason === undefined ? [] : [record.reason]
  switch (record?.status) {
    case undefined:
      return { status: 'superseded', text: 'ECS no longer has the deployment.' }
    case 'ROLLBACK_SUCCESSFUL':
      return { status: 'done', text: `${counts}.` }
    case 'ROLLBACK_FAILED':
      return failedWith(
        `The rollback failed: ${counts}`,
        record.reason ?? 'ECS gave no reason.',
        { ref: plan.target, since: seen.since },
        read,
      )
    case 'STOPPED':
      return { status: 'failed', text: `The deployment was stopped without a rollback: ${counts}.`, details }
    case 'SUCCESSFUL':
      return { status: 'superseded', text: 'The deployment succeeded before it could be stopped.' }
    default:
      return stoppingOf(seen, counts, read)
  }
}
