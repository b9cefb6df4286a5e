// Amazon ECS as plain values, which gateways read and commands use. Dates are ISO 8601 strings.

import type { JsonObject } from './json.ts'
import type { Sample } from './picture.ts'

/** One service, fully qualified. `account`: the account's name in the configuration. */
export type ServiceRef = {
  readonly account: string
  readonly accountId: string
  readonly region: string
  readonly cluster: string
  readonly service: string
  readonly arn: string
}

export type Deployment = {
  readonly id: string
  readonly status: 'PRIMARY' | 'ACTIVE' | 'INACTIVE'
  /**
   * The rollout state: `IN_PROGRESS`, `COMPLETED` or `FAILED`; AWS may add others. Absent for a service behind a
   * Classic Load Balancer.
   */
  readonly rolloutState?: string
  readonly rolloutReason?: string
  readonly taskDefinition: string
  readonly desired: number
  readonly running: number
  readonly pending: number
  readonly failed: number
  readonly createdAt: string
}

export type ServiceEvent = { readonly at: string; readonly message: string }

/** One provider of a capacity provider strategy. `base`: tasks that run there first. The others follow the weights. */
export type StrategyItem = { readonly provider: string; readonly weight: number; readonly base: number }

export type Service = {
  readonly ref: ServiceRef
  readonly status: 'ACTIVE' | 'DRAINING' | 'INACTIVE'
  readonly scheduling: 'REPLICA' | 'DAEMON'
  /** The deployment controller: ECS, CodeDeploy, or a third party that uses task sets. */
  readonly controller: 'ECS' | 'CODE_DEPLOY' | 'EXTERNAL'
  readonly createdAt: string
  readonly desired: number
  readonly running: number
  readonly pending: number
  readonly taskDefinition: string
  /** The health check grace period, in seconds. */
  readonly graceSeconds: number
  /** True if the deployment circuit breaker is on. */
  readonly hasBreaker?: true
  /** The minimum healthy percent of rolling deployments; absent where new tasks replace all old ones at the end. */
  readonly leastHealthy?: number
  /** The maximum percent of rolling deployments; absent where `leastHealthy` is. */
  readonly mostPercent?: number
  /** The number of task sets, if the controller is CODE_DEPLOY or EXTERNAL: two while traffic shifts. */
  readonly taskSets?: number
  /** Whether the service uses Express Mode, in which ECS manages its autoscaling and load balancing. */
  readonly isExpress: boolean
  readonly tags: Readonly<Record<string, string>>
  /** The service's launch type (`FARGATE`, `EC2`, …), or its capacity providers with their weights. */
  readonly capacity: string
  /** The capacity provider strategy; absent for a service with a launch type. */
  readonly strategy?: readonly StrategyItem[]
  /** The newest few service events, newest first. */
  readonly events: readonly ServiceEvent[]
  readonly deployments: readonly Deployment[]
}

/** The id of a task, and the name of its service; absent for a standalone task. */
export type TaskOwner = { readonly id: string; readonly service?: string }

/** One task with where it is in its life. `desired`: `RUNNING` or `STOPPED`. */
export type TaskNow = StoppedTask & {
  readonly arn: string
  readonly status: string
  readonly desired: string
  /** `service:<name>` for a task of a service; `family:<name>` or another text for a standalone one. */
  readonly group: string
}

export type StoppedContainer = {
  readonly name: string
  readonly exitCode?: number
  readonly reason?: string
  /** Whether its end stops the task, according to the task definition; absent if that was not read. */
  readonly essential?: boolean
}

export type StoppedTask = {
  readonly id: string
  readonly createdAt: string
  readonly stoppedAt: string
  readonly stopCode: string
  readonly reason: string
  readonly containers: readonly StoppedContainer[]
  readonly taskDefinition?: string
  /** The id of the deployment that started the task: `ecs-svc/…`. */
  readonly deployment?: string
  /** The task's capacity provider, else its launch type. */
  readonly capacity?: string
  readonly zone?: string
  readonly startedAt?: string
  /** Start and end of the task's image pull. */
  readonly pull?: { readonly from: string; readonly until: string }
}

