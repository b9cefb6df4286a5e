// The one door for everything that Quarterdeck posts in channels: it checks who reads there first. Cards, threads, output,
// pictures and files all pass it; answers for one person alone do not need it.

import { RemoteError } from '../../model/errors.ts'
import type { Audience, Posted, PostOptions, Slack } from '../../model/ports/slack.ts'
import type { Key, Store } from '../../model/ports/store.ts'
import type { Config } from './config.ts'

/** The code of the error that a post to a channel with other readers ends with. */
export const OUTSIDERS = 'outsiders'

/** An event about the channel drops the stored answer before that. */
const CACHE_SECONDS = 60

export const audienceKey = (channel: string): Key => ({ pk: `audience#${channel}`, sk: 'now' })

export type GuardPorts = {
  readonly config: () => Promise<Config>
  readonly store: Pick<Store, 'get' | 'create' | 'replace'>
  readonly now: () => string
}

/**
 * Returns Slack with checked posts. A post or an update in a channel that outsiders read, or whose readers cannot be told,
 * is refused with the code OUTSIDERS. A post in the thread of such a channel goes to the approval channel instead.
 */
export const guardSlack = (slack: Slack, ports: GuardPorts): Slack => {
  const audience = (channel: string) => cachedAudience(channel, slack, ports)
  const check = async (channel: string, { isBare }: PostOptions = {}): Promise<void> => {
    if (isBare === true || isPerson(channel)) return
    // Without the configuration no channel is trusted, and the members decide.
    const trusted = await ports.config().then(
      ({ sharing }) => sharing.trusted,
      (): readonly string[] => [],
    )
    if (trusted.includes(channel)) return
    const readers = await audience(channel)
    if (readers !== 'own people') throw refusal(readers)
  }
  /** Where a message of a thread may go. */
  const placeOf = async (channel: string, thread: string | undefined) => {
    try {
      await check(channel)
      return { channel, ...(thread !== undefined && { thread }) }
    } catch (error) {
      const { channel: approvals } = await ports.config()
      if (thread === undefined || !isOutsiders(error) || channel === approvals) throw error
      await check(approvals)
      return { channel: approvals }
    }
  }
  return {
    ...slack,
    audience,
    post: async (channel, message, options = {}): Promise<Posted> => {
      if (options.isBare === true) return slack.post(channel, message, options)
      const { thread, ...rest } = options
      const { channel: where, ...there } = await placeOf(channel, thread)
      return slack.post(where, message, { ...rest, ...there })
    },
    update: async (posted, message, options) => {
      await check(posted.channel, options)
      return slack.update(posted, message)
    },
    upload: async ({ channel, thread }, file) => slack.upload(await placeOf(channel, thread), file),
  }
}

export const isOutsiders = (error: unknown): boolean => error instanceof RemoteError && error.code === OUTSIDERS

/** A message to a person goes to the person's direct messages with Quarterdeck. */
const isPerson = (channel: string): boolean => /^[UW]/.test(channel)

const TEXTS: Readonly<Record<Exclude<Audience, 'own people' | 'not a channel'>, string>> = {
  'another company': 'people of other companies read this channel',
  guests: 'guests read this channel',
  'too many to tell': 'this channel has too many members to check for guests',
  unknown: 'Slack does not say who reads this channel',
}

const refusal = (readers: Exclude<Audience, 'own people'>): RemoteError =>
  readers === 'not a channel'
    ? new RemoteError('posting to Slack: Slack answered not_in_channel', { code: 'not_in_channel', passing: false })
    : new RemoteError(`posting to Slack: ${TEXTS[readers]}`, { code: OUTSIDERS, passing: false })

const cachedAudience = async (channel: string, slack: Slack, { store, now }: GuardPorts): Promise<Audience> => {
  const key = audienceKey(channel)
  // Without the store, Slack is asked each time.
  const cached = await store.get<Audience>(key).catch(() => undefined)
  if (cached !== undefined) return cached.value
  const readers = await slack.audience(channel)
  // Quarterdeck may be invited at any time, and no event says so before it is.
  if (readers !== 'not a channel')
    await store.create(key, readers, Math.floor(Date.parse(now()) / 1_000) + CACHE_SECONDS).catch(() => false)
  return readers
}
