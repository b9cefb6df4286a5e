// The ports of a follow.

import type { Ports } from '../../commands/ports.ts'
import type { ContinueFollow, Schedule } from '../../model/ports/functions.ts'

export type FollowPorts = Ports & {
  readonly schedule: Schedule
  readonly continueFollow: ContinueFollow
  /** Milliseconds. */
  readonly pause: (ms: number) => Promise<unknown>
}
