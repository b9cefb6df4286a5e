// Tracks the deployment that a plan started. It has ended when ECS says so (`rolloutState`), or when its task counts
// have been complete and unchanged for a minute.

import type { Plan } from '../../engine/change/plan.ts'
import type { Memory, Progress } from '../../engine/change/progress.ts'
import type { Deployment, Service, ServiceRef } from '../../model/ecs.ts'
import { RemoteError } from '../../model/errors.ts'
import type { DeploymentRecord } from '../../model/service-detail.ts'
import type { ServiceReads } from '../services/reads.ts'
import type { StatusReads } from '../status/reads.ts'
import type { DeploymentReads } from './reads.ts'
import { troubleOf, troubleSince } from './rollout-trouble.ts'
import { isPaused, stageParts } from './stages.ts'

type Reads = Pick<ServiceReads, 'service'> & Pick<StatusReads, 'stoppedTasks'> & Pick<DeploymentReads, 'deployments'>

/** What a poll found. `before`: the id of the primary deployment when the plan was made. */
export type Seen = {
  readonly service: Service
  readonly before: unknown
  readonly since: string
  readonly now: string
  readonly memory?: Memory
}

/** The IAM actions that are needed to watch a deployment. */
export const ROLLOUT_READS = [
  'ecs:DescribeServices',
  'ecs:ListServiceDeployments',
  'ecs:DescribeServiceDeployments',
  'ecs:ListTasks',
  'ecs:DescribeTasks',
] as const

const STEADY_MS = 60_000
/** How long the new deployment may be missing. UpdateService returns it, so reads normally show it soon. */
const MOST_MS_TO_BEGIN = 10 * 60_000

export const primaryOf = ({ deployments }: Pick<Service, 'deployments'>): Deployment | undefined =>
  deployments.find(({ status }) => status === 'PRIMARY')

/** The `settled` function of every plan that starts a deployment. */
export const watchRollout = async (
  plan: Plan,
  since: string,
  now: string,
  read: Reads,
  memory?: Memory,
): Promise<Progress> => {
  const service = await read.service(plan.target)
  if (service === undefined) return { status: 'superseded', text: 'The service was deleted.' }
  return rolloutOf({ service, before: plan.binds['deployment'], since, now, ...(memory && { memory }) }, read)
}

export const rolloutOf = async (seen: Seen, read: Reads): Promise<Progress> =>
  unlessRolledBack(await progressOf(seen, read), seen.service, read)

const progressOf = async (seen: Seen, read: Reads): Promise<Progress> => {
  const { service, before, memory } = seen
  const ours = primaryOf(service)
  if (service.status !== 'ACTIVE') return { status: 'superseded', text: 'The service is being deleted.' }
  if (memory !== undefined && memory.deployment !== ours?.id)
    return { status: 'superseded', text: 'Another change started a newer deployment.' }
  if (ours === undefined || ours.id === before) return notStarted(seen)
  const counts = `${ours.running}/${service.desired} new tasks running`
  if (ours.rolloutState === 'FAILED')
    return failedWith(
      counts,
      ours.rolloutReason ?? 'ECS gave no reason.',
      { ref: service.ref, since: ours.createdAt },
      read,
    )
  const current = memoryOf(ours, seen)
  if (ours.rolloutState === 'COMPLETED' || isSteady(ours, seen, current))
    return { status: 'done', text: `${counts}.`, deployment: ours.id }
  return inProgress({ seen, ours, counts, memory: current }, read)
}

const notStarted = ({ since, now }: Seen): Progress =>
  msBetween(since, now) < MOST_MS_TO_BEGIN
    ? { status: 'moving', text: 'the deployment has not started' }
    : { status: 'failed', text: 'AWS accepted the call, but ECS shows no new deployment.' }

type InProgress = {
  readonly seen: Seen
  readonly ours: Deployment
  readonly counts: string
  readonly memory: Memory
}

