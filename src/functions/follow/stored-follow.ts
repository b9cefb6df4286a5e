// Stores the state of a follow. Each write is conditional on the holder's last, so a replaced holder stops.

import { armFollowWatch } from '../../engine/jobs/timers.ts'
import type { Follow } from './follow.ts'
import type { FollowPorts } from './ports.ts'
import { followKey } from './records.ts'

/** Kept for a day, so that a late click on Stop still finds it. */
const KEPT_SECONDS = 86_400

/** The follow as this holder last wrote it, and the version of its item. */
export type HeldFollow = { follow: Follow; version: number }

/** Writes the change with a new heartbeat. False when another holder has written since. */
export const storeFollow = async (
  held: HeldFollow,
  change: Partial<Follow>,
  { store, now }: FollowPorts,
): Promise<boolean> => {
  const follow: Follow = { ...held.follow, ...change, beatAt: now() }
  const until = Math.floor(Date.parse(follow.endsAt) / 1_000) + KEPT_SECONDS
  const isKept = await store.replace(followKey(follow.id), follow, held.version, until)
  if (isKept) Object.assign(held, { follow, version: held.version + 1 })
  return isKept
}

/** Stores a new follow and arms its watchdog. False when it exists already. The first holder is this invocation. */
export const startFollow = async (follow: Follow, ports: FollowPorts): Promise<boolean> => {
  const until = Math.floor(Date.parse(follow.endsAt) / 1_000) + KEPT_SECONDS
  await armFollowWatch(follow.id, ports)
  return ports.store.create(followKey(follow.id), follow, until)
}
