// /ecs logs against the sandbox's CloudWatch Logs.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { LogGroup } from '../../sandbox/world/logs.ts'
import { printWord } from '../../src/kit/language/tokenise.ts'
import { aStory, HUB, type StoryWorld } from './story-world.ts'

let world: StoryWorld
let group: LogGroup

beforeAll(async () => {
  world = await aStory()
  world.clock.advance(60_000)
})
afterAll(() => world.stop())

const groupOf = (name: string): LogGroup => {
  const found = world.aws.logs.find(HUB, name)
  if (found === undefined) throw new Error(`no group ${name}`)
  return found
}

const tasks = (service?: string) => [...world.service(service).tasks].map(({ id }) => id)

/** Said by the app of the nth task of orders-api, so many milliseconds ago. */
const write = (message: string, { nth = 0, ago = 1_000, container = 'app' } = {}) =>
  world.aws.logs.append(group, `ecs/${container}/${tasks()[nth]}`, message, world.clock.now() - ago)

const filters = () => world.calls('FilterLogEvents').slice(before)
let before = 0
const lineOf = (answer: string, part: string): string => answer.split('\n').find(line => line.includes(part)) ?? ''

// In each test the service is silent but for what the test writes, and what others wrote is out of sight.
beforeEach(() => {
  world.clock.advance(60 * 60_000)
  world.aws.throttle.reset()
  group = groupOf('/ecs/orders-api')
  group.perMinute = 0
  before = world.calls('FilterLogEvents').length
})
afterEach(() => {
  world.aws.faults.clear()
  world.aws.logKnobs.emptyPages = 0
})

test('the lines of every task and container, in the order of time, in one call of CloudWatch Logs', async () => {
  write('INFO  third', { nth: 0, ago: 1_000 })
  write('WARN  first', { nth: 1, ago: 3_000 })
  write('second', { nth: 2, ago: 2_000, container: 'envoy' })
  const [one = '', two = '', three = ''] = tasks().map(id => id.slice(0, 6))
  const answer = await world.type('logs orders-api')
  expect(answer.split('\n')).toEqual([
    'orders-api: 3 lines of the last 15m: 1 warning, 1 info',
    'prod 1111-2222-3333 · us-east-1 · web',
    expect.stringMatching(`^\\d\\d:\\d\\d:\\d\\d\\.\\d{3} WARN  app/${two} first$`),
    expect.stringMatching(`^[\\d:.]+ +envoy/${three} second$`),
    expect.stringMatching(`^[\\d:.]+ INFO  app/${one} third$`),
    '/ecs/orders-api · 8 streams of 4 tasks · times are UTC',
  ])
  expect(filters()).toHaveLength(1)
  expect(filters()[0]?.input).toMatchObject({ startFromHead: false, logStreamNames: expect.any(Array) })
})

test('what a seeded service writes reads like logs', async () => {
  group.perMinute = 6
  const answer = await world.type('logs orders-api --lines 5')
  expect(answer).toMatch(/^orders-api: \d+ lines of the last 15m: /)
  expect(answer).toContain('Common fields: service=orders-api')
  expect(answer).toMatch(/older lines are counted but not shown/)
})

test('repeats are counted, traces are whole, JSON is level, message and what differs', async () => {
  write('ready', { ago: 9_000 })
  write('ready', { ago: 8_000, nth: 1 })
  write('{"level":"info","msg":"took","ms":7,"app":"orders"}', { ago: 7_000 })
  write('{"level":50,"msg":"failed","ms":9,"app":"orders","err":{"stack":"Error: no\\n    at a.js:1"}}', { ago: 6_000 })
  for (const line of ['TypeError: x is undefined', '    at b.js:2', '    at c.js:3']) write(line, { ago: 5_000 })
  write('between', { ago: 5_000, nth: 1 })
  const answer = await world.type('logs orders-api')
  expect(lineOf(answer, 'ready')).toMatch(/ready {2}\(×2 from 2 streams\)$/)
  expect(lineOf(answer, 'took')).toMatch(/INFO {2}app\/\w{6} took {2}ms=7$/)
  expect(answer).toMatch(/ERROR app\/\w{6} failed {2}ms=9\n {4}Error: no\n {8}at a\.js:1\n/)
  expect(answer).toMatch(/TypeError: x is undefined\n {8}at b\.js:2\n {8}at c\.js:3\n/)
  expect(answer).toContain('Common fields: app=orders')
  expect(answer).toContain('2 errors')
})

