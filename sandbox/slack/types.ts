// The types of a Slack workspace. Messages and views have Slack's field names, because they are sent to the bot in payloads.

export type Json = { readonly [key: string]: unknown }

export type Block = Json & { readonly type: string; readonly block_id?: string }

/** An organization of Enterprise Grid. */
export type Enterprise = { readonly id: string; readonly name: string }

export type User = {
  readonly id: string
  readonly teamId: string
  /** The Enterprise Grid organization of the person. */
  readonly enterpriseId?: string
  readonly name: string
  readonly displayName: string
  readonly title: string
  readonly tz: string
  readonly tzLabel: string
  /** The offset of the time zone in seconds east of UTC. */
  readonly tzOffset: number
  readonly deleted: boolean
  readonly isBot: boolean
  readonly isGuest?: boolean
  readonly email?: string
}

export type UserGroup = {
  readonly id: string
  readonly handle: string
  readonly name: string
  readonly users: readonly string[]
  readonly disabled: boolean
}

export type Bookmark = { readonly id: string; readonly title: string; readonly link: string; readonly emoji?: string }

export type Channel = {
  readonly id: string
  readonly name: string
  /** `mpim`: a direct message among several people. */
  readonly kind: 'public' | 'private' | 'im' | 'mpim'
  readonly members: readonly string[]
  readonly topic: string
  readonly purpose: string
  readonly archived: boolean
  readonly creator: string
  /** The time of creation in epoch seconds. */
  readonly created: number
  /** Whether the channel is shared with another workspace (Slack Connect). */
  readonly shared: boolean
  readonly pins: readonly string[]
  readonly bookmarks: readonly Bookmark[]
}

export type SlackFile = {
  readonly id: string
  readonly name: string
  readonly title: string
  readonly mimetype: string
  readonly filetype: string
  readonly size: number
  readonly user: string
  readonly url_private: string
  readonly permalink: string
  readonly preview?: string
  readonly alt_txt?: string
}

export type Reaction = { readonly name: string; readonly users: readonly string[]; readonly count: number }

export type Message = {
  readonly type: 'message'
  /** `tombstone`: the note that replaces a deleted message that has replies. */
  readonly subtype?: 'tombstone' | 'thread_broadcast'
  readonly ts: string
  readonly channel: string
  readonly user: string
  readonly team: string
  readonly text: string
  readonly bot_id?: string
  readonly app_id?: string
  readonly blocks?: readonly Block[]
  readonly attachments?: readonly Json[]
  readonly thread_ts?: string
  readonly reply_count?: number
  readonly reply_users?: readonly string[]
  readonly latest_reply?: string
  readonly edited?: { readonly user: string; readonly ts: string }
  readonly files?: readonly SlackFile[]
  readonly reactions?: readonly Reaction[]
  readonly metadata?: Json
  readonly is_ephemeral?: true
}

/** The parts of a message that its sender sets. */
export type Content = {
  readonly text: string
  readonly blocks?: readonly Block[]
  readonly attachments?: readonly Json[]
  readonly metadata?: Json
  readonly files?: readonly SlackFile[]
}

export type Values = { readonly [blockId: string]: { readonly [actionId: string]: Json } }

export type View = {
  readonly id: string
  readonly team_id: string
  readonly app_id: string
  readonly bot_id: string
  readonly app_installed_team_id: string
  readonly type: 'modal' | 'home'
  readonly title: Json
  readonly close: Json | null
  readonly submit: Json | null
  readonly blocks: readonly Block[]
  readonly private_metadata: string
  readonly callback_id: string
  readonly external_id: string
  readonly state: { readonly values: Values }
  readonly hash: string
  readonly clear_on_close: boolean
  readonly notify_on_close: boolean
  readonly previous_view_id: string | null
  readonly root_view_id: string
}

/** A modal as a person sees it: with the errors of its fields, or with Slack's banner if the app did not answer. */
export type OpenView = {
  readonly view: View
  readonly errors: { readonly [blockId: string]: string }
  readonly trouble?: string
}

export type Change =
  | { readonly kind: 'message'; readonly message: Message }
  | { readonly kind: 'deleted'; readonly channel: string; readonly ts: string }
  | { readonly kind: 'ephemeral'; readonly to: string; readonly message: Message }
  | { readonly kind: 'ephemeral-deleted'; readonly to: string; readonly channel: string; readonly ts: string }
  | { readonly kind: 'channel'; readonly channel: Channel }
  | { readonly kind: 'user'; readonly user: User }
  | { readonly kind: 'views'; readonly to: string; readonly views: readonly OpenView[] }
  | { readonly kind: 'home'; readonly to: string; readonly view: View }
  | { readonly kind: 'read'; readonly by: string; readonly channel: string; readonly ts: string }

/** A usage hint for a slash command, which is shown while a person types. */
export type CommandHint = { readonly usage: string; readonly summary: string }
export type SlashCommand = {
  readonly command: string
  readonly description: string
  readonly usageHint: string
  readonly hints: readonly CommandHint[]
}
export type MessageShortcut = { readonly name: string; readonly callbackId: string }
