// What /ecs status and its neighbours know of a service beside its counts, in our own words. Dates are ISO 8601 strings.
import type { Service } from './ecs.ts'

export type Strategy = {
  /** `ROLLING`, `BLUE_GREEN`, `LINEAR` or `CANARY`. */
  readonly kind: string
  readonly least: number
  readonly most: number
  readonly bakeMinutes: number
  /** Of linear and canary deployments: percent of the traffic a step moves. */
  readonly step?: number
}

/** A DescribeServices that tells more than plans need. */
export type ServiceDetail = {
  readonly service: Service
  readonly strategy: Strategy
  readonly breaker?: { readonly rollback: boolean }
  /** CloudWatch alarms that a deployment listens to. */
  readonly alarms: readonly string[]
  readonly alarmsRollBack: boolean
  readonly isExecEnabled: boolean
  /** `spread by attribute:ecs.availability-zone`, … */
  readonly placement: readonly string[]
  readonly isRebalancing: boolean
  readonly securityGroups: readonly string[]
  readonly subnets: number
  readonly hasPublicIp: boolean
  /** ARNs. */
  readonly targetGroups: readonly string[]
  /** Service Connect: its namespace, and the names under which others call it. */
  readonly connect?: { readonly namespace: string; readonly names: readonly string[] }
  /** ARNs of target groups of VPC Lattice. */
  readonly latticeGroups: readonly string[]
  /** The newest first, all that ECS keeps: at most 100. */
  readonly events: Service['events']
  readonly deployment?: string
  readonly revisions: readonly string[]
}

export type RunningTask = {
  readonly id: string
  readonly status: string
  readonly health: string
  readonly zone: string
  /** The capacity provider, else the launch type. */
  readonly capacity: string
  readonly launchType: string
  /** ARN of its container instance, where it has one. */
  readonly host?: string
  /** CPU units and MiB that it takes; 0 where its definition does not say. */
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
  readonly createdAt: string
  readonly pull?: Pull
  readonly startedAt?: string
}

/** A container instance: of EC2, or of a machine elsewhere. */
export type Host = {
  readonly arn: string
  /** `i-…`, or `mi-…` of ECS Anywhere. */
  readonly instance: string
  /** `ACTIVE`, `DRAINING`, … */
  readonly status: string
  readonly isConnected: boolean
  /** The agent's version. */
  readonly agent?: string
  readonly ami?: string
  readonly zone?: string
  readonly type?: string
  /** CPU units and MiB that ECS may still give away. */
  readonly left: { readonly cpu: number; readonly memory: number }
}

/** When the images were pulled, by ECS's own stamps. */
export type Pull = { readonly from: string; readonly until: string }

export type RunningTasks = { readonly tasks: readonly RunningTask[]; readonly isPartial: boolean }

/** A service deployment: what ECS keeps of each for 90 days. */
export type DeploymentRecord = {
  readonly id: string
  readonly arn: string
  readonly status: string
  readonly reason?: string
  readonly createdAt: string
  readonly startedAt?: string
  readonly finishedAt?: string
  readonly stage?: string
  readonly strategy: string
  /** Service revision ARNs. */
  readonly from: readonly string[]
  readonly to: string
  readonly counts?: { readonly running: number; readonly pending: number; readonly requested: number }
  readonly breaker?: { readonly status: string; readonly failed: number; readonly most: number }
  readonly alarms?: { readonly status: string; readonly triggered: readonly string[] }
  readonly rollback?: { readonly reason: string; readonly at: string; readonly to: string }
}

export type RevisionImage = { readonly container: string; readonly image: string; readonly digest?: string }

export type ServiceRevision = {
  readonly arn: string
  readonly createdAt: string
  readonly taskDefinition: string
  readonly capacity: string
  readonly images: readonly RevisionImage[]
}

/** What a deployment of it takes. */
export type TaskDefinition = {
  readonly arn: string
  readonly isActive: boolean
  /** ARNs of the roles that its tasks get. */
  readonly roles: readonly string[]
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
  /** It has more than were looked at. */
  readonly isPartial?: true
}

/** Through Service Connect, by one of the names that a service is called by; the mean of the last quarter of an hour. */
export type Traffic = {
  readonly name: string
  readonly perMinute: number
  /** Of 0 to 1: answered with a 5xx. */
  readonly failedShare: number
  readonly milliseconds?: number
}
