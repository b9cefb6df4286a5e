import { createHmac, timingSafeEqual } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { Handler, LambdaHttpEvent } from '../../../sandbox/slack/lambda-event.ts'
import { aUser, PARTNER_TEAM } from '../../../sandbox/slack/seed.ts'
import type { Json } from '../../../sandbox/slack/types.ts'
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

test.each([
  ['without a signature', { tamper: 'unsigned' }, 401],
  ['with another secret', { tamper: 'signature' }, 401],
  ['with a body that was changed', { tamper: 'body' }, 401],
  ['that is too old', { age: 301 }, 401],
  ['from the future', { age: -301 }, 401],
  ['just in time', { age: 299 }, 200],
] as const)('a request %s arrives as it is', async (_, tampering, status) => {
  const { deliver } = await serveSlack(careful)
  expect(await deliver.command({ user: 'U0REQUEST', channel: 'C0OPS', text: '' }, tampering)).toMatchObject({ status })
})

test('the very same bytes come twice when asked', async () => {
  const seen: LambdaHttpEvent[] = []
  const { deliver } = await serveSlack(async event => {
    seen.push(event)
    return careful(event)
  })
  const sent = await deliver.command({ user: 'U0REQUEST', channel: 'C0OPS', text: '' }, { twice: true })
  expect([sent.status, sent.again?.status]).toEqual([200, 200])
  expect(seen[0]?.body).toBe(seen[1]?.body)
  expect(seen[0]?.headers).toEqual(seen[1]?.headers)
})

test('url_verification and ssl_check are sent as Slack does', async () => {
  const bodies: string[] = []
  const { deliver } = await serveSlack(async event => {
    bodies.push(bytesOf(event).toString())
    return { statusCode: 200 }
  })
  await deliver.verifyUrl('abc')
  await deliver.checkSsl()
  expect(JSON.parse(bodies[0] ?? '')).toMatchObject({ type: 'url_verification', challenge: 'abc' })
  expect(bodies[1]).toMatch(/^ssl_check=1/)
})

test('@names, #channels and groups are escaped where the manifest says so', async () => {
  const texts: string[] = []
  const { deliver } = await serveSlack(
    async event => {
      texts.push(formOf(event)['text'] ?? '')
      return { statusCode: 200 }
    },
    { escapes: true },
  )
  await deliver.command({ user: 'U0REQUEST', channel: 'C0OPS', text: 'tell @approver and @on-call in #ops that 4 < 5' })
  expect(texts).toEqual(['tell <@U0APPROVE|approver> and <!subteam^S0ONCALL|@on-call> in <#C0OPS|ops> that 4 &lt; 5'])
})

test('a person from another workspace is known by the team', async () => {
  const payloads: unknown[] = []
  const { deliver, workspace, web } = await serveSlack(async event => {
    payloads.push(JSON.parse(formOf(event)['payload'] ?? '{}'))
    return { statusCode: 200 }
  })
  const ops = workspace.channels.get('C0OPS')
  workspace.putUser(aUser({ id: 'U0PARTNER', displayName: 'Partner', teamId: PARTNER_TEAM }))
  if (ops) workspace.putChannel({ ...ops, shared: true, members: [...ops.members, 'U0PARTNER'] })
  const { ts = '' } = await web.chat.postMessage({ channel: 'C0OPS', text: 'a', blocks: [approve] })
  await deliver.click({ user: 'U0PARTNER', channel: 'C0OPS', ts, actionId: 'approve' })
  expect(payloads).toMatchObject([
    { team: { id: 'T0QUARTER' }, user: { id: 'U0PARTNER', team_id: 'T0PARTNER' }, is_enterprise_install: false },
  ])
})

const approve = {
  type: 'actions' as const,
  block_id: 'decision',
  elements: [
    {
      type: 'button' as const,
      action_id: 'approve',
      style: 'primary' as const,
      value: 'a-1',
      text: { type: 'plain_text' as const, text: 'Approve' },
    },
    {
      type: 'static_select' as const,
      action_id: 'until',
      options: ['1h', '2h'].map(value => ({ text: { type: 'plain_text' as const, text: value }, value })),
    },
  ],
}

