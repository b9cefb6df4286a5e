// The deployment of a service that is in progress: other deployments wait until it is over. Only a rollback and breaking
// glass stop it.

import { cardLine } from '../../engine/cards/card-line.ts'
import type { Line } from '../../engine/change/plan.ts'
import type { Asker } from '../../engine/rules/asker.ts'
import { fullName } from '../../kit/language/target.ts'
import { timeMark } from '../../kit/messages/markup.ts'
import { plainName, shortName } from '../../kit/messages/text.ts'
import type { ChangeAtAws, Deployment, Service } from '../../model/ecs.ts'
import { type Refusal, refuse } from '../../model/errors.ts'
import type { ScalingReads } from '../scaling/reads.ts'

type Deploying = Pick<Service, 'deployments'>

/** While tasks of an older deployment run, the newest one is in progress, unless ECS says that it failed. */
export const deploymentInProgress = ({ deployments }: Deploying): Deployment | undefined => {
  const primary = deployments.find(({ status }) => status === 'PRIMARY')
  if (primary === undefined || primary.rolloutState === 'FAILED') return undefined
  const isShared = deployments.some(({ status }) => status === 'ACTIVE')
  return primary.rolloutState === 'IN_PROGRESS' || isShared ? primary : undefined
}

/** The deployment that a plan stops although nobody rolls it back. `by`: who started it, if CloudTrail says so. */
export type Preempted = { readonly deployment: Deployment; readonly by?: ChangeAtAws }

/** IAM actions of `loadPreempted`. */
export const PREEMPTED_READS = ['cloudtrail:LookupEvents'] as const

/** Undefined where no deployment is in progress, or where it must be waited for. */
export const loadPreempted = async (
  service: Service | undefined,
  { isBreakGlass }: Pick<Asker, 'isBreakGlass'>,
  read: Pick<ScalingReads, 'changedAtAws'>,
): Promise<Preempted | undefined> => {
  const deployment = service && deploymentInProgress(service)
  if (service === undefined || deployment === undefined || isBreakGlass !== true) return undefined
  const by = await starterOf(service, deployment, read)
  return { deployment, ...(by !== undefined && { by }) }
}

/** Clocks differ, and ECS records a deployment after the call. */
const MOST_MS_APART = 60_000

/** Who called UpdateService for this deployment. The calls of Quarterdeck are in its audit, and CloudTrail is late. */
export const starterOf = async (
  { ref }: Service,
  { createdAt }: Pick<Deployment, 'createdAt'>,
  read: Pick<ScalingReads, 'changedAtAws'>,
): Promise<ChangeAtAws | undefined> => {
  const at = Date.parse(createdAt)
  const found = await read.changedAtAws(ref, 'UpdateService', new Date(at - MOST_MS_APART).toISOString())
  return found === undefined || Math.abs(Date.parse(found.at) - at) > MOST_MS_APART ? undefined : found
}

/** The line of the card of a plan that stops the deployment in progress. */
export const preemptedLosses = (preempted: Preempted | undefined): readonly Line[] => {
  if (preempted === undefined) return []
  const { deployment, by } = preempted
  const who = by === undefined ? 'starter unknown' : `started by ${shortName(by.by)}`
  return [cardLine(`Stops the deployment of \`${shortName(deployment.taskDefinition)}\`, ${who}`)]
}

const isFirst = ({ createdAt, deployments }: Service, deployment: Deployment): boolean =>
  deployments.length === 1 && Date.parse(deployment.createdAt) - Date.parse(createdAt) < MOST_MS_APART

/** The refusal of a change that would stop the deployment in progress. `what`: the participle, such as `restarted`. */
export const refuseInProgress = (service: Service, what: string, preempted?: Preempted): Refusal | undefined => {
  const deployment = preempted === undefined ? deploymentInProgress(service) : undefined
  if (deployment === undefined) return undefined
  const { ref } = service
  const name = fullName(ref)
  return refuse(
    `*${ref.service}* cannot be ${what} now: a deployment of \`${plainName(deployment.taskDefinition)}\` is in progress since ${timeMark(deployment.createdAt)}.`,
    isFirst(service, deployment)
      ? 'It is the first one, so there is nothing to roll back to. Wait until it ends; in an emergency use `--break-glass`.'
      : 'Wait until it ends, or roll it back; in an emergency use `--break-glass`.',
    [
      ...(isFirst(service, deployment) ? [] : [{ label: 'Roll Back', invocation: `rollback ${name}` }]),
      { label: 'Deployments', invocation: `deployments ${name}` },
    ],
  )
}
