// The port to Slack's Web API: messages, files, people and channels.

import type { Place } from '../ecs.ts'
import type { Block, Rendered } from './message.ts'

/** The address of a posted message, as Slack's chat.update needs it. */
export type Posted = { readonly channel: string; readonly ts: string }

/** A channel. `name`: as Slack returned it. */
export type Channel = { readonly id: string; readonly name: string }

/** The code of the error if a channel has more messages than are searched. */
export const TOO_MANY = 'too_many_messages'

/** Message metadata that identifies the operation and the role of a message. Of a digest: the hash of its name and due time. */
export type Mark = { readonly operation: string; readonly what: 'card' | 'outcome' | 'digest' }

/**
 * `isBare`: the message has no inner details, so outsiders may read it. `isBroadcast`: a reply in a thread that the channel sees,
 * too.
 */
export type PostOptions = {
  readonly thread?: string
  readonly mark?: Mark
  readonly isBare?: true
  readonly isBroadcast?: true
}

export type Slack = {
  readonly post: (channel: string, message: Rendered, options?: PostOptions) => Promise<Posted>
  readonly update: (posted: Posted, message: Rendered, options?: Pick<PostOptions, 'isBare'>) => Promise<void>
  readonly remove: (posted: Posted) => Promise<void>
  /**
   * Finds a message by its mark in the channel's last 200 messages, or in all since a time (ISO 8601). Used after a crash between
   * posting the message and storing its address. Fails with the code TOO_MANY if there are more than 4,000 since then.
   */
  readonly find: (channel: string, mark: Mark, since?: string) => Promise<Posted | undefined>
  /** User ids of a user group's members; undefined when Slack has no such group, or an admin disabled it. */
  readonly members: (group: string) => Promise<readonly string[] | undefined>
  /** Uploads a file, as its own message or in a thread. */
  readonly upload: (where: { readonly channel: string; readonly thread?: string }, file: SlackFile) => Promise<void>
  /** The id of the direct-message channel with a user. */
  readonly directMessage: (user: string) => Promise<string>
  /** Who can read the channel: whether guests or other companies are among its members. */
  readonly audience: (channel: string) => Promise<Audience>
  /** Whether a user is active; false for a deactivated user. */
  readonly isActive: (user: string) => Promise<boolean>
  /** The id of the active user with this e-mail address; undefined if there is none. */
  readonly userByEmail: (email: string) => Promise<string | undefined>
  /** Replaces the content of a modal that is open. */
  readonly showView: (view: string, content: DialogContent) => Promise<void>
  /** Publishes one user's App Home. */
  readonly publishHome: (user: string, blocks: readonly Block[]) => Promise<void>
  /** The IANA name of a user's time zone, if set. */
  readonly zone: (user: string) => Promise<string | undefined>
  readonly permalink: (posted: Posted) => Promise<string>
  /** Creates a channel, with the bot as its only member. `taken`: another channel has the name, also an archived one. */
  readonly createChannel: (name: string, isPrivate: boolean) => Promise<Channel | 'taken'>
  /** Finds an open channel of this name that the bot created since a time (ISO 8601): after an answer was lost. */
  readonly ownChannel: (name: string, since: string) => Promise<Channel | undefined>
  readonly setTopic: (channel: string, topic: string) => Promise<void>
  /** Invites users to a channel, and returns those whom Slack did not add. Who is a member already counts as added. */
  readonly invite: (channel: string, users: readonly string[]) => Promise<readonly string[]>
  /** Pins a message. Idempotent. */
  readonly pin: (posted: Posted) => Promise<void>
  /** Sends an ephemeral message to one user, or a direct message if Slack refuses it in that place. */
  readonly whisper: (place: Place, user: string, message: Rendered) => Promise<void>
  /** Sends an ephemeral answer through the response URL. `thread`: the thread in which the person clicked. */
  readonly answer: (responseUrl: string, message: Rendered, thread?: string) => Promise<void>
}

/** `channel`: where answers to clicks in the dialog go. */
export type DialogContent = { readonly title: string; readonly blocks: readonly Block[]; readonly channel: string }

/** A file to upload. Slack shows `title` and `alt` as plain text. */
export type SlackFile = {
  readonly name: string
  readonly title: string
  /** The alternative text: the same content in words. */
  readonly alt: string
  readonly bytes: Uint8Array
}

/** `unknown`: Slack's answer leaves out or contradicts what tells. */
export type Audience = 'own people' | 'another company' | 'guests' | 'too many to tell' | 'unknown' | 'not a channel'
