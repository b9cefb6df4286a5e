// Reminders of approvals that nobody has decided, and the sweeping that comes with them.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { HUB } from '../../../sandbox/sandbox.ts'
import { ENDED } from '../ends.ts'
import { STRIDE } from '../points.ts'
import { aWorld, textOf, type World } from '../world.ts'

const START = '2026-11-22T03:00:00Z'
const MINUTE = 60_000

let world: World
beforeEach(async () => {
  world = await aWorld({ start: Date.parse(START) })
})
afterEach(() => world.stop())

/** Runs everything that is due until `minutes` after the start. */
const goTo = async (minutes: number): Promise<void> => {
  const end = Date.parse(START) + minutes * MINUTE
  for (;;) {
    await world.quiet()
    const next = world.clock.next()
    if (next === undefined || next > end) break
    world.clock.advanceTo(next)
  }
  world.clock.advanceTo(end)
  await world.quiet()
}

/** Minutes after the start at which each reminder was posted. */
const remindedAt = (channel?: string) =>
  world.replies(channel).map(({ ts }) => Math.round((Number(ts) * 1_000 - Date.parse(START)) / MINUTE))
const dueOf = ({ ScheduleExpression = '' }) => Date.parse(`${ScheduleExpression.slice(3, -1)}Z`)
const reminders = () => world.aws.scheduler.list().map(({ name }) => name)
const printed = () => world.functions.logs.map(({ line }) => line).filter(line => line.includes('"level":"error"'))
const isOver = () => ENDED.test(world.card())

describe('a pending approval', () => {
  test('is reminded of after 15 minutes, then after twice as long each time, until it expires', async () => {
    await world.type('scale orders-api 6')
    await goTo(14)
    expect(world.replies()).toEqual([])
    await goTo(9 * 60)
    expect(remindedAt()).toEqual([15, 45, 105, 225, 465])
    expect(world.cards()).toHaveLength(1)
    expect(world.card()).toContain('⌛ Expired')
    expect(reminders()).toEqual([])
    expect(printed()).toEqual([])
  })

  test('says in its thread what waits, since when, on whom, until when', async () => {
    await world.type('scale orders-api 80 --reason sale')
    await world.click('approve')
    await goTo(16)
    const [reminder] = world.replies('C0APPROVALS')
    expect(reminder?.thread_ts).toBe(world.cards('C0APPROVALS')[0]?.ts)
    expect(textOf(reminder)).toBe(
      'Still waiting: Scale orders-api 4 → 80, requested by requester 2026-11-22 03:00 UTC. Approved by approver so far. It needs 1 more approval from @S0OPS, not @requester, by 2026-11-22 05:00 UTC; otherwise nothing is changed.',
    )
    await goTo(180)
    expect(remindedAt('C0APPROVALS')).toEqual([15, 45, 105])
  })

  test('delivered twice: one message of each, and one next schedule', async () => {
    world.functions.deliversTwice = new Set(['quarterdeck-schedule'])
    await world.type('scale orders-api 6')
    await goTo(60)
    expect(remindedAt()).toEqual([15, 45])
    expect(reminders()).toHaveLength(1)
    expect(world.calls('CreateSchedule').filter(({ status }) => status === 409)).toHaveLength(2)
  })

  test.each([
    ['lost on its way back', { kind: 'lose' } as const],
    ['refused', { kind: 'status', status: 500 } as const],
  ])('a reminder that is %s is not repeated, and the next one comes', async (_, effect) => {
    await world.type('scale orders-api 6')
    world.slack.faults.add({ method: 'chat.postMessage', effect, times: 1 })
    await goTo(60)
    expect(remindedAt()).toEqual(effect.kind === 'lose' ? [15, 45] : [45])
    expect(printed()[0]).toContain('"where":"reminder"')
  })

  test('the card was deleted: nothing is said in its place, and the approval expires', async () => {
    await world.type('scale orders-api 6')
    world.slack.workspace.remove('C0OPS', world.cards()[0]?.ts ?? '')
    await goTo(60)
    expect(world.replies()).toEqual([])
    await world.until(isOver)
    expect(world.card()).toContain('⌛ Expired')
  })

  test.each([
    ['before', 'kill'],
    ['after', 'kill'],
    ['after', 'drop'],
  ] as const)(
    '%s each call of the function: %s. None is said twice, and they go on',
    { timeout: 240_000 },
    async (when, kind) => {
      await world.type('scale orders-api 6')
      await goTo(16)
      await world.click('cancel', 'U0REQUEST')
      const calls = world.aws.callLog
        .list()
        .filter(({ container = '' }) => container.startsWith('quarterdeck-schedule')).length
      expect(calls).toBeGreaterThan(4)
      await world.until(() => world.aws.scheduler.list().length === 0)
      for (let nth = 1; nth <= calls; nth += STRIDE === 1 ? 1 : 5) {
        await world.type(`scale orders-api ${6 + nth}`)
        const began = world.clock.now()
        const [before, operations] = [world.replies().length, world.durable.executions.size]
        const fault = world.aws.faults.add({ match: { function: 'quarterdeck-schedule', nth }, when, effect: { kind } })
        world.clock.advance(15 * MINUTE)
        await world.until(() => world.aws.scheduler.list().some(({ input }) => dueOf(input) > began + 20 * MINUTE))
        expect(world.aws.faults.hits(fault.id), `${nth}`).toBe(1)
        expect(world.aws.scheduler.list(), `${nth}`).toHaveLength(1)
        expect(world.replies().length - before, `${nth}`).toBeLessThanOrEqual(1)
        expect(world.durable.executions.size).toBe(operations)
        await world.click('cancel', 'U0REQUEST')
        await world.until(() => world.aws.scheduler.list().length === 0)
        world.aws.faults.remove(fault.id)
      }
    },
  )
})

