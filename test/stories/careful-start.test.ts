// A start that security accepts: accounts that are only read, and accounts in which nothing is called.
import { readFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { aStory, type StoryWorld } from './story-world.ts'

let world: StoryWorld
beforeEach(async () => {
  world = await aStory()
})
afterEach(() => world.stop())

const EXAMPLE = await readFile('quarterdeck.yaml', 'utf8')
const WRITES = /^(Update|Put|Register|Delete|Stop|Run|Execute|Tag|Untag|Continue|Create)/
/** Writes of an account, not of the bot's own table and timers. */
const OWN = ['dynamodb', 'scheduler', 'lambda', 'sts']
const writes = () =>
  world.aws.callLog
    .list()
    .filter(({ service, action }) => !OWN.includes(service) && WRITES.test(action))
    .map(({ service, action }) => `${service}:${action}`)
const isOver = () => /Done|Failed|Blocked|Out of date|Unknown/.test(world.card())

describe('an account with a viewer role alone', () => {
  const READ_ONLY = EXAMPLE.split('\n')
    .filter(line => !/^ {6}(operator|revert|exec|deployer|gate): .*111122223333/.test(line))
    .join('\n')
  beforeEach(() => world.publish(READ_ONLY))

  test('is read', async () => {
    expect(await world.type('status orders-api')).toContain('orders-api')
  })

  test.each([
    'scale orders-api 6',
    'scale orders-api 6 --for 1h',
    'restart orders-api',
    'exec orders-api -- ls',
    'rollback orders-api',
    'scale prod.us-east-1/web/orders-api 6 --break-glass --reason "OPS-1 all is down"',
  ])('refuses every change, with the reason: %s', async line => {
    expect(await world.type(line)).toContain('prod is read-only')
    expect(world.cards()).toEqual([])
    expect(writes()).toEqual([])
  })

  test('is named by whoami', async () => {
    expect(await world.type('whoami')).toContain('prod (read-only): ')
  })

  test('leaves other accounts as they are', async () => {
    expect(await world.type('scale staging.us-east-1/web/orders-api 2')).not.toContain('read-only')
  })
})

describe('an account that becomes read-only while a request waits', () => {
  test('is not changed', async () => {
    await world.type('scale orders-api 6')
    await world.publish(
      EXAMPLE.split('\n')
        .filter(line => !/^ {6}(operator|revert|exec|deployer|gate): .*111122223333/.test(line))
        .join('\n'),
    )
    await world.click('approve')
    expect(world.card()).not.toContain('Done')
    expect(writes()).toEqual([])
  })
})

describe('an account in shadow mode', () => {
  const SHADOW = EXAMPLE.replace('    environment: production\n', '    environment: production\n    shadow: true\n')
  beforeEach(() => world.publish(SHADOW))

  test('plans and asks as ever, says so on the card, and records; nothing is called', async () => {
    await world.type('scale orders-api 6')
    expect(world.card()).toContain('Shadow mode: approval is recorded, nothing is called')
    await world.click('approve')
    await world.until(isOver)
    expect(world.card()).toContain('Blocked')
    expect(world.card()).toContain('Shadow mode in prod: it is recorded, and nothing was called')
    expect(writes()).toEqual([])
    expect((await world.audit('111122223333')).map(({ kind, outcome }) => [kind, outcome])).toEqual([
      ['ended', 'blocked'],
    ])
  })

  test('is named by whoami', async () => {
    expect(await world.type('whoami')).toContain('prod (shadow mode): ')
  })

  test('begins no temporary change', async () => {
    await world.type('scale orders-api 6 --for 1h')
    await world.click('approve')
    await world.until(isOver)
    expect(await world.type('leases')).toContain('There are no temporary changes.')
    expect(writes()).toEqual([])
  })

  test('starts no deployment', async () => {
    await world.type('restart orders-api')
    await world.click('approve')
    await world.until(isOver)
    expect(world.card()).toContain('Shadow mode in prod')
    expect(writes()).toEqual([])
  })

  test('that is set while a request waits: nothing is called', async () => {
    await world.publish(EXAMPLE)
    await world.type('scale orders-api 6')
    await world.publish(SHADOW)
    await world.click('approve')
    await world.until(isOver)
    expect(world.card()).toContain('Shadow mode in prod')
    expect(writes()).toEqual([])
  })
})
