// One command in every task: in waves, with one table of what became of it.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { aWorld, textOf, type World } from '../world.ts'

let world: World
beforeAll(async () => {
  world = await aWorld()
  world.aws.exec.timing = { ...world.aws.exec.timing, floor: 20, readPause: 0, startFailure: 20 }
})
afterAll(() => world.stop())
afterEach(() => {
  world.aws.faults.clear()
  // Another minute has updates of its own.
  world.clock.advance(60_000)
  expect(open()).toEqual([])
})

const open = () => world.aws.exec.sessions.list().filter(({ endedAt }) => endedAt === undefined)
const said = () => world.replies().map(textOf).filter(Boolean).at(-1) ?? ''
/** The card of the last command: other things are said in the channel, too. */
const card = () =>
  world
    .cards()
    .map(textOf)
    .findLast(text => / · R[ua]n /.test(text)) ?? ''
const outcome = async () => (await world.audit('111122223333')).findLast(({ kind }) => kind === 'outcome')

test('in every task, in waves, with one table of results', async () => {
  await world.type('exec orders-api:app --all -- test $HOSTNAME != none; echo $HOSTNAME')
  expect(card()).toContain('Run a command in 4 tasks of orders-api')
  await world.click('approve')
  expect(card()).toMatch(/✅ Done .*4 of 4 ended with status 0/s)
  expect(card()).toContain('Task | Zone | Exit status | Time (s) | First line, or cause')
  expect(card().match(/^\w{8} \| us-east-1[abc] \| 0 \| 0\.0 \| ip-10-0-0-\d+\.ec2\.internal$/gm)).toHaveLength(4)
  expect(card()).toContain('In the order of task ids')
  expect((await outcome())?.sessions).toHaveLength(4)
  expect(world.replies().slice(-4).map(textOf).join('\n')).toContain('ip-10-0-0-')
})

