// Validates capacity provider strategies. Sources: ECS API reference, CapacityProviderStrategyItem; ECS developer guide,
// capacity and launch type comparison. The constraints of the model check the ranges of weight and base.

import type { CapacityProviderStrategyItem } from '@aws-sdk/client-ecs'
import type { Site } from '../../../world/fleet.ts'
import { isFargateType, type Provider } from '../../../world/providers.ts'
import { invalid } from './errors.ts'
import { findProvider } from './find.ts'

const MOST = 20

type Strategy = readonly CapacityProviderStrategyItem[]

/** The strategy as ECS stores it: with the names of providers. A request may contain their ARNs. */
export const normalStrategy = (site: Site, strategy: Strategy): CapacityProviderStrategyItem[] =>
  strategy.map(item => ({
    ...item,
    capacityProvider: findProvider(site, item.capacityProvider ?? '')?.name ?? item.capacityProvider,
  }))

const checkNumbers = (strategy: Strategy, isDefault: boolean) => {
  if (strategy.filter(({ base = 0 }) => base > 0).length > 1)
    throw invalid('Only one capacity provider in a capacity provider strategy can have a base defined.')
  if (strategy.length < 2 || strategy.some(({ weight = 0 }) => weight > 0)) return
  throw invalid(
    isDefault
      ? "There are no capacity providers with a weight value greater than zero defined in the default capacity provider strategy. At least one capacity provider must have a weight value greater than zero specified. Update the cluster's default capacity provider strategy or specify a valid capacity provider strategy and try again."
      : 'At least one capacity provider in the capacity provider strategy must have a weight value greater than 0.',
  )
}

/** The kind of a provider. An unknown provider counts as a provider with an Auto Scaling group. */
const kindOf = (provider: Provider | undefined) =>
  isFargateType(provider?.type) ? 'FARGATE' : (provider?.type ?? 'EC2_AUTOSCALING')

/** Checks that all providers are of the same kind. The text about Managed Instances is a guess. */
const checkKinds = (providers: readonly (Provider | undefined)[]) => {
  const kinds = new Set(providers.map(kindOf))
  if (kinds.size < 2) return
  throw invalid(
    kinds.has('MANAGED_INSTANCES')
      ? 'A capacity provider strategy cannot contain a mix of Amazon ECS Managed Instances capacity providers and other capacity providers. Specify one or the other and try again.'
      : 'A capacity provider strategy cannot contain a mix of capacity providers using Auto Scaling groups and Fargate providers. Specify one or the other and try again.',
  )
}

export const checkActive = (provider: Provider | undefined): void => {
  if (provider && provider.status !== 'ACTIVE')
    throw invalid(
      `The specified capacity provider '${provider.name}' is not in an ACTIVE state. Specify a valid capacity provider and try again.`,
    )
}

type Against = {
  readonly site: Site
  /** The capacity providers of the cluster. */
  readonly associated: readonly string[]
  /** Whether the strategy is the default of the cluster. */
  readonly isDefault?: boolean
}

export const checkStrategy = (strategy: Strategy, { site, associated, isDefault = false }: Against): void => {
  if (strategy.length > MOST)
    throw invalid(`A capacity provider strategy can contain a maximum of ${MOST} capacity providers.`)
  const providers = strategy.map(({ capacityProvider = '' }) => findProvider(site, capacityProvider))
  checkKinds(providers)
  if (providers.some(provider => provider === undefined || !associated.includes(provider.name)))
    throw invalid(
      'The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster. Associate the capacity provider with the cluster or specify a valid capacity provider and try again.',
    )
  for (const provider of providers) checkActive(provider)
  // The text of this error is a guess.
  if (new Set(providers).size < providers.length)
    throw invalid('A capacity provider strategy cannot contain the same capacity provider more than once.')
  checkNumbers(strategy, isDefault)
}

const normal = (strategy: Strategy) =>
  JSON.stringify(
    strategy
      .map(({ capacityProvider = '', weight = 0, base = 0 }) => [capacityProvider, weight, base] as const)
      .sort(([a], [b]) => a.localeCompare(b)),
  )

export const isSameStrategy = (a: Strategy, b: Strategy): boolean => normal(a) === normal(b)
