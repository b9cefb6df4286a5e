// Updates the message of a follow within the shared budget of Slack updates.

import { logError } from '../../engine/jobs/log-error.ts'
import { mayUpdate } from '../../engine/jobs/update-budget.ts'
import { RemoteError } from '../../model/errors.ts'
import type { Follow } from './follow.ts'
import type { FollowPorts } from './ports.ts'
import { type FollowState, renderFollow } from './render-follow.ts'

/** Between updates of the message; doubled up to the maximum while the update budget is spent. */
const MIN_UPDATE_MS = 3_000

const MAX_UPDATE_MS = 30_000

/** Stays within the shared budget of Slack updates a minute. */
export const createMessageUpdater = (ports: FollowPorts) => {
  let last = ''
  let next = 0
  let gap = MIN_UPDATE_MS
  return {
    /** False when the message no longer exists. */
    show: async (follow: Follow, how: FollowState, now: number): Promise<boolean> => {
      const { isWhole: _, ...message } = renderFollow(follow, how)
      const text = JSON.stringify(message)
      if (text === last || now < next) return true
      const isFree = await mayUpdate(ports.store, ports.now(), 'progress')
      gap = isFree ? MIN_UPDATE_MS : Math.min(gap * 2, MAX_UPDATE_MS)
      next = now + gap
      if (!isFree) return true
      try {
        await (await ports.slack()).update(follow.posted, message)
        last = text
        return true
      } catch (error) {
        if (error instanceof RemoteError && !error.passing) return false
        logError('follow', follow.id, error)
        return true
      }
    },
  }
}
