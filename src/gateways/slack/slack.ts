// Implements the Slack port with the Web API.
import type { Slack } from '../../model/ports/slack.ts'
import { askSlack } from '../../model/slack-error.ts'
import { createChannels } from './channels.ts'
import { apiUrlOf, createClient } from './client.ts'
import { createMessages } from './messages.ts'
import { createPeople } from './people.ts'
import { respond } from './respond.ts'
import { upload } from './upload.ts'

/** Creates the port. `env`: SLACK_API_URL overrides Slack's endpoint. */
export const createSlack = (token: string, env: NodeJS.ProcessEnv): Slack => {
  const apiUrl = apiUrlOf(env)
  const client = createClient(token, env)
  return {
    ...createMessages(client),
    ...createPeople(client),
    ...createChannels(client),
    upload: (where, file) => askSlack('uploading a file', () => upload(client, where, file, apiUrl)),
    permalink: ({ channel, ts }) =>
      askSlack(
        'reading a permalink',
        async () => (await client.chat.getPermalink({ channel, message_ts: ts })).permalink ?? '',
      ),
    answer: (url, message, thread) => askSlack('answering', () => respond({ url, thread }, message, apiUrl)),
  }
}
