// Loads the state of a service for its card, in about five calls. If a part cannot be read, it is unknown.

import type { Now } from '../../engine/change/now.ts'
import type { Plan } from '../../engine/change/plan.ts'
import { logError } from '../../engine/jobs/log-error.ts'
import { revealHidden } from '../../kit/language/refused-characters.ts'
import { plainName } from '../../kit/messages/text.ts'
import type { Service, ServiceRef } from '../../model/ecs.ts'
import { RemoteError } from '../../model/errors.ts'
import type { Store } from '../../model/ports/store.ts'
import type { ServiceDetail } from '../../model/service-detail.ts'
import type { DeploymentReads } from '../deployments/reads.ts'
import { openOn } from '../incidents/incident/incident.ts'
import { isDeploying } from '../scaling/load-scaling.ts'
import type { ServiceReads } from '../services/reads.ts'
import { healthOf } from './load-status.ts'
import type { StatusReads } from './reads.ts'

export type NowReaders = Pick<
  StatusReads,
  'serviceDetail' | 'alarms' | 'targetHealth' | 'latticeHealth' | 'requests' | 'traffic'
> &
  Pick<DeploymentReads, 'deployment'> &
  Pick<ServiceReads, 'servicesOf'>

/** The IAM actions of loadNow. Every mutation declares them: see `mutation` in commands/command.ts. */
export const NOW_READS = [
  'ecs:DescribeServices',
  'ecs:DescribeServiceDeployments',
  'cloudwatch:DescribeAlarms',
  'cloudwatch:GetMetricData',
  'elasticloadbalancing:DescribeTargetHealth',
  'vpc-lattice:ListTargets',
] as const

/** The maximum number of characters of an alarm's name and of a concern. */
const MOST_NAME = 60
const MOST_HEALTH = 200

/**
 * Adds the current state of the service to a plan that will be shown. Never throws: a state that cannot be loaded is
 * shown as unknown. For the services of a change set, only the counts are read.
 */
export const withNow = async <Shown extends { readonly plan: Plan }>(
  shown: Shown,
  read: NowReaders,
  at: string,
  store: Pick<Store, 'list'>,
): Promise<Shown> => {
  const { plan } = shown
  const { members } = plan
  const loaded =
    members === undefined
      ? loadNow(plan.target, read, at)
      : read.servicesOf(members.map(({ ref }) => ref)).then(services => nowOfSet(services, at))
  const now = await loaded.catch((error: unknown): Now => {
    logError('now', plan.target.arn, error)
    return { at }
  })
  const refs = members === undefined ? [plan.target] : members.map(({ ref }) => ref)
  return { ...shown, plan: { ...plan, now: await withIncidents(now, refs, store) } }
}

/** Adds the incidents that are open on the services. */
export const withIncidents = async (
  now: Now,
  refs: readonly ServiceRef[],
  store: Pick<Store, 'list'>,
): Promise<Now> => {
  try {
    const open = await openOn(refs, store)
    const [first] = open
    if (first === undefined) return now
    return { ...now, incident: { since: first.at, severity: first.severity, count: open.length } }
  } catch (error) {
    logError('now', refs[0]?.arn ?? '', error)
    return { ...now, incident: 'unknown' }
  }
}

/** The task counts of the services of a change set. Load and alarms are not read, because there may be 200 services. */
export const nowOfSet = (services: readonly Service[], at: string): Now => {
  const sum = (of: (service: Service) => number) => services.reduce((all, service) => all + of(service), 0)
  const lacking = services.filter(({ running, desired }) => running < desired).length
  const deploying = services.filter(isDeploying).length
  return {
    at,
    health:
      lacking === 0
        ? 'all tasks run'
        : `${lacking} of ${services.length} services ${lacking === 1 ? 'lacks' : 'lack'} tasks`,
    tasks: { running: sum(({ running }) => running), desired: sum(({ desired }) => desired) },
    load: 'none',
    deployment: deploying === 0 ? '' : `${deploying} deploying`,
  }
}

