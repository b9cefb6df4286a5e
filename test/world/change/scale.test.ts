import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ENDED } from '../ends.ts'
import { aWorld, ORDERS, type World } from '../world.ts'

let world: World
beforeEach(async () => {
  world = await aWorld()
})
afterEach(() => world.stop())

const isOver = () => ENDED.test(world.card())

describe('the first path', () => {
  test('a typed scale is planned, approved by another person, carried out and watched until it is true', async () => {
    expect(await world.type('scale orders-api 6 --reason "black friday"')).toBe('')
    expect(world.card()).toMatchInlineSnapshot(`
      "🟢 Low risk · prod · Scale orders-api 4 → 6
      web · us-east-1 · @requester “black friday”
      • 2 tasks start: 50 % more capacity
      Now: healthy, 4 tasks, 1,444 req/min, 0 alarms. About +$0.10/h
      Undo: scale to 4, ~2 min
      Needs 1: any operator, not @requester, by 2026-11-22 11:00 UTC
      [Approve] [Reject] [⋯ Details, Ask Requester, Cancel Request]"
    `)
    expect(world.calls('UpdateService')).toEqual([])

    await world.click('approve')
    expect(world.card()).toContain('4/6 running')
    expect(world.card()).not.toContain('[Approve]')
    await world.until(isOver)
    expect(world.card()).toMatchInlineSnapshot(`
      "✅ Done · prod · Scaled orders-api 4 → 6 in 40 s
      web · us-east-1 · requested by requester, approved by approver
      “black friday”
      6/6 running 2026-11-22 03:00 UTC
      [Undo] [Audit] [Details]"
    `)
    expect(world.desired()).toBe(6)
    expect(world.calls('UpdateService').map(({ input }) => input)).toEqual([
      { cluster: 'web', service: expect.stringContaining('service/web/orders-api'), desiredCount: 6 },
    ])
    expect(world.cards()).toHaveLength(1)
  })

  test('a relative count becomes absolute once, when it is first planned', async () => {
    await world.type('scale orders-api x2')
    expect(world.card()).toContain('Scale orders-api 4 → 8')
    expect(await world.details()).toContain('Desired count: 4 → 8')
    await world.click('approve')
    await world.until(isOver)
    expect(world.desired()).toBe(8)
  })

  test('progress is shown while tasks start', async () => {
    await world.type('scale orders-api 40')
    await world.click('approve')
    await world.until(() => /running, \d+ pending/.test(world.card()))
    expect(world.card()).toMatch(/[█░]{10}/)
    await world.until(isOver)
    expect(world.card()).toContain('40/40 running')
  })

  test('tasks that do not start end it as failed, with the reasons they stopped', async () => {
    world.fleet.knobs.failService(world.service().arn, 'pull')
    await world.type('scale orders-api 6')
    await world.click('approve')
    await world.until(isOver)
    expect(world.card()).toContain('❌ Failed')
    expect(world.card()).toContain('Image not found')
  })

  test('a count that someone else sets meanwhile supersedes it', async () => {
    await world.type('scale orders-api 12')
    await world.click('approve')
    world.service().desired = 5
    world.fleet.touch(world.service())
    await world.until(isOver)
    expect(world.card()).toMatch(/⚪ Replaced .*Another change set the desired count to 5/s)
  })

  test('a dry run shows the plan to the asker alone, asks nobody and changes nothing', async () => {
    const answer = await world.type('scale orders-api 6 --dry-run')
    expect(answer).toMatch(/^Dry run · 🟢 Low risk · prod · Scale orders-api 4 → 6\n/)
    expect(world.cards()).toEqual([])
    expect(world.calls('UpdateService')).toEqual([])
  })

  test('stopping a service is a high risk, and it is approved in the dialog that shows all of it', async () => {
    await world.type('scale orders-api 0')
    expect(world.card()).toMatch(/^🔴 High risk · prod · Scale orders-api 4 → 0\n/)
    expect(world.card()).toContain('[Review…]')
    expect(world.card()).not.toContain('[Approve]')
    const dialog = await world.details()
    expect(dialog).toContain('Risk: high')
    expect(dialog).toContain('[Approve]')
  })

  test('status answers a question without asking anybody', async () => {
    expect(await world.type('status orders-api')).toMatch(/^orders-api is healthy and steady: 4 of 4 running\n/)
  })
})

