// Slack refuses a call without its scope, by the type of the conversation. Each scope of the manifest is needed by something
// that the product does, and nothing that it does needs another.
import { describe, expect, test } from 'vitest'
import { readManifest } from '../../../sandbox/slack/manifest.ts'
import { aChannel, BOT, PEOPLE } from '../../../sandbox/slack/seed.ts'
import { createSlack } from '../../../src/gateways/slack/slack.ts'
import { isRecord } from '../../../src/model/json.ts'
import { serveSlack, TOKEN } from './serve.ts'

const { scopes: MANIFEST, events: EVENTS } = readManifest()
const MARK = { operation: 'op-1', what: 'card' } as const
const MESSAGE = { text: 'a', blocks: [] }
const FILE = { name: 'a.txt', title: 'a', alt: 'a', bytes: Buffer.from('a') }
const CHANNELS = { public: 'C0OPS', private: 'C0PRIVATE', im: 'D0REQUEST', mpim: 'G0SEVERAL' } as const

const serve = async (scopes: readonly string[]) => {
  const received: string[] = []
  const world = await serveSlack(
    async event => {
      const { event: inner } = JSON.parse(Buffer.from(event.body ?? '', 'base64').toString()) as { event?: object }
      received.push(isRecord(inner) ? String(inner['type']) : 'other')
      return { statusCode: 200, body: '' }
    },
    { scopes, events: EVENTS },
  )
  const members = [...PEOPLE, BOT.userId]
  world.workspace.putChannel(aChannel({ id: CHANNELS.private, name: 'private', kind: 'private', members }))
  world.workspace.putChannel(aChannel({ id: CHANNELS.mpim, name: 'mpdm-a', kind: 'mpim', members }))
  const slack = createSlack(TOKEN, { SLACK_API_URL: `${world.slack.origin}/api/` })
  return { ...world, product: slack, received }
}

type World = Awaited<ReturnType<typeof serve>>

const USER = 'U0REQUEST'
const received = async ({ received: all, slack }: World, type: string) => {
  await slack.idle()
  if (!all.includes(type)) throw new Error(`missing_scope: Slack sent no ${type}`)
}

/** What the product does with each scope. */
const USES: Readonly<Record<string, (world: World) => Promise<unknown>>> = {
  'app_mentions:read': async world => {
    await world.deliver.mention({ user: USER, channel: CHANNELS.public, text: 'help' })
    await received(world, 'app_mention')
  },
  commands: async ({ deliver }) => {
    const { status } = await deliver.command({ user: USER, channel: CHANNELS.public, text: 'help' }).catch(() => ({
      status: 200,
    }))
    if (status === undefined) throw new Error('missing_scope: no command')
  },
  'chat:write': ({ product }) => product.post(CHANNELS.public, MESSAGE),
  'channels:history': ({ product }) => product.find(CHANNELS.public, MARK),
  'channels:manage': ({ product }) => product.createChannel('inc-one', false),
  'channels:read': ({ product }) => product.audience(CHANNELS.public),
  'files:write': ({ product }) => product.upload({ channel: CHANNELS.public }, FILE),
  'groups:history': ({ product }) => product.find(CHANNELS.private, MARK),
  'groups:write': ({ product }) => product.createChannel('inc-two', true),
  'groups:read': ({ product }) => product.audience(CHANNELS.private),
  'im:history': ({ product }) => product.find(CHANNELS.im, MARK),
  'im:read': ({ product }) => product.audience(CHANNELS.im),
  'im:write': ({ product }) => product.directMessage(USER),
  'mpim:history': ({ product }) => product.find(CHANNELS.mpim, MARK),
  'mpim:read': ({ product }) => product.audience(CHANNELS.mpim),
  'pins:write': async ({ product }) => product.pin(await product.post(CHANNELS.public, MESSAGE)),
  'usergroups:read': ({ product }) => product.members('S0OPS'),
  'users:read': ({ product }) => product.isActive(USER),
  'users:read.email': ({ product }) => product.userByEmail('nobody@example.com'),
}

test('the manifest has exactly the scopes that the product uses', () => {
  expect(MANIFEST.toSorted()).toEqual(Object.keys(USES).toSorted())
})

describe.each(Object.entries(USES))('%s', (scope, use) => {
  test('with the manifest works', async () => {
    await use(await serve(MANIFEST))
  })

  test('is needed: without it Slack refuses, and names it', async () => {
    const world = await serve(MANIFEST.filter(one => one !== scope))
    const error = await use(world).then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    expect(String(error)).toContain('missing_scope')
    const refused = world.slack.calls.map(({ answer }) => answer).filter(answer => answer['error'] === 'missing_scope')
    for (const answer of refused) expect(answer).toMatchObject({ needed: scope, provided: expect.any(String) })
    if (refused.length > 0) expect(String(error)).toContain(`the app needs the scope ${scope}`)
  })
})

test.each([
  ['im:history', 'message', (world: World) => world.deliver.post({ user: USER, channel: CHANNELS.im, text: 'help' })],
  ['channels:read', 'member_joined_channel', (world: World) => world.deliver.join('U0LATE', CHANNELS.public)],
  ['groups:read', 'member_joined_channel', (world: World) => world.deliver.join('U0LATE', CHANNELS.private)],
])('without %s Slack sends no %s', async (scope, type, act) => {
  const withAll = await serve(MANIFEST)
  await act(withAll)
  await received(withAll, type)
  const without = await serve(MANIFEST.filter(one => one !== scope))
  await act(without)
  await without.slack.idle()
  expect(without.received).toEqual([])
})

test('a scope that only other methods need is told by Slack', async () => {
  const { web } = await serve(MANIFEST)
  await expect(
    web.bookmarks.add({ channel_id: 'C0OPS', title: 'a', type: 'link', link: 'https://a.example' }),
  ).rejects.toMatchObject({
    data: { error: 'missing_scope', needed: 'bookmarks:write', provided: MANIFEST.join(',') },
  })
})
