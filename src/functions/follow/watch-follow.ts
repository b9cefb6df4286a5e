// The watchdog of log follows: once a minute, checks the heartbeat of the invocation that runs a follow. If it is older
// than 45 s, starts another invocation.

import { armFollowWatch } from '../../engine/jobs/timers.ts'
import type { ContinueFollow, Schedule } from '../../model/ports/functions.ts'
import type { TendJob } from '../../model/ports/job.ts'
import type { Store } from '../../model/ports/store.ts'
import type { Follow } from './follow.ts'
import { followKey } from './records.ts'

/**
 * The age of a heartbeat, in milliseconds, at which the invocation counts as dead: three times the heartbeat interval
 * of 15 s.
 */
export const HEARTBEAT_TIMEOUT_MS = 45_000

export type WatchPorts = {
  readonly store: Store
  readonly schedule: Schedule
  readonly continueFollow: ContinueFollow
  readonly now: () => string
}

export const watchFollow = async ({ operation }: TendJob, ports: WatchPorts): Promise<void> => {
  const follow = (await ports.store.get<Follow>(followKey(operation)))?.value
  if (follow === undefined || follow.end !== undefined) return
  await armFollowWatch(operation, ports)
  if (Date.parse(ports.now()) - Date.parse(follow.beatAt) < HEARTBEAT_TIMEOUT_MS) return
  await ports.continueFollow({ kind: 'follow', follow: operation, holder: follow.holder + 1 })
}