test('secrets are hidden and counted, over lines and in JSON', async () => {
  write('connecting to postgres://u:tr0ub4dor@db/orders', { ago: 9_000 })
  write('{"level":"info","msg":"calling","headers":{"authorization":"Bearer abcdef0123456789"}}', { ago: 8_000 })
  for (const line of ['-----BEGIN PRIVATE KEY-----', 'Q'.repeat(64), '-----END PRIVATE KEY-----'])
    write(line, { ago: 7_000 })
  write('{"msg":"\\u0041KIAABCDEFGHIJKLMNOP"}', { ago: 6_000 })
  const answer = await world.type('logs orders-api')
  for (const secret of ['tr0ub4dor', 'abcdef0123456789', 'QQQQ', 'AKIAABCDEF']) expect(answer).not.toContain(secret)
  expect(answer).toContain('postgres://u:‹hidden›@db/orders')
  expect(answer).toMatch(/Hidden as possible secrets: .*1 × private key/)
})

test('what the configuration says is hidden, too', async () => {
  write('refund for CUST-12345')
  const answer = await world.type('logs orders-api')
  expect(answer).toContain('refund for ‹hidden›')
  expect(answer).toContain('1 × own pattern')
})

test('colours, fences, markup and mentions stay text', async () => {
  write('\u001b[31m```@channel <!here> *bold* <https://x|y>\u001b[0m\u0007')
  expect(await world.type('logs orders-api')).toContain('```@channel <!here> *bold* <https://x|y>\n')
})

test('a line of 1 MB is cut, and 200 long ones leave out the oldest', async () => {
  write(`x${'y'.repeat(1_000_000)}`)
  expect((await world.type('logs orders-api')).length).toBeLessThan(1_200)
  for (let n = 0; n < 200; n += 1) write(`${n} ${'"'.repeat(500)}`, { ago: 900 - n })
  const answer = await world.type('logs orders-api --lines 200')
  expect(answer.length).toBeLessThan(12_000)
  expect(answer).toContain(' 199 """')
  expect(answer).toMatch(/1\d\d older lines are counted but not shown/)
})

test('many lines are drawn, each minute or few, with errors apart', async () => {
  for (let n = 0; n < 120; n += 1)
    write(n % 20 === 0 ? 'ERROR no' : `fine ${n}`, { ago: n < 100 ? 60_001 + n : 240_001 + n })
  const answer = await world.type('logs orders-api --lines 3')
  expect(answer).toContain('Entries each minute, errors as ▒')
  expect(answer).toMatch(/\d\d:\d\d █+▒ 20, 1 error\n\d\d:\d\d {2}0\n/)
  expect(answer).toMatch(/\d\d:\d\d █{22,23}▒{1,2} 100, 5 errors/)
  expect(await world.type('logs orders-api --since 3m --filter fine --container envoy')).not.toContain('▒')
})

/** So many that they are drawn: in the picture of what is asked next. */
const writeMany = () => {
  for (let n = 0; n < 400; n += 1)
    write(n % 20 === 0 ? 'ERROR no' : `fine ${n}`, { ago: n < 300 ? 60_001 + n : 240_001 + n })
}
const chart = {
  name: 'orders-api-events.png',
  title: 'orders-api: entries of the last 15m',
  mimetype: 'image/png',
  alt_txt: expect.stringMatching(
    /^orders-api, prod .*: Entries each minute: \d\d:\d\d 100, 5 errors; .*\d\d:\d\d 0; .*\d\d:\d\d 300, 15 errors; times are UTC$/,
  ),
}
const withFiles = (channel: string) =>
  world.slack.workspace.messages(channel).filter(({ files = [] }) => files.length > 0)
const isPng = (id = '') => world.slack.workspace.files.get(id)?.content.subarray(1, 4).toString() === 'PNG'
const dm = () => world.slack.workspace.openDm('U0REQUEST').id

test('very many come as a picture on request, to the asker alone; it says the same in words', async () => {
  writeMany()
  const alone = withFiles(dm()).length
  expect(await world.type('logs orders-api --lines 3')).toMatch(/\[Send as File\] \[Show Chart\]$/m)
  expect(withFiles(dm())).toHaveLength(alone)
  await world.press('Show Chart')
  expect(world.told('U0REQUEST')).toContain('The picture is in your direct messages')
  const [file] = withFiles(dm()).at(-1)?.files ?? []
  expect(file).toMatchObject(chart)
  expect(isPng(file?.id)).toBe(true)
  expect(withFiles('C0OPS')).toEqual([])
})

