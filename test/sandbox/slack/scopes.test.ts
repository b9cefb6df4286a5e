// The sandbox checks the scopes of the bot token, by method and kind of conversation; manifest.yml asks for what is needed, and no
// more.
import { describe, expect, test } from 'vitest'
import { readManifest } from '../../../sandbox/slack/scopes.ts'
import { BOT } from '../../../sandbox/slack/seed.ts'
import { serveSlack } from './serve.ts'

const { scopes } = readManifest()

/** A Slack whose token lacks one scope. */
const without = (scope: string) => serveSlack(undefined, { scopes: scopes.filter(one => one !== scope) })

type Web = Awaited<ReturnType<typeof serveSlack>>['web']
type Slack = Awaited<ReturnType<typeof serveSlack>>['slack']

const CHANNEL = 'C0OPS'
const privateChannel = ({ workspace }: Slack): string => {
  const channel = workspace.channels.get(CHANNEL)
  if (channel === undefined) throw new Error('no channel')
  workspace.putChannel({ ...channel, id: 'G0OPS', name: 'secret', kind: 'private', members: [BOT.userId] })
  return 'G0OPS'
}
const dm = ({ workspace }: Slack): string => workspace.openDm('U0REQUEST').id

/** For each scope that a method needs: a call of the bot that needs it. */
const CALLS: Readonly<Record<string, (web: Web, slack: Slack) => Promise<unknown>>> = {
  'chat:write': web => web.chat.postMessage({ channel: CHANNEL, text: 'x' }),
  'files:write': web => web.files.getUploadURLExternal({ filename: 'a.txt', length: 1 }),
  'usergroups:read': web => web.usergroups.users.list({ usergroup: 'S0ONCALL' }),
  'users:read': web => web.users.info({ user: 'U0REQUEST' }),
  'channels:read': web => web.conversations.info({ channel: CHANNEL }),
  'channels:history': web => web.conversations.history({ channel: CHANNEL }),
  'groups:read': (web, slack) => web.conversations.info({ channel: privateChannel(slack) }),
  'groups:history': (web, slack) => web.conversations.history({ channel: privateChannel(slack) }),
  'im:read': (web, slack) => web.conversations.info({ channel: dm(slack) }),
  'im:history': (web, slack) => web.conversations.history({ channel: dm(slack) }),
  'im:write': web => web.conversations.open({ users: 'U0REQUEST' }),
}

/** Scopes without a call in the sandbox: of events and commands, and of group messages, which the sandbox does not have. */
const ELSEWHERE = ['app_mentions:read', 'commands', 'mpim:read', 'mpim:history']

describe.each(Object.entries(CALLS))('%s', (scope, call) => {
  test('is needed: without it Slack names it', async () => {
    const { web, slack } = await without(scope)
    await expect(call(web, slack)).rejects.toMatchObject({ data: { error: 'missing_scope', needed: scope } })
  })

  test('is enough', async () => {
    const { web, slack } = await serveSlack(undefined, { scopes })
    expect(await call(web, slack)).toMatchObject({ ok: true })
  })
})

test('the manifest asks for these scopes alone', () => {
  const others = scopes.filter(scope => !(scope in CALLS) && !ELSEWHERE.includes(scope))
  expect(others).toEqual([])
  expect([...Object.keys(CALLS), ...ELSEWHERE].filter(scope => !scopes.includes(scope))).toEqual([])
})
