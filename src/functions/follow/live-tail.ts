// The Live Tail session of a follow, where it may have one: leased before it is opened, given back when it is closed.

import type { Ports } from '../../commands/ports.ts'
import type { Readers } from '../../commands/readers.ts'
import type { Group } from '../../features/logs/load-logs.ts'
import type { LiveTail } from '../../features/logs/log-types.ts'
import type { Follow } from './follow.ts'
import { leaseSession, returnSession } from './live-tail-slots.ts'

/** Longer than any invocation: a session that nobody gave back is free again then. */
const LEASE_MS = 16 * 60_000

export const createTail = (
  { id, of, filter }: Follow,
  read: Pick<Readers, 'liveTail'>,
  { store, now }: Pick<Ports, 'store' | 'now'>,
) => {
  const place = { accountId: of.accountId, region: of.region }
  let tail: LiveTail | undefined
  /** Whoever was refused once polls until somebody else takes over. */
  let isRefused = false
  const giveBack = () => returnSession(store, place, id).catch(() => false)
  const close = async (): Promise<void> => {
    if (tail === undefined) return
    tail.close()
    tail = undefined
    await giveBack()
  }
  return {
    isOpen: () => tail !== undefined,
    take: () => tail?.take(),
    close,
    /** In place of the one that is open. A session is about one group, as far as streams are named. */
    open: async ([group, ...others]: readonly Group[], at: number): Promise<void> => {
      await close()
      if (isRefused || group === undefined || others.length > 0 || group.region !== of.region) return
      const until = new Date(at + LEASE_MS).toISOString()
      isRefused = !(await leaseSession(store, place, id, until, now()))
      if (isRefused) return
      const query = { ...group, ...(filter !== undefined && { filter }) }
      tail = await read.liveTail(place, query).catch(() => undefined)
      isRefused = tail === undefined
      if (isRefused) await giveBack()
    },
  }
}