test('a click carries the button, the message and what was chosen beside it', async () => {
  const payloads: Json[] = []
  const { deliver, web } = await serveSlack(async event => {
    payloads.push(JSON.parse(formOf(event)['payload'] ?? '{}'))
    return { statusCode: 200 }
  })
  const { ts = '' } = await web.chat.postMessage({ channel: 'C0OPS', text: 'a', blocks: [approve] })
  await deliver.click({ user: 'U0APPROVE', channel: 'C0OPS', ts, actionId: 'until', value: '2h' })
  await deliver.click({ user: 'U0APPROVE', channel: 'C0OPS', ts, label: 'Approve' })
  expect(payloads[0]).toMatchObject({ actions: [{ type: 'static_select', selected_option: { value: '2h' } }] })
  expect(payloads[1]).toMatchObject({
    type: 'block_actions',
    container: { type: 'message', message_ts: ts, channel_id: 'C0OPS', is_ephemeral: false },
    message: { ts, text: 'a' },
    state: { values: { decision: { until: { selected_option: { value: '2h' } } } } },
    actions: [{ type: 'button', action_id: 'approve', block_id: 'decision', value: 'a-1', style: 'primary' }],
  })
})

test('a click on an ephemeral message carries no message, and its response_url replaces it', async () => {
  const payloads: Json[] = []
  const { deliver, web, workspace } = await serveSlack(async event => {
    payloads.push(JSON.parse(formOf(event)['payload'] ?? '{}'))
    return { statusCode: 200 }
  })
  const { message_ts: ts = '' } = await web.chat.postEphemeral({
    channel: 'C0OPS',
    user: 'U0REQUEST',
    text: 'a',
    blocks: [approve],
  })
  await deliver.click({ user: 'U0REQUEST', channel: 'C0OPS', ts, actionId: 'approve' })
  expect(payloads[0]).toMatchObject({ container: { is_ephemeral: true } })
  expect(payloads[0]).not.toHaveProperty('message')
  await say(String(payloads[0]?.['response_url']), { replace_original: true, text: 'Done' })
  expect(workspace.ephemerals('U0REQUEST')).toMatchObject([{ ts, text: 'Done' }])
  expect(workspace.ephemeral('U0REQUEST', ts)).not.toHaveProperty('blocks')
})

const say = async (url: string, body: unknown) => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return [response.status, await response.text()] as const
}

test('a response_url takes five messages, also where the bot is not a member', async () => {
  const { deliver, workspace } = await serveSlack()
  const { responseUrl } = await deliver.command({ user: 'U0REQUEST', channel: 'C0RANDOM', text: '' })
  expect(await say(responseUrl, { text: 'to you' })).toEqual([200, 'ok'])
  expect(await say(responseUrl, { text: 'to all', response_type: 'in_channel' })).toEqual([200, 'ok'])
  expect(await say(responseUrl, { blocks: [{ type: 'nonsense' }] })).toEqual([
    400,
    '{"ok":false,"error":"invalid_blocks"}',
  ])
  await say(responseUrl, { text: 'four' })
  await say(responseUrl, { text: 'five' })
  expect(await say(responseUrl, { text: 'six' })).toEqual([404, '{"ok":false,"error":"used_url"}'])
  expect(workspace.ephemerals('U0REQUEST').map(message => message.text)).toEqual(['to you', 'four', 'five'])
  expect(workspace.history('C0RANDOM').map(message => message.text)).toEqual(['to all'])
})

test('a response_url ends after 30 minutes of world time', async () => {
  const { deliver, clock } = await serveSlack()
  const { responseUrl } = await deliver.command({ user: 'U0REQUEST', channel: 'C0OPS', text: '' })
  clock.advance(30 * 60_000)
  expect(await say(responseUrl, { text: 'a' })).toEqual([200, 'ok'])
  clock.advance(1)
  expect(await say(responseUrl, { text: 'a' })).toEqual([404, '{"ok":false,"error":"expired_url"}'])
})

test('an answer to a command is shown: text, JSON for the channel, nothing', async () => {
  const answers = [
    { statusCode: 200, body: 'plain' },
    {
      statusCode: 200,
      headers: { 'Content-Type': 'application/json' },
      body: '{"response_type":"in_channel","text":"for all"}',
    },
    { statusCode: 200, body: '' },
  ]
  const { deliver, workspace } = await serveSlack(async () => answers.shift() ?? { statusCode: 500 })
  for (let count = 0; count < 3; count++) await deliver.command({ user: 'U0REQUEST', channel: 'C0OPS', text: '' })
  expect(workspace.ephemerals('U0REQUEST').map(message => message.text)).toEqual(['plain'])
  expect(workspace.history('C0OPS').map(message => message.text)).toEqual(['for all'])
})

