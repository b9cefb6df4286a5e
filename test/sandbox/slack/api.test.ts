import { WebClient } from '@slack/web-api'
import { describe, expect, test } from 'vitest'
import { aChannel, aUser } from '../../../sandbox/slack/seed.ts'
import { serveSlack } from './serve.ts'

const plain = (text: string) => ({ type: 'plain_text' as const, text })
const section = (text: string) => ({ type: 'section' as const, text: { type: 'mrkdwn' as const, text } })
const modal = (title = 'A modal') => ({ type: 'modal' as const, title: plain(title), blocks: [section('Hello')] })

const refusal = async (call: Promise<unknown>): Promise<unknown> => {
  const error = await call.then(
    () => undefined,
    (error: unknown) => error,
  )
  return (error as { data?: { error?: string } })?.data?.error ?? (error as { code?: string })?.code
}

describe('the token', () => {
  test('auth.test says who the bot is', async () => {
    const { web } = await serveSlack()
    expect(await web.auth.test()).toMatchObject({
      ok: true,
      team_id: 'T0QUARTER',
      user_id: 'U0QUARTERBOT',
      bot_id: 'B0QUARTER',
    })
  })

  test('a wrong token, no token and an unknown method are refused', async () => {
    const { slack, web } = await serveSlack()
    const stranger = new WebClient('xoxb-wrong', { slackApiUrl: `${slack.origin}/api/`, retryConfig: { retries: 0 } })
    expect(await refusal(stranger.auth.test())).toBe('invalid_auth')
    const bare = await fetch(`${slack.origin}/api/auth.test`, { method: 'POST' })
    expect(await bare.json()).toEqual({ ok: false, error: 'not_authed' })
    expect(await refusal(web.apiCall('stars.add'))).toBe('unknown_method')
  })

  test('JSON bodies and a token in the form are taken as well', async () => {
    const { slack } = await serveSlack()
    const json = await fetch(`${slack.origin}/api/chat.postMessage`, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8', authorization: 'Bearer xoxb-sandbox' },
      body: JSON.stringify({ channel: 'C0OPS', blocks: [section('Hello')] }),
    })
    expect(await json.json()).toMatchObject({ ok: true, channel: 'C0OPS' })
    const form = await fetch(`${slack.origin}/api/auth.test`, {
      method: 'POST',
      body: new URLSearchParams({ token: 'xoxb-sandbox' }),
    })
    expect(await form.json()).toMatchObject({ ok: true })
  })
})

