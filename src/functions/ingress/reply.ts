// Replies to a command, a click or a mention, visible only to the user who sent it, and reads who clicked.
import type { App, BlockAction, Context, RespondFn } from '@slack/bolt'
import type { Place } from '../../model/ecs.ts'
import type { Rendered } from '../../model/ports/message.ts'
import { type Asked, attempt, identity } from './start-job.ts'
import { actorIn } from './who.ts'

type Reply = { readonly response_type: 'ephemeral'; readonly replace_original: false } & Rendered

export const onlyForYou = (message: Rendered): Reply => ({
  response_type: 'ephemeral',
  replace_original: false,
  ...message,
})

type Client = App['client']

type Reader = {
  readonly user: string
  /** Undefined where nobody could see an ephemeral message: behind a dialog, and in App Home. */
  readonly place: Place | undefined
  /** Bolt's function for the request's response URL, if it has one. */
  readonly respond?: RespondFn | undefined
}

/**
 * Sends a reply: through the response URL, else as an ephemeral message, else as a direct message. Each way may be refused,
 * by the settings of the workspace, for example.
 */
export const reply = async (message: Rendered, { user, place, respond }: Reader, client: Client): Promise<void> => {
  const { thread, channel } = place ?? {}
  const inThread = thread === undefined ? {} : { thread_ts: thread }
  const content = { text: message.text, blocks: [...message.blocks] as [] }
  const ways: readonly (() => Promise<unknown>)[] = [
    ...(respond === undefined ? [] : [() => respond({ ...slackReply(onlyForYou(message)), ...inThread })]),
    ...(channel === undefined ? [] : [() => client.chat.postEphemeral({ channel, user, ...inThread, ...content })]),
    () => client.chat.postMessage({ channel: user, ...content }),
  ]
  for (const send of ways) if ((await attempt(async () => void (await send()))) === undefined) return
}

export type Clicked = { readonly body: BlockAction; readonly context: Context }

type Click<Action> = Clicked & {
  readonly respond: RespondFn
  readonly client: Client
  readonly action: Action
  readonly ack: () => Promise<void>
}

/** Does the work of a click before it is acknowledged; replies with what `work` returns, such as a failure. */
export const onClick =
  <Action>(work: (click: Click<Action>) => Promise<Rendered | undefined>) =>
  async (click: Click<Action>): Promise<void> => {
    const answer = await work(click)
    await click.ack()
    if (answer === undefined) return
    const { actor, place, responseUrl } = clickedBy(click, [])
    const hasUrl = responseUrl !== undefined
    const reader = { user: actor.user, place: hasUrl ? place : undefined }
    await reply(answer, { ...reader, ...(hasUrl && { respond: click.respond }) }, click.client)
  }

/**
 * Converts the type of a reply. Our type has plain JSON blocks, Bolt's a union; assertFits and the sandbox check the
 * blocks.
 */
export const slackReply = (reply: Reply) => reply as Reply & { blocks: [] }

export const clickedBy = ({ body, context }: Clicked, parts: readonly string[]): Asked => {
  const actor = actorIn({ body, context })
  const channel = body.channel?.id ?? channelOfDialog(body)
  const thread = threadOf(body)
  return {
    id: identity('button', actor.team, actor.user, channel ?? '', String(body.message?.['ts'] ?? ''), ...parts),
    actor,
    place: { channel: channel ?? actor.user, ...(thread !== undefined && { thread }) },
    ...(body.response_url !== undefined && { responseUrl: body.response_url }),
  }
}

/**
 * The thread of the message that was clicked. An ephemeral message is not in the request: only its container is. The first
 * message of a thread stands in the channel.
 */
const threadOf = ({ message, container }: BlockAction): string | undefined => {
  const thread: unknown = container?.['thread_ts'] ?? message?.['thread_ts']
  return typeof thread === 'string' && thread !== message?.['ts'] ? thread : undefined
}

/** The channel of the card whose dialog was clicked. Slack gives dialogs no channel, so it is in their metadata. */
const channelOfDialog = ({ view }: BlockAction): string | undefined => {
  if (view?.type !== 'modal' || view.private_metadata === '') return undefined
  const { channel } = JSON.parse(view.private_metadata) as { readonly channel?: unknown }
  return typeof channel === 'string' ? channel : undefined
}
