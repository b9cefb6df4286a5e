// Loads /ecs status with a bounded number of calls for a service of any size. If a read fails, it is listed, and the
// rest is still shown.

import { fullName } from '../../kit/language/target.ts'
import type { Autoscaling, ServiceRef } from '../../model/ecs.ts'
import { type Refusal, RemoteError, refuse } from '../../model/errors.ts'
import type {
  AlarmState,
  DeploymentRecord,
  RunningTasks,
  ServiceDetail,
  ServiceRevision,
  TargetHealth,
  Traffic,
} from '../../model/service-detail.ts'
import type { DeploymentReads } from '../deployments/reads.ts'
import type { ScalingReads } from '../scaling/reads.ts'
import { type CommonCause, commonCause } from './common-cause.ts'
import { type HostState, hostStates, hostsOf } from './host-problems.ts'
import { MOST_STOPPED, type StatusReads } from './reads.ts'
import type { Usage } from './usage.ts'

type Reads = StatusReads & Pick<ScalingReads, 'autoscaling'> & Pick<DeploymentReads, 'deployment' | 'revisions'>

export type Status = {
  readonly detail: ServiceDetail
  readonly autoscaling?: Autoscaling
  readonly running: RunningTasks
  readonly deployment?: DeploymentRecord
  readonly revisions: readonly ServiceRevision[]
  readonly alarms: readonly AlarmState[]
  /** The names of the alarms of autoscaling policies. They are often in ALARM although there is no problem. */
  readonly scalingAlarms: ReadonlySet<string>
  readonly targets: readonly TargetHealth[]
  readonly lattice: readonly TargetHealth[]
  readonly traffic: readonly Traffic[]
  readonly hosts: readonly HostState[]
  /** The current time, ISO 8601. */
  readonly now: string
  readonly usage?: Usage
  /** Why tasks failed in the last FAILING_MINUTES; absent if none did. */
  readonly failing?: CommonCause
  /** The reads that failed, with the reason. */
  readonly unread: readonly string[]
}

/** ECS waits up to 15 minutes before it starts a task again that keeps failing. */
const FAILING_MINUTES = 30

export const loadStatus = async (ref: ServiceRef, read: Reads, now: string): Promise<Status | Refusal> => {
  const unread: string[] = []
  const orElse = async <T>(reading: Promise<T>, otherwise: T): Promise<T> => {
    try {
      return await reading
    } catch (error) {
      if (!(error instanceof RemoteError)) throw error
      unread.push(error.message)
      return otherwise
    }
  }
  const [detail, autoscaling, running, usage] = await Promise.all([
    read.serviceDetail(ref),
    orElse(read.autoscaling(ref), undefined),
    orElse(read.runningTasks(ref), { tasks: [], isPartial: true }),
    orElse(read.usage(ref, now), undefined),
  ])
  if (detail === undefined) return refuse(`*${fullName(ref)}* no longer exists.`)
  const scalingAlarms = new Set(autoscaling?.policies.flatMap(({ alarms = [] }) => alarms))
  const [deployment, revisions, alarms, targets, lattice, traffic, hosts, stopped] = await Promise.all([
    detail.deployment === undefined ? undefined : orElse(read.deployment(ref, detail.deployment), undefined),
    orElse(read.revisions(ref, detail.revisions), []),
    orElse(read.alarms(ref, [...new Set([...detail.alarms, ...scalingAlarms])]), []),
    orElse(read.targetHealth(ref, detail.targetGroups), []),
    orElse(read.latticeHealth(ref, detail.latticeGroups), []),
    orElse(read.traffic(ref, detail.connect?.names ?? [], now), []),
    orElse(read.hosts(ref, hostsOf(running.tasks)), []),
    hasFailures(detail) ? orElse(read.stoppedTasks(ref), []) : [],
  ])
  const amis = [...new Set(hosts.flatMap(({ ami }) => ami ?? []))]
  const since = new Date(Date.parse(now) - FAILING_MINUTES * 60_000).toISOString()
  if (stopped.length >= MOST_STOPPED)
    unread.push(`stopped tasks beyond ${MOST_STOPPED.toLocaleString('en')}, so more may have failed`)
  const failing = commonCause(stopped, since, fullName(ref))
  const made = await orElse(read.imagesMade(ref, amis), new Map<string, string>())
  return {
    detail,
    running,
    now,
    revisions,
    alarms,
    scalingAlarms,
    targets,
    lattice,
    traffic,
    hosts: hostStates(hosts, running.tasks, made),
    unread,
    ...(autoscaling !== undefined && { autoscaling }),
    ...(deployment !== undefined && { deployment }),
    ...(usage !== undefined && { usage }),
    ...(failing !== undefined && { failing }),
  }
}

