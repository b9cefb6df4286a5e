// Handles mentions of the app, which work in threads too, messages in its Messages tab, and the opening of the App Home.
import type { App } from '@slack/bolt'
import type { Declaration } from '../../kit/language/declaration.ts'
import { renderRefusal } from '../../kit/messages/render-refusal.ts'
import type { Actor, Place } from '../../model/ecs.ts'
import type { Dispatch } from '../../model/ports/functions.ts'
import type { Mention } from '../../model/ports/job.ts'
import type { Rendered } from '../../model/ports/message.ts'
import { renderHelp } from './render-help.ts'
import { reply } from './reply.ts'
import { attempt, identity, type Start, sameLine } from './start-job.ts'
import { actorIn } from './who.ts'

export type MentionOptions = {
  readonly declarations: readonly Declaration[]
  readonly start: Start
  readonly dispatch: Dispatch
}

export const listenToMentions = (app: App, { declarations, start, dispatch }: MentionOptions): void => {
  app.event('app_mention', async ({ event, body, client, context }) => {
    await answer(event, actorIn({ body, context }), client, context.botUserId ?? '')
  })
  // In the Messages tab, which is a direct message with the bot, everything is meant for it. Slack sends no app_mention there.
  app.message(async ({ event, body, client, context }) => {
    const written = writtenIn(event)
    if (written !== undefined) await answer(written, actorIn({ body, context }), client, context.botUserId ?? '')
  })
  const answer = async (written: Written, actor: Actor, client: App['client'], bot: string): Promise<void> => {
    const { user, channel, ts, thread_ts: thread, bot_id, edited } = written
    // The rights are those of the writer: a line that somebody else put there is not their request.
    if (user === undefined || bot_id !== undefined || (edited !== undefined && edited.user !== user)) return
    const line = lineOf(written.text ?? '', bot)
    const place: Place = { channel, ...(thread !== undefined && { thread }) }
    const mention: Mention = { ts, ...(edited !== undefined && { editedAt: edited.ts }) }
    // Slack repeats events that were not acknowledged in time, and sends a new event when a message is edited.
    const id = identity('mention', channel, ts, sameLine(line, declarations))
    const message = answerAtOnce(line, mention, declarations) ?? (await start(line, { id, actor, place, mention }))
    if (message !== undefined) await reply(message, { user, place }, client)
  }
  app.event('app_home_opened', async ({ event, body, context }) => {
    if (event.tab !== 'home') return
    await attempt(() =>
      dispatch.query({ kind: 'home', actor: actorIn({ body, context }), place: { channel: event.channel } }),
    )
  })
}

/** What a person wrote, in the fields of both events. */
type Written = {
  readonly user?: string
  readonly channel: string
  readonly ts: string
  readonly text?: string
  readonly thread_ts?: string
  readonly bot_id?: string
  readonly edited?: { readonly user: string; readonly ts: string }
}

/**
 * The message that a person wrote or edited. Slack also tells of the bot's own messages, of deletions, and of changes that
 * nobody made, such as the preview of a link.
 */
const writtenIn = (event: object): Written | undefined => {
  const { channel_type, subtype, message, previous_message, channel, ...fields } = event as Written & {
    readonly channel_type?: string
    readonly subtype?: string
    readonly message?: Written
    readonly previous_message?: Written
  }
  if (channel_type !== 'im') return undefined
  if (subtype === undefined || subtype === 'file_share') return { ...fields, channel }
  const isEdit = subtype === 'message_changed' && message?.edited !== undefined
  return isEdit && message.text !== previous_message?.text ? { ...message, channel } : undefined
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

/**
 * The text after the mention, as the user typed it. Slack escapes three characters, turns addresses and numbers into links,
 * and marks bold text and code.
 */
export const lineOf = (text: string, bot: string): string =>
  withoutFormat(
    text
      .replace(new RegExp(`<@${bot}(\\|[^>]*)?>`, 'g'), ' ')
      .replace(/<[a-z][a-z0-9+.-]*:[^>|]*\|([^>]*)>/gi, '$1')
      .replace(/<([a-z][a-z0-9+.-]*:[^>|]*)>/gi, '$1')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&amp;', '&')
      .trim(),
  ).replace(/^\/?ecs\s+/, '')

/** The marks of code, bold, italic and struck text (Slack documentation, formatting message text). */
const MARKS = ['```', '`', '*', '_', '~'] as const

/**
 * Removes the marks around the whole line, and around single names. What stands in quotes and after `--` is left: a command
 * for a container, or a filter, means its characters.
 */
const withoutFormat = (line: string): string => {
  const mark = MARKS.find(one => line.startsWith(one) && line.endsWith(one) && line.length > 2 * one.length)
  const inner = mark === undefined ? '' : line.slice(mark.length, -mark.length)
  if (mark !== undefined && !inner.includes(mark)) return withoutFormat(inner.trim())
  const end = /["“”']|\s(?:--|—)\s/.exec(line)?.index ?? line.length
  const start = line.slice(0, end).replace(MARKED, '$1$3')
  return start + line.slice(end)
}

const MARKED = /(^|\s)([`*_~])([a-z0-9](?:[^`*~\n]*[a-z0-9])?)\2(?=\s|$)/gi
