// The ports of a log follow.

import type { Ports } from '../../commands/ports.ts'
import type { ContinueFollow, Schedule } from '../../model/ports/functions.ts'

export type FollowPorts = Ports & {
  readonly schedule: Schedule
  readonly continueFollow: ContinueFollow
  /** Waits for a number of milliseconds. */
  readonly pause: (ms: number) => Promise<unknown>
}