test('--share shows the lines to the channel, and with --chart their picture below them', async () => {
  const alone = withFiles(dm()).length
  writeMany()
  expect(await world.type('logs orders-api --lines 3 --share --chart')).toBe('')
  expect(world.card()).toMatch(/^orders-api: 400 lines of the last 15m[\s\S]*Shared by requester/i)
  const [sent] = withFiles('C0OPS').slice(-1)
  expect(sent?.thread_ts).toBe(world.cards().at(-1)?.ts)
  expect(sent?.files?.[0]).toMatchObject(chart)
  expect(isPng(sent?.files?.[0]?.id)).toBe(true)
  expect(withFiles(dm())).toHaveLength(alone)
})

test('--share shows nothing where the configuration does not allow it, and reads nothing for it', async () => {
  const { channels } = world.slack.workspace
  const ops = channels.get('C0OPS')
  if (ops === undefined) throw new Error('no channel')
  const [cards, files] = [world.cards().length, withFiles('C0OPS').length]
  writeMany()
  channels.set('C0OPS', { ...ops, shared: true })
  const answer = await world.type('logs orders-api --lines 3 --share')
  channels.set('C0OPS', ops)
  expect(answer).toContain('People of other companies are members of this channel.')
  expect(answer).not.toContain('fine')
  expect(filters()).toEqual([])
  expect([world.cards().length, withFiles('C0OPS').length]).toEqual([cards, files])
})

test('what does not fit comes as a file, below a message to the asker alone', async () => {
  const cards = world.cards()
  for (let n = 0; n < 300; n += 1) write(`n${n}. password=hunter${n}00`, { ago: 300 - n })
  expect(await world.type('logs orders-api --lines 20')).toContain('[Send as File]')
  await world.press('Send as File')
  expect(world.told('U0REQUEST')).toBe('orders-api.log is in your direct messages with Quarterdeck.')
  const { workspace } = world.slack
  const [about, sent] = workspace.messages(workspace.openDm('U0REQUEST').id).slice(-2)
  expect(about?.text).toContain('orders-api: 300 lines of the last 15m')
  expect(sent?.thread_ts).toBe(about?.ts)
  const text = workspace.files.get(sent?.files?.[0]?.id ?? '')?.content.toString('utf8') ?? ''
  expect(text.split('\n')).toHaveLength(301)
  expect(text).toContain('n0. password=‹hidden›')
  expect(text).not.toContain('hunter')
  expect(world.cards()).toEqual(cards)
})

test('a file that Slack does not take is said', async () => {
  write('here')
  world.slack.faults.add({ method: 'upload', effect: { kind: 'status', status: 500 } })
  expect(await world.type('logs orders-api --file')).toContain('uploading a file: Slack answered 500')
  world.slack.faults.clear()
})

