// Chooses the placement of a service's next task: the launch type, or a capacity provider by base and weight, and the
// zone.

import type { CapacityProviderStrategyItem } from '@aws-sdk/client-ecs'
import { emptiest } from './hosts.ts'
import { type Deployment, type Host, isAlive, type Service, type Spec, type Task } from './state.ts'

const zonesOf = (region: string): readonly string[] => ['a', 'b', 'c'].map(letter => `${region}${letter}`)

const least = <T>(items: readonly T[], cost: (item: T) => number): T | undefined =>
  items.reduce<T | undefined>((best, item) => (best === undefined || cost(item) < cost(best) ? item : best), undefined)

/**
 * The capacity provider of the next task: bases are filled first, then the provider furthest below the share of its
 * weight.
 */
const nextProvider = (
  strategy: readonly CapacityProviderStrategyItem[],
  countOf: (provider: string) => number,
): string | undefined => {
  const count = ({ capacityProvider = '' }: CapacityProviderStrategyItem) => countOf(capacityProvider)
  const short = strategy.find(item => count(item) < (item.base ?? 0))
  if (short) return short.capacityProvider
  const weighted = strategy.filter(({ weight = 0 }) => weight > 0)
  return least(weighted, item => (count(item) - (item.base ?? 0) + 1) / (item.weight ?? 1))?.capacityProvider
}

export type Placement = {
  readonly launchType: 'FARGATE' | 'EC2'
  readonly capacityProvider?: string
  readonly zone: string
  readonly host?: Host
}

const launchTypeOf = ({ launchType, taskDefinition }: Spec) =>
  launchType === 'EC2' ||
  (launchType === undefined && !taskDefinition.input.requiresCompatibilities?.includes('FARGATE'))
    ? 'EC2'
    : 'FARGATE'

const countBy = (tasks: Iterable<Task>, keyOf: (task: Task) => string | undefined): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>()
  for (const task of tasks) {
    const key = isAlive(task) ? keyOf(task) : undefined
    if (key !== undefined) counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  return counts
}

export const placementFor = (service: Service, deployment: Deployment): Placement => {
  const placement = freeSeat(service, deployment)
  if (placement.launchType === 'FARGATE') return placement
  const host = emptiest(service.cluster.hosts, placement.zone, service.cluster.tasks.values())
  return host === undefined ? placement : { ...placement, zone: host.zone, host }
}

const freeSeat = (service: Service, deployment: Deployment): Placement => {
  const crowds = countBy(service.tasks, task => task.zone)
  const zone = least(zonesOf(service.cluster.region), name => crowds.get(name) ?? 0) ?? ''
  const { spec } = deployment.revision
  if (spec.capacityProviderStrategy.length === 0) return { launchType: launchTypeOf(spec), zone }
  const used = countBy(service.tasks, task => (task.deploymentId === deployment.id ? task.capacityProvider : undefined))
  const provider = nextProvider(spec.capacityProviderStrategy, name => used.get(name) ?? 0)
  if (provider === undefined) return { launchType: launchTypeOf(spec), zone }
  return { launchType: provider.startsWith('FARGATE') ? 'FARGATE' : 'EC2', capacityProvider: provider, zone }
}
