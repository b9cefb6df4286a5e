// Chooses the placement of a service's next task: the zone, and either the launch type or a capacity provider by base and
// weight. AWS does not publish how it rounds or in which order it launches. The simulation decides for each launch.

import type { CapacityProviderStrategyItem } from '@aws-sdk/client-ecs'
import { emptiest } from './hosts.ts'
import { launchTypeAt, launchTypeIn, type Providers } from './providers.ts'
import { type Deployment, type Host, isAlive, type Service, type Task } from './state.ts'

const zonesOf = (region: string): readonly string[] => ['a', 'b', 'c'].map(letter => `${region}${letter}`)

const least = <T>(items: readonly T[], cost: (item: T) => number): T | undefined =>
  items.reduce<T | undefined>((best, item) => (best === undefined || cost(item) < cost(best) ? item : best), undefined)

type Counts = ReadonlyMap<string, number>

type Choice = { readonly provider: string; readonly isForBase: boolean }

/**
 * Returns the capacity provider of the next task; undefined if no provider has a base to fill or a weight. A base is filled
 * first. Otherwise, the result is the provider whose number of launches is furthest below its share by weight, or the first
 * of several equal providers. `running`: running tasks by provider. `launches`: launched tasks by provider, including tasks
 * that have stopped, so the ratio of running tasks can differ from the weights.
 */
export const nextProvider = (
  strategy: readonly CapacityProviderStrategyItem[],
  running: Counts,
  launches: Counts,
): Choice | undefined => {
  const nameOf = ({ capacityProvider = '' }: CapacityProviderStrategyItem) => capacityProvider
  const short = strategy.find(item => (running.get(nameOf(item)) ?? 0) < (item.base ?? 0))
  if (short) return { provider: nameOf(short), isForBase: true }
  const weighted = strategy.filter(({ weight = 0 }) => weight > 0)
  const all = weighted.reduce((sum, { weight = 0 }) => sum + weight, 0)
  const launched = weighted.reduce((sum, item) => sum + (launches.get(nameOf(item)) ?? 0), 0)
  const surplus = (item: CapacityProviderStrategyItem) =>
    (launches.get(nameOf(item)) ?? 0) - ((launched + 1) * (item.weight ?? 0)) / all
  const next = least(weighted, surplus)
  return next && { provider: nameOf(next), isForBase: false }
}

export type Placement = {
  readonly launchType: 'FARGATE' | 'EC2' | 'MANAGED_INSTANCES'
  readonly capacityProvider?: string
  /** Whether the task fills the base of its capacity provider. */
  readonly isForBase?: boolean
  readonly zone: string
  readonly host?: Host
}

/** Counts a launch in the number of launches of its capacity provider. */
export const countLaunch = (
  launches: Map<string, number>,
  { capacityProvider, isForBase }: Pick<Placement, 'capacityProvider' | 'isForBase'>,
): void => {
  if (capacityProvider === undefined || isForBase) return
  launches.set(capacityProvider, (launches.get(capacityProvider) ?? 0) + 1)
}

const countBy = (tasks: Iterable<Task>, keyOf: (task: Task) => string | undefined): Map<string, number> => {
  const counts = new Map<string, number>()
  for (const task of tasks) {
    const key = isAlive(task) ? keyOf(task) : undefined
    if (key !== undefined) counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  return counts
}

/** The failed launches in one evaluation of the scheduler, by capacity provider: for a base, and by weight. */
export type Failed = { readonly base: Map<string, number>; readonly weighted: Map<string, number> }

export const noneFailed = (): Failed => ({ base: new Map(), weighted: new Map() })

/** Counts a failed launch. The count is valid only until the end of the evaluation. */
export const countFailure = ({ base, weighted }: Failed, { capacityProvider, isForBase }: Placement): void =>
  countLaunch(isForBase ? base : weighted, { ...(capacityProvider !== undefined && { capacityProvider }) })

const sum = (a: Counts, b: Counts): Counts => {
  const counts = new Map(a)
  for (const [key, count] of b) counts.set(key, (counts.get(key) ?? 0) + count)
  return counts
}

/** Returns the placement of the next task. `failed`: the launches that already failed in this evaluation. */
export const placementFor = (
  providers: Providers,
  service: Service,
  deployment: Deployment,
  failed: Failed = noneFailed(),
): Placement => {
  const placement = freeSeat(providers, service, deployment, failed)
  if (placement.launchType !== 'EC2') return placement
  const host = emptiest(service.cluster.hosts, placement.zone, service.cluster.tasks.values())
  return host === undefined ? placement : { ...placement, zone: host.zone, host }
}

const freeSeat = (providers: Providers, service: Service, deployment: Deployment, failed: Failed): Placement => {
  const crowds = countBy(service.tasks, task => task.zone)
  const zone = least(zonesOf(service.cluster.region), name => crowds.get(name) ?? 0) ?? ''
  const { spec } = deployment.revision
  const running = countBy(service.tasks, task =>
    task.deploymentId === deployment.id ? task.capacityProvider : undefined,
  )
  const next = nextProvider(
    spec.capacityProviderStrategy,
    sum(running, failed.base),
    sum(deployment.launches, failed.weighted),
  )
  if (next === undefined) return { launchType: launchTypeIn(providers, spec), zone }
  const { provider: capacityProvider, isForBase } = next
  return { launchType: launchTypeAt(providers.get(capacityProvider)), capacityProvider, isForBase, zone }
}