test.each(['approve', 'cancel'])('after a decision (%s) nobody is reminded, and nothing is scheduled', async choice => {
  await world.type('scale orders-api 6')
  await goTo(20)
  await world.click(choice, choice === 'cancel' ? 'U0REQUEST' : 'U0APPROVE')
  await world.until(isOver)
  await goTo(9 * 60)
  expect(remindedAt()).toEqual([15])
  expect(reminders()).toEqual([])
  expect(world.calls('SendDurableExecutionCallbackSuccess')).toHaveLength(1)
})

describe('a lost wake', () => {
  const lose = (effect: { kind: 'kill' } | { kind: 'drop' }) =>
    world.aws.faults.add({
      match: { function: 'quarterdeck-decision', action: 'SendDurableExecutionCallbackSuccess' },
      when: 'before',
      effect,
      times: 99,
    })

  const wakes = () => world.calls('SendDurableExecutionCallbackSuccess')
  const isSweep = (name: string) => name.startsWith('sweep-')

  test('because the decision function dies each of three times: a sweep wakes it within minutes', async () => {
    await world.type('scale orders-api 6')
    await goTo(1)
    lose({ kind: 'kill' })
    await world.click('approve')
    expect(reminders().filter(isSweep)).toHaveLength(1)
    await goTo(5)
    expect(wakes()).toHaveLength(3)
    expect(world.card()).toMatch(/^⏳ Starting · /)
    await goTo(8)
    await world.until(isOver, 5 * MINUTE)
    expect(world.card()).toContain('✅ Done')
    expect(world.desired()).toBe(6)
    expect(world.replies()).toEqual([])
    expect(world.calls('UpdateService')).toHaveLength(1)
  })

  test.each(['reject', 'cancel'])(
    'because the decision function dies right after its write (%s): the card says it within minutes',
    async choice => {
      await world.type('scale orders-api 6')
      world.aws.faults.add({
        match: { function: 'quarterdeck-decision', action: 'PutItem' },
        when: 'after',
        effect: { kind: 'kill' },
      })
      lose({ kind: 'kill' })
      await world.click(choice, choice === 'cancel' ? 'U0REQUEST' : 'U0APPROVE')
      await goTo(7)
      expect(world.card()).toMatch(
        choice === 'cancel'
          ? /^⚪ Cancelled .*, cancelled by requester$/ms
          : /^🚫 Rejected .*, rejected by approver$/ms,
      )
      expect(reminders().filter(isSweep)).toEqual([])
    },
  )

  test('because Lambda says that nobody waits: the sweep wakes it all the same', async () => {
    await world.type('scale orders-api 6')
    const gone = { kind: 'error', code: 'ResourceNotFoundException', message: 'no', status: 404 } as const
    world.aws.faults.add({ match: { action: 'SendDurableExecutionCallbackSuccess' }, when: 'before', effect: gone })
    await world.click('approve')
    expect(world.card()).toMatch(/^⏳ Starting · /)
    await goTo(7)
    await world.until(isOver, 5 * MINUTE)
    expect(world.card()).toContain('✅ Done')
    expect(wakes()).toHaveLength(2)
  })

  test('many votes at once, each delivered twice: one sweep, which has nothing to do', async () => {
    world.functions.deliversTwice = new Set(['quarterdeck-decision'])
    await world.type('scale orders-api 80 --reason sale')
    await world.click('approve')
    expect(reminders().filter(isSweep)).toEqual([])
    const { channel = '', ts = '' } = world.cards('C0APPROVALS')[0] ?? {}
    for (const user of ['U0SECOND', 'U0APPROVE']) {
      await world.slack.deliver.click({ user, channel, ts, actionId: 'card:open' })
    }
    await world.quiet()
    const approve = (user: string) => world.slack.deliver.click({ user, actionId: 'decide:approve' })
    await Promise.all(['U0SECOND', 'U0APPROVE', 'U0SECOND'].map(approve))
    await world.quiet()
    expect(reminders().filter(isSweep)).toHaveLength(1)
    const woken = wakes().length
    await goTo(30)
    expect(reminders().filter(isSweep)).toEqual([])
    expect(wakes()).toHaveLength(woken)
  })

  test('a sweep whose vote was never written looks once more, and no longer', async () => {
    await world.type('scale orders-api 6')
    world.aws.faults.add({
      match: { function: 'quarterdeck-decision', action: 'PutItem' },
      when: 'before',
      effect: { kind: 'kill' },
      times: 3,
    })
    await world.click('approve')
    await goTo(6)
    expect(reminders().filter(isSweep)).toHaveLength(1)
    await goTo(12)
    expect(reminders().filter(isSweep)).toEqual([])
    expect(world.card()).toContain('[Approve]')
  })

  test('because waking fails each time: a sweep wakes it within minutes', async () => {
    await world.type('scale orders-api 6')
    await goTo(1)
    lose({ kind: 'drop' })
    await world.click('approve')
    await goTo(5)
    await world.until(isOver, 10 * MINUTE)
    expect(world.card()).toContain('✅ Done')
    expect(world.replies()).toEqual([])
    expect(world.calls('UpdateService')).toHaveLength(1)
  })

  test('even when it is woken twice, it runs once', async () => {
    world.functions.deliversTwice = new Set(['quarterdeck-schedule'])
    await world.type('scale orders-api 6')
    lose({ kind: 'drop' })
    await world.click('approve')
    await goTo(60)
    expect(world.card()).toContain('✅ Done')
    expect(world.calls('UpdateService')).toHaveLength(1)
    expect(printed().filter(line => line.includes('reminder'))).toEqual([])
  })
})

