// The port to what Slack knows of people, user groups and channels, for the check of a configuration.

import type { Slack } from './slack.ts'

export type DirectoryPerson = {
  readonly isDeactivated: boolean
  readonly isBot: boolean
  /** The ids of the workspaces and of the enterprise that the person belongs to. */
  readonly teams: readonly string[]
}

export type DirectoryChannel = {
  readonly id: string
  readonly name: string
  readonly isArchived: boolean
  /** Whether the bot is a member. */
  readonly isMember: boolean
}

export type SlackDirectory = Pick<Slack, 'audience'> & {
  /** The ids of the workspace, and of the enterprise, of the bot's token. */
  readonly teams: () => Promise<readonly string[]>
  /** Every user group, and whether it is disabled. */
  readonly groups: () => Promise<ReadonlyMap<string, { readonly isDisabled: boolean }>>
  /** Undefined when Slack has no such user. */
  readonly person: (user: string) => Promise<DirectoryPerson | undefined>
  /** Undefined when Slack has no such channel, or the bot may not see it. */
  readonly channel: (channel: string) => Promise<DirectoryChannel | undefined>
  /** The public and private channels that the bot is a member of, without archived ones. */
  readonly ownChannels: () => Promise<readonly DirectoryChannel[]>
}
