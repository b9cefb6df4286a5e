// Implements the Slack port with the Web API.
import { WebClient } from '@slack/web-api'
import type { Slack } from '../../model/ports/slack.ts'
import { askSlack } from './ask-slack.ts'
import { createMessages } from './messages.ts'
import { createPeople } from './people.ts'
import { respond } from './respond.ts'
import { upload } from './upload.ts'

/** Creates the port. `env`: SLACK_API_URL overrides Slack's endpoint. */
export const createSlack = (token: string, env: NodeJS.ProcessEnv): Slack => {
  const apiUrl = env['SLACK_API_URL'] ?? 'https://slack.com/api/'
  const client = new WebClient(token, {
    slackApiUrl: apiUrl,
    retryConfig: { retries: 0 },
    timeout: 5_000,
    rejectRateLimitedCalls: true,
  })
  return {
    ...createMessages(client),
    ...createPeople(client),
    upload: (where, file) => askSlack('uploading a file', () => upload(client, where, file, apiUrl)),
    permalink: ({ channel, ts }) =>
      askSlack(
        'reading a permalink',
        async () => (await client.chat.getPermalink({ channel, message_ts: ts })).permalink ?? '',
      ),
    answer: (responseUrl, message) => askSlack('answering', () => respond(responseUrl, message, apiUrl)),
  }
}