/** Loads the state of a service. `now`: ISO 8601. Throws only errors that do not come from AWS. */
export const loadNow = async (ref: ServiceRef, read: NowReaders, now: string): Promise<Now> => {
  const detail = await unlessFailed(read.serviceDetail(ref))
  if (detail === undefined || detail === FAILED) return { at: now }
  const [health, load, alarms] = await Promise.all([
    loadHealth(ref, detail, read),
    unlessFailed(loadRequests(ref, detail, read, now)),
    unlessFailed(loadAlarms(ref, detail, read)),
  ])
  return {
    at: now,
    tasks: { running: detail.service.running, desired: detail.service.desired },
    ...(health !== undefined && { health }),
    ...(load !== FAILED && load !== undefined && { load }),
    ...(alarms !== FAILED && { alarms }),
    deployment: isDeploying(detail.service) ? `deploying ${primaryDefinition(detail)}` : '',
  }
}

const FAILED = Symbol('failed')

const unlessFailed = <T>(reading: Promise<T>): Promise<T | typeof FAILED> =>
  reading.catch((error: unknown) => {
    if (!(error instanceof RemoteError)) throw error
    return FAILED
  })

/**
 * The health of a service, without reading its tasks. Undefined (unknown) if a read failed and the other reads show no
 * problem.
 */
const loadHealth = async (ref: ServiceRef, detail: ServiceDetail, read: NowReaders): Promise<string | undefined> => {
  const { service, targetGroups, latticeGroups } = detail
  const isRead = detail.deployment !== undefined && isDeploying(service)
  const [targets, lattice, deployment] = await Promise.all([
    unlessFailed(read.targetHealth(ref, targetGroups)),
    unlessFailed(read.latticeHealth(ref, latticeGroups)),
    isRead ? unlessFailed(read.deployment(ref, detail.deployment ?? '')) : undefined,
  ])
  const { concerns } = healthOf({
    detail,
    running: { tasks: [], isPartial: true },
    alarms: [],
    targets: targets === FAILED ? [] : targets,
    lattice: lattice === FAILED ? [] : lattice,
    ...(deployment !== FAILED && deployment !== undefined && { deployment }),
  })
  if (concerns.length > 0) return plainName(concerns.join(', '), MOST_HEALTH)
  if ([targets, lattice, deployment].includes(FAILED)) return undefined
  if (service.status !== 'ACTIVE') return service.status.toLowerCase()
  return service.desired === 0 ? 'stopped' : 'healthy'
}

/**
 * Requests a minute: from the load balancers, else from Service Connect. Service Connect counts no requests of TCP ports,
 * so a count of zero says nothing.
 */
const loadRequests = async (
  ref: ServiceRef,
  { targetGroups, connect }: ServiceDetail,
  read: NowReaders,
  now: string,
): Promise<Now['load']> => {
  const balanced = targetGroups.length === 0 ? undefined : await read.requests(ref, targetGroups, now)
  if (balanced !== undefined) return wholeNumber(balanced)
  const names = connect?.names ?? []
  const traffic = names.length === 0 ? [] : await read.traffic(ref, names, now)
  const sum = traffic.reduce((all, { perMinute }) => all + perMinute, 0)
  return sum === 0 ? 'none' : wholeNumber(sum)
}

const wholeNumber = (count: number): number | undefined => (Number.isFinite(count) ? Math.round(count) : undefined)

const loadAlarms = async (ref: ServiceRef, { alarms }: ServiceDetail, read: NowReaders): Promise<readonly string[]> => {
  const states = alarms.length === 0 ? [] : await read.alarms(ref, alarms)
  return states.filter(({ state }) => state === 'ALARM').map(({ name }) => revealHidden(plainName(name, MOST_NAME)))
}

const primaryDefinition = ({ service: { deployments, taskDefinition } }: ServiceDetail): string =>
  plainName(deployments.find(({ status }) => status === 'PRIMARY')?.taskDefinition ?? taskDefinition)
