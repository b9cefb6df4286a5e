// The port to Slack's Web API: messages, files, people and channels.

import type { Place } from '../ecs.ts'
import type { Block, Rendered } from './message.ts'

/** Where a message is: what an update needs. */
export type Posted = { readonly channel: string; readonly ts: string }

/** Which message of an operation this is. */
export type Mark = { readonly operation: string; readonly what: 'card' | 'outcome' }

export type Slack = {
  readonly post: (
    channel: string,
    message: Rendered,
    options?: { readonly thread?: string; readonly mark?: Mark },
  ) => Promise<Posted>
  readonly update: (posted: Posted, message: Rendered) => Promise<void>
  readonly remove: (posted: Posted) => Promise<void>
  /** A message with this mark, if it is among the channel's last messages: for after a crash between post and store. */
  readonly find: (channel: string, mark: Mark) => Promise<Posted | undefined>
  /** The members of a user group. */
  readonly members: (group: string) => Promise<readonly string[]>
  /** A file, as a message of its own or in a thread. */
  readonly upload: (where: { readonly channel: string; readonly thread?: string }, file: SlackFile) => Promise<void>
  /** The conversation with one person. */
  readonly directMessage: (user: string) => Promise<string>
  /** Who reads along in a channel, besides the workspace's own people. */
  readonly audience: (channel: string) => Promise<Audience>
  /** False for someone who was deactivated. */
  readonly isActive: (user: string) => Promise<boolean>
  /** What one person sees on the App Home. */
  readonly publishHome: (user: string, blocks: readonly Block[]) => Promise<void>
  /** The IANA name of somebody's time zone, where they have one. */
  readonly zone: (user: string) => Promise<string | undefined>
  readonly permalink: (posted: Posted) => Promise<string>
  /** Only for one person, where they asked; in their own conversation where they cannot be reached there. */
  readonly whisper: (place: Place, user: string, message: Rendered) => Promise<void>
  /** Only for the asker, through the response URL. */
  readonly answer: (responseUrl: string, message: Rendered) => Promise<void>
}

/** `title` and `alt` are plain text to Slack. */
export type SlackFile = {
  readonly name: string
  readonly title: string
  /** The same in words, for those who do not see it. */
  readonly alt: string
  readonly bytes: Uint8Array
}

export type Audience = 'own people' | 'another company' | 'guests' | 'too many to tell' | 'not a channel'
