// Handles mentions of the app, which work in threads too, and the opening of the App Home.
import type { App } from '@slack/bolt'
import type { Declaration } from '../../kit/language/declaration.ts'
import { renderRefusal } from '../../kit/messages/render-refusal.ts'
import type { Place } from '../../model/ecs.ts'
import type { Dispatch } from '../../model/ports/functions.ts'
import type { Mention } from '../../model/ports/job.ts'
import type { Rendered } from '../../model/ports/message.ts'
import { renderHelp } from './render-help.ts'
import { attempt, identity, type Start, sameLine } from './start-job.ts'

export type MentionOptions = {
  readonly declarations: readonly Declaration[]
  readonly start: Start
  readonly dispatch: Dispatch
}

export const listenToMentions = (app: App, { declarations, start, dispatch }: MentionOptions): void => {
  const nameOf = createNames()
  app.event('app_mention', async ({ event, body, client, context }) => {
    const { user, channel, ts, thread_ts: thread, bot_id, edited } = event
    // The rights are those of the writer: a line that somebody else put there is not their request.
    if (user === undefined || bot_id !== undefined || (edited !== undefined && edited.user !== user)) return
    const line = lineOf(event.text, context.botUserId ?? '')
    const place: Place = { channel, ...(thread !== undefined && { thread }) }
    const actor = { team: teamOf(event) ?? body.team_id, user, name: await nameOf(user, client) }
    const mention: Mention = { ts, ...(edited !== undefined && { editedAt: edited.ts }) }
    // Slack repeats events that were not acknowledged in time, and sends a new event when a message is edited.
    const id = identity('mention', channel, ts, sameLine(line, declarations))
    const answer = answerAtOnce(line, mention, declarations) ?? (await start(line, { id, actor, place, mention }))
    if (answer !== undefined) await replyPrivately(answer, place, user, client)
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

/** The team of the message's author. In a shared channel it is in the message, not in the event. */
const teamOf = (event: object): string | undefined => {
  const { user_team, team } = event as { readonly user_team?: string; readonly team?: string }
  return user_team ?? team
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
  await attempt(async () => {
    await client.chat.postEphemeral({ ...where, text: message.text, blocks: [...message.blocks] as [] })
  })
}

/** The text after the mention, as the user typed it. Slack escapes three characters and turns addresses into links. */
export const lineOf = (text: string, bot: string): string =>
  text
    .replace(new RegExp(`<@${bot}(\\|[^>]*)?>`, 'g'), ' ')
    .replace(/<(?:https?:\/\/|mailto:)[^>|]*\|([^>]*)>/g, '$1')
    .replace(/<((?:https?:\/\/|mailto:)[^>|]*)>/g, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .trim()
    .replace(/^\/?ecs\s+/, '')
