// A signed slash command as a Lambda function URL event.
import { createHmac } from 'node:crypto'

export const aSlashCommand = (text: string, secret: string) => {
  const body = new URLSearchParams({
    token: 'x',
    command: '/ecs',
    text,
    team_id: 'T0QUARTER',
    team_domain: 'quarterdeck',
    user_id: 'U0REQUEST',
    user_name: 'requester',
    channel_id: 'C0OPS',
    channel_name: 'ops',
    trigger_id: '1.2.abc',
    api_app_id: 'A0QUARTER',
    is_enterprise_install: 'false',
    response_url: 'https://hooks.slack.com/commands/x',
  }).toString()
  const timestamp = `${Math.floor(Date.now() / 1000)}`
  return {
    version: '2.0',
    rawPath: '/slack/events',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')}`,
    },
    requestContext: { http: { method: 'POST' } },
    body: Buffer.from(body).toString('base64'),
    isBase64Encoded: true,
  }
}
