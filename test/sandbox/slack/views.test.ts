import { expect, test } from 'vitest'
import type { LambdaAnswer } from '../../../sandbox/slack/lambda-event.ts'
import type { Json } from '../../../sandbox/slack/types.ts'
import { serveSlack } from './serve.ts'

const plain = (text: string) => ({ type: 'plain_text' as const, text })

const modal = (title = 'Scale') => ({
  type: 'modal' as const,
  title: plain(title),
  submit: plain('Scale'),
  notify_on_close: true,
  private_metadata: 'orders-api',
  blocks: [
    {
      type: 'input' as const,
      block_id: 'count',
      label: plain('Count'),
      element: {
        type: 'number_input' as const,
        action_id: 'value',
        is_decimal_allowed: false,
        min_value: '0',
        max_value: '99',
      },
    },
    {
      type: 'input' as const,
      block_id: 'service',
      optional: true,
      label: plain('Service'),
      element: { type: 'external_select' as const, action_id: 'value', min_query_length: 0 },
    },
    {
      type: 'input' as const,
      block_id: 'options',
      optional: true,
      label: plain('Options'),
      element: {
        type: 'checkboxes' as const,
        action_id: 'value',
        options: ['dry', 'slow'].map(value => ({ text: plain(value), value })),
      },
    },
  ],
})

/** A bot that answers submissions with what the test lays ready, and a modal that is open. */
const withModal = async () => {
  const payloads: Json[] = []
  const answers: LambdaAnswer[] = []
  const served = await serveSlack(async event => {
    const form = new URLSearchParams(Buffer.from(event.body, 'base64').toString())
    if (form.has('payload')) payloads.push(JSON.parse(form.get('payload') ?? ''))
    return (form.has('payload') ? answers.shift() : undefined) ?? { statusCode: 200, body: '' }
  })
  const { triggerId } = await served.deliver.command({ user: 'U0REQUEST', channel: 'C0OPS', text: '' })
  await served.web.views.open({ trigger_id: triggerId, view: modal() })
  const answer = (body: Json) =>
    void answers.push({ statusCode: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
  const titles = () => served.workspace.views('U0REQUEST').map(open => open.view.title['text'])
  const submit = (values: Record<string, string | string[]> = { count: '6' }) =>
    served.deliver.submit({ user: 'U0REQUEST', values })
  return { ...served, payloads, answers, answer, titles, submit }
}

test('a submission carries every field in its own shape', async () => {
  const { deliver, submit, payloads, answer, titles } = await withModal()
  answer({ options: [{ text: plain('orders-api'), value: 'orders' }] })
  const { options } = await deliver.suggest({ user: 'U0REQUEST', actionId: 'value', blockId: 'service', text: 'ord' })
  expect(options).toHaveLength(1)
  await submit({ count: '6', service: 'orders', options: ['dry'] })
  expect(payloads[0]).toMatchObject({ type: 'block_suggestion', action_id: 'value', block_id: 'service', value: 'ord' })
  expect(payloads[1]).toMatchObject({
    type: 'view_submission',
    user: { id: 'U0REQUEST', team_id: 'T0QUARTER' },
    view: {
      private_metadata: 'orders-api',
      state: {
        values: {
          count: { value: { type: 'number_input', value: '6' } },
          service: { value: { type: 'external_select', selected_option: { value: 'orders' } } },
          options: { value: { type: 'checkboxes', selected_options: [{ value: 'dry' }] } },
        },
      },
    },
  })
  expect(titles()).toEqual([])
})

test.each([
  ['', 'Please complete this required field.'],
  ['six', 'Please enter a number.'],
  ['6.5', 'Please enter a whole number.'],
  ['-1', 'Please enter a number of at least 0.'],
  ['100', 'Please enter a number of at most 99.'],
])('the client itself complains about %j, and sends nothing', async (count, problem) => {
  const { submit, payloads } = await withModal()
  expect(await submit({ count })).toEqual({ errors: { count: problem } })
  expect(payloads).toEqual([])
})

test('errors stay beside their fields until the next try', async () => {
  const { submit, answer, workspace } = await withModal()
  answer({ response_action: 'errors', errors: { count: 'Too many' } })
  expect((await submit()).errors).toEqual({ count: 'Too many' })
  expect(workspace.views('U0REQUEST').at(-1)).toMatchObject({ errors: { count: 'Too many' } })
  await submit({ count: '5' })
  expect(workspace.views('U0REQUEST')).toEqual([])
})

test('an answer updates the view, pushes another, or clears them all', async () => {
  const { submit, answer, titles } = await withModal()
  answer({ response_action: 'update', view: modal('Updated') })
  await submit()
  expect(titles()).toEqual(['Updated'])
  answer({ response_action: 'push', view: modal('Pushed') })
  await submit()
  expect(titles()).toEqual(['Updated', 'Pushed'])
  answer({ response_action: 'clear' })
  await submit()
  expect(titles()).toEqual([])
})

test('a view in an answer that breaks the limits is trouble, and so is silence', async () => {
  const { submit, answer, answers, workspace } = await withModal()
  const trouble = () => workspace.views('U0REQUEST').at(-1)?.trouble
  answer({ response_action: 'update', view: modal('x'.repeat(25)) })
  await submit()
  expect(trouble()).toBe('We had some trouble connecting. Try again?')
  answers.push({ statusCode: 500 })
  await submit()
  expect(trouble()).toBe('We had some trouble connecting. Try again?')
})

test('what was entered survives an update where the ids stay', async () => {
  const { submit, answer, workspace, web } = await withModal()
  answer({ response_action: 'errors', errors: { count: 'Too many' } })
  await submit({ count: '42' })
  const id = workspace.views('U0REQUEST').at(-1)?.view.id ?? ''
  await web.views.update({ view_id: id, view: modal('Again') })
  expect(workspace.views('U0REQUEST').at(-1)?.view.state.values['count']).toEqual({
    value: { type: 'number_input', value: '42' },
  })
})

test('closing tells the bot, and the cross closes all', async () => {
  const { deliver, submit, answer, payloads, titles } = await withModal()
  answer({ response_action: 'push', view: modal('Second') })
  await submit()
  await deliver.close({ user: 'U0REQUEST' })
  expect(titles()).toEqual(['Scale'])
  expect(payloads.at(-1)).toMatchObject({ type: 'view_closed', is_cleared: false, view: { title: { text: 'Second' } } })
  await deliver.close({ user: 'U0REQUEST', all: true })
  expect(titles()).toEqual([])
  expect(payloads.at(-1)).toMatchObject({ type: 'view_closed', is_cleared: true })
})

test('a home is opened with its view, and a shortcut with its message', async () => {
  const bodies: Json[] = []
  const { deliver, web } = await serveSlack(async event => {
    const text = Buffer.from(event.body, 'base64').toString()
    bodies.push(JSON.parse(text.startsWith('{') ? text : (new URLSearchParams(text).get('payload') ?? '{}')))
    return { statusCode: 200 }
  })
  const { ts = '' } = await web.chat.postMessage({ channel: 'C0OPS', text: 'a' })
  await deliver.openHome('U0REQUEST')
  await deliver.shortcut({ user: 'U0REQUEST', channel: 'C0OPS', ts, callbackId: 'logs' })
  expect(bodies).toMatchObject([
    { type: 'event_callback', event: { type: 'app_home_opened', tab: 'home', user: 'U0REQUEST' } },
    { type: 'message_action', callback_id: 'logs', message_ts: ts, message: { text: 'a' }, channel: { id: 'C0OPS' } },
  ])
})
