// The page with a small bot behind it: a card to approve, a modal with a field that complains, and a world that is made up.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebClient } from '@slack/web-api'
import { createUi } from '../../sandbox/page/server.ts'
import type { AwsCall, Control, ControlChange, Knob } from '../../sandbox/page/ui/wire.ts'
import { jsonOf, listOf, parseJson, textOf } from '../../sandbox/slack/json.ts'
import type { Handler, LambdaHttpEvent } from '../../sandbox/slack/lambda-event.ts'
import { createSlack } from '../../sandbox/slack/slack.ts'
import type { Json } from '../../sandbox/slack/types.ts'
import { Clock } from '../../sandbox/world/clock.ts'
import { approvalCard, decidedCard, scaleModal } from './cards.ts'

const START = Date.parse('2026-11-22T10:24:00Z')

const calls: readonly Omit<AwsCall, 'at' | 'region'>[] = [
  {
    service: 'ecs',
    action: 'DescribeServices',
    caller: 'viewer/U0REQUEST',
    status: 'allowed',
    summary: 'web/orders-api',
  },
  {
    service: 'application-autoscaling',
    action: 'DescribeScalableTargets',
    caller: 'viewer/U0REQUEST',
    status: 'throttled',
    code: 'ThrottlingException',
    summary: 'service/web/orders-api',
  },
  {
    service: 'ecs',
    action: 'DescribeTasks',
    caller: 'viewer/U0REQUEST',
    status: 'allowed',
    summary: '4 tasks of web/orders-api',
  },
  {
    service: 'ecs',
    action: 'DeleteService',
    caller: 'operator/U0REQUEST-op-17',
    status: 'denied',
    code: 'AccessDeniedException: no session policy allows the action',
    summary: 'web/orders-api',
  },
  {
    service: 'ecs',
    action: 'UpdateService',
    caller: 'operator/U0REQUEST-op-17',
    status: 'allowed',
    summary: 'web/orders-api: desiredCount 4 → 12',
  },
]

const knobs: readonly Knob[] = [
  {
    id: 'speed',
    label: 'Speed',
    kind: 'select',
    group: 'Time',
    value: '1',
    options: ['0', '1', '10', '60'].map(value => ({ value, label: value === '0' ? 'paused' : `${value}×` })),
  },
  { id: 'cpu', label: 'CPU of orders-api, %', kind: 'number', group: 'Load', value: 42 },
  { id: 'spot', label: 'Interrupt Spot', kind: 'button', group: 'Failures' },
  { id: 'image', label: 'Break the next image', kind: 'button', group: 'Failures' },
  { id: 'incident', label: 'Open an incident', kind: 'button', group: 'Failures', danger: true },
]

