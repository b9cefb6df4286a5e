// The data that checks work on. Environments have variable names only: values are never read.
import type { ServiceRef } from '../../model/ecs.ts'

export type ContainerPosture = {
  readonly name: string
  readonly image: string
  /** As in the task definition; absent, the image's user applies, usually root. */
  readonly user?: string
  readonly isPrivileged: boolean
  readonly isRootReadOnly: boolean
  readonly hasLogs: boolean
  readonly hasHealthCheck: boolean
  /** Names of plain environment variables. */
  readonly environment: readonly string[]
}

/** A CloudWatch Logs group that containers write to. */
export type LogGroupName = { readonly name: string; readonly region: string }

/** The task definition that a service runs. */
export type DefinitionPosture = {
  /** `orders-api:7` */
  readonly name: string
  readonly isWindows: boolean
  readonly networkMode: string
  readonly pidMode: string
  readonly taskRole?: string
  readonly executionRole?: string
  readonly containers: readonly ContainerPosture[]
  readonly logGroups: readonly LogGroupName[]
  /** Names of the EFS volumes whose traffic is not encrypted. */
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
  /** `sha256:…`; absent until the image is pulled. */
  readonly digest?: string
}

export type ServicePosture = {
  readonly ref: ServiceRef
  /** ARN, as ECS names it. */
  readonly definition: string
  readonly desired: number
  readonly hasPublicIp: boolean
  /** Ids of task sets with public IP addresses. */
  readonly publicTaskSets: readonly string[]
  /** Fargate platform version: `LATEST`, `1.4.0`. */
  readonly platform?: string
  readonly hasExec: boolean
  /** Absent where another controller deploys, such as CodeDeploy. */
  readonly hasCircuitBreaker?: boolean
  readonly isBalanced: boolean
  /** Names of its capacity providers; empty with a launch type. */
  readonly providers: readonly string[]
  readonly tags: readonly string[]
}

/** A vulnerability of a scan, such as a CVE. */
export type ScannedFault = {
  readonly id: string
  /** ECR's severity: `CRITICAL`, `HIGH`, … */
  readonly severity: string
  readonly hasFix?: boolean
  readonly hasExploit?: boolean
}

export type ImageScan =
  | {
      readonly kind: 'scanned'
      /** Total counts; `faults` has the first of them. */
      readonly critical: number
      readonly high: number
      readonly faults: readonly ScannedFault[]
    }
  | { readonly kind: 'unscanned'; readonly why: string }

/** A service with its task definition, tasks, scans and log groups. */
export type Workload = {
  readonly service: ServicePosture
  readonly definition: DefinitionPosture
  readonly tasks: readonly RunningTask[]
  /** Scans of its running images, as far as they were read. */
  readonly scans: readonly { readonly container: string; readonly scan: ImageScan }[]
  /** Names of its log groups without a retention period. */
  readonly endlessLogs: readonly string[]
}

export type ClusterPosture = {
  readonly account: string
  readonly accountId: string
  readonly region: string
  readonly cluster: string
  /** `disabled`, `enabled`, `enhanced`. */
  readonly insights: string
  /** `NONE`, `DEFAULT`, `OVERRIDE`. */
  readonly execLogging: string
  /** Names of the checked services with ECS Exec on. */
  readonly execServices: readonly string[]
  /** Names of capacity providers that may terminate instances that run tasks. */
  readonly unprotectedProviders: readonly string[]
  readonly tags: readonly string[]
}
