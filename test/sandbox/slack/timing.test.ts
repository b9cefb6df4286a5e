import { expect, test } from 'vitest'
import type { Handler, LambdaAnswer, LambdaHttpEvent } from '../../../sandbox/slack/lambda-event.ts'
import { serveSlack } from './serve.ts'

/** A bot that answers when the test says so. */
const slowBot = () => {
  const waiting: ((answer: LambdaAnswer) => void)[] = []
  const seen: LambdaHttpEvent[] = []
  const handler: Handler = event => {
    seen.push(event)
    return new Promise(resolve => waiting.push(resolve))
  }
  const answer = (answer: LambdaAnswer = { statusCode: 200, body: '' }) => waiting.shift()?.(answer)
  return { handler, answer, seen }
}

const texts = (messages: readonly { text: string }[]) => messages.map(message => message.text)

test('who waits 3 seconds for a command sees operation_timeout, and the late answer is not shown', async () => {
  const { handler, answer } = slowBot()
  const { deliver, real, workspace } = await serveSlack(handler)
  const sending = deliver.command({ user: 'U0REQUEST', channel: 'C0OPS', text: '' })
  real.advance(3000)
  const sent = await sending
  expect(sent).toMatchObject({ error: 'operation_timeout' })
  answer({ statusCode: 200, body: 'too late' })
  expect(await sent.eventually).toMatchObject({ body: 'too late' })
  expect(workspace.ephemerals('U0REQUEST')).toMatchObject([
    { user: 'USLACKBOT', text: '/ecs failed with the error "operation_timeout"' },
  ])
})

test('an answer after 2,999 milliseconds is in time', async () => {
  const { handler, answer } = slowBot()
  const { deliver, real, workspace } = await serveSlack(handler)
  const sending = deliver.command({ user: 'U0REQUEST', channel: 'C0OPS', text: '' })
  real.advance(2999)
  answer({ statusCode: 200, body: 'in time' })
  expect(await sending).toMatchObject({ status: 200 })
  expect(texts(workspace.ephemerals('U0REQUEST'))).toEqual(['in time'])
})

test.each([
  ['answers 404', async () => ({ statusCode: 404 })],
  [
    'throws',
    async () => {
      throw new Error('no')
    },
  ],
] as const)('a bot that %s fails the command with dispatch_failed', async (_, handler) => {
  const { deliver, workspace } = await serveSlack(handler)
  await deliver.command({ user: 'U0REQUEST', channel: 'C0OPS', text: '' })
  expect(texts(workspace.ephemerals('U0REQUEST'))).toEqual(['/ecs failed with the error "dispatch_failed"'])
})

const failing = () => {
  const retries: string[] = []
  const handler: Handler = async event => {
    const { 'x-slack-retry-num': number, 'x-slack-retry-reason': reason } = event.headers
    retries.push(number ? `${number} ${reason}` : 'first')
    return { statusCode: 500 }
  }
  return { handler, retries }
}

test('an event that fails is sent again at once, after a minute and after five', async () => {
  const { handler, retries } = failing()
  const { slack, deliver, clock } = await serveSlack(handler)
  await deliver.mention({ user: 'U0REQUEST', channel: 'C0OPS', text: 'logs' })
  await slack.idle()
  expect(retries).toEqual(['first', '1 http_error'])
  clock.advance(59_999)
  await slack.idle()
  expect(retries).toHaveLength(2)
  clock.advance(1)
  await slack.idle()
  expect(retries).toEqual(['first', '1 http_error', '2 http_error'])
  clock.advance(300_000)
  await slack.idle()
  expect(retries).toEqual(['first', '1 http_error', '2 http_error', '3 http_error'])
  clock.advance(3_600_000)
  await slack.idle()
  expect(retries).toHaveLength(4)
})

test('the same event comes again with the same id and a fresh signature', async () => {
  const { handler, answer, seen } = slowBot()
  const { slack, deliver, clock, real } = await serveSlack(handler)
  const sending = deliver.mention({ user: 'U0REQUEST', channel: 'C0OPS', text: 'logs' })
  clock.advance(3000)
  real.advance(3000)
  await sending
  answer()
  answer()
  await slack.idle()
  expect(seen).toHaveLength(2)
  expect(seen[0]?.body).toBe(seen[1]?.body)
  expect(seen[1]?.headers).toMatchObject({ 'x-slack-retry-num': '1', 'x-slack-retry-reason': 'http_timeout' })
  expect(seen[0]?.headers['x-slack-signature']).not.toBe(seen[1]?.headers['x-slack-signature'])
})

test('x-slack-no-retry stops the retries', async () => {
  let count = 0
  const { slack, deliver, clock } = await serveSlack(async () => {
    count++
    return { statusCode: 500, headers: { 'X-Slack-No-Retry': '1' } }
  })
  await deliver.mention({ user: 'U0REQUEST', channel: 'C0OPS', text: 'logs' })
  await slack.idle()
  clock.advance(3_600_000)
  await slack.idle()
  expect(count).toBe(1)
})

test('a mention reaches the bot in its channels and threads, and nowhere else', async () => {
  const events: unknown[] = []
  const { deliver, workspace, web } = await serveSlack(async event => {
    events.push(JSON.parse(Buffer.from(event.body, 'base64').toString()).event)
    return { statusCode: 200 }
  })
  const { ts = '' } = await web.chat.postMessage({ channel: 'C0OPS', text: 'a' })
  await deliver.post({ user: 'U0REQUEST', channel: 'C0OPS', text: 'nothing for the bot' })
  await deliver.post({ user: 'U0REQUEST', channel: 'C0OPS', text: '@quarterdeck logs', threadTs: ts })
  await deliver.mention({ user: 'U0REQUEST', channel: 'C0RANDOM', text: 'logs' })
  await deliver.post({ user: 'U0REQUEST', channel: 'D0REQUEST', text: 'help' })
  expect(events).toMatchObject([
    { type: 'app_mention', text: '<@U0QUARTERBOT> logs', channel: 'C0OPS', thread_ts: ts },
    { type: 'message', channel_type: 'im', text: 'help' },
  ])
  expect(texts(workspace.ephemerals('U0REQUEST'))).toEqual([
    'You mentioned <@U0QUARTERBOT>, but they are not in this channel.',
  ])
})
