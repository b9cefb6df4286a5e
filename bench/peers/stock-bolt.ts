// A hello world on Bolt for Lambda, as in Bolt's documentation.
import { App, AwsLambdaReceiver } from '@slack/bolt'

const receiver = new AwsLambdaReceiver({ signingSecret: process.env['BENCH_SECRET'] ?? '' })
const app = new App({ receiver, authorize: async () => ({ botToken: 'xoxb-1', botId: 'B1', botUserId: 'U1' }) })
app.command('/ecs', async ({ ack }) => {
  await ack('hello')
})

const started = receiver.start()
export const handler = async (event: unknown, context: unknown) => (await started)(event as never, context)
