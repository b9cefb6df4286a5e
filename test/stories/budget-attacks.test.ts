// Attempts to pass a limit in small steps, and to flood others.
import { readFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { pass } from '../world/driving.ts'
import { aStory, type StoryWorld } from './story-world.ts'

let world: StoryWorld
beforeEach(async () => {
  world = await aStory()
})
afterEach(() => world.stop())

const EXAMPLE = await readFile('quarterdeck.yaml', 'utf8')
const isDone = () => world.card().includes('Done')

describe('steps below the size of a rule', () => {
  const scaleTo = async (count: number) => {
    await world.type(`scale orders-worker ${count} --reason sale`)
    await world.click('approve')
    await world.until(isDone, 3_600_000)
  }

  test('count together within its window, and the card says so', async () => {
    const before = world.desired('jobs/orders-worker')
    await scaleTo(before + 40)
    const told = await world.type(`scale orders-worker ${before + 80} --reason sale`)
    expect(told).toContain('The plan was posted in #C0APPROVALS')
    expect(world.card('C0APPROVALS')).toContain('Needs 2: @S0OPS')
    expect(world.card('C0APPROVALS')).toContain(
      `Within 1h the desired count was ${before}: together the changes are 80`,
    )
  })

  test('count alone after its window', async () => {
    const before = world.desired('jobs/orders-worker')
    await scaleTo(before + 40)
    world.clock.advance(61 * 60_000)
    expect(await world.type(`scale orders-worker ${before + 80} --reason sale`)).toBe('')
    expect(world.card()).toContain('Needs 1: ')
  })

  test('requested side by side do not pass either: the second is out of date', async () => {
    const before = world.desired('jobs/orders-worker')
    await world.type(`scale orders-worker ${before + 40} --reason one`)
    await world.type(`scale orders-worker ${before + 80} --reason two`)
    expect(world.card('C0APPROVALS')).toContain('Needs 2: @S0OPS')
  })

  const sized = (least: number) => world.publish(EXAMPLE.replace('atLeast: 50', `atLeast: ${least}`))

  test('count from what the service had when a temporary change ended', async () => {
    await sized(41)
    const before = world.desired('jobs/orders-worker')
    await world.type(`scale orders-worker ${before + 40} --for 2h --reason sale`)
    await world.click('approve')
    await pass(70 * 60_000, world)
    await world.press('Revert Now')
    await pass(60_000, world)
    await world.type(`scale orders-worker ${before - 1} --reason sale`)
    expect(world.card('C0APPROVALS')).toContain(`desired count was ${before + 40}: together the changes are 41`)
  })

  test('count from what the service had when the change ran, not at its request', async () => {
    await sized(21)
    const worker = world.service('jobs/orders-worker')
    worker.desired = 25
    await world.type('scale orders-worker 20 --reason sale')
    worker.desired = 40
    await world.click('approve')
    await world.until(isDone, 3_600_000)
    await world.type('scale orders-worker 19 --reason sale')
    expect(world.card('C0APPROVALS')).toContain('desired count was 40: together the changes are 21')
  })

  test('a window needs a size', async () => {
    const yaml = EXAMPLE.replace('risk: low }\n    approvals: 0', 'risk: low, within: 1h }\n    approvals: 0')
    await expect(world.publish(yaml)).rejects.toThrow('approvals.0.when.within needs `atLeast`')
  })
})

describe('one person', () => {
  test('sends at most 30 commands in a minute, and may halt and roll back even then', async () => {
    for (let at = 0; at < 30; at += 1) await world.type('whoami')
    expect(await world.type('whoami')).toContain('You have sent 30 commands in this minute.')
    expect(await world.type('scale orders-api 6')).toContain('You have sent 30 commands in this minute.')
    expect(world.cards()).toEqual([])
    expect(await world.type('rollback orders-api --dry-run')).not.toContain('30 commands')
    await world.type('halt --reason flood')
    expect(world.card()).toContain('All changes are halted')
    world.clock.advance(60_000)
    expect(await world.type('whoami')).toContain('You are requester@example.com')
  })

  test('has the follows of all their Slack users counted together', async () => {
    await world.publish(
      EXAMPLE.replace('follows: 3', 'follows: 1').replace('people:\n', 'people:\n  U0OUTSIDE: requester@example.com\n'),
    )
    const follow = (user: string) => world.type('logs orders-api --follow 1m', { user })
    void follow('U0REQUEST')
    await world.until(() => world.told('U0REQUEST') !== '')
    expect(await follow('U0OUTSIDE')).toContain('1 of your follows are running, and 1 may.')
  })

  test('has at most so many requests that await approval', async () => {
    await world.publish(EXAMPLE.replace('waiting: 20', 'waiting: 2'))
    await world.type('scale orders-api 5')
    await world.type('scale orders-api 6')
    expect(await world.type('scale orders-api 7')).toContain('2 of your requests await approval, and 2 may.')
    expect(await world.type('scale orders-api 7 --dry-run')).toContain('Dry run')
    expect(await world.type('scale orders-api 7', { user: 'U0APPROVE' })).toBe('')
    await world.click('cancel', 'U0APPROVE')
    await world.until(() => world.card().includes('Cancelled'))
    expect(world.cards().length).toBe(3)
  })
})
