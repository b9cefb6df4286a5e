// Changes with an end: they hold what they say, end when they should, and restore what was there, for every
// requester and in spite of other changes.
import { readFile } from 'node:fs/promises'
import type { DeleteServiceCommandInput } from '@aws-sdk/client-ecs'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { localUser } from '../../sandbox/aws/wire/credentials.ts'
import { isQuick } from '../seed.ts'
import { pass } from '../world/driving.ts'
import { aStory, HUB, type StoryWorld, textOf } from './story-world.ts'

const CHECKOUT = 'prod.us-east-1/web/checkout'
const MINUTE = 60_000
const EXAMPLE = await readFile('quarterdeck.yaml', 'utf8')

let world: StoryWorld
/** One world for all, because it takes longer to begin than most of what happens in it: what was there before each. */
let before = { at: 0, cards: 0, replies: 0, calls: 0, records: 0 }
beforeAll(async () => {
  world = await aStory()
})
beforeEach(async () => {
  world.aws.faults.clear()
  await world.publish(EXAMPLE)
  world.autoscaling.register(HUB, 'service/web/checkout', { min: 4, max: 10 })
  world.autoscaling.setLoad(checkout(), 3.42)
  checkout().desired = 6
  world.fleet.touch(checkout())
  await minutes(30)
  before = {
    at: world.clock.now(),
    cards: world.cards().length,
    replies: world.replies().length,
    calls: world.aws.callLog.list().at(-1)?.id ?? 0,
    records: (await world.audit('111122223333')).length,
  }
})
afterEach(async () => {
  expect(await world.type('leases')).toContain('There are no temporary changes.')
})
afterAll(() => world.stop())

const checkout = () => world.service('web/checkout')
const target = () => world.autoscaling.targetOf(checkout())
const bounds = () => `${target()?.min}..${target()?.max}`
const minutes = (count: number) => pass(count * MINUTE, world)
/** To so many minutes after the test began. */
const goTo = (count: number) => pass(before.at + count * MINUTE - world.clock.now(), world)
const calls = (action: string) => world.calls(action).filter(({ id }) => id > before.calls)
const registrations = () => calls('RegisterScalableTarget')
const colleague = (asked: { readonly min?: number; readonly max?: number }) =>
  world.autoscaling.register(HUB, 'service/web/checkout', asked)
/** As somebody with keys of their own calls AWS. */
const atAws = (action: 'DeleteService', input: DeleteServiceCommandInput) => {
  const asker = { function: '', account: HUB.account, arn: localUser.arn }
  return world.aws.operate(asker, { service: 'ecs', action, region: HUB.region, input: { ...input } })
}
const cards = () => world.cards().slice(before.cards)
const first = () => textOf(cards()[0])
const replies = () => world.replies().slice(before.replies).map(textOf)
const records = async () => (await world.audit('111122223333')).slice(before.records)
const timeAt = (count: number) => new Date(before.at + count * MINUTE).toISOString().slice(0, 19)
/** As cards show it. */
const shownAt = (count: number) => `${timeAt(count).slice(0, 16).replace('T', ' ')} UTC`

/** Asks for a lease that somebody approves, and waits until it runs. */
const lease = async (line = `scale ${CHECKOUT} 12 --for 1h`, user = 'U0REQUEST', approver = 'U0APPROVE') => {
  const count = world.cards().length
  expect(await world.type(line, { user })).toBe('')
  await world.press('Approve', approver)
  await world.until(() => world.cards().length > count && world.card().includes('Temporary:'))
}
const approved = async (approver = 'U0APPROVE') => {
  await world.press('Approve', approver)
  await world.until(() => /Done|Out of date|Failed|Replaced|Blocked/.test(world.card()))
}
const fault = (code: string, times: number, action = 'RegisterScalableTarget') =>
  world.aws.faults.add({
    match: { action },
    when: 'before',
    effect: { kind: 'error', code, message: 'no', status: 400 },
    times,
  })
