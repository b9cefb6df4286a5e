// Delivers events of the Events API (messages, mentions, edits, App Home opened). There are three retries: immediately, after one
// minute and after five minutes.
import { createEditDelivery } from './deliver-edits.ts'
import { channelFor, type DeliverySetup, encodeTyped, personOf } from './delivery.ts'
import { eventEnvelope } from './payloads.ts'
import { APP_ID, BOT, TEAM } from './seed.ts'
import type { RequestTampering, Sent } from './send.ts'
import type { Channel, Json, Message } from './types.ts'

/** The milliseconds of world time before each retry. */
const RETRY_AFTER_MS = [0, 60_000, 300_000]

export type Post = {
  readonly user: string
  readonly channel: string
  readonly text: string
  readonly threadTs?: string
}

/** Creates the function that sends an event, with retries if the app does not acknowledge it. */
const createAttempt = (setup: DeliverySetup) => {
  const attempt = async (body: string, retry: number, reason: string, tampering?: RequestTampering): Promise<Sent> => {
    const headers: Record<string, string> =
      retry > 0 ? { 'x-slack-retry-num': String(retry), 'x-slack-retry-reason': reason } : {}
    const sent = await setup.send({ contentType: 'application/json', body, headers }, tampering)
    const stopped = sent.headers['x-slack-no-retry'] === '1'
    const wait = RETRY_AFTER_MS[retry]
    if (!sent.error || stopped || wait === undefined) return sent
    const because = sent.error === 'operation_timeout' ? 'http_timeout' : 'http_error'
    const retryNow = () => setup.track(attempt(body, retry + 1, because, tampering))
    if (wait === 0) retryNow()
    else setup.context.clock.after(wait, retryNow)
    return sent
  }
  return attempt
}

/** Creates the function that returns the `client_msg_id` of a message. An edited message keeps its id. */
const createClientIds = () => {
  const ids = new Map<string, string>()
  return ({ channel, ts }: Message): string => {
    const key = `${channel} ${ts}`
    const id = ids.get(key) ?? crypto.randomUUID()
    ids.set(key, id)
    return id
  }
}

/** The requests by which Slack checks a URL. */
const createChecks = (setup: DeliverySetup) => {
  const json = (body: Json, tampering?: RequestTampering) =>
    setup.send({ contentType: 'application/json', body: JSON.stringify(body) }, tampering)

  const verifyUrl = (challenge: string, tampering?: RequestTampering) =>
    json({ token: 'sandbox-verification-token', challenge, type: 'url_verification' }, tampering)

  const checkSsl = (tampering?: RequestTampering) =>
    setup.send(
      { contentType: 'application/x-www-form-urlencoded', body: 'ssl_check=1&token=sandbox-verification-token' },
      tampering,
    )
  /** Sends Slack's notice that events are left out. Slack sends it each minute if there are over 30,000 events in an hour. */
  const limitRate = (tampering?: RequestTampering) =>
    json(
      {
        ...{ token: 'sandbox-verification-token', type: 'app_rate_limited', team_id: TEAM.id, api_app_id: APP_ID },
        minute_rate_limited: Math.floor(setup.context.clock.now() / 60_000) * 60,
      },
      tampering,
    )
  return { verifyUrl, checkSsl, limitRate }
}

type SendEvent = (
  type: string,
  fields: Json,
  shared?: boolean,
  tampering?: RequestTampering,
) => Promise<Sent | undefined>

/** Creates the function that adds a person to a channel. The app is notified only for channels of which it is a member. */
const createJoin =
  ({ context: { workspace } }: DeliverySetup, event: SendEvent) =>
  async (user: string, where: string, tampering?: RequestTampering): Promise<Sent | undefined> => {
    const channel = workspace.channels.get(where)
    const team = workspace.users.get(user)?.teamId
    if (channel === undefined || channel.members.includes(user)) return undefined
    const shared = channel.shared || team !== TEAM.id
    workspace.putChannel({ ...channel, members: [...channel.members, user], shared })
    if (!channel.members.includes(BOT.userId)) return undefined
    const fields = { user, channel: where, channel_type: 'C', team: team ?? TEAM.id, event_ts: workspace.ts() }
    return event('member_joined_channel', fields, channel.shared, tampering)
  }