describe('Scheduler on a bad day', () => {
  test.each([
    ['fails', { kind: 'error', code: 'InternalServerException', message: 'no', status: 500 } as const],
    ['denies', { kind: 'error', code: 'AccessDeniedException', message: 'no', status: 403 } as const],
    ['does not answer', { kind: 'drop' } as const],
  ])('it %s: the operation goes on, and says so in the log', async (_, effect) => {
    world.aws.faults.add({ match: { service: 'scheduler' }, when: 'before', effect, times: 99 })
    await world.type('scale orders-api 6')
    expect(printed()).toEqual([
      expect.stringContaining('"where":"look"'),
      expect.stringContaining('"where":"first reminder"'),
    ])
    await world.click('approve')
    expect(printed().filter(line => line.includes('"where":"sweep"'))).toHaveLength(1)
    await world.until(isOver)
    expect(world.card()).toContain('✅ Done')
    expect(world.replies()).toEqual([])
  })

  test('its answer is lost: one schedule', async () => {
    // The first is a look.
    world.aws.faults.add({ match: { service: 'scheduler', nth: 2 }, when: 'after', effect: { kind: 'drop' } })
    await world.type('scale orders-api 6')
    expect(reminders().filter(name => name.startsWith('reminder-'))).toHaveLength(1)
    expect(printed()).toEqual([])
    await goTo(20)
    expect(remindedAt()).toEqual([15])
  })

  test('it fails once when the next one is scheduled: Lambda tries again, and nothing is said twice', async () => {
    await world.type('scale orders-api 6')
    world.aws.faults.add({ match: { service: 'scheduler' }, when: 'before', effect: { kind: 'drop' }, times: 2 })
    await goTo(60)
    expect(remindedAt()).toEqual([15, 45])
  })

  test('the schedules are made by the functions in the group of the hub, as its own role', async () => {
    await world.type('scale orders-api 6')
    const [schedule] = world.aws.scheduler.list()
    expect(schedule).toMatchObject({ ...HUB, group: 'quarterdeck' })
    expect(schedule?.input).toMatchObject({
      ScheduleExpression: 'at(2026-11-22T03:15:00)',
      ActionAfterCompletion: 'DELETE',
      Target: {
        Arn: `arn:aws:lambda:${HUB.region}:${HUB.account}:function:quarterdeck-schedule`,
        RoleArn: `arn:aws:iam::${HUB.account}:role/quarterdeck-scheduler`,
      },
    })
    expect(schedule?.input.Target?.Input).not.toContain('callback')
  })
})