describe('in seven tasks', () => {
  beforeAll(async () => {
    await world.type('scale orders-api 7')
    await world.click('approve')
    await world.until(
      () =>
        world.service().scheduler.isSteady &&
        world
          .cards()
          .map(textOf)
          .some(text => text.includes('7/7')),
    )
    // The agents of new tasks take some seconds.
    world.clock.advance(10_000)
  })
  const ids = () => [...world.service().tasks].map(({ id }) => id.slice(0, 8)).toSorted()
  const rows = (text = card()) => text.split('\n').filter(line => /^\w{8} \| /.test(line))

  test('no further wave after one that failed; the table says why, and what was not begun', async () => {
    const before = world.calls('ExecuteCommand').length
    const command = "echo out; printf 'AKIAIOSFODNN7%s is wrong' EXAMPLE >&2; exit 3"
    await world.type(`exec orders-api:app --all -- ${command}`)
    expect(await world.details()).toContain('After a failure, no further five tasks start.')
    await world.click('approve')
    await world.until(() => card().includes('❌ Failed'))
    expect(card()).toContain('0 of 7 ended with status 0.')
    expect(card()).toContain('Not started (another task failed): ')
    expect(world.calls('ExecuteCommand')).toHaveLength(before + 5)
    expect(rows().map(row => row.replace(/us-east-1\w/, 'zone'))).toEqual(
      ids().map((id, at) => `${id} | zone | ${at < 5 ? '3 | 0.0 | ‹hidden› is wrong' : 'not begun | – | –'}`),
    )
    const [{ text = '' } = {}] = world.cards().slice(-1)
    expect(text).toContain('0 of 7 ended with status 0. Failed or unknown: ')
    expect(text).toContain(`${ids()[0]} (3), `)
  })

  test('with --keep-going, every wave; the table fills while they run', async () => {
    const seen: string[] = []
    const unsubscribe = world.slack.subscribe(change => {
      if (change.kind === 'message' && textOf(change.message).includes(' · Run ')) seen.push(textOf(change.message))
    })
    const before = world.calls('ExecuteCommand').length
    await world.type('exec orders-api:app --all --keep-going -- exit 3')
    expect(await world.details()).toContain('After a failure it continues with the other tasks.')
    await world.click('approve')
    await world.until(() => card().includes('❌ Failed'))
    unsubscribe()
    expect(world.calls('ExecuteCommand')).toHaveLength(before + 7)
    expect(rows().filter(row => row.includes(' | 3 | '))).toHaveLength(7)
    const states = seen.map(text => rows(text).map(row => row.split(' | ')[2]))
    expect(states.some(all => all.includes('running') && all.at(-1) === 'waiting')).toBe(true)
    expect(states.some(all => all[0] === '3' && all.at(-1) !== '3')).toBe(true)
    expect(seen.some(text => text.includes('5/7 ended'))).toBe(true)
  })

  const begun = async (command: string, flags = '') => {
    const before = world.calls('ExecuteCommand').length
    await world.type(`exec orders-api:app --all ${flags} -- ${command}`)
    const running = world.click('approve')
    await expect.poll(() => open().length).toBe(5)
    await expect.poll(said).toContain('[Stop]')
    return { running, sent: () => world.calls('ExecuteCommand').length - before }
  }

  test('Stop ends all that run, and no other begins, whoever wanted to keep going', async () => {
    const { running, sent } = await begun('sleep 600', '--keep-going')
    const ts = world.replies().at(-1)?.ts ?? ''
    await world.slack.deliver.click({ user: 'U0SECOND', channel: 'C0OPS', ts, label: 'Stop' })
    await running
    await world.until(() => card().includes('⏹ Stopped'))
    expect(sent()).toBe(5)
    expect(card()).toContain('Not started (stopped by second-approver): ')
    expect(rows().filter(row => / \| stopped \| .* \| Stopped by second-approver\.$/.test(row))).toHaveLength(5)
  })

  test('where their function is killed, each is unknown, its session is ended, and no other begins', async () => {
    const { running, sent } = await begun('sleep 600')
    world.functions.killAll('quarterdeck-operation')
    await running
    await world.until(() => card().includes('⚠️ Unknown'))
    expect(sent()).toBe(5)
    expect(open()).toEqual([])
    expect(
      rows().filter(row => / \| unknown \| – \| Quarterdeck stopped unexpectedly while the command ran\./.test(row)),
    ).toHaveLength(5)
    expect(rows().filter(row => row.includes(' | not begun | '))).toHaveLength(2)
  })

  test('where AWS’s answers are lost, each is unknown, and what may be open is one click away', async () => {
    const lost = world.aws.faults.add({
      match: { action: 'ExecuteCommand' },
      when: 'after',
      effect: { kind: 'drop' },
      times: 5,
    })
    const before = world.calls('ExecuteCommand').length
    await world.type('exec orders-api:app --all -- sleep 600')
    await world.click('approve')
    await world.until(() => card().includes('⚠️ Unknown'))
    world.aws.faults.remove(lost.id)
    expect(world.calls('ExecuteCommand')).toHaveLength(before + 5)
    expect(rows().filter(row => row.includes(' | unknown | '))).toHaveLength(5)
    expect(card().match(/\[Open Sessions\]/g)).toHaveLength(1)
    for (const session of open()) world.aws.exec.terminate(session)
  })
})

test('a table that is too much for a message is a file in the thread', async () => {
  const service = world.service()
  const { desired } = service
  service.desired = 49
  world.fleet.touch(service)
  await world.until(() => [...service.tasks].length === 49 && service.scheduler.isSteady)
  world.clock.advance(10_000)
  await world.type(`exec orders-api:app --all --keep-going -- true ${'x'.repeat(1_800)}`)
  const no = { code: 'No', message: '"'.repeat(500) }
  const effect = { kind: 'error', ...no } as const
  world.aws.faults.add({ match: { action: 'ExecuteCommand' }, when: 'before', effect, times: 49 })
  await world.click('approve')
  await world.until(() => card().includes('❌ Failed'))
  expect(card()).toContain('0 of 49 ended with status 0.')
  expect(card()).toContain('The table of results is too large for a message. It is a file in this thread.')
  expect(card()).not.toContain('Exit status')
  const { file, content = '' } = [...world.slack.workspace.files.values()].at(-1) ?? {}
  expect(file?.name).toBe('orders-api-results.txt')
  const [head, ...lines] = String(content).trimEnd().split('\n')
  expect(head).toMatch(/^Task +Zone +Exit status +Time \(s\) +First line, or cause$/)
  expect(
    lines.filter(line => /^\w{8} {2}us-east-1\w {2}failed +– +starting the session: .*"+…$/.test(line)),
  ).toHaveLength(49)
  service.desired = desired
  world.fleet.touch(service)
  await world.until(() => [...service.tasks].length === desired && service.scheduler.isSteady)
})
