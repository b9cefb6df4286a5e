// Updates the message of a log follow within the budget of Slack updates that all functions share.

import { logError } from '../../engine/jobs/log-error.ts'
import { mayUpdate } from '../../engine/jobs/update-budget.ts'
import { RemoteError } from '../../model/errors.ts'
import type { Follow } from './follow.ts'
import type { FollowPorts } from './ports.ts'
import { type FollowState, renderFollow } from './render-follow.ts'

/** The interval between updates of the message. It doubles up to a maximum while the update budget is used up. */
const MIN_UPDATE_MS = 3_000

const MAX_UPDATE_MS = 30_000

/** Creates an updater that respects the shared budget of Slack updates per minute. */
export const createMessageUpdater = (ports: FollowPorts) => {
  let last = ''
  let next = 0
  let gap = MIN_UPDATE_MS
  return {
    /** Shows the state of the follow; false if the message no longer exists. */
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