describe('consent', () => {
  test('whoever asked cannot approve, and may cancel', async () => {
    await world.type('scale orders-api 6')
    await world.click('approve', 'U0REQUEST')
    expect(world.told('U0REQUEST')).toContain('someone else must approve')
    await world.click('cancel', 'U0REQUEST')
    await world.until(isOver)
    expect(world.card()).toContain('⚪ Cancelled')
    expect(world.desired()).toBe(4)
  })

  test('only the person who asked can cancel', async () => {
    await world.type('scale orders-api 6')
    await world.click('cancel', 'U0APPROVE')
    expect(world.told('U0APPROVE')).toContain('Only the requester can cancel')
    expect(world.card()).toContain('[Approve]')
  })

  test('a rejection is final, and a later approval is told who decided', async () => {
    await world.type('scale orders-api 6')
    const card = world.cards().at(-1)
    await world.click('reject')
    await world.until(isOver)
    expect(world.card()).toContain('🚫 Rejected')
    const { body } = await lateClick(card?.ts ?? '', 'U0SECOND')
    expect(body).toBe('')
    expect(world.told('U0SECOND')).toMatch(/approver rejected it at [-\d]+ \d\d:\d\d UTC/)
    expect(world.calls('UpdateService')).toEqual([])
  })

  test('silence means no: it expires', async () => {
    await world.type('scale orders-api 6')
    await world.until(isOver)
    expect(world.card()).toContain('⌛ Expired')
    expect(world.calls('UpdateService')).toEqual([])
  })

  /** A click on a card as it was on a screen that has not been refreshed: its buttons are gone on the server. */
  const lateClick = async (ts: string, user: string) => {
    const operation = [...world.durable.executions.keys()][0] ?? ''
    const payload = {
      type: 'block_actions',
      team: { id: 'T0QUARTER', domain: 'quarterdeck' },
      user: { id: user, username: 'second', name: 'second', team_id: 'T0QUARTER' },
      api_app_id: 'A0QUARTER',
      token: 'x',
      container: { type: 'message', message_ts: ts, channel_id: 'C0OPS', is_ephemeral: false },
      trigger_id: '1.2.3',
      channel: { id: 'C0OPS', name: 'ops' },
      message: { ts },
      response_url: world.responseUrl(user),
      actions: [{ type: 'button', action_id: 'decide:approve', block_id: 'x', value: operation, action_ts: '1.2' }],
    }
    const sent = await world.slack.deliver.raw({
      contentType: 'application/x-www-form-urlencoded',
      body: `payload=${encodeURIComponent(JSON.stringify(payload))}`,
    })
    await world.quiet()
    return sent
  }
})

describe('many hands at once', () => {
  test('a hundred clicks in the same moment settle exactly once, with one UpdateService on the wire', async () => {
    await world.type('scale orders-api 6')
    const ts = world.cards().at(-1)?.ts ?? ''
    const clicks = Array.from({ length: 100 }, (_, n) =>
      world.slack.deliver.click({
        user: n % 2 === 0 ? 'U0APPROVE' : 'U0SECOND',
        channel: 'C0OPS',
        ts,
        actionId: n % 7 === 0 ? 'decide:reject' : 'decide:approve',
      }),
    )
    await Promise.allSettled(clicks)
    await world.until(isOver)
    const decided = /, (approved|rejected) by (approver|second-approver)$/m.exec(world.card())?.[1]
    expect(decided).toBeDefined()
    expect(world.calls('UpdateService')).toHaveLength(decided === 'approved' ? 1 : 0)
    expect(world.desired()).toBe(decided === 'approved' ? 6 : 4)
    expect(world.cards()).toHaveLength(1)
  })

  test('two approvers in the same millisecond: one decides, the other is told who did', async () => {
    await world.type('scale orders-api 6')
    const ts = world.cards().at(-1)?.ts ?? ''
    await Promise.all(
      ['U0APPROVE', 'U0SECOND'].map(user =>
        world.slack.deliver.click({ user, channel: 'C0OPS', ts, actionId: 'decide:approve' }),
      ),
    )
    await world.until(isOver)
    expect(world.calls('UpdateService')).toHaveLength(1)
    const told = ['U0APPROVE', 'U0SECOND'].map(user => world.told(user)).filter(text => text !== '')
    expect(told).toEqual([expect.stringMatching(/^Too late: (second-)?approver approved it at/)])
  })

  test('a second change of the same service waits for nobody: it is told who holds it', async () => {
    await world.type(`scale ${ORDERS} 30`)
    await world.type(`scale ${ORDERS} 40`)
    const [first, second] = world.cards()
    for (const card of [first, second]) {
      await world.slack.deliver.click({
        user: 'U0APPROVE',
        channel: 'C0OPS',
        ts: card?.ts ?? '',
        actionId: 'decide:approve',
      })
      await world.quiet()
    }
    await world.until(isOver)
    expect(world.card()).toContain('requester is changing this service now')
    expect(world.calls('UpdateService')).toHaveLength(1)
  })
})
