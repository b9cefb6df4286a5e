// How far the deployment is that a plan began: of the service's primary deployment, told from the one before it. ECS says when
// it is over (`rolloutState`); where it says nothing that we know, the counts say it, once they have stood still for a minute.

import type { Plan } from '../../engine/change/plan.ts'
import type { Memory, Progress } from '../../engine/change/progress.ts'
import type { Deployment, Service } from '../../model/ecs.ts'
import type { ServiceReads } from '../services/reads.ts'
import type { StatusReads } from '../status/reads.ts'
import type { DeploymentReads } from './reads.ts'
import { troubleOf } from './rollout-trouble.ts'

type Reads = Pick<ServiceReads, 'service'> & Pick<StatusReads, 'stoppedTasks'> & Pick<DeploymentReads, 'deployments'>

/** `before`: the id of the deployment that was there when it was planned. */
export type Seen = {
  readonly service: Service
  readonly before: unknown
  readonly since: string
  readonly now: string
  readonly memory?: Memory
}

/** What it takes to watch one. */
export const ROLLOUT_READS = [
  'ecs:DescribeServices',
  'ecs:ListServiceDeployments',
  'ecs:DescribeServiceDeployments',
  'ecs:ListTasks',
  'ecs:DescribeTasks',
] as const

const STEADY_MS = 60_000
/** UpdateService answers with the new deployment, so it does not take long to be seen. */
const MOST_MS_TO_BEGIN = 10 * 60_000

export const primaryOf = ({ deployments }: Pick<Service, 'deployments'>): Deployment | undefined =>
  deployments.find(({ status }) => status === 'PRIMARY')

/** The `settled` of every plan that begins a deployment. */
export const watchRollout = async (
  plan: Plan,
  since: string,
  now: string,
  read: Reads,
  memory?: Memory,
): Promise<Progress> => {
  const service = await read.service(plan.target)
  if (service === undefined) return { status: 'superseded', text: 'The service was deleted meanwhile.' }
  return rolloutOf({ service, before: plan.binds['deployment'], since, now, ...(memory && { memory }) }, read)
}

export const rolloutOf = async (seen: Seen, read: Reads): Promise<Progress> =>
  unlessRolledBack(await progressOf(seen, read), seen.service, read)

const progressOf = async (seen: Seen, read: Reads): Promise<Progress> => {
  const { service, before, memory } = seen
  const ours = primaryOf(service)
  if (service.status !== 'ACTIVE') return { status: 'superseded', text: 'The service is being deleted.' }
  if (memory !== undefined && memory.deployment !== ours?.id)
    return { status: 'superseded', text: 'Another deployment was begun meanwhile, not by this operation.' }
  if (ours === undefined || ours.id === before) return notBegun(seen)
  const counts = `${ours.running}/${service.desired} new tasks running`
  if (ours.rolloutState === 'FAILED')
    return { status: 'failed', text: `${counts}.`, details: [ours.rolloutReason ?? 'ECS gave no reason.'] }
  const remembered = rememberedOf(ours, seen)
  if (ours.rolloutState === 'COMPLETED' || isSteady(ours, seen, remembered))
    return { status: 'done', text: `${counts}.` }
  return underWay({ seen, ours, counts, memory: remembered }, read)
}

const notBegun = ({ since, now }: Seen): Progress =>
  msBetween(since, now) < MOST_MS_TO_BEGIN
    ? { status: 'moving', text: 'the deployment has not begun' }
    : { status: 'failed', text: 'AWS took the call, but ECS shows no new deployment.' }

type UnderWay = {
  readonly seen: Seen
  readonly ours: Deployment
  readonly counts: string
  readonly memory: Memory
}

const underWay = async ({ seen, ours, counts, memory }: UnderWay, read: Reads): Promise<Progress> => {
  const { service, since, now } = seen
  const stillMs = msBetween(memory.since, now)
  const trouble = await troubleOf({ service, ours, stillMs, elapsedMs: msBetween(since, now) }, read)
  if (trouble !== undefined)
    return { status: 'failed', text: `${counts}: ${trouble.text}`, details: [...trouble.details] }
  const failed = ours.failed > 0 ? `, ${ours.failed} failed` : ''
  return { status: 'moving', text: `${counts}${failed}`, share: shareOf(ours, service), memory }
}

/** While a stopped deployment is rolled back: ECS says when that is over, unless its tasks do not come up either. */
export const stoppingOf = async (seen: Seen, counts: string, read: Reads): Promise<Progress> => {
  const ours = primaryOf(seen.service)
  if (ours === undefined) return { status: 'moving', text: counts }
  // The deployment that is stopped is primary until ECS has begun the one that goes back.
  const isOther = seen.memory === undefined || seen.memory.deployment !== ours.id
  const { memory: _, ...fresh } = seen
  return underWay({ seen, ours, counts, memory: rememberedOf(ours, isOther ? fresh : seen) }, read)
}

const shareOf = ({ running }: Deployment, { desired }: Service): number =>
  desired === 0 ? 0 : Math.min(1, running / desired)

const rememberedOf = (ours: Deployment, { service, memory, now }: Seen): Memory => {
  const counts = `${ours.running}+${ours.pending} of ${service.desired}, ${service.running}+${service.pending} in all`
  return memory?.counts === counts ? memory : { deployment: ours.id, counts, since: now }
}

/** Only where ECS does not say that it is still in progress. */
const isSteady = (ours: Deployment, { service, now }: Seen, { since }: Memory): boolean =>
  ours.rolloutState !== 'IN_PROGRESS' &&
  service.deployments.every(one => one === ours || one.status === 'INACTIVE') &&
  ours.running === service.desired &&
  service.running === service.desired &&
  ours.pending + service.pending === 0 &&
  msBetween(since, now) >= STEADY_MS

const msBetween = (from: string, to: string): number => Date.parse(to) - Date.parse(from)

/** When it looks done, or not like ours any more, ECS may have rolled it back meanwhile: its history tells. */
export const unlessRolledBack = async (progress: Progress, { ref }: Service, read: Reads): Promise<Progress> => {
  if (progress.status !== 'done' && progress.status !== 'superseded') return progress
  const [last] = await read.deployments(ref, 1)
  if (last?.rollback === undefined) return progress
  return { status: 'failed', text: 'ECS rolled it back.', details: [last.rollback.reason] }
}
