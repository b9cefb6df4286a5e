// Where the next task of a service runs: its launch type or a capacity provider by base and weight, and its zone.

import type { CapacityProviderStrategyItem } from '@aws-sdk/client-ecs'
import { type Deployment, isAlive, type Service, type Spec, tasksOf } from './state.ts'

const zonesOf = (region: string): readonly string[] => ['a', 'b', 'c'].map(letter => `${region}${letter}`)

const least = <T>(items: readonly T[], cost: (item: T) => number): T | undefined =>
  items.reduce<T | undefined>((best, item) => (best === undefined || cost(item) < cost(best) ? item : best), undefined)

/** Bases first, then whoever is furthest below its weight's share. */
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

export type Seat = {
  readonly launchType: 'FARGATE' | 'EC2'
  readonly capacityProvider?: string
  readonly zone: string
}

const launchTypeOf = ({ launchType, taskDefinition }: Spec) =>
  launchType === 'EC2' ||
  (launchType === undefined && !taskDefinition.input.requiresCompatibilities?.includes('FARGATE'))
    ? 'EC2'
    : 'FARGATE'

export const seatFor = (service: Service, deployment: Deployment): Seat => {
  const alive = [...service.tasks].filter(isAlive)
  const zone = least(zonesOf(service.cluster.region), name => alive.filter(task => task.zone === name).length) ?? ''
  const { spec } = deployment.revision
  const own = tasksOf(service, deployment).filter(isAlive)
  const provider = nextProvider(
    spec.capacityProviderStrategy,
    name => own.filter(task => task.capacityProvider === name).length,
  )
  if (provider === undefined) return { launchType: launchTypeOf(spec), zone }
  return { launchType: provider.startsWith('FARGATE') ? 'FARGATE' : 'EC2', capacityProvider: provider, zone }
}
