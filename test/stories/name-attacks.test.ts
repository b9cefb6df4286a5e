// Names that would act in a place that nobody meant: unread places, defaults set by others, and production in a hurry.
import { readFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { aStory, type StoryWorld } from './story-world.ts'

let world: StoryWorld
beforeEach(async () => {
  world = await aStory()
})
afterEach(() => world.stop())

const STAGING = '444455556666'
/** Nobody can assume staging's roles. */
const loseStaging = () =>
  world.aws.faults.add({
    match: { service: 'ecs', account: STAGING },
    when: 'before',
    effect: { kind: 'error', code: 'AccessDeniedException', message: 'no' },
    times: 9_999,
  })
const HOUR = 3_600_000

describe('a name that could be in a place that was never read', () => {
  beforeEach(() => void loseStaging())

  test.each(['restart catalog-api', 'scale catalog-api 0', 'scale web/catalog-api 6'])(
    '%s asks, once, with one tap',
    async line => {
      const answer = await world.type(line)
      expect(answer).toContain(
        'catalog-api is in prod.us-east-1/web/catalog-api, but could be elsewhere, too: staging in us-east-1',
      )
      expect(answer).toContain('[prod.us-east-1/web/catalog-api]')
      expect(world.cards()).toEqual([])
      await world.press('prod.us-east-1/web/catalog-api')
      expect(world.card()).toMatch(/ catalog-api[\s\S]*\[(?:Approve|Review…)\]/)
    },
  )

  test('is read, with a note', async () => {
    const answer = await world.type('status catalog-api')
    expect(answer).toContain('catalog-api is healthy')
    expect(answer).toContain('could not be read')
  })

  test('goes on as a full name, and as a name of another account', async () => {
    expect(await world.type('restart prod.us-east-1/web/catalog-api')).toBe('')
    await world.click('cancel', 'U0REQUEST')
    expect(await world.type('restart prod/web/catalog-api')).toBe('')
  })
})

test('a place counts by its last index for a day, and its age is on the card', async () => {
  await world.recur('index')
  loseStaging()
  world.clock.advance(3 * HOUR)
  await world.recur('index')
  expect(await world.type('restart payments-api')).toBe('')
  expect(world.card()).toContain('Names were last compared with staging in us-east-1 3 hours ago')
  world.clock.advance(22 * HOUR)
  await world.recur('index')
  expect(await world.type('restart payments-api')).toContain('could be elsewhere, too')
})

describe('breaking glass in production', () => {
  test('takes full names only', async () => {
    const answer = await world.type('scale orders-api 0 --break-glass --reason "incident 812"')
    expect(answer).toContain('Breaking glass in production needs the full name.')
    expect(world.cards()).toEqual([])
    await world.press('prod.us-east-1/web/orders-api')
    await world.until(() => world.cards('C0APPROVALS').length > 0)
  })
})

test('a change elsewhere than the last commands of the channel names its place in bold', async () => {
  await world.type('status staging.us-east-1/web/catalog-api')
  await world.type('restart orders-api')
  expect(JSON.stringify(world.cards().at(-1)?.blocks)).toContain(
    '{"type":"text","text":"prod.us-east-1/web","style":{"bold":true}}',
  )
  expect(world.card()).toContain('the last commands here: staging.us-east-1/web.')
  await world.type('restart payments-api')
  expect(world.card()).not.toContain('The last commands')
})

test('a card does not name the last place of the channel to a person who may not see it', async () => {
  const yaml = await readFile('quarterdeck.yaml', 'utf8')
  await world.publish(yaml.replace('access:\n', 'access:\n  - { who: [U0SECOND], deny: viewer, accounts: staging }\n'))
  await world.type('status staging.us-east-1/web/catalog-api')
  await world.type('restart orders-api', { user: 'U0SECOND' })
  expect(world.card()).toContain('the last commands here: another place.')
})