test('slash commands do not work in threads, and unknown ones nowhere', async () => {
  const { deliver, workspace, web } = await serveSlack()
  const { ts = '' } = await web.chat.postMessage({ channel: 'C0OPS', text: 'a' })
  await deliver.command({ user: 'U0REQUEST', channel: 'C0OPS', text: '', threadTs: ts })
  await deliver.command({ user: 'U0REQUEST', channel: 'C0OPS', text: '', command: '/esc' })
  expect(workspace.ephemerals('U0REQUEST').map(message => message.text)).toMatchObject([
    '/ecs is not supported in threads. Sorry!',
    expect.stringContaining('`/esc` is not a valid command'),
  ])
})

describe('an edited message', () => {
  const serveEvents = async () => {
    const events: Json[] = []
    const served = await serveSlack(async event => {
      events.push(JSON.parse(bytesOf(event).toString()) as Json)
      return { statusCode: 200 }
    })
    const said = { user: 'U0REQUEST', channel: 'C0OPS' }
    const { message } = await served.deliver.mention({ ...said, text: 'scale orders-api +1' })
    return { ...served, events, at: { ...said, ts: message.ts } }
  }

  test('that mentions the bot is sent again, with its time, a new event id and who edited it', async () => {
    const { deliver, workspace, clock, events, at } = await serveEvents()
    clock.advance(61_500)
    await deliver.edit({ ...at, text: '@quarterdeck scale orders-api +2' })
    const edited = { user: 'U0REQUEST', ts: '1795341661.000000' }
    expect(workspace.message('C0OPS', at.ts)).toMatchObject({ text: '<@U0QUARTERBOT> scale orders-api +2', edited })
    const [first, second] = events.map(({ event }) => event as Json)
    expect(second).toEqual({
      ...first,
      text: '<@U0QUARTERBOT> scale orders-api +2',
      edited,
      event_ts: expect.any(String),
    })
    expect(second?.['event_ts']).not.toBe(at.ts)
    expect(new Set(events.map(event => event['event_id'])).size).toBe(2)
  })

  test('with the same text, without a mention, or deleted, is not sent', async () => {
    const { deliver, workspace, events, at } = await serveEvents()
    await deliver.edit({ ...at, text: '@quarterdeck scale orders-api +1' })
    expect(workspace.message('C0OPS', at.ts)?.edited).toBeUndefined()
    await deliver.edit({ ...at, text: 'never mind' })
    await deliver.remove(at)
    expect(events).toHaveLength(1)
    expect(workspace.messages('C0OPS')).toEqual([])
  })

  test('that now mentions the bot is sent for the first time, as an edit', async () => {
    const { deliver, events } = await serveEvents()
    const { message } = await deliver.post({ user: 'U0APPROVE', channel: 'C0OPS', text: 'status' })
    await deliver.edit({ user: 'U0APPROVE', channel: 'C0OPS', ts: message.ts, text: '@quarterdeck status' })
    expect(events[1]).toMatchObject({ event: { ts: message.ts, edited: { user: 'U0APPROVE' } } })
  })

  test('is the writer’s own, and keeps a text', async () => {
    const { deliver, workspace, at } = await serveEvents()
    const other = { ...at, user: 'U0APPROVE' }
    await expect(deliver.edit({ ...other, text: 'x' })).rejects.toThrow('Approver did not write message')
    await expect(deliver.remove(other)).rejects.toThrow('Approver did not write message')
    await expect(deliver.edit({ ...at, text: ' ' })).rejects.toThrow('needs a text')
    expect(workspace.messages('C0OPS')).toHaveLength(1)
  })

  test('with replies leaves a note when it is deleted', async () => {
    const { deliver, workspace, at } = await serveEvents()
    await deliver.post({ user: 'U0APPROVE', channel: 'C0OPS', text: 'why?', threadTs: at.ts })
    await deliver.remove(at)
    expect(workspace.messages('C0OPS').map(({ text }) => text)).toEqual(['This message was deleted.', 'why?'])
  })

  test('of a direct message is told to an app that subscribes to them', async () => {
    const { deliver, workspace, events } = await serveEvents()
    const channel = workspace.openDm('U0REQUEST').id
    const { message } = await deliver.post({ user: 'U0REQUEST', channel, text: 'help' })
    await deliver.edit({ user: 'U0REQUEST', channel, ts: message.ts, text: 'status' })
    await deliver.remove({ user: 'U0REQUEST', channel, ts: message.ts })
    expect(events.slice(2)).toMatchObject([
      { event: { subtype: 'message_changed', message: { text: 'status' }, previous_message: { text: 'help' } } },
      { event: { subtype: 'message_deleted', deleted_ts: message.ts } },
    ])
  })
})
