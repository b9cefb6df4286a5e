// Delivers message shortcuts to the bot. They also work in threads, where slash commands do not.
import { channelFor, type DeliverySetup, personOf } from './delivery.ts'
import { messageShortcut, payloadForm } from './payloads.ts'
import type { RequestTampering, Sent } from './send.ts'
import { visibleMessage } from './surface.ts'

export type Shortcut = {
  readonly user: string
  readonly channel: string
  readonly ts: string
  readonly callbackId: string
}

export const createShortcut =
  ({ context, urls, send }: DeliverySetup) =>
  async ({ user: id, channel: where, ts, callbackId }: Shortcut, tampering?: RequestTampering): Promise<Sent> => {
    const user = personOf(id, context)
    const channel = channelFor(user, where, context)
    const message = visibleMessage(user, ts, channel.id, context)
    const payload = messageShortcut(user, channel, message, {
      callbackId,
      triggerId: context.triggers.issue(user.id),
      responseUrl: urls.issue({ channel: channel.id, user: user.id, threadTs: message.thread_ts }),
      actionTs: context.workspace.ts(),
    })
    const sent = await send(
      { contentType: 'application/x-www-form-urlencoded', body: payloadForm(payload, context.workspace.enterprise) },
      tampering,
    )
    const place = { channel: channel.id }
    if (sent.error) context.workspace.notice(user.id, place, `The shortcut failed with the error "${sent.error}"`)
    return sent
  }