describe('which lines', () => {
  test('--filter is CloudWatch’s own, also with a phone’s quotes', async () => {
    write('{"level":"error","msg":"boom"}')
    write('{"level":"info","msg":"fine"}')
    const answer = await world.type("logs orders-api --filter '{ $.level = “error” }'")
    expect(answer).toContain('orders-api: 1 line matching { $.level = "error" } of the last 15m: 1 error')
    expect(answer).not.toContain('fine')
  })

  test.each([
    ['err:', 'err: no disk'],
    ['"timed out"', 'it timed out'],
    ['timed out', 'out of what timed'],
    ['/orders/7', 'GET /orders/7 200'],
    ['100%', 'disk 100% full'],
    ['[worker-1]', 'in [worker-1] here'],
    ['{"a":1}', 'sent {"a":1} off'],
    ['say "hi', 'they say "hi" now'],
    ['?nothing ?err:', 'err: no disk'],
    ['a=b -fine', 'a=b'],
  ])('--filter %s finds %s', async (filter, line) => {
    write(line)
    write('fine a=b')
    const answer = await world.type(`logs orders-api --filter ${printWord(filter)}`)
    expect(answer).toContain(`orders-api: 1 line matching ${filter}`)
    expect(answer).toContain(line)
  })

  test('--filter with the name of a level finds what is shown at this level', async () => {
    const lines = [
      '{"level":50,"msg":"pino"}',
      'FATAL down',
      'fail: App[0]',
      'E, [2026-11-22] ERROR -- : ruby',
      'Error: js',
    ]
    for (const line of [...lines, 'INFO  fine', '{"level":30,"msg":"fine"}']) write(line)
    for (const name of ['error', 'ERROR']) {
      const answer = await world.type(`logs orders-api --filter ${name}`)
      expect(answer).toContain(`orders-api: 5 lines matching ${name} of the last 15m: 5 errors`)
      expect(answer).not.toContain('fine')
    }
    expect(await world.type('logs orders-api --filter info')).toContain(
      ': 2 lines matching info of the last 15m: 2 info',
    )
  })

  test.each([
    ['1h30m', 'the last 90m', 80],
    ['90s', 'the last 90s', 1],
    ['1w', 'the last 7d', 24 * 60],
    ['02:00', 'since 02:00:00', 1],
  ])('--since %s reaches as far', async (since, words, minutes) => {
    world.clock.advance(0)
    write('as old', { ago: minutes * 60_000 })
    const answer = await world.type(`logs orders-api --since ${since}`)
    expect(answer).toContain('as old')
    expect(answer).toContain(words)
  })

  test('--since takes a time with its zone, and one that is past', async () => {
    const at = (ago: number) => new Date(world.clock.now() - ago * 60_000).toISOString()
    write('half an hour old', { ago: 30 * 60_000 })
    expect(await world.type(`logs orders-api --since ${at(40)}`)).toContain('half an hour old')
    expect(await world.type(`logs orders-api --since ${at(20)}`)).not.toContain('half an hour old')
    expect(await world.type(`logs orders-api --since ${at(-20)}`)).toContain('is in the future.')
    expect(await world.type('logs orders-api --since 2025-01-01')).toContain(
      'is too long ago: --since is at most 30 days.',
    )
    expect(await world.type('logs orders-api --since yesterday')).toContain('yesterday is not a duration or a time.')
  })

  test('--lines is how many entries are shown; the others are counted by their lines', async () => {
    for (let n = 0; n < 9; n += 1) write(n < 4 ? 'the same' : `line ${n}`, { ago: 9_000 - n * 100 })
    const answer = await world.type('logs orders-api --lines 3')
    expect(answer).toContain('orders-api: 9 lines of the last 15m')
    expect(answer).toContain('6 older lines are counted but not shown.')
  })

  test('--since, --container and --task', async () => {
    write('old', { ago: 20 * 60_000 })
    write('proxied', { container: 'envoy' })
    write('other', { nth: 1 })
    expect(await world.type('logs orders-api')).not.toContain('old')
    expect(await world.type('logs orders-api --since 30m')).toContain('old')
    const proxied = await world.type('logs orders-api --container envoy')
    expect(proxied).toContain('proxied')
    expect(proxied).toContain('4 streams of 4 tasks')
    const one = await world.type(`logs orders-api --task ${tasks()[1]?.slice(0, 8)}`)
    expect(one).toContain('other')
    expect(one).not.toContain('proxied')
  })

  test('a task that stopped within the time asked for still speaks', async () => {
    const [task] = world.service('web/payments-api').tasks
    if (task === undefined) throw new Error('no task')
    world.fleet.stopTask(task, 'test')
    await world.until(() => task.lastStatus === 'STOPPED')
    expect(await world.type(`logs payments-api --task ${task.id.slice(0, 8)}`)).toContain('SIGTERM received, draining')
    expect(await world.type('logs payments-api')).toContain('4 streams of 4 tasks')
  })

  test('--around, in the asker’s own zone, which is said', async () => {
    // On the clock of the second approver, in Berlin, it is an hour later.
    const at = Math.floor((world.clock.now() - 20 * 60_000) / 60_000) * 60_000
    const clock = (hours: number) => new Date(at + hours * 3_600_000).toISOString().slice(11, 16)
    const ago = world.clock.now() - at
    write('long before', { ago: ago + 6 * 60_000 })
    write('before', { ago: ago + 4 * 60_000 })
    write('after', { ago: ago - 4 * 60_000 })
    write('long after', { ago: ago - 6 * 60_000 })
    const berlin = await world.type(`logs orders-api --around ${clock(1)}`, { user: 'U0SECOND' })
    expect(berlin).toContain(`2 lines of the 5 minutes before and after ${clock(1)}:00`)
    expect(berlin).toContain('times are Europe/Berlin (UTC+1)')
    expect(lineOf(berlin, ' before')).toContain('before')
    expect(berlin).toContain(new Date(at - 4 * 60_000 + 3_600_000).toISOString().slice(11, 19))
    expect(berlin).not.toContain('long')
    expect(await world.type(`logs orders-api --around ${clock(0)}`)).toContain('2 lines of the 5 minutes')
    expect(filters()).toHaveLength(4)
  })

  test('--around shows what is nearest to it, when there is more than fits', async () => {
    for (let n = 0; n < 300; n += 1) write(`n${n}.`, { ago: 600_000 - n * 1_000 })
    const at = new Date(world.clock.now() - 400_000).toISOString().slice(0, 19)
    const answer = await world.type(`logs orders-api --around ${at} --lines 10`)
    const shown = [...answer.matchAll(/n(\d+)\./g)].map(([, n]) => Number(n))
    expect(shown).toHaveLength(10)
    expect(Math.max(...shown.map(n => Math.abs(n - 200)))).toBeLessThanOrEqual(6)
  })

  test('without Slack’s answer about the zone it is UTC', async () => {
    write('here')
    world.slack.faults.add({ method: 'users.info', effect: { kind: 'status', status: 500 } })
    expect(await world.type('logs orders-api', { user: 'U0SECOND' })).toContain('times are UTC')
    world.slack.faults.clear()
  })

  test('--previous is the task that just died, with why', async () => {
    const [task] = world.service('web/checkout').tasks
    if (task === undefined) throw new Error('no task')
    const checkout = groupOf('/ecs/checkout')
    world.aws.logs.append(checkout, `ecs/app/${task.id}`, 'its last words', world.clock.now())
    world.fleet.stopTask(task, 'by a test')
    await world.until(() => task.lastStatus === 'STOPPED')
    world.clock.advance(30 * 60_000)
    const answer = await world.type('logs prod.us-east-1/web/checkout --previous')
    expect(answer).toContain(`until task ${task.id.slice(0, 8)} stopped at `)
    expect(answer).toContain('its last words')
    expect(answer).toContain('Stopped by someone: by a test.')
    expect(await world.type('logs orders-api --previous')).toContain(
      'No task of orders-api stopped within the last hour.',
    )
  })

  test('--previous is the task that failed, not one that a scale-in stopped after it', async () => {
    const service = world.service('web/search')
    const { desired } = service
    const seen = new Set(service.tasks)
    const tasks = () => {
      for (const task of service.tasks) seen.add(task)
      return [...seen]
    }
    const stoppedBy = (code: string) => tasks().find(({ stopCode, stoppedAt }) => stopCode === code && stoppedAt)
    const [task] = tasks()
    if (task === undefined) throw new Error('no task')
    world.fleet.knobs.failService(service.arn, 'exit1')
    world.fleet.stopTask(task, 'by a test')
    await world.until(() => stoppedBy('EssentialContainerExited') !== undefined)
    const failed = tasks().findLast(({ stopCode }) => stopCode === 'EssentialContainerExited')
    world.fleet.knobs.healService(service.arn)
    service.desired = 0
    world.fleet.touch(service)
    await world.until(() => tasks().every(({ stoppedAt }) => stoppedAt !== undefined))
    const answer = await world.type('logs prod.us-east-1/web/search --previous')
    expect(stoppedBy('ServiceSchedulerInitiated')).toBeDefined()
    expect(answer).toContain(`until task ${failed?.id.slice(0, 8)} stopped at `)
    expect(answer).toContain('app exited with 1: application error.')
    expect(answer).not.toContain('no longer needed')
    service.desired = desired
    world.fleet.touch(service)
    await world.until(() => tasks().some(({ lastStatus }) => lastStatus === 'RUNNING'))
  })

  test('a task’s id is enough', async () => {
    write('one', { nth: 0 })
    write('two', { nth: 1 })
    const answer = await world.type(`logs ${tasks()[1]}`)
    expect(answer).toContain('orders-api: 1 line of the last 15m')
    expect(answer).toContain('two')
    const arn = `arn:aws:ecs:us-east-1:111122223333:task/web/${tasks()[0]}`
    expect(await world.type(`logs ${arn}`)).toContain('one')
    expect(await world.type(`logs ${'0'.repeat(32)}`)).toContain('No service or recent task is named')
  })

  test('a log group by its name, or its ARN', async () => {
    write('from one', { nth: 0 })
    write('from another', { nth: 1 })
    const [one] = tasks()
    const answer = await world.type('logs prod:/ecs/orders-api')
    expect(answer).toContain('/ecs/orders-api: 2 lines of the last 15m')
    expect(lineOf(answer, 'from one')).toContain(`…${`ecs/app/${one}`.slice(-24)} from one`)
    expect(filters().filter(({ region }) => region === 'us-east-1')[0]?.input).not.toHaveProperty('logStreamNames')
    const arn = 'arn:aws:logs:us-east-1:111122223333:log-group:/ecs/orders-api:*'
    expect(await world.type(`logs ${arn} --filter another`)).toContain('/ecs/orders-api: 1 line matching another')
    expect(await world.type('logs /ecs/nothing')).toBe('There is no log group /ecs/nothing in prod, staging.')
    expect(await world.type('logs /ecs/orders-api --task abcd')).toContain('work only for a service')
  })

  test.each([
    ['logs orders-api --around 25:00', '25:00 is not a time.'],
    ['logs orders-api --around 14:05 --since 1h', '--around already sets the time.'],
    ['logs orders-api --around 2027-01-01T00:00', 'is in the future.'],
    ['logs /ecs/a?b', 'is not a log group’s name.'],
    ['logs nowhere:/ecs/a', 'No account is named nowhere.'],
    ['logs orders-api --container nope', 'orders-api has no container nope.\n\nIt has app, envoy.'],
    ['logs orders-api --task ffff', 'recently stopped task ffff.\n\nTasks: '],
    ['logs orders-api --task x', 'x is not a task.'],
    ['logs orders-api --lines 999', '999 is not a number of lines.'],
    ["logs orders-api --filter '{ $.a = 1'", 'Close the brace'],
    ["logs orders-api --filter '[a, b]'", 'CloudWatch rejected the filter [a, b]: '],
  ])('%s', async (line, words) => {
    expect(await world.type(line)).toContain(words)
  })
})

