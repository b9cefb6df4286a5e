// The AWS calls that change where a service's tasks run, as data.

import type { Call } from '../../engine/change/plan.ts'
import type { ServiceRef } from '../../model/ecs.ts'
import type { Strategy } from './strategy.ts'

const itemsOf = (strategy: Strategy) =>
  strategy.map(({ provider, weight, base }) => ({ capacityProvider: provider, weight, base }))

/**
 * Sets the strategy; an empty one returns to the launch type with which the service was created. ECS refuses a new
 * strategy without a forced deployment. Source: ECS API reference, UpdateService.
 */
export const setStrategy = (ref: ServiceRef, strategy: Strategy): Call => ({
  service: 'ecs',
  action: 'UpdateService',
  input: {
    cluster: ref.cluster,
    service: ref.arn,
    capacityProviderStrategy: itemsOf(strategy),
    forceNewDeployment: true,
  },
  resources: [ref.arn],
  repeatable: false,
})

export const clusterArn = ({ arn, cluster }: ServiceRef): string => arn.replace(/:service\/.*$/, `:cluster/${cluster}`)

/** Sets all capacity providers of the cluster: what the call leaves out is disassociated. */
export const setProviders = (
  ref: ServiceRef,
  { providers, standard }: { readonly providers: readonly string[]; readonly standard: Strategy },
): Call => ({
  service: 'ecs',
  action: 'PutClusterCapacityProviders',
  input: {
    cluster: ref.cluster,
    capacityProviders: [...providers],
    defaultCapacityProviderStrategy: itemsOf(standard),
  },
  resources: [clusterArn(ref)],
  repeatable: true,
})
