// The data that checks evaluate. Environment variables have names only: their values are never read.
import type { ServiceRef } from '../../model/ecs.ts'

export type ContainerPosture = {
  readonly name: string
  readonly image: string
  /** The user in the task definition. If absent, the image's user applies, usually root. */
  readonly user?: string
  readonly isPrivileged: boolean
  readonly isRootReadOnly: boolean
  readonly hasLogs: boolean
  readonly hasHealthCheck: boolean
  /** The names of environment variables that are set in plain text. */
  readonly environment: readonly string[]
}

/** A CloudWatch Logs group to which containers write. */
export type LogGroupName = { readonly name: string; readonly region: string }

/** The security settings of the task definition that a service runs. */
export type DefinitionPosture = {
  /** The task definition's family and revision: `orders-api:7`. */
  readonly name: string
  readonly isWindows: boolean
  readonly networkMode: string
  readonly pidMode: string
  readonly taskRole?: string
  readonly executionRole?: string
  readonly containers: readonly ContainerPosture[]
  readonly logGroups: readonly LogGroupName[]
  /** The names of EFS volumes without encryption in transit. */
  readonly plainVolumes: readonly string[]
  readonly tags: readonly string[]
}

export type RunningTask = {
  readonly id: string
  readonly service: string
  readonly definition: string
  readonly zone: string
  readonly containers: readonly RunningContainer[]
}

export type RunningContainer = {
  readonly name: string
  readonly image: string
  /** The digest of the image, `sha256:…`; absent until the image is pulled. */
  readonly digest?: string
}

export type ServicePosture = {
  readonly ref: ServiceRef
  /** The ARN of the task definition. */
  readonly definition: string
  readonly desired: number
  readonly hasPublicIp: boolean
  /** The ids of task sets with public IP addresses. */
  readonly publicTaskSets: readonly string[]
  /** The Fargate platform version: `LATEST` or `1.4.0`. */
  readonly platform?: string
  readonly hasExec: boolean
  /** Whether the deployment circuit breaker is on; absent if another controller deploys, such as CodeDeploy. */
  readonly hasCircuitBreaker?: boolean
  readonly isBalanced: boolean
  /** Whether a rolling deployment can neither start a task nor stop one, and the percentages that are the reason. */
  readonly stuck?: string
  /** The stages of the gates that let a deployment go on when nobody answers in time. */
  readonly openGates: readonly string[]
  /** The names of the service's capacity providers; empty if it has a launch type. */
  readonly providers: readonly string[]
  readonly tags: readonly string[]
}

/** A vulnerability that a scan found, such as a CVE. */
export type ScannedFault = {
  readonly id: string
  /** The severity that ECR reports: `CRITICAL`, `HIGH`, … */
  readonly severity: string
  readonly hasFix?: boolean
  readonly hasExploit?: boolean
}

export type ImageScan =
  | {
      readonly kind: 'scanned'
      /** The number of all critical vulnerabilities of the scan. `faults` lists only some of them. */
      readonly critical: number
      readonly high: number
      readonly faults: readonly ScannedFault[]
    }
  | { readonly kind: 'unscanned'; readonly why: string }

/** A service with its task definition, tasks, image scans and log groups. */
export type Workload = {
  readonly service: ServicePosture
  readonly definition: DefinitionPosture
  readonly tasks: readonly RunningTask[]
  /** The scans of the service's running images, as far as they were read. */
  readonly scans: readonly { readonly container: string; readonly scan: ImageScan }[]
  /** The names of the service's log groups that have no retention period. */
  readonly endlessLogs: readonly string[]
}

export type ClusterPosture = {
  readonly account: string
  readonly accountId: string
  readonly region: string
  readonly cluster: string
  /** The setting of Container Insights: `disabled`, `enabled` or `enhanced`. */
  readonly insights: string
  /** The logging of ECS Exec: `NONE`, `DEFAULT` or `OVERRIDE`. */
  readonly execLogging: string
  /** The names of the checked services in which ECS Exec is on. */
  readonly execServices: readonly string[]
  /** The names of capacity providers that may terminate instances while tasks run on them. */
  readonly unprotectedProviders: readonly string[]
  readonly tags: readonly string[]
}
