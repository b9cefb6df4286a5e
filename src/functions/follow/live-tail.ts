// The Live Tail session of a log follow. Its reserved slot is released when the session closes.

import type { Ports } from '../../commands/ports.ts'
import type { Readers } from '../../commands/readers.ts'
import type { Group } from '../../features/logs/load-service-logs.ts'
import type { LiveTail, SessionLines } from '../../features/logs/log-types.ts'
import type { Follow } from './follow.ts'
import { releaseSlot, takeSlot } from './live-tail-slots.ts'

/** How long a slot is reserved. It is longer than any invocation, and a slot that was not released expires then. */
const SLOT_MS = 16 * 60_000

export const createLiveTail = (
  { id, of, filter }: Follow,
  sessions: SessionLines,
  read: Pick<Readers, 'liveTail'>,
  { store, now }: Pick<Ports, 'store' | 'now'>,
) => {
  const place = { accountId: of.accountId, region: of.region }
  let tail: LiveTail | undefined
  /** After AWS refused a session, this invocation only polls. The next invocation tries again. */
  let isRefused = false
  const release = () => releaseSlot(store, place, id).catch(() => false)
  const close = async (): Promise<void> => {
    if (tail === undefined) return
    tail.close()
    tail = undefined
    await release()
  }
  return {
    isOpen: () => tail !== undefined,
    take: () => tail?.take(),
    close,
    /**
     * Opens a session, which replaces the open one. A session covers one log group, because tasks are selected by
     * stream names.
     */
    open: async ([group, ...more]: readonly Group[], at: number): Promise<void> => {
      await close()
      if (isRefused || group === undefined || more.length > 0 || group.region !== of.region) return
      const until = new Date(at + SLOT_MS).toISOString()
      isRefused = !(await takeSlot(store, place, id, until, now()))
      if (isRefused) return
      const query = { ...group, sessions, ...(filter !== undefined && { filter }) }
      tail = await read.liveTail(place, query).catch(() => undefined)
      isRefused = tail === undefined
      if (isRefused) await release()
    },
  }
}