const schedule = (time: string, action: { readonly MinCapacity?: number; readonly MaxCapacity?: number }) => {
  const found = target()
  if (found !== undefined) world.autoscaling.putScheduled(found, { name: 'evening', schedule: `at(${time})`, action })
}

describe('a floor', () => {
  test('the highest wins while several run; each end gives back no more than the others leave', async () => {
    await lease(`scale ${CHECKOUT} 8 --for 1h`)
    await lease(`scale ${CHECKOUT} 14 --for 3h`)
    expect(await world.details()).toContain(
      'After the last temporary change, the bounds revert to 4..10, unless someone else changed them',
    )
    await lease(`scale ${CHECKOUT} 12 --for 5h`)
    expect(await world.details()).toContain('Autoscaling bounds: 14..14 → 14..14')
    await goTo(70)
    expect(first()).toContain(
      '↩️ Reverted · prod · Scaled checkout to at least 8 for 1h: The temporary change of requester continues',
    )
    expect(bounds()).toBe('14..14')
    await goTo(190)
    expect(bounds()).toBe('12..12')
    await goTo(310)
    expect(bounds()).toBe('4..10')
    expect(registrations()).toHaveLength(5)
    expect(replies()).toEqual([])
  })

  test('two that end in the same second', async () => {
    await lease(`scale ${CHECKOUT} 8 --for 1h`)
    await lease(`scale ${CHECKOUT} 12 --for 1h`, 'U0APPROVE', 'U0SECOND')
    const press = (user: string, ts = '') =>
      world.slack.deliver.click({ user, channel: 'C0OPS', ts, actionId: 'decide:revert' })
    const [one, two] = cards()
    await Promise.all([press('U0REQUEST', one?.ts), press('U0APPROVE', two?.ts)])
    await minutes(5)
    const [highest, lowest] = cards().map(textOf).toReversed()
    expect(highest).toMatch(/^↩️ Reverted · .*(?:, by|Ended by) approver/)
    expect(lowest).toMatch(/^↩️ Reverted · .*(?:, by|Ended by) requester/)
    expect(bounds()).toBe('4..10')
    expect(replies()).toEqual([])
  })
})

test('a count, where nothing scales it, is set back', async () => {
  await lease('scale orders-api 8 --for 1h')
  expect(world.desired()).toBe(8)
  await goTo(62)
  expect(world.card()).toContain('↩️ Reverted · prod · Scaled orders-api 4 → 8 for 1h: Desired count: 8 → 4')
  expect(world.desired()).toBe(4)
  expect(calls('UpdateService').map(({ arn }) => arn.split('/')[1])).toEqual([
    'quarterdeck-operator',
    'quarterdeck-revert',
  ])
})

test.each(['1h', '40h'])('glass broken for a lease of %s is reviewed a day after it was broken, once', async time => {
  await world.type(`scale prod.us-east-1/web/orders-api 8 --for ${time} --break-glass --reason "site is down"`)
  const reviews = () =>
    world
      .replies('C0APPROVALS')
      .filter(({ text }) => text.startsWith('Please review'))
      .map(({ ts }) => Math.round((Number(ts) * 1_000 - before.at) / MINUTE / 60))
  const earlier = reviews().length
  await goTo(41 * 60)
  expect(reviews().slice(earlier)).toEqual([24])
  expect(world.desired()).toBe(4)
})

test('a store that refuses for ten minutes as it is looked after keeps it from nothing', async () => {
  await world.type(`scale ${CHECKOUT} 8 --for 30m`)
  await world.click('approve')
  await world.until(() => world.card().includes('Revert Now'))
  await minutes(29)
  const { id } = world.aws.faults.add({
    match: { function: 'quarterdeck-operation', service: 'dynamodb', action: 'GetItem' },
    when: 'before',
    effect: { kind: 'error', code: 'AccessDeniedException', message: 'no' },
    times: 9_999,
  })
  await minutes(11)
  expect(bounds()).toBe('8..10')
  world.aws.faults.remove(id)
  await minutes(30)
  expect(bounds()).toBe('4..10')
  expect(world.card()).toContain('↩️ Reverted')
})

