// A hello world on slack-edge, with a conversion from a Lambda event to a Request.
import { SlackApp } from 'slack-edge'

const app = new SlackApp({
  env: { SLACK_SIGNING_SECRET: process.env['BENCH_SECRET'] ?? '', SLACK_BOT_TOKEN: 'xoxb-1' },
  authorize: async () =>
    ({
      context: {} as never,
      botToken: 'xoxb-1',
      enterpriseId: '',
      teamId: 'T1',
      botId: 'B1',
      botUserId: 'U1',
      botScopes: [],
    }) as never,
})
app.command('/ecs', async () => 'hello')

type Event = { readonly headers: Record<string, string>; readonly body: string }

export const handler = async (event: Event) => {
  const body = Buffer.from(event.body, 'base64').toString('utf8')
  const request = new Request('https://bot.example/slack/events', { method: 'POST', headers: event.headers, body })
  const response = await app.run(request, { waitUntil: () => {} } as never)
  return { statusCode: response.status, body: await response.text() }
}