const inProgress = async ({ seen, ours, counts, memory }: InProgress, read: Reads): Promise<Progress> => {
  const { service, since, now } = seen
  const stillMs = msBetween(memory.since, now)
  const trouble = await troubleOf({ service, ours, stillMs, elapsedMs: msBetween(since, now) }, read)
  if (trouble !== undefined)
    return { status: 'failed', text: `${counts}: ${trouble.text}`, details: [...trouble.details] }
  const record = await recordOf(service, ours, read)
  const stages = record === undefined ? [] : stageParts(record, ours.taskDefinition, now)
  const failed = ours.failed > 0 && record?.breaker === undefined ? [`${ours.failed} failed`] : []
  return {
    status: 'moving',
    text: [counts, ...failed, ...stages].join(', '),
    share: shareOf(ours, service),
    memory,
    ...(record !== undefined && isPaused(record) && { isWaiting: true }),
  }
}

/** The newest records that are compared: the deployment's own, and one that somebody started after it. */
const MOST_RECORDS = 2
/** ECS records a deployment and makes it primary at the same call. */
const MOST_MS_APART = 60_000

/** The service deployment that is the primary one: the record of the same time. Without it, the progress has only counts. */
const recordOf = async (
  { ref }: Service,
  { createdAt }: Deployment,
  read: Pick<Reads, 'deployments'>,
): Promise<DeploymentRecord | undefined> => {
  const records = await read.deployments(ref, MOST_RECORDS).catch((error: unknown) => {
    if (!(error instanceof RemoteError)) throw error
    return []
  })
  const apart = (record: DeploymentRecord): number => Math.abs(msBetween(record.createdAt, createdAt))
  return records.filter(one => apart(one) <= MOST_MS_APART).toSorted((a, b) => apart(a) - apart(b))[0]
}

/** The progress while ECS rolls back a stopped deployment. Tasks may fail during the rollback too. */
export const stoppingOf = async (seen: Seen, counts: string, read: Reads): Promise<Progress> => {
  const ours = primaryOf(seen.service)
  if (ours === undefined) return { status: 'moving', text: counts }
  // The stopped deployment stays primary until ECS starts the deployment that rolls back.
  const isNew = seen.memory === undefined || seen.memory.deployment !== ours.id
  const { memory: _, ...fresh } = seen
  return inProgress({ seen, ours, counts, memory: memoryOf(ours, isNew ? fresh : seen) }, read)
}

const shareOf = ({ running }: Deployment, { desired }: Service): number =>
  desired === 0 ? 0 : Math.min(1, running / desired)

const memoryOf = (ours: Deployment, { service, memory, now }: Seen): Memory => {
  const counts = `${ours.running}+${ours.pending} of ${service.desired}, ${service.running}+${service.pending} in all`
  return memory?.counts === counts ? memory : { deployment: ours.id, counts, since: now }
}

/** Whether the task counts are complete and unchanged. False while ECS reports that the deployment is in progress. */
const isSteady = (ours: Deployment, { service, now }: Seen, { since }: Memory): boolean =>
  ours.rolloutState !== 'IN_PROGRESS' &&
  service.deployments.every(one => one === ours || one.status === 'INACTIVE') &&
  ours.running === service.desired &&
  service.running === service.desired &&
  ours.pending + service.pending === 0 &&
  msBetween(since, now) >= STEADY_MS

const msBetween = (from: string, to: string): number => Date.parse(to) - Date.parse(from)

/** Checks in the history whether ECS rolled back a deployment that looks done or superseded. */
export const unlessRolledBack = async (progress: Progress, { ref }: Service, read: Reads): Promise<Progress> => {
  if (progress.status !== 'done' && progress.status !== 'superseded') return progress
  const [last] = await read.deployments(ref, 1)
  if (last?.rollback === undefined) return progress
  return failedWith('ECS rolled it back', last.rollback.reason, { ref, since: last.createdAt }, read)
}

/** A failure that ECS reports, with the cause for which most tasks failed. `reason`: the words of ECS. */
export const failedWith = async (
  text: string,
  reason: string,
  { ref, since }: { readonly ref: ServiceRef; readonly since: string },
  read: Pick<Reads, 'stoppedTasks'>,
): Promise<Progress> => {
  const trouble = await troubleSince(ref, since, read)
  return trouble === undefined
    ? { status: 'failed', text: `${text}.`, details: [reason] }
    : { status: 'failed', text: `${text}: ${trouble.text}`, details: [...trouble.details, reason] }
}
