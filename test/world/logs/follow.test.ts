// /ecs logs --follow against the sandbox: through the built handlers, Live Tail and polls at the wire, from one invocation
// to the next.
import { readFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { HUB } from '../../../sandbox/sandbox.ts'
import type { Message } from '../../../sandbox/slack/types.ts'
import type { LogGroup } from '../../../sandbox/world/logs.ts'
import { aWorld, textOf, type World } from '../world.ts'

let world: World
let group: LogGroup
const MINUTE = 60_000

beforeAll(async () => {
  world = await aWorld()
  world.clock.advance(MINUTE)
})
afterAll(() => world.stop())

const tasks = (service?: string) => [...world.service(service).tasks].map(({ id }) => id)
const write = (message: string, { nth = 0, ago = 0 } = {}) =>
  world.aws.logs.append(group, `ecs/app/${tasks()[nth]}`, message, world.clock.now() - ago)

/** The bot's messages to a person, the last one last. */
const direct = (user = 'U0REQUEST'): readonly Message[] =>
  world.slack.workspace.history(world.slack.workspace.openDm(user).id).filter(({ bot_id }) => bot_id !== undefined)
const message = () => textOf(direct().at(-1))
const isOver = () => message().startsWith('Followed')

/** Time passes, and everything that is due happens on the way. */
const pass = async (ms: number): Promise<void> => {
  const end = world.clock.now() + ms
  await world.quiet()
  for (let next = world.clock.next(); next !== undefined && next <= end; next = world.clock.next()) {
    world.clock.advanceTo(next)
    await world.quiet()
  }
  world.clock.advanceTo(end)
  await world.quiet()
}

/** The last file that a person was sent. */
const filed = (user = 'U0REQUEST'): Message | undefined =>
  world.slack.workspace.messages(world.slack.workspace.openDm(user).id).findLast(({ files = [] }) => files.length > 0)
const fileText = (sent: Message | undefined): string =>
  world.slack.workspace.files.get(sent?.files?.[0]?.id ?? '')?.content.toString('utf8') ?? ''

const numbers = (text: string) => [...text.matchAll(/line (\d+)\./g)].map(([, n]) => Number(n))
const upTo = (count: number) => Array.from({ length: count }, (_, n) => n + 1)

beforeEach(() => {
  world.clock.advance(60 * MINUTE)
  world.aws.throttle.reset()
  const found = world.aws.logs.find(HUB, '/ecs/orders-api')
  if (found === undefined) throw new Error('no group')
  group = found
  group.perMinute = 0
})
afterEach(async () => {
  world.aws.faults.clear()
  world.slack.faults.clear()
  world.aws.logKnobs.othersSessions = 0
  world.aws.logKnobs.infrequent.clear()
  if (direct().at(-1)?.text.startsWith('Following')) await world.until(isOver)
})

const follow = async (more = '', where = {}) => {
  // The asker is told at once; the follow itself sleeps from second to second.
  const told = await world.type(`logs orders-api --container app --follow ${more || '2m'}`, where)
  await pass(1_000)
  return told
}

test('lines as they come, in one message to the asker, until its time is over', async () => {
  write('line 1.', { ago: 10_000 })
  expect(await follow()).toBe('Following orders-api in your direct messages with Quarterdeck.')
  for (let n = 2; n <= 6; n += 1) {
    write(`line ${n}.`, { nth: n % 4 })
    await pass(5_000)
  }
  expect(message()).toContain('Following orders-api until ')
  expect(message()).toContain('live · times are UTC')
  expect(message()).toContain('[Stop]')
  await world.until(isOver)
  expect(numbers(message())).toEqual(upTo(6))
  expect(message()).toContain('Followed orders-api for 2 min: 6 lines')
  expect(message()).not.toContain('[Stop]')
  expect(world.calls('StartLiveTail').at(-1)).toMatchObject({ sourceIdentity: 'requester@example.com', status: 200 })
  expect(world.aws.liveTails.count(HUB)).toBe(0)
  expect(direct().filter(({ text }) => text.startsWith('Follow'))).toHaveLength(1)
})

test('a group, live: no line of a session in a container reaches who may not run commands', async () => {
  const example = readFileSync('quarterdeck.yaml', 'utf8')
  const session = 'ecs-execute-command-0a1b2c3d4e5f60718'
  const writeBoth = (n: number) => {
    write(`line ${n}.`)
    world.aws.logs.append(group, session, `typed hunter${n}`, world.clock.now())
  }
  await world.publish(example.replace('who: [S0ONCALL, S0OPS]\n    role: exec', 'who: [U0APPROVE]\n    role: exec'))
  await world.type('logs prod.us-east-1:/ecs/orders-api --follow 1m')
  await pass(1_000)
  const shown: string[] = []
  for (const n of upTo(5)) {
    writeBoth(n)
    await pass(5_000)
    shown.push(message())
  }
  await world.until(isOver)
  await world.publish(example)
  expect(shown.at(-1)).toContain('live · ')
  expect(numbers(message())).toEqual(upTo(5))
  expect(message()).toContain('5 lines')
  expect(message()).toContain('Lines of sessions in containers are left out')
  for (const text of [...shown, message()]) expect(text).not.toContain('hunter')
})

const REFUSED: readonly (readonly [string, () => unknown])[] = [
  ['the account’s sessions are taken', () => Object.assign(world.aws.logKnobs, { othersSessions: 15 })],
  ['the group is not of the Standard class', () => world.aws.logKnobs.infrequent.add('/ecs/orders-api')],
  [
    'the role may not',
    () =>
      world.aws.faults.add({
        match: { service: 'logs', action: 'StartLiveTail' },
        when: 'before',
        effect: { kind: 'error', code: 'AccessDeniedException', message: 'no' },
        times: 9,
      }),
  ],
]

test.each(REFUSED)('where Live Tail cannot be had it is polled, at most once a second: %s', async (_, make) => {
  make()
  const before = world.calls('FilterLogEvents').length
  const startedAt = world.clock.now()
  await follow('1m')
  for (const n of upTo(5)) {
    write(`line ${n}.`)
    await pass(3_000)
  }
  expect(message()).toContain('polled every few seconds')
  await world.until(isOver)
  expect(numbers(message())).toEqual(upTo(5))
  const seconds = (world.clock.now() - startedAt) / 1_000
  expect(world.calls('FilterLogEvents').length - before).toBeLessThanOrEqual(seconds + 3)
})

test('our own sessions are leased: beyond fifteen AWS is not even asked', async () => {
  const until = new Date(world.clock.now() + 10 * MINUTE).toISOString()
  const others = Object.fromEntries(Array.from({ length: 15 }, (_, n) => [`other-${n}`, until]))
  const store = world.store()
  const key = { pk: 'livetails', sk: `${HUB.account}/${HUB.region}` }
  const item = await store.get(key)
  await (item === undefined ? store.create(key, others) : store.replace(key, others, item.version))
  const before = world.calls('StartLiveTail').length
  await follow('1m')
  await world.until(isOver)
  expect(world.calls('StartLiveTail')).toHaveLength(before)
  // Leases of whoever died are over by themselves.
  world.clock.advance(10 * MINUTE)
  await follow('1m')
  await world.until(isOver)
  expect(world.calls('StartLiveTail')).toHaveLength(before + 1)
})

test('Live Tail samples a flood, and that is said; the file has all of it', async () => {
  await follow('1m')
  for (let n = 1; n <= 2_000; n += 1) write(`line ${n}.`)
  await pass(2_000)
  expect(message()).toContain('Live Tail is limited to 500 lines/s')
  await world.until(isOver)
  const sent = filed()
  expect(sent?.files?.[0]?.name).toBe('orders-api.log')
  expect(numbers(fileText(sent))).toEqual(upTo(2_000))
  expect(sent?.files?.[0]?.title).toBe('2,000 lines, secrets hidden')
  expect(sent?.thread_ts).toBe(direct().at(-1)?.ts)
})

test('a flood is polled page by page: all of it is counted, none twice', async () => {
  world.aws.logKnobs.othersSessions = 15
  await follow('1m')
  for (let n = 1; n <= 25_000; n += 1) write(`line ${n}.`, { nth: n % 4, ago: 25_000 - n })
  await pass(10_000)
  await world.until(isOver)
  expect(message()).toContain(': 25,000 lines')
  expect(numbers(message()).at(-1)).toBe(25_000)
  expect(numbers(fileText(filed()))).toEqual(upTo(25_000))
})

test('the connection of Live Tail breaks', async () => {
  await follow('2m')
  for (const n of upTo(8)) {
    write(`line ${n}.`)
    if (n === 4) world.aws.liveTails.cut()
    await pass(5_000)
  }
  await world.until(isOver)
  expect(numbers(message())).toEqual(upTo(8))
})

test('tasks that start meanwhile are followed, too', async () => {
  const service = world.service('web/checkout')
  group = world.aws.logs.find(HUB, '/ecs/checkout') ?? group
  group.perMinute = 0
  await world.type('logs prod.us-east-1/web/checkout --follow 8m')
  service.desired += 1
  world.fleet.touch(service)
  const known = new Set([...service.tasks].map(({ id }) => id))
  await world.until(() => [...service.tasks].some(({ id, lastStatus }) => !known.has(id) && lastStatus === 'RUNNING'))
  await pass(31_000)
  const fresh = [...service.tasks].find(({ id }) => !known.has(id))
  world.aws.logs.append(group, `ecs/app/${fresh?.id}`, 'line 1.', world.clock.now())
  await pass(5_000)
  expect(numbers(message())).toEqual([1])
  await world.until(isOver)
})

describe('--share', () => {
  test('of what was written: the lines to the channel, and the whole of it as a file below them', async () => {
    write('hello')
    const before = world.cards().length
    expect(await world.type('logs orders-api --share --file')).toBe('')
    const [card] = world.cards().slice(before)
    expect(textOf(card)).toContain('hello')
    expect(textOf(card)).toContain('Shared by requester')
    const [below] = world.replies().filter(({ thread_ts }) => thread_ts === card?.ts)
    const sent = world.slack.workspace.files.get(below?.files?.[0]?.id ?? '')?.content.toString('utf8')
    expect(sent).toContain('hello')
  })

  test('goes to the channel, where everyone who may see the service can stop it', async () => {
    expect(await follow('2m --share')).toBe('Following orders-api here.')
    expect(world.card()).toContain('Following orders-api')
    const card = world.cards().at(-1)
    const stop = (user: string) =>
      world.slack.deliver.click({ user, channel: 'C0OPS', ts: card?.ts ?? '', actionId: 'decide:stop' })
    await stop('U0OUTSIDE')
    await world.quiet()
    expect(world.told('U0OUTSIDE')).toContain('is not in Quarterdeck’s configuration')
    await stop('U0APPROVE')
    await pass(1_000)
    expect(world.card()).toContain('stopped by approver')
  })

  test('not where people of other companies read along', async () => {
    const channel = world.slack.workspace.channels.get('C0OPS')
    if (channel === undefined) throw new Error('no channel')
    world.slack.workspace.channels.set('C0OPS', { ...channel, shared: true })
    expect(await follow('2m --share')).toContain('People of other companies are members of this channel.')
    world.slack.workspace.channels.set('C0OPS', channel)
  })
})

test.each([
  ['logs orders-api --follow 2h', 'A follow lasts at most 1 hour.'],
  ['logs orders-api --follow 5m --previous', '--follow shows new lines.'],
  ["logs orders-api --follow 5m --filter '{ $.a'", 'CloudWatch rejected the filter { $.a'],
  ['logs /ecs/nothing --follow 5m', 'There is no log group /ecs/nothing'],
])('%s', async (line, words) => {
  const before = direct().length
  expect(await world.type(line)).toContain(words)
  expect(direct()).toHaveLength(before)
})

test('throttled for a while: it says so, waits longer each time, and loses nothing', async () => {
  world.aws.logKnobs.othersSessions = 15
  await follow('2m')
  write('line 1.')
  await pass(5_000)
  world.aws.faults.add({
    match: { service: 'logs', action: 'FilterLogEvents' },
    when: 'before',
    effect: { kind: 'throttle' },
    times: 12,
  })
  write('line 2.')
  await pass(12_000)
  expect(message()).toMatch(/AWS is throttling this account .*Retrying in \d+ s; no line is lost\./)
  write('line 3.')
  await world.until(isOver)
  expect(numbers(message())).toEqual(upTo(3))
  expect(message()).not.toContain('throttling')
})

test('the group is deleted meanwhile', async () => {
  const doomed = world.aws.logs.create(HUB, '/ecs/doomed')
  world.aws.logKnobs.othersSessions = 15
  await world.type('logs prod.us-east-1:/ecs/doomed --follow 5m')
  world.aws.logs.remove(HUB, doomed.name)
  await world.until(isOver)
  expect(message()).toContain('ended early: the log group no longer exists')
})

test('its message is deleted: nothing goes on', async () => {
  await follow('5m')
  const { channel, ts } = direct().at(-1) ?? { channel: '', ts: '' }
  world.slack.workspace.remove(channel, ts)
  write('line 1.')
  await pass(10_000)
  const before = world.calls('GetItem').length
  await pass(10_000)
  expect(world.calls('GetItem').length).toBe(before)
})

test('a line whose host’s clock is minutes behind is shown all the same', async () => {
  world.aws.logKnobs.othersSessions = 15
  await follow('2m')
  write('line 1.')
  await pass(20_000)
  write('line 2.', { ago: 90_000 - 20_000 })
  await world.until(isOver)
  expect(numbers(message()).toSorted()).toEqual(upTo(2))
})

test('secrets are hidden in the message, in the store and in the file', async () => {
  await follow('1m')
  for (let n = 1; n <= 150; n += 1) write(`line ${n}. password=tr0ub4dor${n}`)
  await pass(10_000)
  expect(message()).toContain('password=‹hidden›')
  await world.until(isOver)
  const told = [...direct().map(textOf), fileText(filed())].join('\n')
  expect(told).toContain('line 1. password=‹hidden›')
  expect(told).not.toContain('tr0ub4dor')
  expect(JSON.stringify(world.calls('PutItem').map(({ input }) => input))).not.toContain('tr0ub4dor')
})

describe.each([
  ['live', 0],
  ['polled', 15],
])('a secret that is cut between looks is in none of them: %s', (_, othersSessions) => {
  /** `pauses`: milliseconds after each piece of the same write. */
  const cut = async (pieces: readonly string[], pauses: readonly number[]) => {
    world.aws.logKnobs.othersSessions = othersSessions
    await follow('1m')
    await pass(5_000)
    const at = world.clock.now()
    for (const [n, piece] of pieces.entries()) {
      world.aws.logs.append(group, `ecs/app/${tasks()[0]}`, piece, at)
      await pass(pauses[n] ?? 0)
    }
    await pass(20_000)
    return [...world.slack.calls, ...world.calls('PutItem')].map(call => JSON.stringify(call)).join('\n')
  }

  test.each([
    ['in two looks', [1_000, 0]],
    ['in three', [1_000, 1_000]],
    ['with the seconds between them in which agents send', [5_500, 5_500]],
  ])('%s', async (_, pauses) => {
    const told = await cut(['using key AKIAABCD', 'EFGHIJ', 'KLMNOP for S3'], pauses)
    expect(message()).toContain('using key ‹hidden›')
    expect(message()).toContain('‹hidden› for S3')
    for (const piece of ['AKIAABCD', 'EFGHIJ', 'KLMNOP']) expect(told).not.toContain(piece)
    await world.until(isOver)
    expect(message()).toContain(': 3 lines')
  })

  test('and what of it comes much later', async () => {
    const told = await cut(['PASSWORD=tr0ub4', 'dor3xQ', 'Zm9vYmFy is set'], [12_000, 12_000])
    expect(message()).toContain('PASSWORD=‹hidden›')
    expect(message()).toContain('‹hidden› is set')
    for (const piece of ['tr0ub4', 'dor3xQ', 'Zm9vYmFy']) expect(told).not.toContain(piece)
  })
})

test('what is held back is not lost in a flood of other streams', async () => {
  world.aws.logKnobs.othersSessions = 15
  await follow('1m')
  await pass(5_000)
  write('line 1.', { nth: 1 })
  for (let n = 2; n <= 4_001; n += 1) {
    if (n % 1_000 === 0) world.clock.advance(1)
    write(`line ${n}.`)
  }
  await pass(5_000)
  await world.until(isOver)
  expect(message()).toContain(': 4,001 lines')
})

test('a busy follow edits its message every few seconds, within the updates of the minute', async () => {
  await follow('2m')
  for (const n of upTo(100)) {
    write(`line ${n}.`)
    await pass(1_000)
  }
  await world.until(isOver)
  const updates = world.slack.calls.filter(({ method }) => method === 'chat.update').map(({ at }) => at)
  const last = updates.filter(at => at > world.clock.now() - 150_000)
  expect(last.length).toBeLessThanOrEqual(60)
  expect(numbers(message()).at(-1)).toBe(100)
})

test('many lines are drawn as text, each minute with its errors', async () => {
  await follow('4m')
  for (const minute of [0, 1]) {
    for (const n of upTo(40)) write(n === 1 ? 'ERROR no' : `line ${n} of ${minute}`)
    await pass(MINUTE)
  }
  expect(message()).toContain('Entries each minute, errors as ▒')
  expect(message()).toMatch(/(\d\d:\d\d █{23}▒ 40, 1 error\n?){2}/)
  await world.until(isOver)
  expect(message()).toContain('Entries each minute')
})

test('Stop works within a second, and says who did', async () => {
  await follow('10m')
  write('line 1.')
  const pressed = direct().at(-1)
  await world.slack.deliver.click({
    user: 'U0REQUEST',
    channel: pressed?.channel ?? '',
    ts: pressed?.ts ?? '',
    actionId: 'decide:stop',
  })
  await pass(1_000)
  expect(message()).toMatch(/^Followed orders-api for \d s; stopped by requester: 1 line/)
})

describe('from one holder to the next no line is lost, and none comes twice', () => {
  const flow = async (minutes: number, disturb: (n: number) => void): Promise<void> => {
    for (let n = 1; n <= minutes * 12; n += 1) {
      write(`line ${n}.`, { nth: n % 4 })
      disturb(n)
      await pass(5_000)
    }
  }

  test('the invocation’s time is up', async () => {
    await follow('8m')
    await flow(7, () => {})
    await world.until(isOver)
    expect(numbers(message())).toEqual(upTo(84))
    expect(message()).toContain(': 84 lines')
    expect(message()).not.toContain('restarted after a failure')
  })

  test('the holder is killed, again and again', async () => {
    await follow('9m')
    await flow(8, n => {
      if (n === 10 || n === 50) world.functions.killAll('quarterdeck-query')
    })
    await world.until(isOver)
    expect(numbers(message())).toEqual(upTo(96))
    expect(message()).toContain(': 96 lines')
    expect(message()).toContain('The follow restarted after a failure. Lines over 5 minutes late')
    expect(numbers(fileText(filed()))).toEqual(upTo(96))
  })

  test.each([0, 15])(
    'who comes after one that died hides the rest of what that one showed (%i other sessions)',
    async n => {
      world.aws.logKnobs.othersSessions = n
      await follow('5m')
      await pass(5_000)
      const at = world.clock.now()
      const piece = (text: string) => world.aws.logs.append(group, `ecs/app/${tasks()[0]}`, text, at)
      piece('PASSWORD=tr0ub4')
      await pass(10_000)
      expect(message()).toContain('PASSWORD=‹hidden›')
      world.functions.killAll('quarterdeck-query')
      piece('dor3xQ')
      await pass(130_000)
      piece('Zm9vYmFy is set')
      await pass(20_000)
      await world.until(isOver)
      expect(message()).toMatch(/‹hidden›\n.*‹hidden› is set/)
      expect(message()).toContain(': 3 lines')
      expect(message()).toContain('1 × password')
    },
  )

  test('killed as it polls, at each request', async () => {
    world.aws.logKnobs.othersSessions = 15
    await follow('9m')
    await flow(8, n => {
      if (n % 24 !== 6) return
      const call = { 6: 'FilterLogEvents', 30: 'PutItem', 54: 'PutItem', 78: 'UpdateItem' }[n]
      world.aws.faults.add({
        match: { function: 'quarterdeck-query', ...(call && { action: call }) },
        when: n === 30 ? 'before' : 'after',
        effect: { kind: 'kill' },
      })
    })
    await world.until(isOver)
    expect(numbers(message())).toEqual(upTo(96))
  })
})

test('it ends within a minute when the person who follows has left Slack', async () => {
  await follow('10m')
  const user = world.slack.workspace.users.get('U0REQUEST')
  if (user) world.slack.workspace.putUser({ ...user, deleted: true })
  await pass(90_000)
  write('line 1.')
  await pass(5_000)
  if (user) world.slack.workspace.putUser(user)
  expect(message()).toContain('is no longer active in Slack')
  expect(numbers(message())).toEqual([])
})

test('one person has at most three at once', async () => {
  for (let nth = 0; nth < 3; nth += 1) await follow('1m')
  expect(await follow('1m')).toContain('3 of your follows are running, and 3 may.')
  await pass(65_000)
  expect(await follow('1m')).toContain('Following orders-api')
})