const createControl = (clock: Clock) => {
  const listeners = new Set<(change: ControlChange) => void>()
  const turned: { id: string; value?: string | number | undefined }[] = []
  const seen: AwsCall[] = calls.map((call, index) => ({
    ...call,
    at: START - (calls.length - index) * 900,
    region: 'us-east-1',
  }))
  const control: Control = {
    snapshot: () => ({ calls: seen, knobs, time: clock.now(), speed: clock.speed }),
    turn: (id, value) => {
      turned.push({ id, value })
    },
    subscribe: listener => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
  const call = (one: AwsCall) => {
    seen.push(one)
    for (const listener of listeners) listener({ kind: 'call', call: one })
  }
  return { control, turned, call }
}

const formOf = (event: LambdaHttpEvent) =>
  Object.fromEntries(new URLSearchParams(Buffer.from(event.body, 'base64').toString()))

const json = (body: Json) => ({
  statusCode: 200,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})
const nothing = { statusCode: 200, body: '' }

const command = async (form: Record<string, string>, web: WebClient) => {
  if (form['text'] === '') {
    await web.views.open({ trigger_id: form['trigger_id'] ?? '', view: scaleModal })
    return nothing
  }
  if (form['text'] === 'help') return { statusCode: 200, body: 'Try `/ecs scale orders-api 12`.' }
  if (form['text'] === 'boom') return { statusCode: 500, body: '' }
  await web.chat.postMessage({ channel: form['channel_id'] ?? '', ...approvalCard(form['user_id'] ?? '') })
  return nothing
}

const clicked = async (payload: Json, web: WebClient) => {
  const action = jsonOf(listOf(payload['actions'])[0])
  const channel = textOf(jsonOf(payload['channel'])['id'])
  const user = textOf(jsonOf(payload['user'])['id'])
  const ts = textOf(jsonOf(payload['container'])['message_ts'])
  if (!channel) return nothing
  if (user === 'U0OUTSIDE') {
    await web.chat.postEphemeral({
      channel,
      user,
      text: 'You may not decide this: *Approver* or *Second approver* may.',
    })
    return nothing
  }
  const approved = action['action_id'] === 'approve'
  await web.chat.update({ channel, ts, ...decidedCard(user, approved) })
  await web.chat.postMessage({
    channel,
    thread_ts: ts,
    text: approved ? '7/12 running, 5 pending' : 'Nothing was changed.',
  })
  return nothing
}

const submitted = async (payload: Json, web: WebClient) => {
  const values = jsonOf(jsonOf(jsonOf(payload['view'])['state'])['values'])
  const count = textOf(jsonOf(jsonOf(values['count'])['value'])['value'])
  if (Number(count) > 20)
    return json({ response_action: 'errors', errors: { count: 'At most 20 tasks are allowed here.' } })
  await web.chat.postMessage({ channel: 'C0OPS', text: `Scaling *orders-api* to ${count}` })
  return nothing
}

const services = ['orders-api', 'orders-worker', 'payments-api', 'search'].map(value => ({
  text: { type: 'plain_text', text: value },
  value,
}))

const bot =
  (client: () => WebClient): Handler =>
  async event => {
    const form = formOf(event)
    const web = client()
    if (event.headers['content-type'] === 'application/json') {
      const { event: inner } = jsonOf(parseJson(Buffer.from(event.body, 'base64').toString()))
      const { type, channel, thread_ts: thread, ts } = jsonOf(inner)
      if (type === 'app_mention') {
        await web.chat.postMessage({
          channel: textOf(channel),
          thread_ts: textOf(thread) || textOf(ts),
          text: 'Here are the logs.',
        })
      }
      return nothing
    }
    if (form['command']) return command(form, web)
    const payload = jsonOf(parseJson(form['payload'] ?? ''))
    if (payload['type'] === 'block_actions') return clicked(payload, web)
    if (payload['type'] === 'view_submission') return submitted(payload, web)
    if (payload['type'] === 'block_suggestion') {
      return json({ options: services.filter(service => service.value.includes(textOf(payload['value']))) })
    }
    return nothing
  }

export const servePage = async () => {
  const clock = new Clock({ start: START, speed: 1 })
  const { control, turned, call } = createControl(clock)
  const handler: Handler = bot(
    () => new WebClient('xoxb-page', { slackApiUrl: `${slack.origin}/api/`, retryConfig: { retries: 0 } }),
  )
  const slack = createSlack({
    clock,
    handler,
    signingSecret: 'page',
    botToken: 'xoxb-page',
    shortcuts: [{ name: 'Show the Logs', callbackId: 'logs' }],
    commands: [
      {
        command: '/ecs',
        description: 'Operate Amazon ECS',
        usageHint: 'help | <verb> <service>',
        hints: [
          { usage: 'scale <service> <count> [--for 2h]', summary: 'Set how many tasks a service runs' },
          { usage: 'restart <service>', summary: 'Replace every task, with the same revision' },
          { usage: 'rollback <service> [--to 41]', summary: 'Go back to an earlier revision' },
          { usage: 'status <service>', summary: 'What runs, and whether it is well' },
          { usage: 'help', summary: 'What Quarterdeck can do' },
        ],
      },
    ],
  })
  const ui = createUi({ slack, control })
  const server = createServer(async (req, res) => {
    if ((await slack.route(req, res)) || (await ui.route(req, res))) return
    res.writeHead(404).end()
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  slack.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const web = new WebClient('xoxb-page', { slackApiUrl: `${slack.origin}/api/` })
  const close = () => {
    server.closeAllConnections()
    server.close()
    clock.stop()
  }
  const newLink = () => ui.access.newLink(slack.origin)
  return { slack, ui, web, turned, call, url: slack.origin, newLink, close }
}