describe('when CloudWatch Logs has nothing, or trouble', () => {
  test('nothing was written', async () => {
    expect(await world.type('logs orders-api')).toContain('orders-api: no lines in the last 15m.')
    expect(await world.type('logs orders-api --filter ERROR')).toContain('no lines matching ERROR in the last 15m.')
  })

  test('the group is not there', async () => {
    world.aws.logs.remove(HUB, '/ecs/search')
    expect(await world.type('logs prod.us-east-1/web/search')).toContain(
      'The log group /ecs/search does not exist in us-east-1.',
    )
  })

  test('a task that has only just started has no stream yet: the others are read all the same', async () => {
    write('here')
    const { streams } = group
    const stream = [...streams.values()].find(({ name }) => name === `ecs/app/${tasks()[3]}`)
    if (stream === undefined) throw new Error('no stream')
    streams.delete(stream.name)
    expect(await world.type('logs orders-api --container app')).toContain('here')
    streams.set(stream.name, stream)
    expect(filters().map(({ errorCode }) => errorCode)).toEqual(['ResourceNotFoundException', undefined])
  })

  test('empty pages that carry a token are turned', async () => {
    write('after them')
    world.aws.logKnobs.emptyPages = 3
    expect(await world.type('logs orders-api')).toContain('after them')
    expect(filters()).toHaveLength(4)
  })

  test('pages have an end', async () => {
    world.aws.logKnobs.emptyPages = 1_000
    expect(await world.type('logs orders-api')).toContain('Older lines were not read.')
    expect(filters()).toHaveLength(10)
  })

  test('clocks that differ are said: the lines carry times long before they arrived', async () => {
    write('late', { ago: 180_000 })
    write('in time', { nth: 1 })
    const answer = await world.type('logs orders-api')
    expect(answer).toContain('Lines of one stream have times at least 3m before their arrival: their hosts’ clocks are')
  })

  test('access is denied', async () => {
    world.aws.faults.add({
      match: { service: 'logs' },
      when: 'before',
      effect: { kind: 'error', code: 'AccessDeniedException', message: 'not authorized' },
    })
    expect(await world.type('logs orders-api')).toContain('reading the logs of orders-api: AWS denied it')
  })
})

