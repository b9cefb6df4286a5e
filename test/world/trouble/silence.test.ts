// The function ends without a word, because it is denied its own checkpoints: somebody else says what is known.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { verifyChain } from '../../../src/engine/audit/audit.ts'
import { aWorld, textOf, type World } from '../world.ts'

const START = '2026-11-22T03:00:00Z'
const MINUTE = 60_000

let world: World
beforeEach(async () => {
  world = await aWorld({ start: Date.parse(START) })
})
afterEach(() => world.stop())

const DENIED = { kind: 'error', code: 'AccessDeniedException', message: 'no', status: 403 } as const
const deny = () =>
  world.aws.faults.add({
    match: { action: 'CheckpointDurableExecution' },
    when: 'before',
    effect: DENIED,
    times: 99,
  })
/** From the moment at which the operation makes this call. */
const denyFrom = (action: string, is: (input: string) => boolean = () => true) => {
  const stop = world.aws.callLog.subscribe(call => {
    if (call.action !== action || !is(JSON.stringify(call.input))) return
    stop()
    deny()
  })
}
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
const status = () => [...world.durable.executions.values()][0]?.status
const records = async () => (await world.audit('111122223333')).map(({ kind, outcome }) => [kind, outcome])
const scheduled = () => world.aws.scheduler.list().map(({ name }) => name)
const alarms = () => world.functions.logs.filter(({ line }) => line.includes('"level":"alarm"'))
const LAST = /[0-9a-f]{40}$/

/** Neither of the ways that are heard within seconds. */
const loseEndings = () => {
  world.endings.losesEvents = true
  world.endings.losesDeadLetters = true
}

describe('an operation that ended without a word is reported within seconds', () => {
  const die = async () => {
    await world.type('scale orders-api 6')
    denyFrom('UpdateService')
    await world.click('approve')
  }
  const isReported = async () => {
    expect(status()).toBe('FAILED')
    expect(world.card()).toContain('⚠️ Unknown')
    expect(await records()).toEqual([
      ['intent', undefined],
      ['outcome', 'unknown'],
    ])
    expect(alarms()[0]?.line).toContain('the durable execution ended FAILED without an outcome')
  }

  test.each([
    ['by Lambda’s event', () => (world.endings.losesDeadLetters = true)],
    ['by the dead-letter queue', () => (world.endings.losesEvents = true)],
    ['by both, each twice: once', () => (world.functions.deliversTwice = new Set(['quarterdeck-schedule']))],
  ])('%s', async (_, set) => {
    set()
    await die()
    await goTo(0.25)
    await isReported()
    await goTo(120)
    await isReported()
    expect(scheduled()).toEqual([])
  })

  test('while it waits for approval: the card asks no longer', async () => {
    await world.type('scale orders-api 6')
    for (const { arn } of world.durable.executions.values()) world.durable.stop(arn)
    await goTo(0.25)
    expect(world.card()).toMatch(/❌ Failed .*Nothing was changed: Quarterdeck stopped unexpectedly/s)
    expect(world.card()).not.toContain('[Approve]')
  })

  test('later, where the report could not be made at once', async () => {
    await die()
    world.aws.faults.add({ match: { action: 'GetDurableExecution' }, when: 'before', effect: DENIED, times: 4 })
    await goTo(0.25)
    expect(world.card()).not.toContain('⚠️ Unknown')
    await goTo(8)
    expect(world.card()).toContain('⚠️ Unknown')
    await goTo(120)
    await isReported()
  })
})

