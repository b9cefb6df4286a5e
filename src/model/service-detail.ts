// Details of a service for /ecs status, tasks and deployments, as plain values. Dates are ISO 8601 strings.
import type { Service } from './ecs.ts'

export type Strategy = {
  /** The deployment strategy: `ROLLING`, `BLUE_GREEN`, `LINEAR` or `CANARY`. */
  readonly kind: string
  /** `least` and `most`: the minimum and maximum healthy percent. */
  readonly least: number
  readonly most: number
  readonly bakeMinutes: number
  /** For linear and canary deployments: the percent of the traffic that one step moves. */
  readonly step?: number
}

/** The answer of DescribeServices, including the fields that plans do not need. */
export type ServiceDetail = {
  readonly service: Service
  readonly strategy: Strategy
  readonly breaker?: { readonly rollback: boolean }
  /** Names of the CloudWatch alarms that can fail a deployment. */
  readonly alarms: readonly string[]
  readonly alarmsRollBack: boolean
  readonly isExecEnabled: boolean
  /** The placement strategies and constraints, such as `spread by attribute:ecs.availability-zone`. */
  readonly placement: readonly string[]
  readonly isRebalancing: boolean
  readonly securityGroups: readonly string[]
  readonly subnets: number
  readonly hasPublicIp: boolean
  /** ARNs of load balancer target groups. */
  readonly targetGroups: readonly string[]
  /** Service Connect: the namespace, and the discovery names that clients use. */
  readonly connect?: { readonly namespace: string; readonly names: readonly string[] }
  /** ARNs of VPC Lattice target groups. */
  readonly latticeGroups: readonly string[]
  /** All service events that ECS keeps, at most 100, newest first. */
  readonly events: Service['events']
  readonly deployment?: string
  readonly revisions: readonly string[]
}

export type RunningTask = {
  readonly id: string
  readonly status: string
  readonly health: string
  readonly zone: string
  /** The task's capacity provider, else its launch type. */
  readonly capacity: string
  readonly launchType: string
  /** The ARN of the task's container instance, if any. */
  readonly host?: string
  /** The CPU units and MiB of memory that the task reserves; 0 if the task definition does not set them. */
  readonly needs: { readonly cpu: number; readonly memory: number }
  readonly taskDefinition: string
  readonly isExecReady: boolean
  readonly isExecEnabled: boolean
  readonly containers: readonly {
    readonly name: string
    readonly image: string
    readonly digest?: string
    readonly health: string
  }[]
  /** The id of the deployment that started the task: `ecs-svc/…`. */
  readonly deployment?: string
  readonly createdAt: string
  readonly pull?: Pull
  readonly startedAt?: string
}

/** A container instance: an EC2 instance or an external one. */
export type Host = {
  readonly arn: string
  /** The instance id: `i-…`, or `mi-…` for ECS Anywhere. */
  readonly instance: string
  /** The instance's status: `ACTIVE`, `DRAINING`, … */
  readonly status: string
  readonly isConnected: boolean
  /** The version of the ECS agent. */
  readonly agent?: string
  readonly ami?: string
  readonly zone?: string
  readonly type?: string
  /** The CPU units and MiB of memory that remain for new tasks. */
  readonly left: { readonly cpu: number; readonly memory: number }
}

/** Start and end of an image pull, as ECS recorded them. */
export type Pull = { readonly from: string; readonly until: string }

export type RunningTasks = { readonly tasks: readonly RunningTask[]; readonly isPartial: boolean }

/** A service deployment. ECS keeps deployments for 90 days. */
export type DeploymentRecord = {
  readonly id: string
  readonly arn: string
  readonly status: string
  readonly reason?: string
  readonly createdAt: string
  readonly startedAt?: string
  readonly finishedAt?: string
  /** When ECS last changed the record. */
  readonly updatedAt?: string
  readonly stage?: string
  readonly strategy: string
  /** How long the old tasks stay after the traffic has moved, in minutes. */
  readonly bakeMinutes?: number
  /** The percent of the production and test traffic that ECS asks for the target revision. */
  readonly traffic?: number
  readonly testTraffic?: number
  /** The ARNs of the service revisions that the deployment replaces, the one with the most running tasks first. */
  readonly from: readonly string[]
  readonly to: string
  readonly counts?: { readonly running: number; readonly pending: number; readonly requested: number }
  readonly breaker?: { readonly status: string; readonly failed: number; readonly most: number }
  readonly alarms?: { readonly status: string; readonly triggered: readonly string[] }
  readonly rollback?: { readonly reason: string; readonly at: string; readonly to: string }
  /** The hooks that the deployment has reached; absent if there are none. */
  readonly hooks?: readonly DeploymentHook[]
}

