// Details of a service for /ecs status, tasks and deployments, as plain values. Dates are ISO 8601 strings.
import type { Service } from './ecs.ts'

export type Strategy = {
  /** `ROLLING`, `BLUE_GREEN`, `LINEAR` or `CANARY`. */
  readonly kind: string
  /** Minimum and maximum healthy percent. */
  readonly least: number
  readonly most: number
  readonly bakeMinutes: number
  /** Linear and canary deployments: percent of the traffic that one step moves. */
  readonly step?: number
}

/** DescribeServices, with the fields that plans do not need. */
export type ServiceDetail = {
  readonly service: Service
  readonly strategy: Strategy
  readonly breaker?: { readonly rollback: boolean }
  /** CloudWatch alarms that can fail a deployment. */
  readonly alarms: readonly string[]
  readonly alarmsRollBack: boolean
  readonly isExecEnabled: boolean
  /** `spread by attribute:ecs.availability-zone`, … */
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
  /** All that ECS keeps, at most 100, newest first. */
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
  /** ARN of its container instance, if any. */
  readonly host?: string
  /** CPU units and MiB; 0 where the task definition does not set them. */
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

/** A container instance: an EC2 instance or an external one. */
export type Host = {
  readonly arn: string
  /** `i-…`, or `mi-…` for ECS Anywhere. */
  readonly instance: string
  /** `ACTIVE`, `DRAINING`, … */
  readonly status: string
  readonly isConnected: boolean
  /** The agent's version. */
  readonly agent?: string
  readonly ami?: string
  readonly zone?: string
  readonly type?: string
  /** Remaining CPU units and MiB for new tasks. */
  readonly left: { readonly cpu: number; readonly memory: number }
}

/** Start and end of the image pull, as ECS recorded them. */
export type Pull = { readonly from: string; readonly until: string }

export type RunningTasks = { readonly tasks: readonly RunningTask[]; readonly isPartial: boolean }

/** A service deployment; ECS keeps them for 90 days. */
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

/** The parts of a task definition that deploying it needs. */
export type TaskDefinition = {
  readonly arn: string
  readonly isActive: boolean
  /** ARNs of the task role and the execution role. */
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
  /** There are more targets than were read. */
  readonly isPartial?: true
}

/** Service Connect traffic for one discovery name, averaged over 15 minutes. */
export type Traffic = {
  readonly name: string
  readonly perMinute: number
  /** Share of requests answered with a 5xx, 0 to 1. */
  readonly failedShare: number
  readonly milliseconds?: number
}