describe('an operation that ended without a word is found by time, where neither is heard', () => {
  beforeEach(loseEndings)

  test('after it called AWS: unknown, on the card and in the audit, once; nobody else may change the service yet', async () => {
    world.functions.deliversTwice = new Set(['quarterdeck-schedule'])
    await world.type('scale orders-api 6')
    denyFrom('UpdateService')
    await world.click('approve')
    await goTo(10)
    expect(status()).toBe('FAILED')
    expect(world.card()).not.toContain('⚠️ Unknown')
    await goTo(16)
    const [card] = world.cards()
    expect(card?.text).toMatch(
      /^⚠️ Unknown .*Quarterdeck stopped unexpectedly; the call may or may not have reached AWS\. Check the service/,
    )
    expect(JSON.stringify(card?.blocks)).toContain('approved by approver')
    expect(JSON.stringify(card?.blocks)).not.toContain('decide:')
    expect(await records()).toEqual([
      ['intent', undefined],
      ['outcome', 'unknown'],
    ])
    expect(verifyChain(await world.audit('111122223333'))).toEqual([])
    expect(alarms()[0]?.line).toContain('the durable execution ended FAILED without an outcome')
    world.aws.faults.clear()
    await world.type('scale orders-api 8')
    await world.click('approve')
    await goTo(20)
    expect(world.card()).toMatch(/⏸ Blocked .*requester is changing this service now/s)
    expect(world.calls('UpdateService')).toHaveLength(1)
  })

  test('before it called AWS: nothing was changed', async () => {
    await world.type('scale orders-api 6')
    denyFrom('PutItem', input => input.includes('lock#'))
    await world.click('approve')
    await goTo(16)
    expect(status()).toBe('FAILED')
    expect(world.card()).toMatch(/❌ Failed .*Nothing was changed: Quarterdeck stopped unexpectedly/s)
    expect(world.card()).toContain('[Plan Again]')
    expect(await records()).toEqual([['ended', 'failed']])
    expect(world.calls('UpdateService')).toEqual([])
    await goTo(600)
    expect(scheduled()).toEqual([])
  })

  test('after its outcome was recorded: the card says what the audit says, and nothing is added', async () => {
    await world.type('scale orders-api 6')
    denyFrom('PutItem', input => input.includes('"kind":"outcome"') || input.includes('\\"kind\\":\\"outcome\\"'))
    await world.click('approve')
    await goTo(25)
    expect(status()).toBe('FAILED')
    expect(world.card()).toMatch(/✅ Done .*6\/6 running/s)
    expect(await records()).toEqual([
      ['intent', undefined],
      ['outcome', 'done'],
    ])
  })

  test('while it waited: the first reminder finds it, and reminds nobody', async () => {
    denyFrom('CreateSchedule', input => input.includes('reminder'))
    await world.type('scale orders-api 6')
    expect(status()).toBe('FAILED')
    expect(world.card()).toContain('[Approve]')
    await goTo(16)
    expect(world.card()).toMatch(/❌ Failed .*Nothing was changed: Quarterdeck stopped unexpectedly/s)
    expect(world.replies()).toEqual([])
    expect(scheduled()).toEqual([])
  })

  test('while it waited, and somebody has approved: the sweep finds it', async () => {
    denyFrom('CreateSchedule', input => input.includes('reminder'))
    await world.type('scale orders-api 6')
    await world.click('approve')
    await goTo(7)
    expect(world.card()).toContain('approved by approver')
    expect(world.card()).toMatch(/❌ Failed .*Nothing was changed: Quarterdeck stopped unexpectedly/s)
  })

  test('because somebody stopped it, after its last reminder: whoever looks after the expiry finds it', async () => {
    await world.type('scale orders-api 6')
    await goTo(8 * 60 - 1)
    for (const { arn } of world.durable.executions.values()) world.durable.stop(arn)
    await goTo(8 * 60 + 3)
    expect(world.card()).toMatch(/❌ Failed .*Nothing was changed: Quarterdeck stopped unexpectedly/s)
    expect(scheduled()).toEqual([])
  })

  test('as it learned that its time was over: a look finds it', async () => {
    await world.type('scale orders-api 6')
    await goTo(8 * 60 - 1)
    deny()
    // What the function had begun when it was denied may go on for a moment: the look is counted from there.
    await goTo(8 * 60 + 18)
    expect(status()).toBe('FAILED')
    expect(world.card()).toMatch(/❌ Failed .*Nothing was changed: Quarterdeck stopped unexpectedly/s)
    await goTo(9 * 60)
    expect(scheduled()).toEqual([])
  })

  test('that nobody had to be asked about', async () => {
    denyFrom('UpdateService')
    await world.type('scale staging.us-east-1/web/catalog-api 2')
    await goTo(16)
    expect(world.card()).toMatch(/⚠️ Unknown .*Quarterdeck stopped unexpectedly/s)
    expect((await world.audit('444455556666')).map(({ outcome }) => outcome)).toEqual([undefined, 'unknown'])
  })

  test.each([
    ['Lambda does not say what became of it', { action: 'GetDurableExecution' }],
    ['the audit does not take it', { function: 'quarterdeck-schedule', action: 'Query' }],
  ])('%s: looked at again, after twice as long', async (_, match) => {
    await world.type('scale orders-api 6')
    denyFrom('UpdateService')
    await world.click('approve')
    // Armed by its first step and by its decision: two looks.
    world.aws.faults.add({ match, when: 'before', effect: DENIED, times: 2 })
    await goTo(17)
    expect(world.cards()[0]?.text).not.toContain('Unknown')
    expect(scheduled()).toEqual([expect.stringMatching(/^look-2-/)])
    await goTo(47)
    expect(world.card()).toContain('⚠️ Unknown')
    expect(scheduled()).toEqual([])
  })
})