describe('messages', () => {
  test('a message is posted, answered in its thread, changed and deleted', async () => {
    const { web, workspace } = await serveSlack()
    const first = await web.chat.postMessage({ channel: 'C0OPS', text: 'One' })
    const ts = first.ts ?? ''
    await web.chat.postMessage({ channel: 'C0OPS', thread_ts: ts, text: 'Two' })
    expect(workspace.message('C0OPS', ts)).toMatchObject({ bot_id: 'B0QUARTER', reply_count: 1 })
    await web.chat.update({ channel: 'C0OPS', ts, text: 'Three', blocks: [section('Three')] })
    expect((await web.conversations.history({ channel: 'C0OPS' })).messages?.map(message => message.text)).toEqual([
      'Three',
    ])
    expect((await web.conversations.replies({ channel: 'C0OPS', ts })).messages).toHaveLength(2)
    await web.chat.delete({ channel: 'C0OPS', ts })
    expect(workspace.message('C0OPS', ts)).toBeUndefined()
  })

  test('an update with text alone leaves the blocks as they are', async () => {
    const { web, workspace } = await serveSlack()
    const { ts = '' } = await web.chat.postMessage({ channel: 'C0OPS', text: 'a', blocks: [section('a')] })
    await web.chat.update({ channel: 'C0OPS', ts, text: 'b' })
    expect(workspace.message('C0OPS', ts)).toMatchObject({ text: 'b', blocks: [{ type: 'section' }] })
    await web.chat.update({ channel: 'C0OPS', ts, text: 'b', blocks: [] })
    expect(workspace.message('C0OPS', ts)?.blocks).toEqual([])
  })

  test('no two messages have the same ts, though the clock stands still', async () => {
    const { web } = await serveSlack()
    const sent = await Promise.all(
      Array.from({ length: 10 }, () => web.chat.postMessage({ channel: 'C0OPS', text: 'a' })),
    )
    expect(new Set(sent.map(message => message.ts)).size).toBe(10)
  })

  test('a direct message is sent to a person by id', async () => {
    const { web } = await serveSlack()
    expect((await web.chat.postMessage({ channel: 'U0REQUEST', text: 'a' })).channel).toBe('D0REQUEST')
  })

  test('Slack refuses as Slack does', async () => {
    const { web, workspace } = await serveSlack()
    workspace.putChannel(aChannel({ id: 'C0OLD', name: 'old', archived: true, members: ['U0QUARTERBOT'] }))
    workspace.putChannel(aChannel({ id: 'C0SECRET', name: 'secret', kind: 'private' }))
    workspace.putChannel(aChannel({ id: 'C0BOTONLY', name: 'bot-only', members: ['U0QUARTERBOT'] }))
    const { ts: theirs } = workspace.post({ channel: 'C0OPS', user: 'U0REQUEST' }, { text: 'mine' })
    const { ts = '' } = await web.chat.postMessage({ channel: 'C0OPS', text: 'a' })
    const post = (channel: string, text = 'a') => refusal(web.chat.postMessage({ channel, text }))
    expect({
      unknown: await post('C0NOWHERE'),
      hidden: await post('C0SECRET'),
      outside: await post('C0RANDOM'),
      archived: await post('C0OLD'),
      empty: await post('C0OPS', ''),
      noThread: await refusal(web.chat.postMessage({ channel: 'C0OPS', text: 'a', thread_ts: '1.000000' })),
      long: await refusal(web.chat.update({ channel: 'C0OPS', ts, text: 'x'.repeat(4001) })),
      gone: await refusal(web.chat.update({ channel: 'C0OPS', ts: '1.000000', text: 'a' })),
      theirs: await refusal(web.chat.update({ channel: 'C0OPS', ts: theirs, text: 'a' })),
      notIn: await refusal(web.chat.postEphemeral({ channel: 'C0BOTONLY', user: 'U0REQUEST', text: 'a' })),
    }).toEqual({
      unknown: 'channel_not_found',
      hidden: 'channel_not_found',
      outside: 'not_in_channel',
      archived: 'is_archived',
      empty: 'no_text',
      noThread: 'thread_not_found',
      long: 'msg_too_long',
      gone: 'message_not_found',
      theirs: 'cant_update_message',
      notIn: 'user_not_in_channel',
    })
  })

  test('invalid blocks come with the place of the mistake', async () => {
    const { web } = await serveSlack()
    const call = web.chat.postMessage({ channel: 'C0OPS', text: 'a', blocks: [section('x'.repeat(3001))] })
    await expect(call).rejects.toMatchObject({
      data: {
        error: 'invalid_blocks',
        response_metadata: {
          messages: ['[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]'],
        },
      },
    })
  })

  test('an ephemeral message is for one person, cannot be updated, and is lost when the page is loaded anew', async () => {
    const { web, workspace } = await serveSlack()
    workspace.session('U0REQUEST', 'first')
    const { message_ts: ts = '' } = await web.chat.postEphemeral({ channel: 'C0OPS', user: 'U0REQUEST', text: 'psst' })
    expect(workspace.ephemerals('U0REQUEST').map(message => message.text)).toEqual(['psst'])
    expect(workspace.ephemerals('U0APPROVE')).toEqual([])
    expect(await refusal(web.chat.update({ channel: 'C0OPS', ts, text: 'a' }))).toBe('message_not_found')
    workspace.session('U0REQUEST', 'first')
    expect(workspace.ephemerals('U0REQUEST')).toHaveLength(1)
    workspace.session('U0REQUEST', 'second')
    expect(workspace.ephemerals('U0REQUEST')).toEqual([])
  })
})

