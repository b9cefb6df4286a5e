import { createHmac, timingSafeEqual } from 'node:crypto'
import { expect, test } from 'vitest'
import type { Handler, LambdaHttpEvent } from '../../../sandbox/slack/lambda-event.ts'
import { SECRET, START, serveSlack } from './serve.ts'

const bytesOf = (event: LambdaHttpEvent) => Buffer.from(event.body, 'base64')

const formOf = (event: LambdaHttpEvent) => Object.fromEntries(new URLSearchParams(bytesOf(event).toString()))

const isGenuine = (event: LambdaHttpEvent, now = START) => {
  const timestamp = event.headers['x-slack-request-timestamp'] ?? ''
  const given = event.headers['x-slack-signature'] ?? ''
  const hmac = createHmac('sha256', SECRET).update(`v0:${timestamp}:`).update(bytesOf(event)).digest('hex')
  const wanted = Buffer.from(`v0=${hmac}`)
  const fresh = Math.abs(now / 1000 - Number(timestamp)) <= 300
  return fresh && given.length === wanted.length && timingSafeEqual(Buffer.from(given), wanted)
}

const careful: Handler = async event =>
  isGenuine(event) ? { statusCode: 200, body: 'Good morning' } : { statusCode: 401, body: '' }

test('a command arrives as API Gateway would deliver it, signed over the raw bytes', async () => {
  const seen: LambdaHttpEvent[] = []
  const { deliver } = await serveSlack(async event => {
    seen.push(event)
    return careful(event)
  })
  const sent = await deliver.command({ user: 'U0REQUEST', channel: 'C0OPS', text: 'scale orders-api 12' })
  expect(sent).toMatchObject({ status: 200, body: 'Good morning' })
  const [event] = seen
  expect(event).toMatchObject({
    version: '2.0',
    rawPath: '/slack/events',
    isBase64Encoded: true,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    requestContext: { http: { method: 'POST' } },
  })
  expect(event && formOf(event)).toMatchObject({
    command: '/ecs',
    text: 'scale orders-api 12',
    team_id: 'T0QUARTER',
    channel_id: 'C0OPS',
    channel_name: 'ops',
    user_id: 'U0REQUEST',
    is_enterprise_install: 'false',
    trigger_id: sent.triggerId,
    response_url: sent.responseUrl,
  })
})
