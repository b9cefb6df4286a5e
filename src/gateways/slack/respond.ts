// Sends an ephemeral answer through a response URL.
import { assertFits } from '../../kit/messages/limits.ts'
import { RemoteError } from '../../model/errors.ts'
import type { Rendered } from '../../model/ports/message.ts'

/** Sends an answer. Refuses a response URL on any other host than Slack's. */
export const respond = async (responseUrl: string, message: Rendered, apiUrl: string): Promise<void> => {
  const { origin } = new URL(responseUrl)
  if (origin !== 'https://hooks.slack.com' && origin !== new URL(apiUrl).origin)
    throw new Error('the response URL is not Slack’s')
  assertFits(message)
  const reply = await fetch(responseUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      response_type: 'ephemeral',
      replace_original: false,
      text: message.text,
      blocks: message.blocks,
    }),
    signal: AbortSignal.timeout(5_000),
  })
  if (reply.ok) return
  throw new RemoteError(`Slack answered ${reply.status}`, {
    code: `HTTP ${reply.status}`,
    passing: reply.status >= 500 || reply.status === 429,
  })
}