/** A lifecycle hook that a deployment has reached. Its stage is the deployment's. Hooks of type `PAUSE` wait for people. */
export type DeploymentHook = {
  readonly id: string
  /** `PAUSE` or `AWS_LAMBDA`. */
  readonly type: string
  /** `AWAITING_ACTION`, `IN_PROGRESS`, `SUCCEEDED`, `FAILED` or `TIMED_OUT`. */
  readonly status: string
  /** ISO 8601. */
  readonly expiresAt?: string
  readonly onTimeout: 'CONTINUE' | 'ROLLBACK'
}

export type RevisionImage = { readonly container: string; readonly image: string; readonly digest?: string }

export type ServiceRevision = {
  readonly arn: string
  readonly createdAt: string
  readonly taskDefinition: string
  readonly capacity: string
  readonly images: readonly RevisionImage[]
  /** The settings of the service besides its task definition: network, load balancers, capacity and others. */
  readonly settings: readonly DefinitionSetting[]
}

/** The parts of a task definition that matter for deploying it. */
export type TaskDefinition = {
  readonly arn: string
  readonly isActive: boolean
  /** The ARN of who registered it; absent where ECS does not say. */
  readonly registeredBy?: string
  /** ISO 8601. */
  readonly registeredAt?: string
  /** The ARNs of the task role and the execution role. */
  readonly roles: readonly string[]
  readonly images: readonly RevisionImage[]
  readonly settings: readonly DefinitionSetting[]
}

/** A task definition of which a new revision is registered, or that is deployed. It holds no value of an environment. */
/** What a container gets of its task: CPU units and MiB. `memory`: the hard limit; `reservation`: the soft one. */
export type ContainerSize = {
  readonly name: string
  readonly cpu?: number
  readonly memory?: number
  readonly reservation?: number
}

export type DefinitionBase = TaskDefinition & {
  readonly family: string
  readonly revision: number
  /** See `hashOf` of definition-patch.ts. */
  readonly hash: string
  /** The names of the essential containers. */
  readonly essential: readonly string[]
  /** The ARNs or names of the secrets and parameters that its containers get; never their values. */
  readonly secrets: readonly string[]
  /** The CloudWatch log groups to which containers write, except those that ECS creates. */
  readonly logGroups: readonly { readonly name: string; readonly region: string }[]
  readonly architecture: 'X86_64' | 'ARM64'
  readonly isWindows: boolean
  readonly isPrivileged: boolean
  readonly cpu?: string
  readonly memory?: string
  readonly sizes: readonly ContainerSize[]
  readonly compatibilities: readonly string[]
  readonly tagKeys: readonly string[]
}

/** An image in Amazon ECR. `platforms`: such as `linux/amd64`, where its manifest says so. */
export type ImageFacts = {
  readonly digest: string
  readonly pushedAt?: string
  readonly platforms?: readonly string[]
}

/** A setting of a task definition, of one container or of a service revision. `value`: a digest where `isHidden`; no environment is shown. */
export type DefinitionSetting = {
  readonly container?: string
  readonly what: string
  readonly value: string
  readonly isHidden?: true
}

export type AlarmState = {
  readonly name: string
  readonly state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA'
  readonly since: string
}

export type TargetHealth = {
  /** The target group's name. */
  readonly group: string
  readonly targets: readonly { readonly id: string; readonly state: string; readonly why?: string }[]
}

/** Service Connect traffic for one discovery name, averaged over 15 minutes. */
export type Traffic = {
  readonly name: string
  readonly perMinute: number
  /** The share of requests answered with a 5xx status, from 0 to 1. */
  readonly failedShare: number
  readonly milliseconds?: number
}
