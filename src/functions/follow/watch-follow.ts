// Nobody else notices when the invocation that holds a follow dies: so every minute or so somebody looks whether it was
// heard of lately, and lets another one take over.

import { armFollowWatch } from '../../engine/jobs/timers.ts'
import type { ContinueFollow, Schedule } from '../../model/ports/functions.ts'
import type { TendJob } from '../../model/ports/job.ts'
import type { Store } from '../../model/ports/store.ts'
import type { Follow } from './follow.ts'
import { followKey } from './records.ts'

/** A holder that lives is heard of every 15 seconds. */
export const SILENT_MS = 45_000

export type TendPorts = {
  readonly store: Store
  readonly schedule: Schedule
  readonly goOn: ContinueFollow
  readonly now: () => string
}

export const watchFollow = async ({ operation }: TendJob, ports: TendPorts): Promise<void> => {
  const follow = (await ports.store.get<Follow>(followKey(operation)))?.value
  if (follow === undefined || follow.end !== undefined) return
  await armFollowWatch(operation, ports)
  if (Date.parse(ports.now()) - Date.parse(follow.beatAt) < SILENT_MS) return
  await ports.goOn({ kind: 'follow', follow: operation, holder: follow.holder + 1 })
}
