// The scopes that methods and events need, by the type of the conversation (Slack's reference of methods and events). A call
// without its scope gets Slack's error, with `needed` and `provided`.
import { textOf } from './json.ts'
import { type Args, refuse, textArg } from './method.ts'
import type { Channel, Json } from './types.ts'
import type { Workspace } from './workspace.ts'

type Kind = Channel['kind']

const PREFIX: Readonly<Record<Kind, string>> = { public: 'channels', private: 'groups', im: 'im', mpim: 'mpim' }

const BY_METHOD: { readonly [method: string]: string } = {
  'chat.postMessage': 'chat:write',
  'chat.update': 'chat:write',
  'chat.delete': 'chat:write',
  'chat.postEphemeral': 'chat:write',
  'conversations.join': 'channels:join',
  'users.info': 'users:read',
  'users.list': 'users:read',
  'users.lookupByEmail': 'users:read.email',
  'usergroups.list': 'usergroups:read',
  'usergroups.users.list': 'usergroups:read',
  'files.getUploadURLExternal': 'files:write',
  'files.completeUploadExternal': 'files:write',
  'reactions.add': 'reactions:write',
  'pins.add': 'pins:write',
  'bookmarks.add': 'bookmarks:write',
}

const READING = ['conversations.info', 'conversations.members']
const HISTORY = ['conversations.history', 'conversations.replies']
const LISTING = ['conversations.list', 'users.conversations']
const MANAGING = ['conversations.invite', 'conversations.setTopic', 'conversations.archive']

const managing = (kind: Kind): string => (kind === 'public' ? 'channels:manage' : `${PREFIX[kind]}:write`)

const TYPES: { readonly [type: string]: Kind } = {
  public_channel: 'public',
  private_channel: 'private',
  im: 'im',
  mpim: 'mpim',
}

const neededBy = (method: string, args: Args, workspace: Workspace): readonly string[] => {
  const kind = workspace.channels.get(textArg(args, 'channel'))?.kind
  if (kind !== undefined && READING.includes(method)) return [`${PREFIX[kind]}:read`]
  if (kind !== undefined && HISTORY.includes(method)) return [`${PREFIX[kind]}:history`]
  if (kind !== undefined && MANAGING.includes(method)) return [managing(kind)]
  if (method === 'conversations.open') return [textArg(args, 'users').includes(',') ? 'mpim:write' : 'im:write']
  if (method === 'conversations.create')
    return [managing(textArg(args, 'is_private') === 'true' ? 'private' : 'public')]
  if (LISTING.includes(method))
    return (textArg(args, 'types') || 'public_channel').split(',').flatMap(type => {
      const listed = TYPES[type.trim()]
      return listed === undefined ? [] : [`${PREFIX[listed]}:read`]
    })
  return [BY_METHOD[method] ?? []].flat()
}

const neededForEvent = (type: string, channel: Channel | undefined): readonly string[] => {
  if (type === 'app_mention') return ['app_mentions:read']
  if (type === 'message') return ['im:history']
  const isAboutReaders = type === 'member_joined_channel' || type === 'channel_shared'
  return isAboutReaders && channel !== undefined ? [`${PREFIX[channel.kind]}:read`] : []
}

export type Scopes = {
  /** Refuses a call whose scope is missing. */
  readonly check: (method: string, args: Args, workspace: Workspace) => void
  /** Whether the app has the scope that it needs to receive this event. */
  readonly allowEvent: (type: string, fields: Json, workspace: Workspace) => boolean
  readonly has: (scope: string) => boolean
}

/** Creates the checks. `granted`: the scopes of the bot token; undefined if it has all scopes. */
export const createScopes = (granted: readonly string[] | undefined): Scopes => {
  const has = (scope: string): boolean => granted?.includes(scope) ?? true
  return {
    has,
    check: (method, args, workspace) => {
      const needed = neededBy(method, args, workspace)
      if (needed.every(has)) return
      refuse('missing_scope', { needed: needed.join(','), provided: (granted ?? []).join(',') })
    },
    allowEvent: (type, fields, workspace) =>
      neededForEvent(type, workspace.channels.get(textOf(fields['channel']))).every(has),
  }
}
