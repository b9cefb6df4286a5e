// Handles mentions of the app, which work in threads too, what is typed in its direct messages, and the opening of the App Home.
import type { App } from '@slack/bolt'
import type { Declaration } from '../../kit/language/declaration.ts'
import { renderRefusal } from '../../kit/messages/render-refusal.ts'
import type { Place } from '../../model/ecs.ts'
import type { Dispatch } from '../../model/ports/functions.ts'
import type { Mention } from '../../model/ports/job.ts'
import type { Rendered } from '../../model/ports/message.ts'
import { enterpriseIn } from './person.ts'
import { renderHelp } from './render-help.ts'
import { attempt, identity, type Start, sameLine } from './start-job.ts'

export type MentionOptions = {
  readonly declarations: readonly Declaration[]
  readonly start: Start
  readonly dispatch: Dispatch
}

export const listenToMentions = (app: App, { declarations, start, dispatch }: MentionOptions): void => {
  const nameOf = createNames()
  const hear = async (said: Said, body: object & { readonly team_id: string }, client: Client, bot: string) => {
    const { user, channel, ts, thread_ts: thread, edited } = said
    const line = lineOf(said.text, bot)
    const place: Place = { channel, ...(thread !== undefined && { thread }) }
    const actor = {
      ...{ team: said.user_team ?? said.team ?? body.team_id, ...enterpriseIn(body) },
      ...{ user, name: await nameOf(user, client) },
    }
    const mention: Mention = { ts, ...(edited !== undefined && { editedAt: edited.ts }) }
    // Slack repeats events that were not acknowledged in time, and sends a new event when a message is edited.
    const id = identity('mention', channel, ts, sameLine(line, declarations))
    const answer = answerAtOnce(line, mention, declarations) ?? (await start(line, { id, actor, place, mention }))
    if (answer !== undefined) await replyPrivately(answer, place, user, client)
  }
  app.event('app_mention', async ({ event, body, client, context }) => {
    const said = saidIn(event)
    if (said !== undefined) await hear(said, body, client, context.botUserId ?? '')
  })
  // In the direct messages with the app, no mention is needed. Edits and what apps write there have a subtype or a bot_id.
  app.event('message', async ({ event, body, client, context }) => {
    if (event.channel_type !== 'im' || event.subtype !== undefined) return
    const said = saidIn(event)
    if (said !== undefined) await hear(said, body, client, context.botUserId ?? '')
  })
  app.event('app_home_opened', async ({ event, body }) => {
    if (event.tab !== 'home') return
    const actor = { team: body.team_id, user: event.user, name: event.user }
    await attempt(() => dispatch.query({ kind: 'home', actor, place: { channel: event.channel } }))
  })
}

/** The id of a request is known for at least a day: the settings that it made, and longer the operations. */
const MAX_EDIT_SECONDS = 12 * 3_600

/** Help for an empty line; a refusal for an edit so late that the same line could run again. */
const answerAtOnce = (
  line: string,
  { ts, editedAt = ts }: Mention,
  declarations: readonly Declaration[],
): Rendered | undefined => {
  if (line === '') return renderHelp(undefined, declarations)
  if (Number(editedAt) - Number(ts) <= MAX_EDIT_SECONDS) return undefined
  return renderRefusal({
    text: 'Nothing was started: the message was more than 12 hours old when it was edited.',
    hint: 'Write the line in a new message.',
  })
}

type Client = App['client']

/** A message that a person wrote. In a shared channel, the team of its author is in the message, not in the event. */
type Said = {
  readonly user: string
  readonly channel: string
  readonly ts: string
  readonly text: string
  readonly thread_ts?: string
  readonly user_team?: string
  readonly team?: string
  readonly edited?: { readonly user: string; readonly ts: string }
}

/** The rights are those of the writer: a line that somebody else put there, or an app, is not their request. */
const saidIn = (event: object): Said | undefined => {
  const { user, bot_id, edited, text } = event as Partial<Said> & { readonly bot_id?: string }
  if (user === undefined || bot_id !== undefined || (edited !== undefined && edited.user !== user)) return undefined
  return typeof text === 'string' ? (event as Said) : undefined
}

/** The maximum number of names that one process remembers. */
const MOST_NAMES = 500

/**
 * Creates a function that returns a user's name, which events do not contain. If Slack does not return it, the id is
 * used. A person is looked up once: anybody can mention the bot, and users.info has a limit for the whole app.
 */
const createNames = () => {
  const names = new Map<string, Promise<string>>()
  const lookUp = async (user: string, client: Client): Promise<string> => {
    const { user: found } = await client.users.info({ user }).catch(() => ({ user: undefined }))
    return found?.name ?? user
  }
  return (user: string, client: Client): Promise<string> => {
    const known = names.get(user)
    if (known !== undefined) return known
    if (names.size >= MOST_NAMES) names.clear()
    const name = lookUp(user, client)
    names.set(user, name)
    return name
  }
}

const replyPrivately = async (
  message: Rendered,
  { channel, thread }: Place,
  user: string,
  client: Client,
): Promise<void> => {
  const where = { channel, user, ...(thread !== undefined && { thread_ts: thread }) }
  const content = { text: message.text, blocks: [...message.blocks] as [] }
  await attempt(async () => {
    // Where only the person would see it, Slack may refuse it: the direct messages are just as private.
    await client.chat
      .postEphemeral({ ...where, ...content })
      .catch(() => client.chat.postMessage({ channel: user, ...content }))
  })
}

/**
 * The text after the mention, as the user typed it. Slack escapes three characters and turns addresses and numbers into links. A
 * whole line in code or bold style, and a name in code style, lose their marks.
 */
export const lineOf = (text: string, bot: string): string =>
  text
    .replace(new RegExp(`<@${bot}(\\|[^>]*)?>`, 'g'), ' ')
    .replace(/<(?:https?:\/\/|mailto:|tel:)[^>|]*\|([^>]*)>/g, '$1')
    .replace(/<(?:mailto:|tel:)?((?:https?:\/\/)?[^>|@!#][^>|]*)>/g, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .trim()
    .replace(/^([*_~`]{1,3})([^*_~`\n]+)\1$/, '$2')
    .replace(/(^|\s)`([\w.:/@-]+)`(?=\s|$)/g, '$1$2')
    .trim()
    .replace(/^\/?ecs\s+/, '')