test('where its channel is archived, the message that takes the card’s place tells its end, too', async () => {
  const room = world.slack.workspace.channels.get('C0OPS')
  await world.type('scale orders-api 8 --for 1h')
  await world.press('Approve', 'U0APPROVE')
  if (room) world.slack.workspace.putChannel({ ...room, archived: true })
  await goTo(5)
  expect(world.card('C0APPROVALS')).toContain('Temporary:')
  await goTo(65)
  if (room) world.slack.workspace.putChannel(room)
  expect(world.card('C0APPROVALS')).toContain(
    '↩️ Reverted · prod · Scaled orders-api 4 → 8 for 1h: Desired count: 8 → 4',
  )
})

describe('Revert Now', () => {
  test('is for the requester, and from the list as well; somebody else is refused', async () => {
    await lease()
    await world.press('Revert Now', 'U0OUTSIDE')
    expect(world.told('U0OUTSIDE')).toContain('outsider is not in Quarterdeck’s configuration')
    expect(bounds()).toBe('12..12')
    const listed = await world.type('leases')
    expect(listed).toContain(`a minimum of 12 until ${shownAt(60)}, by requester`)
    expect(listed).toContain('Then reverts to minimum and maximum 4..10')
    expect(listed).toContain('[Revert Now] [Extend By 1 Hour] [Keep]')
    await world.press('Revert Now')
    await minutes(2)
    expect(world.card()).toContain('↩️ Reverted')
    expect(bounds()).toBe('4..10')
    expect((await records()).map(({ kind }) => kind)).toContain('lease')
  })

  test('is for approvers and who is on call; clicked by several, it ends once, and the second is told', async () => {
    await world.publish(
      EXAMPLE.replace('onCall: [S0ONCALL]', 'onCall: [U0OUTSIDE]').replace(
        '  U0SECOND:',
        '  U0OUTSIDE: outsider@example.com\n  U0SECOND:',
      ),
    )
    await lease()
    const ts = cards()[0]?.ts ?? ''
    const earlier = world.told('U0OUTSIDE')
    const click = (user: string) => world.slack.deliver.click({ user, channel: 'C0OPS', ts, actionId: 'decide:revert' })
    await Promise.all([click('U0OUTSIDE'), click('U0OUTSIDE'), click('U0APPROVE')])
    await minutes(10)
    expect(world.card()).toContain('↩️ Reverted')
    expect(registrations()).toHaveLength(2)
    const told = [world.told('U0OUTSIDE'), world.told('U0APPROVE')].filter(text => text !== '' && text !== earlier)
    for (const text of told) expect(text).toMatch(/has already ended it|This temporary change has ended/)
    expect(replies()).toEqual([])
  })
})

describe('extending and keeping', () => {
  test('Extend By 1 Hour is a plan of its own: approved, the lease’s card shows the new end, and it ends then', async () => {
    await lease()
    await world.press('Extend By 1 Hour')
    expect(await world.details()).toContain(
      `End of a minimum of 12, requested by requester: ${shownAt(60)} → ${shownAt(120)}`,
    )
    await approved()
    expect(world.card()).toContain('✅ Done')
    await minutes(2)
    expect(first()).toContain(`✅ Temporary · prod · Scaled checkout to exactly 12 for 1h until ${shownAt(120)}`)
    await goTo(115)
    expect(bounds()).toBe('12..12')
    await goTo(125)
    expect(first()).toContain('↩️ Reverted')
    expect(bounds()).toBe('4..10')
    await world.type(`lease extend ${CHECKOUT} 1h`)
    expect(world.told('U0REQUEST')).toContain('has no such temporary change')
  })

  test('over the longest total is refused, and an extension that comes too late changes nothing', async () => {
    await lease()
    expect(await world.type(`lease extend ${CHECKOUT} 48h`)).toContain(
      'A temporary change lasts at most 2d here, extensions included; this would last 49h.',
    )
    await world.press('Extend By 1 Hour')
    await goTo(70)
    expect(first()).toContain('↩️ Reverted')
    await approved()
    expect(world.card()).toContain(
      '⚪ Out of date · prod · Extend the temporary change of checkout by 1h: checkout has no such temporary change',
    )
  })

  test('Keep: what it held stays, and the card says so', async () => {
    await lease(`scale ${CHECKOUT} 8 --for 1h`)
    await world.press('Keep')
    await approved('U0SECOND')
    await minutes(3)
    expect(first()).toContain('📌 Kept · prod · Scaled checkout to at least 8 for 1h: The change is now permanent')
    await goTo(120)
    expect([bounds(), registrations().length]).toEqual(['8..10', 1])
  })
})

