// The reads that capacity needs.

import type { ServiceRef, StrategyItem } from '../../model/ecs.ts'
import type { ServiceDetail } from '../../model/service-detail.ts'

/** A capacity provider of the account. `type`: as ECS names it, such as `EC2_AUTOSCALING` or `FARGATE_SPOT`. */
export type Provider = {
  readonly name: string
  readonly type: string
  /** `ACTIVE`, or a status in which ECS does not start tasks on it. */
  readonly status: string
  /** Whether the service's cluster has it. */
  readonly isAttached: boolean
}

/** The parts of a task definition that decide where its tasks can run. */
export type Fit = {
  readonly name: string
  /** CPU units and MiB of the task, else the sum of its containers. */
  readonly cpu: number
  readonly memory: number
  /** `EC2`, `FARGATE`, `EXTERNAL`, `MANAGED_INSTANCES`: what ECS validated it for. */
  readonly compatibilities: readonly string[]
  readonly networkMode: string
  readonly isWindows: boolean
  readonly architecture: 'X86_64' | 'ARM64'
  /** The smallest `stopTimeout` of an essential container, in seconds; undefined if one does not set it. */
  readonly stopSeconds?: number
}

export type ServiceCapacity = {
  readonly detail: ServiceDetail
  /** The launch type, if the service has no strategy. */
  readonly launchType?: string
  readonly platform?: string
  readonly providers: readonly Provider[]
  /** The capacity providers and the default strategy of the cluster. */
  readonly attached: readonly string[]
  readonly defaultStrategy: readonly StrategyItem[]
  /** Whether the cluster is changing its capacity providers. */
  readonly isAttaching: boolean
  readonly fit: Fit
}

/** The vCPUs that Fargate allows and uses in the account and region; undefined where it cannot be read. */
export type VcpuRoom = { readonly quota?: number; readonly used?: number }

export type CapacityReads = {
  /** Reads the service with the providers that it may use and its task definition; undefined if it does not exist. */
  readonly capacity: (ref: ServiceRef) => Promise<ServiceCapacity | undefined>
  /** Reads what a task definition, by name or ARN, needs of its capacity. */
  readonly taskFit: (ref: ServiceRef, definition: string) => Promise<Fit>
  /** Reads one provider of the account by its name; undefined if it does not exist. */
  readonly provider: (ref: ServiceRef, name: string) => Promise<Provider | undefined>
  /** Reads Fargate's vCPU quota and usage. Never fails. */
  readonly vcpuRoom: (ref: ServiceRef, purchase: 'on-demand' | 'spot') => Promise<VcpuRoom>
  /** Reads the longest deregistration delay of up to five target groups, in seconds. */
  readonly drainSeconds: (ref: ServiceRef, groups: readonly string[]) => Promise<number | undefined>
}
