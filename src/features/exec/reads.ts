// What planning commands in containers reads of AWS.

import type { Account } from '../../model/account.ts'
import type { ServiceRef } from '../../model/ecs.ts'
import type { ExecSite, LiveSession } from './site.ts'
import type { TaskRole } from './task-role.ts'

export type ExecReads = {
  /** Tasks that are to run, at most 100, with what is to be known before a command runs in one. */
  readonly execSite: (ref: ServiceRef) => Promise<ExecSite>
  /** What a task role may do, and lacks for the sessions of its cluster. What cannot be read is said in the answer. */
  readonly taskRole: (ref: ServiceRef, roleArn: string, site: Omit<ExecSite, 'tasks'>) => Promise<TaskRole>
  /** Which of WAYS a subnet's network has an endpoint of its own for; undefined where nobody may know. */
  readonly endpoints: (ref: ServiceRef, subnet: string) => Promise<readonly string[] | undefined>
  /** Sessions that are open in containers of services. */
  readonly execSessions: (account: Account, region: string) => Promise<readonly LiveSession[]>
}
