// Sends an ephemeral answer through a response URL.
import { logError } from '../../engine/jobs/log-error.ts'
import { assertFits } from '../../kit/messages/limits.ts'
import { RemoteError } from '../../model/errors.ts'
import type { Rendered } from '../../model/ports/message.ts'

/** Sends an answer; its text alone if Slack refuses its blocks. Refuses a response URL on any other host than Slack's. */
export const respond = async (responseUrl: string, message: Rendered, apiUrl: string): Promise<void> => {
  const { origin } = new URL(responseUrl)
  if (origin !== 'https://hooks.slack.com' && origin !== new URL(apiUrl).origin)
    throw new Error('the response URL is not Slack’s')
  assertFits(message)
  const reply = await send(responseUrl, message)
  if (reply.ok) return
  if (reply.status === 400 && message.blocks.length > 0) {
    logError('blocks that Slack refused', '', new Error(await reply.text()))
    return respond(responseUrl, { text: message.text, blocks: [] }, apiUrl)
  }
  throw new RemoteError(`Slack answered ${reply.status}`, {
    code: `HTTP ${reply.status}`,
    passing: reply.status >= 500 || reply.status === 429,
  })
}

const send = (responseUrl: string, { text, blocks }: Rendered): Promise<Response> =>
  fetch(responseUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ response_type: 'ephemeral', replace_original: false, text, blocks }),
    signal: AbortSignal.timeout(5_000),
  })
