// What checks look at, in our own words. Of an environment the names alone: a value never gets this far.
import type { ServiceRef } from '../../model/ecs.ts'

export type ContainerPosture = {
  readonly name: string
  readonly image: string
  /** As the task definition says it; without it the image's own, which is root unless somebody cared. */
  readonly user?: string
  readonly isPrivileged: boolean
  readonly isRootReadOnly: boolean
  readonly hasLogs: boolean
  readonly hasHealthCheck: boolean
  /** Names of plain environment variables. */
  readonly environment: readonly string[]
}

/** A group of CloudWatch Logs that containers write to. */
export type LogGroupName = { readonly name: string; readonly region: string }

/** The revision of a task definition that a service runs. */
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
  /** `sha256:…`, once the image was pulled. */
  readonly digest?: string
}

export type ServicePosture = {
  readonly ref: ServiceRef
  /** ARN, as ECS names it. */
  readonly definition: string
  readonly desired: number
  readonly hasPublicIp: boolean
  /** Ids of the task sets that give their tasks public addresses. */
  readonly publicTaskSets: readonly string[]
  /** Of Fargate alone: `LATEST`, `1.4.0`. */
  readonly platform?: string
  readonly hasExec: boolean
  /** Not there where deployments are somebody else's, such as CodeDeploy's. */
  readonly hasCircuitBreaker?: boolean
  readonly isBalanced: boolean
  /** Names of its capacity providers; none with a launch type. */
  readonly providers: readonly string[]
  readonly tags: readonly string[]
}

/** A fault as a scan names it, such as a CVE. */
export type ScannedFault = {
  readonly id: string
  /** As ECR writes it: `CRITICAL`, `HIGH`, … */
  readonly severity: string
  readonly hasFix?: boolean
  readonly hasExploit?: boolean
}

export type ImageScan =
  | {
      readonly kind: 'scanned'
      /** How many there are in all; `faults` are the first of them. */
      readonly critical: number
      readonly high: number
      readonly faults: readonly ScannedFault[]
    }
  | { readonly kind: 'unscanned'; readonly why: string }

/** A service with all that it runs. */
export type Workload = {
  readonly service: ServicePosture
  readonly definition: DefinitionPosture
  readonly tasks: readonly RunningTask[]
  /** Of the images that run, as far as they were asked about. */
  readonly scans: readonly { readonly container: string; readonly scan: ImageScan }[]
  /** Names of its log groups that keep everything for good. */
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
  /** Names of services of this cluster, as far as they were looked at, that ECS Exec is on for. */
  readonly execServices: readonly string[]
  /** Names of capacity providers that may terminate instances on which tasks run. */
  readonly unprotectedProviders: readonly string[]
  readonly tags: readonly string[]
}
