// Replies to a command or a click, visible only to the user who sent it, and reads who clicked.
import type { App, BlockAction, RespondFn } from '@slack/bolt'
import type { Rendered } from '../../model/ports/message.ts'
import { personIn } from './person.ts'
import { type Asked, identity } from './start-job.ts'

type Reply = { readonly response_type: 'ephemeral'; readonly replace_original: false } & Rendered

export const onlyForYou = (message: Rendered): Reply => ({
  response_type: 'ephemeral',
  replace_original: false,
  ...message,
})

type ReplyPorts = { readonly respond: RespondFn; readonly client: App['client'] }

/** Sends a reply. A button in the App Home has no response URL, so that reply goes to the user's direct messages. */
export const reply = async (message: Rendered, body: BlockAction, { respond, client }: ReplyPorts): Promise<void> => {
  const tell = async () => {
    const content = { text: message.text, blocks: [...message.blocks] as [] }
    await client.chat.postMessage({ channel: body.user.id, ...content })
  }
  if (body.response_url === undefined) return tell()
  const thread = threadOf(body)
  const where = thread === undefined ? {} : { thread_ts: thread }
  await respond({ ...slackReply(onlyForYou(message)), ...where }).then(undefined, tell)
}

/** The thread of a click. A message that only the person sees is not in the payload; its thread is in the container. */
const threadOf = ({ message, container }: Partial<BlockAction>): string | undefined => {
  const found: unknown = message?.['thread_ts'] ?? container?.['thread_ts']
  return typeof found === 'string' ? found : undefined
}

type Click<Action> = ReplyPorts & {
  readonly action: Action
  readonly body: BlockAction
  readonly ack: () => Promise<void>
}

/** Does the work of a click before it is acknowledged; replies with what `work` returns, such as a failure. */
export const onClick =
  <Action>(work: (click: Click<Action>) => Promise<Rendered | undefined>) =>
  async (click: Click<Action>): Promise<void> => {
    const answer = await work(click)
    await click.ack()
    if (answer !== undefined) await reply(answer, click.body, click)
  }

/**
 * Converts the type of a reply. Our type has plain JSON blocks, Bolt's a union; assertFits and the sandbox check the
 * blocks.
 */
export const slackReply = (reply: Reply) => reply as Reply & { blocks: [] }

export const clickedBy = (body: BlockAction, parts: readonly string[]): Asked => {
  const actor = personIn(body)
  const thread = threadOf(body)
  const channel = body.channel?.id ?? channelOfDialog(body)
  return {
    id: identity('button', actor.team, actor.user, channel ?? '', String(body.message?.['ts'] ?? ''), ...parts),
    actor,
    place: { channel: channel ?? actor.user, ...(thread !== undefined && { thread }) },
    ...(body.response_url !== undefined && { responseUrl: body.response_url }),
  }
}

/** The channel of the card whose dialog was clicked. Slack gives dialogs no channel, so it is in their metadata. */
const channelOfDialog = ({ view }: BlockAction): string | undefined => {
  if (view?.type !== 'modal' || view.private_metadata === '') return undefined
  const { channel } = JSON.parse(view.private_metadata) as { readonly channel?: unknown }
  return typeof channel === 'string' ? channel : undefined
}
