// Validates capacity provider strategies. Source: ECS API reference, CapacityProviderStrategyItem.

import type { CapacityProviderStrategyItem } from '@aws-sdk/client-ecs'
import { invalid } from './errors.ts'

/** The capacity providers that every account has. */
export const builtIn: readonly string[] = ['FARGATE', 'FARGATE_SPOT']

const isFargate = ({ capacityProvider = '' }: CapacityProviderStrategyItem) => builtIn.includes(capacityProvider)

const checkNumbers = (strategy: readonly CapacityProviderStrategyItem[]) => {
  if (strategy.filter(({ base = 0 }) => base > 0).length > 1)
    throw invalid('Only one capacity provider in a capacity provider strategy can have a base defined.')
  if (strategy.length > 1 && strategy.every(({ weight = 0 }) => weight === 0))
    throw invalid(
      'At least one capacity provider in the capacity provider strategy must have a weight value greater than 0.',
    )
}

/** Validates a strategy. `associated`: the capacity providers of the cluster. */
export const checkStrategy = (
  strategy: readonly CapacityProviderStrategyItem[],
  associated: readonly string[],
): void => {
  if (strategy.length > 20)
    throw invalid('A capacity provider strategy can contain a maximum of 20 capacity providers.')
  if (strategy.some(isFargate) && !strategy.every(isFargate))
    throw invalid(
      'A capacity provider strategy cannot contain a mix of capacity providers using Auto Scaling groups and Fargate providers. Specify one or the other and try again.',
    )
  if (strategy.some(({ capacityProvider = '' }) => !associated.includes(capacityProvider)))
    throw invalid(
      'The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster.',
    )
  checkNumbers(strategy)
}

const normal = (strategy: readonly CapacityProviderStrategyItem[]) =>
  JSON.stringify(
    strategy
      .map(({ capacityProvider = '', weight = 0, base = 0 }) => [capacityProvider, weight, base] as const)
      .sort(([a], [b]) => a.localeCompare(b)),
  )

export const isSameStrategy = (
  a: readonly CapacityProviderStrategyItem[],
  b: readonly CapacityProviderStrategyItem[],
): boolean => normal(a) === normal(b)
