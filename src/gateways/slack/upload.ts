// Uploads a file to Slack: gets an upload URL, sends the bytes, and shares the file.
import type { WebClient } from '@slack/web-api'
import { RemoteError } from '../../model/errors.ts'
import type { SlackFile } from '../../model/ports/slack.ts'
import { httpFacts } from '../../model/slack-error.ts'

/** The maximum length of the alternative text of a file, in characters (Slack documentation, files.getUploadURLExternal). */
const MOST_ALT = 1_000

export const upload = async (
  client: WebClient,
  { channel, thread }: { readonly channel: string; readonly thread?: string },
  { name, title, alt, bytes }: SlackFile,
  apiUrl: string,
): Promise<void> => {
  const { upload_url = '', file_id = '' } = await client.files.getUploadURLExternal({
    filename: name,
    length: bytes.length,
    alt_text: alt.slice(0, MOST_ALT),
  })
  const { hostname, protocol } = new URL(upload_url)
  const api = new URL(apiUrl)
  const isSlacks = protocol === 'https:' && hostname.endsWith('.slack.com')
  if (!isSlacks && hostname !== api.hostname)
    throw new RemoteError('uploading a file: the upload URL is not Slack’s', { code: 'foreign_url', passing: false })
  const reply = await fetch(upload_url, { method: 'POST', body: bytes, signal: AbortSignal.timeout(10_000) })
  if (!reply.ok) {
    const { words, ...facts } = httpFacts(reply.status)
    throw new RemoteError(`uploading a file: ${words}`, facts)
  }
  const files: [{ id: string; title: string }] = [{ id: file_id, title }]
  await (thread === undefined
    ? client.files.completeUploadExternal({ files, channel_id: channel })
    : client.files.completeUploadExternal({ files, channel_id: channel, thread_ts: thread }))
}
