// Stores the state of a log follow. A write succeeds only if no other invocation has written since, so a replaced
// invocation stops.

import { armFollowWatch } from '../../engine/jobs/timers.ts'
import { isSameUser } from '../../engine/rules/access.ts'
import type { Config } from '../../engine/rules/config.ts'
import type { Follow } from './follow.ts'
import type { FollowPorts } from './ports.ts'
import { followKey, runningFollows, runningKey } from './records.ts'

/** How long the state is stored: one day, so that a late click on Stop still finds it. */
const KEPT_SECONDS = 86_400

/** The follow as this invocation last wrote it, and the version of its item. */
export type HeldFollow = { follow: Follow; version: number }

/** Writes a change with a new heartbeat. Returns false if another invocation has written since. */
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

/**
 * Stores a new follow and schedules its watchdog. Returns false if the follow exists already. This invocation runs it
 * first.
 */
export const startFollow = async (follow: Follow, ports: FollowPorts): Promise<boolean> => {
  const until = Math.floor(Date.parse(follow.endsAt) / 1_000) + KEPT_SECONDS
  await armFollowWatch(follow.id, ports)
  const endsAt = Math.floor(Date.parse(follow.endsAt) / 1_000)
  await ports.store.create(runningKey(follow.actor.user, follow.id), { at: ports.now() }, endsAt)
  return ports.store.create(followKey(follow.id), follow, until)
}

/** How many follows of this person run now, of all their Slack users together. */
export const countFollows = async (
  user: string,
  config: Pick<Config, 'people'>,
  { store }: Pick<FollowPorts, 'store'>,
): Promise<number> => {
  const users = Object.keys(config.people).filter(one => isSameUser(one, user, config))
  return (await Promise.all(users.map(one => store.list(runningFollows(one))))).flat().length
}

/** Removes an ended follow from the list of the person's running follows. */
export const removeFollow = async ({ actor, id }: Follow, { store }: Pick<FollowPorts, 'store'>): Promise<void> => {
  const item = await store.get(runningKey(actor.user, id))
  if (item !== undefined) await store.remove(item.key, item.version)
}