describe('at its end', () => {
  test('the requester has lost all access: it is reverted all the same', async () => {
    await lease()
    const user = world.slack.workspace.users.get('U0REQUEST')
    if (user) world.slack.workspace.putUser({ ...user, deleted: true })
    await world.publish(EXAMPLE.replace('  U0REQUEST: requester@example.com\n', '').replace('S0ONCALL, S0OPS', 'S0OPS'))
    await goTo(65)
    expect(first()).toContain('↩️ Reverted')
    expect([bounds(), registrations().at(-1)?.sourceIdentity]).toEqual(['4..10', 'requester@example.com'])
    if (user) world.slack.workspace.putUser(user)
    await world.publish(EXAMPLE)
  })

  test.each([
    ['halt --reason "incident 812"', 'All changes are halted', 'resume'],
    ['lock checkout-cluster', 'is locked by approver', 'unlock'],
  ])(
    '%s is in force: nothing happens, the thread says why, once; afterwards it is put back',
    async (line, why, off) => {
      const place = 'prod.us-east-1/web'
      await lease()
      await world.type(line.startsWith('halt') ? line : `lock ${place} --reason migration`, { user: 'U0APPROVE' })
      await goTo(120)
      expect(bounds()).toBe('12..12')
      expect(first()).toContain('⚠️ Not reverted · prod · Scale checkout to exactly 12 for 1h')
      expect(first()).toContain(why)
      expect(first()).toContain('[Details]')
      expect(replies()).toEqual([expect.stringContaining(why)])
      await world.type(off === 'resume' ? 'resume' : `unlock ${place}`, { user: 'U0APPROVE' })
      await minutes(61)
      expect(first()).toContain('↩️ Reverted')
      expect([bounds(), replies().length]).toEqual(['4..10', 1])
    },
  )

  test('its scalable target is gone: said, asked about, and kept so by a click', async () => {
    await lease('scale prod.us-east-1/web/search 6 --for 1h')
    const found = world.autoscaling.targetOf(world.service('web/search'))
    if (found) world.autoscaling.deregister(found)
    await goTo(65)
    expect(first()).toContain('found none (scalable target deleted)')
    expect(first()).not.toContain('[Restore')
    await world.press('Keep')
    await approved()
    await minutes(3)
    expect(first()).toContain('📌 Kept')
  })

  test('its service is gone: there is nothing to put back, and nobody is asked', async () => {
    await lease('scale orders-api 8 --for 1h')
    await atAws('DeleteService', { cluster: 'web', service: 'orders-api', force: true })
    await goTo(65)
    expect(first()).toContain('The service was deleted, so there is nothing to revert.')
    expect(replies()).toEqual([])
  })

  test('AWS is at another change of it: tried again, at the beginning as at the end, and done once', async () => {
    fault('ConcurrentUpdateException', 2)
    await lease()
    fault('ConcurrentUpdateException', 3)
    await goTo(65)
    expect(first()).toContain('↩️ Reverted')
    expect(registrations().filter(({ status }) => status === 200)).toHaveLength(2)
    expect([bounds(), replies()]).toEqual(['4..10', []])
  })

  test('the revert role is denied: said, and tried again until it is not', async () => {
    await lease()
    fault('AccessDeniedException', 3)
    await goTo(62)
    expect(first()).toContain('It could not be reverted (Autoscaling bounds: 12..12 → 4..10')
    expect(replies()).toEqual([expect.stringContaining('AWS denied it')])
    await goTo(80)
    expect(first()).toContain('↩️ Reverted')
    expect([bounds(), replies().length]).toEqual(['4..10', 1])
  })
})

