// The reads that cost needs: what AWS Compute Optimizer says of ECS services on Fargate. Source: Compute Optimizer API reference.

import type { ServiceRef } from '../../model/ecs.ts'
import type { ContainerSize } from '../../model/service-detail.ts'

/** An amount a month. `currency`: `USD` or `CNY`; it is shown as it is, never converted. */
export type Money = { readonly currency: string; readonly amount: number }

/** CPU units (1,024 are one vCPU) and MiB. */
export type Size = { readonly cpu: number; readonly memory: number }

/** The peak of the look-back period in percent, or the bounds of the projected peak. */
export type Projected = { readonly low: number; readonly high: number }

/** What is saved a month. `percent`: of what the service costs. */
export type Saving = { readonly money: Money; readonly percent?: number }

/** A recommended size. Any saving may be absent: the service may be too small, or Cost Explorer is off. */
export type SizeOption = Size & {
  readonly saving?: Saving
  /** After Savings Plans and other discounts. */
  readonly savingAfter?: Saving
  readonly cpuPeak?: Projected
  readonly memoryPeak?: Projected
  readonly containers: readonly ContainerSize[]
}

type Seen = {
  readonly arn: string
  readonly cpuPeak?: number
  readonly memoryPeak?: number
  readonly lookBackDays?: number
  /** When Compute Optimizer made it, ISO 8601. */
  readonly refreshedAt?: string
}

export type SizeAdvice = Seen &
  Size & {
    /** `Optimized`, `Underprovisioned` or `Overprovisioned`. */
    readonly finding: string
    /** Such as `CPUOverprovisioned`. */
    readonly reasons: readonly string[]
    /** The task definition that was analysed: `orders-api:7`. */
    readonly definition: string
    readonly containers: readonly ContainerSize[]
    /** The best option first. */
    readonly options: readonly SizeOption[]
    /** The performance risk of the size that the service has: `VeryLow`, `Low`, `Medium`, `High`. */
    readonly risk?: string
    /** Where the savings come from: `PublicPricing`, `CostExplorerRightsizing`, `CostOptimizationHub`. */
    readonly source?: string
    /** The dimension that target tracking keeps, for which there is no advice. */
    readonly tracks?: 'cpu' | 'memory'
    readonly tags: Readonly<Record<string, string>>
  }

export type IdleAdvice = Seen & {
  readonly saving?: Saving
  readonly savingAfter?: Saving
  readonly tags: Readonly<Record<string, string>>
}

/** A resource that Compute Optimizer could not analyse. `arn`: empty if it does not say which. */
export type AdviceProblem = { readonly arn: string; readonly text: string }

/** The advice of one account and region. */
export type Advice =
  | {
      readonly kind: 'advice'
      readonly sizes: readonly SizeAdvice[]
      readonly idle: readonly IdleAdvice[]
      readonly problems: readonly AdviceProblem[]
    }
  /** `status`: `Inactive`, `Pending` or `Failed`. */
  | { readonly kind: 'not enrolled'; readonly status: string; readonly reason?: string }

/** What calls a service: target groups by ARN, Service Connect's discovery names, and the queues that its policies follow. */
export type Entrances = {
  readonly groups: readonly string[]
  readonly names: readonly string[]
  readonly queues: readonly string[]
}

/** The sum over USE_DAYS. `from`: the name of a target group, a load balancer, a discovery name or a queue. */
export type UseCount = {
  readonly what: 'requests' | 'flows' | 'connections' | 'messages'
  readonly from: string
  readonly total: number
}

/** How long a service must not have been used. */
export const USE_DAYS = 14

export type CostReads = {
  /** Reads the advice for all services of an account and region, one call after the other. */
  readonly advice: (place: Pick<ServiceRef, 'account' | 'accountId' | 'region'>) => Promise<Advice>
  /** Reads the advice for one service, with three calls. */
  readonly adviceOn: (ref: ServiceRef) => Promise<Advice>
  /** Reads how much each entrance was used, with one call to CloudWatch. `now`: ISO 8601. */
  readonly use: (ref: ServiceRef, entrances: Entrances, now: string) => Promise<readonly UseCount[]>
}