/** Whether tasks are missing or a deployment counts failed tasks. If so, the stopped tasks are read for the reason. */
const hasFailures = ({ service: { running, desired, deployments } }: ServiceDetail): boolean =>
  running < desired || deployments.some(({ failed, rolloutState }) => failed > 0 || rolloutState === 'FAILED')

/** The health of a service. `summary`: a phrase that follows the service's name, such as `is healthy and steady`. */
export type Health = { readonly summary: string; readonly concerns: readonly string[] }

/** Whether the service is healthy, and what is wrong with it. */
export const healthOf = ({
  detail,
  running,
  alarms,
  targets,
  lattice,
  deployment,
}: Pick<Status, 'detail' | 'running' | 'alarms' | 'targets' | 'lattice' | 'deployment'>): Health => {
  const { service } = detail
  const concerns = [
    ...failedDeployment(detail, deployment),
    ...missingTasks(detail),
    ...unhealthy(
      'task',
      running.tasks.filter(({ health }) => health === 'UNHEALTHY').length,
      'fails its container health check',
      'fail their container health check',
    ),
    ...unhealthy(
      'target',
      unhealthyIn(targets),
      'is unhealthy to the load balancer',
      'are unhealthy to the load balancer',
    ),
    ...unhealthy('target', unhealthyIn(lattice), 'is unhealthy to VPC Lattice', 'are unhealthy to VPC Lattice'),
    ...alarms
      .filter(({ name, state }) => state === 'ALARM' && detail.alarms.includes(name))
      .map(({ name }) => `alarm \`${name.replace(/[`*\n]/g, '')}\` is in ALARM`),
  ]
  return { summary: summaryOf(service, concerns, deployment), concerns }
}

/** The states of a service deployment that is not over (ECS developer guide, service deployment states). */
const UNDER_WAY: ReadonlySet<string> = new Set([
  ...['PENDING', 'IN_PROGRESS', 'STOP_REQUESTED', 'ROLLBACK_REQUESTED', 'ROLLBACK_IN_PROGRESS'],
])

const summaryOf = (
  { status, desired, deployments }: ServiceDetail['service'],
  concerns: readonly string[],
  deployment: DeploymentRecord | undefined,
): string => {
  if (status !== 'ACTIVE') return `is ${status.toLowerCase()}`
  if (concerns.length > 0) return 'is not healthy'
  if (deployments.some(({ rolloutState }) => rolloutState === 'IN_PROGRESS') || UNDER_WAY.has(deployment?.status ?? ''))
    return 'is healthy and deploying'
  return desired === 0 ? 'is stopped' : 'is healthy and steady'
}

const unhealthyIn = (groups: readonly TargetHealth[]): number =>
  groups.flatMap(group => group.targets).filter(({ state }) => state === 'unhealthy').length

const unhealthy = (what: string, count: number, does: string, allDo: string): readonly string[] =>
  count === 0 ? [] : [`${count} ${count === 1 ? `${what} ${does}` : `${what}s ${allDo}`}`]

const failedDeployment = (
  { service: { deployments } }: ServiceDetail,
  record: DeploymentRecord | undefined,
): readonly string[] => {
  if (record?.rollback !== undefined && record.finishedAt === undefined) return ['the deployment is rolling back']
  const failed = deployments.find(({ rolloutState }) => rolloutState === 'FAILED')
  return failed === undefined ? [] : [`the deployment of \`${failed.taskDefinition}\` failed`]
}

/**
 * A concern if tasks are missing from the desired count or, during a deployment, from its minimum healthy percentage.
 */
const missingTasks = ({ service, strategy }: ServiceDetail): readonly string[] => {
  const { desired, running, deployments } = service
  const isDeploying = deployments.some(({ rolloutState }) => rolloutState === 'IN_PROGRESS')
  const least = isDeploying ? Math.ceil((desired * Math.min(strategy.least, 100)) / 100) : desired
  const failed = deployments.reduce((sum, deployment) => sum + deployment.failed, 0)
  return [
    ...(running < least
      ? [`${desired - running} of ${desired} tasks ${desired - running === 1 ? 'is' : 'are'} not running`]
      : []),
    ...(failed > 0 ? [`${failed} ${failed === 1 ? 'task' : 'tasks'} failed in the deployment`] : []),
  ]
}
