// What a standalone task of a service needs: the revision that runs, and where its tasks run.

import type { Service } from '../../model/ecs.ts'
import type { JsonObject } from '../../model/json.ts'

export type RunContainer = {
  readonly name: string
  readonly image: string
  readonly isEssential: boolean
  /** The task definition sets an entry point, which gets the command as arguments. That of the image is not known. */
  readonly hasEntryPoint: boolean
  /** Such as `awslogs`; absent without a log configuration. */
  readonly logDriver?: string
}

export type RunSite = {
  readonly service: Service
  readonly clusterArn: string
  readonly definition: {
    readonly arn: string
    /** Such as `orders-api:7`. */
    readonly name: string
    readonly isActive: boolean
    readonly isWindows: boolean
    /** The ARNs of the task role and the execution role. */
    readonly roles: readonly string[]
    readonly taskRoleArn?: string
    readonly containers: readonly RunContainer[]
  }
  /** Fields of RunTask: the network, the launch type or the providers, and the platform version of the tasks that run. */
  readonly where: JsonObject
}