describe('what somebody else has changed meanwhile', () => {
  test('at the console: left as found; who must act is called, and again the next day; Restore ends it', async () => {
    await lease()
    colleague({ min: 6, max: 20 })
    await goTo(65)
    expect(first()).toContain(
      'It set autoscaling bounds 12..12 and found 6..20, changed by someone outside Quarterdeck. It is not reverted.',
    )
    expect(replies()).toEqual([
      expect.stringContaining('@U0REQUEST @S0ONCALL The temporary change on checkout has ended.'),
    ])
    expect(await world.type('leases')).toContain('not reverted: someone else changed it to 6..20')
    await goTo(65 + 24 * 60)
    expect([bounds(), replies().length]).toEqual(['6..20', 2])
    await world.press('Restore 4..10')
    await approved()
    expect(bounds()).toBe('4..10')
    await goTo(65 + 48 * 60)
    expect(first()).toMatch(/Reverted · .*: It already has its earlier value/)
    expect(replies()).toHaveLength(2)
  })

  test('by a change of somebody else through Quarterdeck: named; Keep ends it', async () => {
    await lease()
    await world.type(`autoscale bounds ${CHECKOUT} 5..20`, { user: 'U0APPROVE' })
    await approved('U0SECOND')
    await goTo(65)
    expect(first()).toContain(`changed by approver (autoscale bounds ${CHECKOUT} 5..20). It is not reverted.`)
    await world.press('Keep')
    await approved('U0SECOND')
    await minutes(3)
    expect(first()).toContain('📌 Kept')
    expect([bounds(), registrations().length]).toEqual(['5..20', 2])
  })

  test.skipIf(isQuick)('nobody answers for a month: it is asked once a day, and then no more', async () => {
    await lease()
    colleague({ min: 6, max: 20 })
    await goTo(31 * 24 * 60)
    expect(replies()).toHaveLength(30)
    expect(bounds()).toBe('6..20')
    expect(first()).toContain('No one has decided, so reminders end. /ecs leases still lists it.')
    await world.press('Keep')
    await approved()
    await minutes(3)
  })

  test('by a scheduled action: named; set back by hand, the next daily look ends it', async () => {
    await lease()
    schedule(timeAt(30), { MinCapacity: 6, MaxCapacity: 16 })
    await goTo(65)
    expect(first()).toContain('changed by the scheduled action evening. It is not reverted.')
    colleague({ min: 4, max: 10 })
    await goTo(65 + 24 * 60)
    expect(first()).toMatch(/Reverted · .*: It already has its earlier value/)
    expect([registrations().length, replies().length]).toEqual([1, 1])
  })

  test('a scheduled action that is due goes first', async () => {
    await lease()
    schedule(timeAt(61.5), { MinCapacity: 6, MaxCapacity: 16 })
    await goTo(70)
    expect([bounds(), registrations().length]).toEqual(['6..16', 1])
    expect(replies()).toHaveLength(1)
    await world.press('Keep')
    await approved()
    await minutes(3)
  })

  test('a scheduled action that fires while it is put back is not lost', async () => {
    await lease()
    schedule(timeAt(63.5), { MinCapacity: 6, MaxCapacity: 16 })
    const held = world.aws.faults.add({
      match: { action: 'RegisterScalableTarget' },
      when: 'before',
      effect: { kind: 'hold' },
    })
    void goTo(61)
    await waitFor(() => world.aws.faults.hits(held.id) > 0)
    world.clock.advanceTo(before.at + 64 * MINUTE)
    expect(bounds()).toBe('6..16')
    world.aws.faults.release(held.id)
    await goTo(90)
    expect(bounds()).toBe('6..16')
    expect(first()).toContain('A scheduled action ran meanwhile: Autoscaling bounds: 4..10 → 6..16')
  })
})

const waitFor = async (is: () => boolean): Promise<void> => {
  while (!is()) await new Promise(resolve => setTimeout(resolve, 5))
}