/** For each direction, whether scaling is suspended (Application Auto Scaling: SuspendedState). */
export type Suspensions = { readonly in: boolean; readonly out: boolean; readonly scheduled: boolean }

export type Bounds = { readonly min: number; readonly max: number }

export type ScalingPolicy = {
  /** The name as AWS has it: untrusted text. */
  readonly name: string
  readonly kind: 'target tracking' | 'step' | 'predictive' | 'unknown'
  /** A summary of the policy for people: `keeps CPU at 60%`. */
  readonly says: string
  readonly scalesIn: boolean
  readonly scalesOut: boolean
  /** Names of the CloudWatch alarms that trigger the policy. */
  readonly alarms?: readonly string[]
  /** The predefined metric that the policy follows. */
  readonly metric?: ScalingMetric
  /** The policy uses 20-second metrics. */
  readonly isHighResolution?: true
  /** The configuration of a target tracking or predictive policy, as AWS has it. */
  readonly configuration?: JsonObject
}

/** The metrics of policies that Quarterdeck writes: CPU and memory in percent, requests a minute and task. */
export type ScalingMetric = 'cpu' | 'memory' | 'requests'

/**
 * A scheduled action of Application Auto Scaling: it sets min and max capacity, and moves the desired count into that
 * range.
 */
export type ScheduledBounds = {
  readonly name: string
  /** The schedule: `at(…)`, `rate(…)` or a `cron(…)` of six fields. */
  readonly expression: string
  readonly timezone: string
  readonly min?: number
  readonly max?: number
  readonly starts?: string
  readonly ends?: string
}

/** A service's scalable target. */
export type ScalableTarget = Bounds & {
  /** The ARN of the scalable target, `…:scalable-target/<opaque id>`: the resource in IAM policies. */
  readonly arn: string
  /** When the scalable target was registered. Registering it again after deregistration gives a new time. */
  readonly createdAt: string
  readonly suspended: Suspensions
  /** The current forecast of a predictive policy, in tasks. */
  readonly predicted?: number
}

/** A service's scalable target, with its policies and scheduled actions. */
export type Autoscaling = ScalableTarget & {
  readonly policies: readonly ScalingPolicy[]
  readonly schedules: readonly ScheduledBounds[]
}

/**
 * The forecast of a predictive policy, one sample an hour, at epoch milliseconds. `load`: percent of one task over all tasks, or
 * requests a minute. `capacity`: tasks.
 */
export type ScalingForecast = { readonly load: readonly Sample[]; readonly capacity: readonly Sample[] }

/**
 * A change made outside Quarterdeck. `at`: ISO 8601. `by`: the name of who made it; untrusted text that the caller
 * chose.
 */
export type ChangeAtAws = { readonly by: string; readonly at: string }

/** Who called AWS. `arn`: of the role or the user. `session`: the name of the role's session; its caller chose it. */
export type CallerAtAws = {
  readonly at: string
  readonly arn: string
  readonly session?: string
  readonly sourceIdentity?: string
}

export type ScalingActivity = {
  readonly at: string
  readonly description: string
  readonly cause: string
  /** `Pending`, `InProgress`, `Successful`, `Overridden`, `Unfulfilled` or `Failed`. */
  readonly status: string
  /** The status in AWS's words. */
  readonly message?: string
  /** AWS's codes for the reasons why the service did not scale (`AlreadyAtMaxCapacity`, …). */
  readonly notScaled: readonly string[]
}

/**
 * Fargate capacity in vCPUs: the account's quota, its current usage if known, and the size of one task of the service.
 */
export type FargateRoom = { readonly quota: number; readonly used?: number; readonly each: number }

/** A task with scale-in protection. */
export type ProtectedTask = { readonly id: string; readonly until: string }

/** A requester or approver. Compare team and user: user ids alone are not unique across Slack teams. */
export type Actor = {
  readonly team: string
  readonly user: string
  /** The enterprise of the person, proved by Slack; absent outside Enterprise Grid. */
  readonly enterprise?: string
  /** The user's name in Slack's request; for display only. */
  readonly name: string
}

/** Where a request was made: the channel, and the thread if any. */
export type Place = { readonly channel: string; readonly thread?: string }
