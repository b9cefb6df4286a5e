// The reads that are needed to plan commands in containers.

import type { Account } from '../../model/account.ts'
import type { ServiceRef } from '../../model/ecs.ts'
import type { GrantTag } from './grant.ts'
import type { RunSite } from './run-site.ts'
import type { ExecSite, LiveSession } from './site.ts'
import type { TaskRole } from './task-role.ts'

export type ExecReads = {
  /**
   * Reads the tasks with desired status RUNNING, with the fields that the readiness checks need. `task`: a whole task
   * id; then reads that task only, if it runs.
   */
  readonly execSite: (ref: ServiceRef, task?: string) => Promise<ExecSite>
  /** Reads what a standalone task of the service needs; undefined if the service does not exist. */
  readonly runSite: (ref: ServiceRef) => Promise<RunSite | undefined>
  /** A task's tags with a grant's keys, in any spelling; none where the task is gone. */
  readonly grantTags: (ref: ServiceRef, taskArn: string) => Promise<readonly GrantTag[]>
  /** A task role's permissions, and those it lacks for exec sessions. Failed reads are in `unread`. */
  readonly taskRole: (ref: ServiceRef, roleArn: string, site: Omit<ExecSite, 'tasks'>) => Promise<TaskRole>
  /** Reads the VPC endpoints of a subnet's network, as far as they are in WAYS; undefined if they are not readable. */
  readonly endpoints: (ref: ServiceRef, subnet: string) => Promise<readonly string[] | undefined>
  /** Reads the open sessions in containers of services. */
  readonly execSessions: (account: Account, region: string) => Promise<readonly LiveSession[]>
}