describe('an operation that ended without a word before there was a card', () => {
  const told: string[] = []
  const watched = () => {
    told.length = 0
    return world.slack.subscribe(change => {
      if (change.kind === 'ephemeral' && change.to === 'U0REQUEST') told.push(textOf(change.message))
    })
  }
  const NOTHING = 'Nothing was changed: Quarterdeck stopped unexpectedly.'

  test('in its first look at AWS: whoever asked hears that nothing was changed, once, and can try again', async () => {
    world.functions.deliversTwice = new Set(['quarterdeck-schedule'])
    const unsubscribe = watched()
    denyFrom('DescribeServices')
    await world.type('scale orders-api 6')
    expect(status()).toBe('FAILED')
    expect(told).toEqual([])
    await goTo(16)
    expect(told).toEqual([expect.stringContaining(NOTHING)])
    expect(told[0]).toContain('The request was /ecs scale orders-api 6.')
    expect(told[0]).toContain('[Try Again]')
    expect(world.cards()).toEqual([])
    expect(alarms()[0]?.line).toContain('the durable execution ended FAILED without an outcome')
    await goTo(600)
    expect(told).toHaveLength(1)
    expect(scheduled()).toEqual([])
    world.aws.faults.clear()
    await world.press('Try Again')
    expect(world.card()).toContain('[Approve]')
    unsubscribe()
  })

  test('and is found so late that Slack takes no answers any more: where it was asked', async () => {
    loseEndings()
    const unsubscribe = watched()
    denyFrom('DescribeServices')
    await world.type('scale orders-api 6')
    world.aws.faults.add({ match: { action: 'GetDurableExecution' }, when: 'before', effect: DENIED })
    await goTo(40)
    expect(told).toEqual([])
    await goTo(47)
    expect(told).toEqual([expect.stringContaining(NOTHING)])
    unsubscribe()
  })

  test('as it opened the vote: whoever asked hears, and the audit has it', async () => {
    const unsubscribe = watched()
    denyFrom('PutItem', input => input.includes('approval'))
    await world.type('scale orders-api 6')
    expect(status()).toBe('FAILED')
    await goTo(16)
    expect(told).toEqual([expect.stringContaining(NOTHING)])
    expect(await records()).toEqual([['ended', 'failed']])
    await goTo(600)
    expect(told).toHaveLength(1)
    expect(scheduled()).toEqual([])
    unsubscribe()
  })

  test('after it had answered: nothing is added', async () => {
    const unsubscribe = watched()
    denyFrom('PutItem', input => input.includes('answered'))
    await world.type('scale orders-api 4')
    expect(status()).toBe('FAILED')
    expect(told).toHaveLength(1)
    await goTo(600)
    expect(told).toHaveLength(1)
    expect(told[0]).not.toContain('stopped unexpectedly')
    expect(scheduled()).toEqual([])
    unsubscribe()
  })
})

describe('an operation that is well', () => {
  test('is looked at after its end, once for its beginning and once for its decision, and left as it is', async () => {
    await world.type('scale orders-api 6')
    await world.click('approve')
    await goTo(14)
    const card = world.card()
    expect(card).toContain('✅ Done')
    expect(scheduled().filter(name => name.startsWith('look-') && LAST.test(name))).toEqual([
      expect.stringMatching(/^look-0-/),
      expect.stringMatching(/^look-1-/),
    ])
    await goTo(120)
    expect(world.card()).toBe(card)
    expect(world.calls('GetDurableExecution')).toHaveLength(2)
    expect(scheduled()).toEqual([])
    expect(alarms()).toEqual([])
  })

  test('and takes long is looked at ever more seldom, and left as it is', async () => {
    await world.type('scale prod.us-east-1/web/orders-api 6 --break-glass --reason "site is down"')
    await goTo(26 * 60)
    expect(world.calls('GetDurableExecution').length).toBe(6)
    expect(world.replies('C0APPROVALS').map(({ text }) => text)).toEqual([expect.stringContaining('Please review')])
    await goTo(60 * 60)
    expect(scheduled()).toEqual([])
    expect(alarms()).toEqual([])
  })
})

describe('an operation that died before its first step', () => {
  test('is told to the asker by the dead-letter queue, once', async () => {
    deny()
    world.functions.deliversTwice = new Set(['quarterdeck-schedule'])
    await world.type('scale orders-api 6')
    await goTo(0.25)
    expect(status()).toBe('FAILED')
    expect(world.told('U0REQUEST')).toContain('Nothing was changed: Quarterdeck stopped unexpectedly.')
    expect(world.told('U0REQUEST')).toContain('[Try Again]')
    expect(world.cards()).toEqual([])
    expect(alarms()[0]?.line).toContain('the durable execution ended FAILED without an outcome')
  })
})
