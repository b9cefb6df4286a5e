// ECS in our own words: plain values that gateways produce and commands reason about. Dates are ISO 8601 strings.

/** One service, fully named. `account` is the name that configuration gives the account. */
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
  /** `IN_PROGRESS`, `COMPLETED` or `FAILED`; none behind a Classic Load Balancer, and others may come. */
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

export type Service = {
  readonly ref: ServiceRef
  readonly status: 'ACTIVE' | 'DRAINING' | 'INACTIVE'
  readonly scheduling: 'REPLICA' | 'DAEMON'
  /** Who deploys it: ECS itself, CodeDeploy, or somebody else by task sets. */
  readonly controller: 'ECS' | 'CODE_DEPLOY' | 'EXTERNAL'
  readonly createdAt: string
  readonly desired: number
  readonly running: number
  readonly pending: number
  readonly taskDefinition: string
  /** Seconds that ECS ignores failing health checks of a new task. */
  readonly graceSeconds: number
  /** Its circuit breaker is on: ECS itself ends deployments whose tasks keep failing. */
  readonly hasBreaker?: true
  /** Express Mode: ECS owns its autoscaling and load balancing. */
  readonly isExpress: boolean
  readonly tags: Readonly<Record<string, string>>
  /** `FARGATE`, `EC2`, … or the capacity providers with their weights. */
  readonly capacity: string
  /** The newest first, at most the last few. */
  readonly events: readonly ServiceEvent[]
  readonly deployments: readonly Deployment[]
}

/** A task, and the name of the service that it is of. */
export type TaskOwner = { readonly id: string; readonly service: string }

export type StoppedTask = {
  readonly id: string
  readonly createdAt: string
  readonly stoppedAt: string
  readonly stopCode: string
  readonly reason: string
  readonly containers: readonly { readonly name: string; readonly exitCode?: number; readonly reason?: string }[]
  readonly taskDefinition?: string
  /** The capacity provider, else the launch type. */
  readonly capacity?: string
  readonly zone?: string
  readonly startedAt?: string
  /** When its images were pulled. */
  readonly pull?: { readonly from: string; readonly until: string }
}

/** Which directions of scaling are switched off (Application Auto Scaling: SuspendedState). */
export type Suspensions = { readonly in: boolean; readonly out: boolean; readonly scheduled: boolean }

export type Bounds = { readonly min: number; readonly max: number }

export type ScalingPolicy = {
  readonly name: string
  readonly kind: 'target tracking' | 'step' | 'predictive'
  /** What it does, in a few plain words: `keeps CPU at 60%`. */
  readonly says: string
  readonly scalesIn: boolean
  readonly scalesOut: boolean
  /** Names of the CloudWatch alarms that set it off. */
  readonly alarms?: readonly string[]
}

/** A scheduled action: it moves the bounds, and pulls the count into them. */
export type ScheduledBounds = {
  readonly name: string
  /** `at(…)`, `rate(…)` or a `cron(…)` of six fields. */
  readonly expression: string
  readonly timezone: string
  readonly min?: number
  readonly max?: number
  readonly starts?: string
  readonly ends?: string
}

/** The scalable target of a service, and what acts on it. */
export type Autoscaling = Bounds & {
  /** `…:scalable-target/<opaque id>`: what permissions are about. */
  readonly arn: string
  /** When it was registered: who deregisters and registers it makes another. */
  readonly createdAt: string
  readonly suspended: Suspensions
  readonly policies: readonly ScalingPolicy[]
  readonly schedules: readonly ScheduledBounds[]
  /** What a predictive policy expects at the moment. */
  readonly predicted?: number
}

/** By whom, and when (ISO 8601), AWS was asked to change something. `by` is theirs to choose: hostile. */
export type ChangeAtAws = { readonly by: string; readonly at: string }

export type ScalingActivity = {
  readonly at: string
  readonly description: string
  readonly cause: string
  readonly status: string
  /** Why nothing was done, in AWS's codes (`AlreadyAtMaxCapacity`, …). */
  readonly notScaled: readonly string[]
}

/** In vCPUs: what the account may run at once, runs now as far as is known, and one task of the service takes. */
export type FargateRoom = { readonly quota: number; readonly used?: number; readonly each: number }

/** A task that scale-in may not stop. */
export type ProtectedTask = { readonly id: string; readonly until: string }

/** Who asks or decides: a Slack user of a Slack team. Never the user id alone: ids of other teams look the same. */
export type Actor = {
  readonly team: string
  readonly user: string
  /** As Slack named them in the request; shown, never compared. */
  readonly name: string
}

export const isSameActor = (a: Actor, b: Actor): boolean => a.team === b.team && a.user === b.user

/** Where a thing was asked: the channel, and the thread in it, if any. */
export type Place = { readonly channel: string; readonly thread?: string }
