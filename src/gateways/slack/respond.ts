// Sends an ephemeral answer through a response URL.
import { logError } from '../../engine/jobs/log-error.ts'
import { assertFits } from '../../kit/messages/limits.ts'
import { RemoteError } from '../../model/errors.ts'
import type { Rendered } from '../../model/ports/message.ts'
import { httpFacts } from '../../model/slack-error.ts'

export type ResponsePlace = {
  readonly url: string
  /** The thread of the answer. Without it, Slack shows the answer in the channel. */
  readonly thread?: string | undefined
}

/** Sends an answer. If Slack refuses its blocks, sends only its text. Throws RemoteError if the URL is not on Slack's host. */
export const respond = async (place: ResponsePlace, message: Rendered, apiUrl: string): Promise<void> => {
  const { origin } = new URL(place.url)
  if (origin !== 'https://hooks.slack.com' && origin !== new URL(apiUrl).origin)
    throw new RemoteError('answering: the response URL is not Slack’s', { code: 'foreign_url', passing: false })
  assertFits(message)
  const reply = await send(place, message)
  if (reply.ok) return
  if (reply.status === 400 && message.blocks.length > 0) {
    logError('blocks that Slack refused', '', new Error((await reply.text()).slice(0, 500)))
    return respond(place, { text: message.text, blocks: [] }, apiUrl)
  }
  const { words, ...facts } = httpFacts(reply.status)
  throw new RemoteError(`answering: ${words}`, facts)
}

const send = ({ url, thread }: ResponsePlace, { text, blocks }: Rendered): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      ...{ response_type: 'ephemeral', replace_original: false, text, blocks },
      ...(thread !== undefined && { thread_ts: thread }),
    }),
    signal: AbortSignal.timeout(5_000),
  })
