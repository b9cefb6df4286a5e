// The capacity providers of an account and region: FARGATE, FARGATE_SPOT, providers with Auto Scaling groups, and
// providers of Managed Instances. Changes of a provider take some seconds of world time. Sources: ECS API reference,
// CapacityProvider; ECS developer guide, cluster capacity providers. How long the changes take is a guess.

import type {
  AutoScalingGroupProvider,
  CapacityProviderStatus,
  CapacityProviderType,
  CapacityProviderUpdateStatus,
  ManagedInstancesProvider,
} from '@aws-sdk/client-ecs'
import type { Clock, Timer } from './clock.ts'
import type { Place } from './place.ts'
import type { Spec, Tags } from './state.ts'

export type Provider = {
  readonly name: string
  readonly arn: string
  readonly type: CapacityProviderType
  /** For a provider of Managed Instances: the name of the only cluster that may use this provider. */
  readonly cluster?: string
  status: CapacityProviderStatus
  updateStatus?: CapacityProviderUpdateStatus
  updateStatusReason?: string
  group?: AutoScalingGroupProvider
  managed?: ManagedInstancesProvider
  tags: Tags
  timer?: Timer
}

export type Providers = ReadonlyMap<string, Provider>

export type NewProvider = Pick<Provider, 'name'> & Partial<Pick<Provider, 'cluster' | 'group' | 'managed' | 'tags'>>

/** The capacity providers that every account has. */
export const FARGATE_PROVIDERS = ['FARGATE', 'FARGATE_SPOT'] as const

export const isFargateType = (type: CapacityProviderType | undefined): boolean =>
  type === 'FARGATE' || type === 'FARGATE_SPOT'

const CHANGE_MS = 15_000

const arnOf = ({ account, region }: Place, name: string) => `arn:aws:ecs:${region}:${account}:capacity-provider/${name}`

export const fargateProviders = (place: Place): Map<string, Provider> =>
  new Map(
    FARGATE_PROVIDERS.map(name => [name, { name, arn: arnOf(place, name), type: name, status: 'ACTIVE', tags: {} }]),
  )

/** Creates an active provider, as if the provider had existed for some time. */
export const makeProvider = (
  site: Place & { readonly capacityProviders: Map<string, Provider> },
  { name, tags = {}, ...more }: NewProvider,
): Provider => {
  const provider: Provider = {
    ...more,
    name,
    arn: arnOf(site, name),
    type: more.managed ? 'MANAGED_INSTANCES' : 'EC2_AUTOSCALING',
    status: 'ACTIVE',
    updateStatus: 'CREATE_COMPLETE',
    tags,
  }
  site.capacityProviders.set(name, provider)
  return provider
}

type Change = {
  readonly status: CapacityProviderStatus
  readonly kind: 'CREATE' | 'UPDATE' | 'DELETE'
  readonly after: CapacityProviderStatus
}

/** Changes a provider. The provider has `status` during the change, and `after` when the change is complete. */
export const changeProvider = (clock: Clock, provider: Provider, { status, kind, after }: Change): void => {
  provider.timer?.cancel()
  provider.status = status
  provider.updateStatus = `${kind}_IN_PROGRESS`
  delete provider.updateStatusReason
  provider.timer = clock.after(CHANGE_MS, () => {
    provider.status = after
    provider.updateStatus = `${kind}_COMPLETE`
  })
}

/** Whether a provider is changing. During a change, ECS refuses another change. */
export const isChanging = ({ updateStatus }: Provider): boolean => updateStatus?.endsWith('_IN_PROGRESS') ?? false

/** The launch type of the tasks that a provider starts. */
export const launchTypeAt = (provider: Provider | undefined): 'FARGATE' | 'MANAGED_INSTANCES' | 'EC2' => {
  if (isFargateType(provider?.type)) return 'FARGATE'
  return provider?.type === 'MANAGED_INSTANCES' ? 'MANAGED_INSTANCES' : 'EC2'
}

/** The launch type of the tasks of a service. All providers of a strategy are of one kind. */
export const launchTypeIn = (
  providers: Providers,
  { launchType, capacityProviderStrategy: [first], taskDefinition }: Spec,
): 'FARGATE' | 'MANAGED_INSTANCES' | 'EC2' => {
  if (first) return launchTypeAt(providers.get(first.capacityProvider ?? ''))
  const isForFargate = taskDefinition.input.requiresCompatibilities?.includes('FARGATE') ?? false
  return launchType === 'FARGATE' || (launchType === undefined && isForFargate) ? 'FARGATE' : 'EC2'
}