describe('views', () => {
  test('a trigger opens one modal within 3 seconds of real time', async () => {
    const { web, real, deliver } = await serveSlack()
    const command = () => deliver.command({ user: 'U0REQUEST', channel: 'C0OPS', text: '' })
    const first = await command()
    await web.views.open({ trigger_id: first.triggerId, view: modal() })
    expect(await refusal(web.views.open({ trigger_id: first.triggerId, view: modal() }))).toBe('exchanged_trigger_id')
    const second = await command()
    real.advance(3001)
    expect(await refusal(web.views.open({ trigger_id: second.triggerId, view: modal() }))).toBe('expired_trigger_id')
    expect(await refusal(web.views.open({ trigger_id: '1.2.3', view: modal() }))).toBe('invalid_trigger_id')
  })

  test('a view that Slack refuses does not use the trigger up', async () => {
    const { web, deliver } = await serveSlack()
    const { triggerId } = await deliver.command({ user: 'U0REQUEST', channel: 'C0OPS', text: '' })
    expect(await refusal(web.views.open({ trigger_id: triggerId, view: modal('x'.repeat(25)) }))).toBe(
      'invalid_arguments',
    )
    expect(await web.views.open({ trigger_id: triggerId, view: modal() })).toMatchObject({ ok: true })
  })

  test('three modals lie on top of each other and no more', async () => {
    const { web, deliver } = await serveSlack()
    const trigger = async () => (await deliver.command({ user: 'U0REQUEST', channel: 'C0OPS', text: '' })).triggerId
    const { view } = await web.views.open({ trigger_id: await trigger(), view: modal() })
    const second = await web.views.push({ trigger_id: await trigger(), view: modal() })
    expect(second.view).toMatchObject({ previous_view_id: view?.id, root_view_id: view?.id })
    await web.views.push({ trigger_id: await trigger(), view: modal() })
    expect(await refusal(web.views.push({ trigger_id: await trigger(), view: modal() }))).toBe('push_limit_reached')
  })

  test('an update with an old hash is a conflict', async () => {
    const { web, deliver, workspace } = await serveSlack()
    const { triggerId } = await deliver.command({ user: 'U0REQUEST', channel: 'C0OPS', text: '' })
    const { view } = await web.views.open({ trigger_id: triggerId, view: modal() })
    const { id = '', hash = '' } = view ?? {}
    await web.views.update({ view_id: id, hash, view: modal('Changed') })
    expect(await refusal(web.views.update({ view_id: id, hash, view: modal('Late') }))).toBe('hash_conflict')
    expect(workspace.views('U0REQUEST').at(-1)?.view.title).toMatchObject({ text: 'Changed' })
    expect(await refusal(web.views.update({ view_id: 'V1', view: modal() }))).toBe('not_found')
  })

  test('a home is published for a person', async () => {
    const { web, workspace } = await serveSlack()
    await web.views.publish({ user_id: 'U0REQUEST', view: { type: 'home', blocks: [section('Home')] } })
    expect(workspace.home('U0REQUEST')).toMatchObject({ type: 'home', blocks: [{ type: 'section' }] })
  })
})

