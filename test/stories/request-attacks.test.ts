// Attempts to have something run that nobody requested, or to keep others from requesting.
import { readFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { aStory, type StoryWorld } from './story-world.ts'

let world: StoryWorld
beforeEach(async () => {
  world = await aStory()
})
afterEach(() => world.stop())

const EXAMPLE = await readFile('quarterdeck.yaml', 'utf8')
const ENDED = /Done|Failed|Out of date|Rejected|Blocked/
const ORDERS = 'prod.us-east-1/web/orders-api'

describe('“Request This” of a dry run requests what was previewed', () => {
  test('with the reason before the command that runs', async () => {
    const reason = 'see $(touch /tmp/x)'
    await world.type(`exec ${ORDERS}:app --dry-run --reason "${reason}" -- uptime`)
    await world.press('Request This', 'U0REQUEST')
    expect(world.card()).toContain(reason)
    expect(world.card()).toContain('sh -c uptime')
    expect(world.card()).not.toContain('--reason')
  })

  test.each([
    ["'peak« --break-glass --for «2h'", 'peak« --break-glass --for «2h'],
    ["'peak„ --break-glass'", 'peak„ --break-glass'],
    ['"peak\\\\" --for 2h', 'peak\\'],
    [`'peak\\\\” --break-glass'`, 'peak\\” --break-glass'],
  ])('with the reason %s, which gives no options', async (typed, reason) => {
    await world.type(`scale ${ORDERS} 6 --dry-run --reason ${typed}`)
    await world.press('Request This', 'U0REQUEST')
    expect(world.card()).toContain(`“${reason}”`)
    expect(world.card()).toContain('[Approve]')
    expect(world.card()).not.toContain('breaks glass')
    await world.quiet()
    expect(world.desired()).toBe(4)
  })
})

describe('an update of an open card that Slack shows late', () => {
  /** Holds the reminder before its update, approves, and lets it go when the card shows `ended`. */
  const remindLate = async (ended: string): Promise<void> => {
    const held = world.aws.faults.add({
      match: { function: 'quarterdeck-schedule', action: 'UpdateItem' },
      when: 'after',
      effect: { kind: 'hold' },
      times: 1,
    }) as { readonly id: string }
    world.clock.advance(15 * 60_000)
    await turns(() => world.aws.faults.hits(held.id) > 0)
    await world.slack.deliver.click({
      user: 'U0APPROVE',
      channel: 'C0OPS',
      ts: world.cards().at(-1)?.ts ?? '',
      actionId: 'decide:approve',
    })
    await turns(at => {
      const next = world.clock.next()
      if (at % 10 === 0 && next !== undefined) world.clock.advanceTo(next)
      return world.card().includes(ended)
    })
    world.aws.faults.release(held.id)
    await world.quiet()
  }
  const turns = async (isTrue: (at: number) => boolean): Promise<void> => {
    for (let at = 0; at < 5_000 && !isTrue(at); at += 1) await new Promise(resolve => setTimeout(resolve, 1))
  }

  test.each([
    ['scale orders-api 6', '✅ Done', '[Details]'],
    ['scale orders-api 6 --for 8h', '✅ Temporary', '[Revert Now]'],
  ])('%s: leaves %s', async (line, ended, button) => {
    await world.type(line)
    await remindLate(ended)
    expect(world.card()).toContain(ended)
    expect(world.card()).toContain(button)
    expect(world.card()).not.toContain('[Approve]')
  })
})

describe('dialogs leave the function to votes and halts', () => {
  const reads = () => world.calls('DescribeServices').length

  test('one person has one read in some seconds, and everybody shares it', async () => {
    await world.type('scale orders-api 6')
    await world.type('scale payments-api 6')
    const before = reads()
    for (let at = 0; at < 20; at += 1) await world.details('U0SECOND')
    await world.details('U0APPROVE')
    expect(reads() - before).toBe(1)
    expect(await world.details('U0SECOND')).toContain('Now: ')
    world.clock.advance(6_000)
    await world.details('U0SECOND')
    expect(reads() - before).toBe(2)
  })

  test('another service within these seconds shows the state of the request', async () => {
    await world.type('scale orders-api 6')
    await world.details('U0SECOND')
    await world.type('scale payments-api 6')
    const before = reads()
    expect(await world.details('U0SECOND')).toMatch(/Now: healthy/)
    expect(reads()).toBe(before)
    await world.details('U0APPROVE')
    expect(reads()).toBe(before + 1)
  })
})

describe('a request that cannot run keeps nobody from the same request', () => {
  test.each(['approve', 'reject'])('whose vote (%s) could not be read', async choice => {
    await world.type('scale orders-api 6')
    world.aws.faults.add({
      match: { function: 'quarterdeck-operation', action: 'GetItem' },
      when: 'before',
      effect: { kind: 'error', code: 'AccessDeniedException', message: 'no' },
      times: 1,
    })
    await world.click(choice, 'U0APPROVE', 'no')
    await world.until(() => ENDED.test(world.card()))
    expect(world.card()).toContain('the vote could not be read')
    expect(await world.store().list('pending')).toEqual([])
    const cards = world.cards().length
    await world.type('scale orders-api 6', { user: 'U0SECOND' })
    expect(world.cards()).toHaveLength(cards + 1)
  })

  test('whose item stays, because it could not be removed', async () => {
    await world.type('scale orders-api 6')
    world.aws.faults.add({
      match: { function: 'quarterdeck-operation', action: 'DeleteItem' },
      when: 'before',
      effect: { kind: 'error', code: 'AccessDeniedException', message: 'no' },
      times: 1_000,
    })
    await world.click('reject', 'U0APPROVE', 'no')
    await world.until(() => ENDED.test(world.card()))
    const cards = world.cards().length
    await world.type('scale orders-api 6', { user: 'U0SECOND' })
    expect(world.cards()).toHaveLength(cards + 1)
  })

  test('the item of a request has the expiry of the request', async () => {
    await world.type('scale orders-api 6')
    expect(await world.store().list('pending')).toHaveLength(1)
    world.aws.faults.add({
      match: { function: 'quarterdeck-operation' },
      when: 'before',
      effect: { kind: 'error', code: 'AccessDeniedException', message: 'no' },
      times: 1_000,
    })
    world.clock.advance(8 * 86_400_000)
    await world.quiet()
    world.aws.faults.clear()
    expect(await world.store().list('pending')).toEqual([])
  })

  test.each([
    ['a denial', (yaml: string) => yaml.replace('access:\n', 'access:\n  - { who: [U0REQUEST], deny: operator }\n')],
    [
      'a freeze',
      (yaml: string) =>
        `${yaml}\nfreezes:\n  - { name: sale, from: 2026-11-22T03:00:00Z, until: 2026-11-23T03:00:00Z, except: [U0SECOND] }\n`,
    ],
  ])('%s of its requester', async (_, change) => {
    await world.type('scale orders-api 6')
    await world.publish(change(EXAMPLE))
    const cards = world.cards().length
    await world.type('scale orders-api 6', { user: 'U0SECOND' })
    expect(world.cards()).toHaveLength(cards + 1)
    await world.click('approve')
    await world.until(() => ENDED.test(world.card()))
    expect(world.card()).toContain('✅ Done')
  })
})
