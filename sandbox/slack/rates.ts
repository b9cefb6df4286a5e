// Slack's rate limits, in world time. Each method has a token bucket. A method that Slack limits by channel has one for each
// channel.
import type { Clock } from '../world/clock.ts'

const TIER_2 = 20
const TIER_3 = 50
const TIER_4 = 100

/**
 * The allowed calls per minute, as documented on 2026-05-26 (slack.md 2.4). Methods without an entry are not limited.
 */
export const TIERS: { readonly [method: string]: number } = {
  'chat.update': TIER_3,
  'chat.delete': TIER_3,
  'chat.postEphemeral': TIER_4,
  'views.open': TIER_4,
  'views.push': TIER_4,
  'views.update': TIER_4,
  'views.publish': TIER_4,
  'files.getUploadURLExternal': TIER_4,
  'files.completeUploadExternal': TIER_4,
  'conversations.create': TIER_2,
  'conversations.invite': TIER_3,
  'conversations.join': TIER_3,
  'conversations.open': TIER_3,
  'conversations.setTopic': TIER_2,
  'conversations.archive': TIER_2,
  'conversations.info': TIER_3,
  'conversations.history': TIER_3,
  'conversations.replies': TIER_3,
  'conversations.members': TIER_4,
  'conversations.list': TIER_2,
  'users.conversations': TIER_3,
  'users.info': TIER_4,
  'users.lookupByEmail': TIER_3,
  'users.list': TIER_2,
  'usergroups.list': TIER_2,
  'usergroups.users.list': TIER_2,
  'bookmarks.add': TIER_2,
  'pins.add': TIER_2,
  'reactions.add': TIER_3,
}

/** The maximum burst of chat.postMessage in one channel. The sustained rate is one message a second. */
const POST_BURST = 20

type Bucket = { tokens: number; at: number }

export type Rates = {
  /** Returns the seconds until the call is allowed. Counts the call if this number is 0. */
  take(method: string, channel: string): number
}

export const createRates = (clock: Clock): Rates => {
  const buckets = new Map<string, Bucket>()
  const take = (key: string, capacity: number, perSecond: number): number => {
    const now = clock.now()
    const known = buckets.get(key) ?? { tokens: capacity, at: now }
    const tokens = Math.min(capacity, known.tokens + ((now - known.at) / 1000) * perSecond)
    const granted = tokens >= 1
    buckets.set(key, { tokens: granted ? tokens - 1 : tokens, at: now })
    return granted ? 0 : Math.max(1, Math.ceil((1 - tokens) / perSecond))
  }
  return {
    take: (method, channel) => {
      if (method === 'chat.postMessage') return take(`${method} ${channel}`, POST_BURST, 1)
      const tier = TIERS[method]
      return tier === undefined ? 0 : take(method, tier, tier / 60)
    },
  }
}
