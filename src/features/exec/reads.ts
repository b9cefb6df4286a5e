// The reads that planning commands in containers needs.

import type { Account } from '../../model/account.ts'
import type { ServiceRef } from '../../model/ecs.ts'
import type { GrantTag } from './grant.ts'
import type { ExecSite, LiveSession } from './site.ts'
import type { TaskRole } from './task-role.ts'

export type ExecReads = {
  /** Tasks with desired status RUNNING (max 100), with what exec's readiness checks need. */
  readonly execSite: (ref: ServiceRef) => Promise<ExecSite>
  /** A task's tags with a grant's keys, in any spelling; none where the task is gone. */
  readonly grantTags: (ref: ServiceRef, taskArn: string) => Promise<readonly GrantTag[]>
  /** A task role's permissions, and those it lacks for exec sessions. Failed reads are in `unread`. */
  readonly taskRole: (ref: ServiceRef, roleArn: string, site: Omit<ExecSite, 'tasks'>) => Promise<TaskRole>
  /** The VPC endpoints of a subnet's network, among WAYS; undefined where they are not readable. */
  readonly endpoints: (ref: ServiceRef, subnet: string) => Promise<readonly string[] | undefined>
  /** Open sessions in containers of services. */
  readonly execSessions: (account: Account, region: string) => Promise<readonly LiveSession[]>
}