describe('people and channels', () => {
  test('users and groups are listed', async () => {
    const { web, workspace } = await serveSlack()
    workspace.putUser(aUser({ id: 'U0PARTNER', displayName: 'Partner', teamId: 'T0PARTNER' }))
    workspace.putUser(aUser({ id: 'U0GONE', displayName: 'Gone', deleted: true }))
    expect((await web.users.info({ user: 'U0PARTNER' })).user).toMatchObject({
      team_id: 'T0PARTNER',
      is_stranger: true,
    })
    expect((await web.users.info({ user: 'U0GONE' })).user).toMatchObject({ deleted: true })
    expect((await web.usergroups.users.list({ usergroup: 'S0OPS' })).users).toEqual(['U0APPROVE', 'U0SECOND'])
    expect((await web.usergroups.list({ include_users: true })).usergroups).toHaveLength(2)
    expect(await refusal(web.usergroups.users.list({ usergroup: 'S0NONE' }))).toBe('no_such_subteam')
  })

  test('an incident channel is made, filled, furnished and archived', async () => {
    const { web, workspace } = await serveSlack()
    const { channel } = await web.conversations.create({ name: 'inc-2026-11-22-orders' })
    const id = channel?.id ?? ''
    await web.conversations.invite({ channel: id, users: 'U0REQUEST,U0APPROVE' })
    await web.conversations.setTopic({ channel: id, topic: 'SEV2' })
    const { ts = '' } = await web.chat.postMessage({ channel: id, text: 'Summary' })
    await web.pins.add({ channel: id, timestamp: ts })
    await web.reactions.add({ channel: id, timestamp: ts, name: 'eyes' })
    await web.bookmarks.add({ channel_id: id, title: 'Runbook', type: 'link', link: 'https://runbook.example' })
    expect(workspace.channels.get(id)).toMatchObject({ topic: 'SEV2', pins: [ts], bookmarks: [{ title: 'Runbook' }] })
    expect((await web.conversations.members({ channel: id })).members).toHaveLength(3)
    expect(await refusal(web.conversations.create({ name: 'inc-2026-11-22-orders' }))).toBe('name_taken')
    await web.conversations.archive({ channel: id })
    expect(await refusal(web.chat.postMessage({ channel: id, text: 'a' }))).toBe('is_archived')
  })

  test('with force, the valid people are invited and the others reported', async () => {
    const { web, workspace } = await serveSlack()
    const { channel } = await web.conversations.create({ name: 'inc-2' })
    const invite = (users: string, force: boolean) =>
      web.conversations.invite({ channel: channel?.id ?? '', users, force })
    expect(await refusal(invite('U0REQUEST,U0NOBODY', false))).toBe('user_not_found')
    expect(workspace.isMember(channel?.id ?? '', 'U0REQUEST')).toBe(false)
    expect(await invite('U0REQUEST,U0NOBODY', true)).toMatchObject({
      errors: [{ user: 'U0NOBODY', ok: false, error: 'user_not_found' }],
    })
    expect(workspace.isMember(channel?.id ?? '', 'U0REQUEST')).toBe(true)
    expect(await refusal(invite('U0REQUEST', true))).toBe('already_in_channel')
    const many = Array.from({ length: 101 }, (_, at) => `U${at}`).join(',')
    expect(await refusal(invite(many, true))).toBe('invalid_arguments')
  })

  test('people are found by their e-mail addresses, if they are active', async () => {
    const { web, workspace } = await serveSlack()
    expect((await web.users.lookupByEmail({ email: 'Requester@example.com' })).user?.id).toBe('U0REQUEST')
    const user = workspace.users.get('U0REQUEST')
    if (user) workspace.putUser({ ...user, deleted: true })
    expect(await refusal(web.users.lookupByEmail({ email: 'requester@example.com' }))).toBe('users_not_found')
  })

  test('a list comes in pages', async () => {
    const { web } = await serveSlack()
    const first = await web.conversations.list({ limit: 2 })
    const cursor = first.response_metadata?.next_cursor ?? ''
    const second = await web.conversations.list({ limit: 2, cursor })
    expect([first, second].map(page => page.channels?.map(channel => channel.name))).toEqual([
      ['ops', 'approvals'],
      ['random'],
    ])
    expect(second.response_metadata?.next_cursor).toBe('')
  })
})