describe('where logs go', () => {
  /** A new revision of the service, in which the app logs differently. */
  const logging = async (
    service: string,
    logDriver: 'awslogs' | 'awsfirelens' | 'splunk',
    options: Record<string, string>,
  ) => {
    const { deployments } = world.service(service)
    const [deployment] = deployments
    if (deployment === undefined) throw new Error('no deployment')
    const { spec } = deployment.revision
    const { input } = spec.taskDefinition
    const taskDefinition = world.fleet.registerTaskDefinition(
      HUB,
      {
        ...input,
        containerDefinitions: input.containerDefinitions?.map(container => ({
          ...container,
          logConfiguration: { logDriver, options },
        })),
      },
      'test',
    )
    world.fleet.deploy(world.service(service), { ...spec, taskDefinition })
    await world.until(() =>
      world.service(service).deployments.every(({ rolloutState }) => rolloutState === 'COMPLETED'),
    )
    world.clock.advance(3_600_000)
  }

  test('another group in another region', async () => {
    await logging('jobs/notifications', 'awslogs', {
      'awslogs-group': '/central/notifications',
      'awslogs-region': 'eu-west-1',
      'awslogs-stream-prefix': 'n',
    })
    const answer = await world.type('logs notifications --lines 3')
    expect(answer).toContain('/central/notifications in eu-west-1 · 8 streams of 8 tasks')
    expect(filters()[0]).toMatchObject({ region: 'eu-west-1' })
  })

  test('in the middle of a deployment each task is read where its own revision writes', async () => {
    await logging('jobs/notifications', 'awslogs', { 'awslogs-group': '/n2', 'awslogs-stream-prefix': 'n' })
    expect(await world.type('logs notifications --lines 3')).toContain('/n2 · 8 streams of 8 tasks')
  })

  test('FireLens with CloudWatch behind it', async () => {
    await logging('jobs/notifications', 'awsfirelens', {
      Name: 'cloudwatch_logs',
      log_group_name: '/fire',
      log_stream_prefix: 'from-',
      region: 'us-east-1',
    })
    const fire = world.aws.logs.create(HUB, '/fire')
    for (const id of tasks('jobs/notifications'))
      world.aws.logs.append(fire, `from-app-firelens-${id}`, `hello from ${id.slice(0, 4)}`, world.clock.now() - 5)
    const answer = await world.type('logs notifications')
    expect(answer).toContain('notifications: 8 lines of the last 15m')
    expect(answer).toContain('/fire · 8 streams of 8 tasks')
  })

  test('Service Connect’s proxy, which no task definition has', async () => {
    const service = world.service('jobs/orders-worker')
    const [deployment] = service.deployments
    if (deployment === undefined) throw new Error('no deployment')
    const options = { 'awslogs-group': '/ecs/proxies', 'awslogs-region': 'us-east-1', 'awslogs-stream-prefix': 'sc' }
    const serviceConnect = { enabled: true, logConfiguration: { logDriver: 'awslogs' as const, options } }
    world.fleet.deploy(service, { ...deployment.revision.spec, serviceConnect })
    await world.until(() => service.deployments.every(({ rolloutState }) => rolloutState === 'COMPLETED'))
    world.clock.advance(3_600_000)
    const proxies = world.aws.logs.create(HUB, '/ecs/proxies')
    const [task] = service.tasks
    const name = `ecs-service-connect-${task?.id.slice(0, 6)}`
    world.aws.logs.append(proxies, `sc/${name}/${task?.id}`, 'upstream reset', world.clock.now() - 5)
    const answer = await world.type('logs orders-worker --container ecs-service-connect')
    expect(answer).toContain('orders-worker: 1 line of the last 15m')
    expect(answer).toContain('upstream reset')
    expect(answer).toContain('/ecs/proxies')
    expect(await world.type('logs orders-worker')).toContain('/ecs/proxies')
  })

  test('not in CloudWatch Logs', async () => {
    await logging('jobs/notifications', 'splunk', {
      'splunk-url': 'https://splunk.example:8088',
      'splunk-token': 'abc',
    })
    const answer = await world.type('logs notifications')
    expect(answer).toBe(
      'The logs of notifications are not in CloudWatch Logs. app writes to splunk: https://splunk.example:8088.',
    )
  })

  test('no task runs', async () => {
    const service = world.service('web/reports')
    service.desired = 0
    world.fleet.touch(service)
    await world.until(() => service.tasks.size === 0)
    world.clock.advance(2 * 3_600_000)
    expect(await world.type('logs prod.us-east-1/web/reports')).toContain(
      'reports has no running task, and none stopped within the last 15m.',
    )
  })
})
