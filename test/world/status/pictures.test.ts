// Pictures: CPU and memory of a service, on request only: in the asker's direct messages, or shared where that is allowed.
import { inflateSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Message } from '../../../sandbox/slack/types.ts'
import { aWorld, textOf, type World } from '../world.ts'

let world: World

beforeAll(async () => {
  world = await aWorld()
  world.clock.advance(3 * 3_600_000)
})
afterAll(() => world.stop())
beforeEach(() => world.aws.throttle.reset())
afterEach(() => {
  world.aws.faults.clear()
  world.slack.faults.clear()
})

const dm = (): string => world.slack.workspace.openDm('U0REQUEST').id
const sent = (channel: string): readonly Message[] =>
  world.slack.workspace.messages(channel).filter(({ files = [] }) => files.length > 0)

test('status sends no picture unasked: a button asks for it', async () => {
  const answer = await world.type('status prod.us-east-1/web/checkout')
  expect(answer).toContain('[Show Chart]')
  expect(answer).not.toContain('The picture')
  expect(sent(dm())).toEqual([])
  await world.press('Show Chart')
  expect(world.told('U0REQUEST')).toContain('The picture is in your direct messages with Quarterdeck')
  expect(world.told('U0REQUEST')).not.toContain('[Show Chart]')
  expect(sent(dm())).toHaveLength(1)
})

test('--chart sends a picture to the asker alone, says so, and says which metrics it shows', async () => {
  const calls = world.calls('GetMetricData').length
  const answer = await world.type('status prod.us-east-1/web/checkout --chart --explain')
  expect(answer).toMatch(/• CPU \d+% now, \d+% peak; memory \d+% now, .* \(Container Insights, enhanced\)/)
  expect(answer).toContain('The picture is in your direct messages with Quarterdeck')
  expect(world.cards()).toEqual([])
  const message = sent(dm()).at(-1)
  const [file] = message?.files ?? []
  expect(file).toMatchObject({
    name: 'checkout-usage.png',
    title: 'checkout: CPU and memory of the last 3 h',
    mimetype: 'image/png',
    alt_txt: expect.stringMatching(/^checkout, prod · us-east-1 · web · last 3 h: CPU \d+% now/),
  })
  const { content } = world.slack.workspace.files.get(file?.id ?? '') ?? { content: Buffer.alloc(0) }
  expect([content.readUInt32BE(16), content.readUInt32BE(20)]).toEqual([800, expect.any(Number)])
  expect(inflateSync(content.subarray(content.indexOf('IDAT') + 4)).length).toBe(
    (800 * 3 + 1) * content.readUInt32BE(20),
  )
  expect(content.length).toBeLessThan(100_000)
  // One for CPU and memory, one for its traffic in Service Connect.
  expect(world.calls('GetMetricData').slice(calls)).toHaveLength(2)
})

test.each([
  ['enabled', 'Container Insights'],
  ['disabled', 'ECS service metrics'],
])('with Container Insights %s it says: %s', async (value, source) => {
  const { cluster } = world.service('web/checkout')
  const before = cluster.settings
  cluster.settings = [{ name: 'containerInsights', value }]
  expect(await world.type('status prod.us-east-1/web/checkout')).toContain(`last 3 h (${source})`)
  cluster.settings = before
})

test('where nothing was measured there is no picture', async () => {
  const before = sent(dm()).length
  const answer = await world.type('status log-shipper')
  expect(answer).toContain('no data in the last 3 h')
  expect(answer).not.toContain('[Show Chart]')
  expect(await world.type('status log-shipper --chart')).toContain('There is nothing to draw in a chart.')
  expect(sent(dm())).toHaveLength(before)
})

test('a picture that cannot be sent is said, after the answer', async () => {
  world.slack.faults.add({ method: 'files.completeUploadExternal', effect: { kind: 'error', error: 'internal_error' } })
  const told: string[] = []
  const end = world.slack.subscribe(change => {
    if (change.kind === 'ephemeral') told.push(textOf(change.message))
  })
  await world.type('status prod.us-east-1/web/checkout --chart')
  end()
  expect(told[0]).toMatch(/^checkout is healthy/)
  expect(told[1]).toMatch(
    /^The picture could not be sent. Request failed: uploading a file: Slack answered internal_error/,
  )
})

test('--share shows the answer to the channel, with --chart the picture below it, and who shared it', async () => {
  expect(await world.type('status prod.us-east-1/web/checkout --share')).toBe('')
  expect(world.card()).toMatch(/^checkout is healthy and steady[\s\S]*\[Show Chart\][\s\S]*Shared by requester/i)
  expect(sent('C0OPS')).toEqual([])
  expect(await world.type('status prod.us-east-1/web/checkout --share --chart')).toBe('')
  expect(world.card()).toMatch(/^checkout is healthy and steady[\s\S]*Shared by requester/i)
  const [file] = sent('C0OPS')
  expect(file?.thread_ts).toBe(world.cards().at(-1)?.ts)
})

test('not where the bot is not, other companies or guests read along; unless that channel is trusted', async () => {
  const { users, channels } = world.slack.workspace
  const share = () => {
    // An answer about readers counts for a minute.
    world.clock.advance(61_000)
    return world.type('tasks prod.us-east-1/web/checkout --share')
  }
  expect(await world.type('tasks prod.us-east-1/web/checkout --share', { channel: 'C0RANDOM' })).toContain(
    'Quarterdeck is not in this channel',
  )
  const ops = channels.get('C0OPS')
  const outsider = users.get('U0OUTSIDE')
  if (ops === undefined || outsider === undefined) throw new Error('no channel')
  channels.set('C0OPS', { ...ops, shared: true })
  expect(await share()).toContain('People of other companies are members of this channel.')
  channels.set('C0OPS', ops)
  users.set('U0OUTSIDE', { ...outsider, isGuest: true })
  expect(await share()).toContain('Guests are members of this channel.')
  users.set('U0OUTSIDE', outsider)
  const crowd = Array.from({ length: 80 }, () => 'U0SECOND')
  channels.set('C0OPS', { ...ops, members: [...ops.members, ...crowd] })
  expect(await share()).toContain('too many members to check for guests')
  channels.set('C0OPS', ops)
  expect(await share()).toBe('')
})

test('whoever may not read it cannot share it', async () => {
  expect(await world.type('status orders-api --share', { user: 'U0OUTSIDE' })).toMatch(/not|may/)
  expect(world.card()).not.toContain('orders-api')
})