describe('files', () => {
  test('an upload becomes a message of the bot, and only its token reads it', async () => {
    const { web, slack, workspace } = await serveSlack()
    await web.filesUploadV2({
      channel_id: 'C0OPS',
      filename: 'orders.log',
      content: 'line one\nline two',
      title: 'Logs',
      initial_comment: 'Here',
    })
    const [message] = workspace.history('C0OPS')
    expect(message).toMatchObject({
      text: 'Here',
      files: [{ title: 'Logs', mimetype: 'text/plain', preview: 'line one\nline two' }],
    })
    const url = message?.files?.[0]?.url_private ?? ''
    expect((await fetch(url)).status).toBe(403)
    expect(await (await fetch(url, { headers: { authorization: 'Bearer xoxb-sandbox' } })).text()).toBe(
      'line one\nline two',
    )
    expect(slack.calls.map(call => call.method)).toEqual(['files.getUploadURLExternal', 'files.completeUploadExternal'])
  })

  test('an upload to a channel that the bot is not in is refused', async () => {
    const { web } = await serveSlack()
    expect(await refusal(web.filesUploadV2({ channel_id: 'C0RANDOM', filename: 'a.txt', content: 'a' }))).toBe(
      'not_in_channel',
    )
  })
})

describe('rates and faults', () => {
  test('more than a tier allows is limited until world time has passed', async () => {
    const { web, slack, clock } = await serveSlack()
    const lookUp = () => web.usergroups.users.list({ usergroup: 'S0OPS' })
    for (let count = 0; count < 20; count++) await lookUp()
    await expect(lookUp()).rejects.toMatchObject({ code: 'slack_webapi_rate_limited_error', retryAfter: 3 })
    const raw = await fetch(`${slack.origin}/api/usergroups.users.list?usergroup=S0OPS`, {
      method: 'POST',
      headers: { authorization: 'Bearer xoxb-sandbox' },
    })
    expect([raw.status, raw.headers.get('retry-after')]).toEqual([429, '3'])
    clock.advance(3000)
    expect(await lookUp()).toMatchObject({ ok: true })
  })

  test('posting is limited by channel, with a burst', async () => {
    const { web } = await serveSlack()
    for (let count = 0; count < 20; count++) await web.chat.postMessage({ channel: 'C0OPS', text: 'a' })
    await expect(web.chat.postMessage({ channel: 'C0OPS', text: 'a' })).rejects.toMatchObject({ retryAfter: 1 })
    expect(await web.chat.postMessage({ channel: 'C0APPROVALS', text: 'a' })).toMatchObject({ ok: true })
  })

  test('a fault comes as often as asked, and a lost answer leaves its effect', async () => {
    const { web, slack, workspace } = await serveSlack()
    const post = (text: string) => web.chat.postMessage({ channel: 'C0OPS', text })
    const method = 'chat.postMessage'
    slack.faults.add({ method, effect: { kind: 'error', error: 'fatal_error' }, times: 2 })
    slack.faults.add({ method, effect: { kind: 'ratelimited', retryAfter: 7 } })
    slack.faults.add({ method, effect: { kind: 'status', status: 503 } })
    slack.faults.add({ method, effect: { kind: 'drop' } })
    slack.faults.add({ method, effect: { kind: 'lose' } })
    expect(await refusal(post('one'))).toBe('fatal_error')
    expect(await refusal(post('two'))).toBe('fatal_error')
    await expect(post('three')).rejects.toMatchObject({ retryAfter: 7 })
    await expect(post('four')).rejects.toMatchObject({ code: 'slack_webapi_http_error' })
    expect(await refusal(post('five'))).toBe('slack_webapi_request_error')
    expect(await refusal(post('six'))).toBe('slack_webapi_request_error')
    await post('seven')
    expect(workspace.history('C0OPS').map(message => message.text)).toEqual(['six', 'seven'])
  })
})
