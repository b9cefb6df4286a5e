// Replies to a command or a click, visible only to the user who sent it, and reads who clicked.
import type { App, BlockAction, RespondFn } from '@slack/bolt'
import type { Rendered } from '../../model/ports/message.ts'
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
  if (body.response_url !== undefined) await respond(slackReply(onlyForYou(message)))
  else await client.chat.postMessage({ channel: body.user.id, text: message.text, blocks: [...message.blocks] as [] })
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
  // In a shared channel, the team of the user is in `user`, not in `body.team`.
  const team = body.user.team_id ?? body.team?.id ?? ''
  const thread = body.message?.['thread_ts']
  const channel = body.channel?.id ?? channelOfDialog(body)
  return {
    id: identity('button', team, body.user.id, channel ?? '', String(body.message?.['ts'] ?? ''), ...parts),
    actor: { team, user: body.user.id, name: body.user.username ?? body.user.id },
    place: { channel: channel ?? body.user.id, ...(typeof thread === 'string' && { thread }) },
    ...(body.response_url !== undefined && { responseUrl: body.response_url }),
  }
}

/** The channel of the card whose dialog was clicked. Slack gives dialogs no channel, so it is in their metadata. */
const channelOfDialog = ({ view }: BlockAction): string | undefined => {
  if (view?.type !== 'modal' || view.private_metadata === '') return undefined
  const { channel } = JSON.parse(view.private_metadata) as { readonly channel?: unknown }
  return typeof channel === 'string' ? channel : undefined
}
