// Builds the payloads that Slack sends to an app, with Slack's field names.
import { APP_ID, BOT, TEAM } from './seed.ts'
import type { Channel, Enterprise, Json, Message, User, View } from './types.ts'

/** Slack's deprecated verification token. Slack still sends the token, but it does not prove that Slack sent a request. */
const VERIFICATION_TOKEN = 'sandbox-verification-token'

const teamOf = (): Json => ({ id: TEAM.id, domain: TEAM.domain })

const userOf = (user: User): Json => ({ id: user.id, username: user.name, name: user.name, team_id: user.teamId })

const channelName = (channel: Channel) => (channel.kind === 'im' ? 'directmessage' : channel.name)

const common = (user: User): Json => ({
  user: userOf(user),
  api_app_id: APP_ID,
  token: VERIFICATION_TOKEN,
  team: teamOf(),
  enterprise: null,
  is_enterprise_install: false,
})

export type CommandFields = {
  readonly command: string
  readonly text: string
  readonly triggerId: string
  readonly responseUrl: string
  readonly enterprise: Enterprise | undefined
}

export const commandForm = (user: User, channel: Channel, fields: CommandFields): string =>
  new URLSearchParams({
    token: VERIFICATION_TOKEN,
    team_id: TEAM.id,
    team_domain: TEAM.domain,
    channel_id: channel.id,
    channel_name: channelName(channel),
    user_id: user.id,
    user_name: user.name,
    command: fields.command,
    text: fields.text,
    api_app_id: APP_ID,
    is_enterprise_install: 'false',
    response_url: fields.responseUrl,
    trigger_id: fields.triggerId,
    ...(fields.enterprise && { enterprise_id: fields.enterprise.id, enterprise_name: fields.enterprise.name }),
    ...(user.teamId === TEAM.id ? {} : { user_team_id: user.teamId }),
  }).toString()

/** The form body with this payload. `enterprise`: the organization of the workspace; undefined outside Enterprise Grid. */
export const payloadForm = (payload: Json, enterprise: Enterprise | undefined): string =>
  new URLSearchParams({
    payload: JSON.stringify({ ...payload, ...(enterprise && ofEnterprise(enterprise)) }),
  }).toString()

const ofEnterprise = ({ id, name }: Enterprise): Json => ({
  team: { ...teamOf(), enterprise_id: id, enterprise_name: name },
  enterprise: { id, name },
})

export type ActionContext = {
  readonly triggerId: string
  readonly responseUrl?: string
  readonly actions: readonly Json[]
}

/** The payload of a click in a message. It does not contain an ephemeral message, because Slack does not store those. */
export const messageActions = (
  user: User,
  channel: Channel,
  message: Message,
  state: Json,
  { triggerId, responseUrl, actions }: ActionContext,
): Json => ({
  type: 'block_actions',
  ...common(user),
  container: {
    type: 'message',
    message_ts: message.ts,
    channel_id: channel.id,
    is_ephemeral: message.is_ephemeral === true,
    ...(message.thread_ts ? { thread_ts: message.thread_ts } : {}),
  },
  trigger_id: triggerId,
  channel: { id: channel.id, name: channelName(channel) },
  ...(message.is_ephemeral ? {} : { message }),
  state: { values: state },
  response_url: responseUrl,
  actions,
})

export const viewActions = (user: User, view: View, { triggerId, actions }: ActionContext): Json => ({
  type: 'block_actions',
  ...common(user),
  container: { type: 'view', view_id: view.id },
  trigger_id: triggerId,
  view,
  actions,
})

export const viewSubmission = (user: User, view: View, triggerId: string): Json => ({
  type: 'view_submission',
  ...common(user),
  trigger_id: triggerId,
  view,
  response_urls: [],
})

export const viewClosed = (user: User, view: View, isCleared: boolean): Json => ({
  type: 'view_closed',
  ...common(user),
  view,
  is_cleared: isCleared,
})

export const blockSuggestion = (
  user: User,
  container: Json,
  field: { actionId: string; blockId: string; value: string },
): Json => ({
  type: 'block_suggestion',
  ...common(user),
  ...container,
  action_id: field.actionId,
  block_id: field.blockId,
  value: field.value,
})

export const messageShortcut = (
  user: User,
  channel: Channel,
  message: Message,
  fields: { callbackId: string; triggerId: string; responseUrl: string; actionTs: string },
): Json => ({
  type: 'message_action',
  ...common(user),
  callback_id: fields.callbackId,
  trigger_id: fields.triggerId,
  response_url: fields.responseUrl,
  action_ts: fields.actionTs,
  message_ts: message.ts,
  channel: { id: channel.id, name: channelName(channel) },
  message,
})

type Envelope = { readonly id: string; readonly now: number; readonly enterprise: Enterprise | undefined }

/** The envelope of an event of the Events API. `now`: world time in epoch milliseconds. */
export const eventEnvelope = (event: Json, shared: boolean, { id: eventId, now, enterprise }: Envelope): Json => ({
  token: VERIFICATION_TOKEN,
  team_id: TEAM.id,
  context_team_id: TEAM.id,
  ...(enterprise && { enterprise_id: enterprise.id }),
  context_enterprise_id: enterprise?.id ?? null,
  api_app_id: APP_ID,
  event,
  type: 'event_callback',
  event_id: eventId,
  event_time: Math.floor(now / 1000),
  authorizations: [
    {
      enterprise_id: enterprise?.id ?? null,
      team_id: TEAM.id,
      user_id: BOT.userId,
      is_bot: true,
      is_enterprise_install: false,
    },
  ],
  is_ext_shared_channel: shared,
  event_context: `4-${eventId}`,
})
