// The scopes that each Web API method needs, by the kind of its conversation (Slack API reference, method scopes), and the scopes
// and events that manifest.yml asks for.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { textArg } from './method.ts'
import type { Channel, Json } from './types.ts'
import type { Workspace } from './workspace.ts'

type Manifest = {
  readonly oauth_config: { readonly scopes: { readonly bot: readonly string[] } }
  readonly settings: { readonly event_subscriptions: { readonly bot_events: readonly string[] } }
}

/** The scopes of the bot token and the events of an app that is made from manifest.yml. */
export const readManifest = (): { readonly scopes: readonly string[]; readonly events: readonly string[] } => {
  const file = fileURLToPath(new URL('../../manifest.yml', import.meta.url))
  const { oauth_config, settings } = parse(readFileSync(file, 'utf8')) as Manifest
  return { scopes: oauth_config.scopes.bot, events: settings.event_subscriptions.bot_events }
}

const PREFIX: Readonly<Record<Channel['kind'], string>> = {
  public: 'channels',
  private: 'groups',
  im: 'im',
}

const manage = (kind: Channel['kind']): readonly string[] =>
  kind === 'public' ? ['channels:manage'] : [`${PREFIX[kind]}:write`]
const read = (kind: Channel['kind']): readonly string[] => [`${PREFIX[kind]}:read`]
const history = (kind: Channel['kind']): readonly string[] => [`${PREFIX[kind]}:history`]

/** One of the scopes is enough. */
const BY_METHOD: Readonly<Record<string, readonly string[]>> = {
  'chat.postMessage': ['chat:write'],
  'chat.update': ['chat:write'],
  'chat.delete': ['chat:write'],
  'chat.postEphemeral': ['chat:write'],
  'files.getUploadURLExternal': ['files:write'],
  'files.completeUploadExternal': ['files:write'],
  'usergroups.list': ['usergroups:read'],
  'usergroups.users.list': ['usergroups:read'],
  'users.info': ['users:read'],
  'users.list': ['users:read'],
  'bookmarks.add': ['bookmarks:write'],
  'pins.add': ['pins:write'],
  'reactions.add': ['reactions:write'],
}

const BY_KIND: Readonly<Record<string, (kind: Channel['kind']) => readonly string[]>> = {
  'conversations.info': read,
  'conversations.members': read,
  'conversations.history': history,
  'conversations.replies': history,
  'conversations.archive': manage,
  'conversations.invite': kind => [...manage(kind), `${PREFIX[kind]}:write.invites`],
  'conversations.setTopic': kind => [...manage(kind), `${PREFIX[kind]}:write.topic`],
}

/** Values of `types` in conversations.list and users.conversations. */
const TYPES: Readonly<Record<string, string>> = {
  public_channel: 'channels:read',
  private_channel: 'groups:read',
  im: 'im:read',
  mpim: 'mpim:read',
}

const ofList = (args: Json): readonly (readonly string[])[] =>
  (textArg(args, 'types') || 'public_channel').split(',').map(type => [TYPES[type.trim()] ?? 'channels:read'])

/** The scopes that a call needs: one of each list. Empty for methods that need none. */
export const neededScopes = (method: string, args: Json, workspace: Workspace): readonly (readonly string[])[] => {
  const plain = BY_METHOD[method]
  if (plain !== undefined) return [plain]
  if (method === 'conversations.list' || method === 'users.conversations') return ofList(args)
  if (method === 'conversations.create')
    return [manage(['true', '1'].includes(textArg(args, 'is_private')) ? 'private' : 'public')]
  if (method === 'conversations.join') return [['channels:join']]
  if (method === 'conversations.open') return [[textArg(args, 'users').includes(',') ? 'mpim:write' : 'im:write']]
  const channel = workspace.channels.get(textArg(args, 'channel'))
  const byKind = BY_KIND[method]
  return byKind === undefined || channel === undefined ? [] : [byKind(channel.kind)]
}