export const createEventDelivery = (setup: DeliverySetup) => {
  const { context } = setup
  const { workspace, clock } = context

  const attempt = createAttempt(setup)

  /** Sends an event in its envelope; `undefined` if the app is not subscribed to it. */
  const event = async (
    type: string,
    fields: Json,
    shared = false,
    tampering?: RequestTampering,
  ): Promise<Sent | undefined> => {
    if (!setup.events.includes(type === 'message' ? 'message.im' : type)) return undefined
    if (!setup.scopes.allowEvent(type, fields, workspace)) return undefined
    const at = { id: workspace.id('Ev'), now: clock.now(), enterprise: workspace.enterprise }
    const envelope = eventEnvelope({ type, ...fields }, shared, at)
    return attempt(JSON.stringify(envelope), 0, '', tampering)
  }

  const clientIdOf = createClientIds()

  const fieldsOf = (message: Message, channel: Channel): Json => ({
    user: message.user,
    ts: message.ts,
    client_msg_id: clientIdOf(message),
    text: message.text,
    team: message.team,
    ...(message.thread_ts ? { thread_ts: message.thread_ts } : {}),
    ...(message.team === TEAM.id ? {} : { user_team: message.team, source_team: message.team }),
    channel: channel.id,
    ...(channel.kind === 'im' ? { channel_type: 'im' } : {}),
    ...(message.edited ? { edited: message.edited } : {}),
    event_ts: message.edited ? workspace.ts() : message.ts,
  })

  const tell = async (message: Message, channel: Channel, tampering?: RequestTampering): Promise<Sent | undefined> =>
    channel.kind === 'im'
      ? event('message', fieldsOf(message, channel), false, tampering)
      : tellMention(message, channel, tampering)

  const tellMention = async (
    message: Message,
    channel: Channel,
    tampering?: RequestTampering,
  ): Promise<Sent | undefined> => {
    const fields = fieldsOf(message, channel)
    if (!message.text.includes(`<@${BOT.userId}`)) return undefined
    if (channel.members.includes(BOT.userId)) return event('app_mention', fields, channel.shared, tampering)
    const text = `You mentioned <@${BOT.userId}>, but they are not in this channel.`
    workspace.notice(message.user, { channel: channel.id, threadTs: message.thread_ts }, text)
    return undefined
  }

  /** Delivers a message that a person types. `@quarterdeck …` mentions the bot, in a channel and in a thread. */
  const post = async ({ user: id, channel: where, text, threadTs }: Post, tampering?: RequestTampering) => {
    const user = personOf(id, context)
    const channel = channelFor(user, where, context)
    const message = workspace.post(
      { channel: channel.id, user: id, threadTs },
      { text: encodeTyped(text, context, false) },
    )
    return { message, sent: await tell(message, channel, tampering) }
  }

  const mention = (said: Post, tampering?: RequestTampering) =>
    post({ ...said, text: `@${BOT.name} ${said.text}` }, tampering)

  const openHome = async (id: string, tampering?: RequestTampering): Promise<Sent | undefined> => {
    const user = personOf(id, context)
    const view = workspace.home(id)
    const channel = workspace.openDm(user.id).id
    const fields = { user: id, channel, tab: 'home', event_ts: workspace.ts(), ...(view ? { view } : {}) }
    return event('app_home_opened', fields, false, tampering)
  }

  return {
    post,
    ...createEditDelivery(setup, { event, tellMention }),
    mention,
    openHome,
    join: createJoin(setup, event),
    event,
    ...createChecks(setup),
  }
}
