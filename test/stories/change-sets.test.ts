// A change of many services: one approval, one execution a service, one service first, and none after a halt.
import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { generateServices } from '../../sandbox/world/seed.ts'
import { isQuick } from '../seed.ts'
import { pass } from '../world/driving.ts'
import { ENDED } from '../world/ends.ts'
import { moveToSpot } from './fleet-of.ts'
import { aStory, type StoryWorld, textOf } from './story-world.ts'

const EXAMPLE = await readFile('quarterdeck.yaml', 'utf8')

let world: StoryWorld
beforeAll(async () => {
  world = await aStory()
  await world.publish(EXAMPLE)
})
afterAll(() => world.stop())

/** The last card of a change set: a halt posts a message, too. */
const setCard = (): string => textOf(world.cards().findLast(card => /\d services /.test(textOf(card))))
const over = () => world.until(() => ENDED.test(setCard()))
const updates = () => world.calls('UpdateService').length
describe('restart of a cluster', () => {
  test('asks once, and says how many services and tasks, which is first, and what is left out', async () => {
    await world.type('restart cluster:prod.us-east-1/jobs --reason "new certificates"')
    expect(world.card()).toMatchInlineSnapshot(`
      "🟠 Medium risk · prod · Restart 5 services in the cluster prod.us-east-1/jobs
      jobs · us-east-1 · @requester “new certificates”
      • Replaces 20 tasks, reports first
      • Largest: notifications 8, recommendations 4, log-shipper 3, ord…
      Now: 1 of 5 services lacks tasks, 18 of 20 tasks, alarms unknown
      Undo: nothing to take back; a tag outside ECR may be new
      Needs 1: any operator, not @requester, by 2026-11-22 11:00 UTC
      [Review…] [Reject] [⋯ Details, Ask Requester, Cancel Request]"
    `)
    const details = await world.details()
    expect(details).toContain('5 services\nprod · us-east-1 · jobs')
    expect(details).toContain('prod.us-east-1/jobs/notifications: 8 tasks, medium risk')
    expect(details).toContain('The highest of 5 services')
  })

  test('each service is restarted once, in its own execution, with the votes of the set', async () => {
    const before = updates()
    await world.click('approve')
    await over()
    expect(world.card()).toMatchInlineSnapshot(`
      "❌ Failed · prod · Restart 5 services in the cluster prod.us-east-1/jobs: 4 of 5 services done, 1 not
      jobs · us-east-1 · requested by requester, approved by approver
      “new certificates”
      2026-11-22 03:02 UTC
      • prod.us-east-1/jobs/recommendations: failed. 1/4 new tasks running: Out of memory: app reached its memory limit and was killed · 1 task at 03:01 UTC, 2 more failed.
      [Try Again] [Audit] [Details]"
    `)
    expect(updates() - before).toBe(5)
    const chain = await world.audit('111122223333')
    const outcomes = chain.filter(
      ({ kind, invocation }) => kind === 'outcome' && invocation.startsWith('restart prod.'),
    )
    expect(outcomes.map(({ outcome }) => outcome).toSorted()).toEqual(['done', 'done', 'done', 'done', 'failed'])
    for (const { voters, operation } of outcomes) {
      expect(voters).toEqual(['U0APPROVE'])
      expect(operation).toMatch(/-\d$/)
    }
  })
})

/** Tags as the index has them after its next refresh. */
const tagged = async (names: readonly string[], value: string) => {
  for (const name of names) world.service(name).tags['team'] = value
  await world.recur('index')
}

describe('services with a tag', () => {
  test('are restarted in order, the smallest first; what deploys or runs no task is left out and named', async () => {
    await tagged(['web/orders-api', 'web/search', 'web/payments-api', 'jobs/reports'], 'shop')
    const empty = world.service('jobs/reports')
    empty.desired = 0
    world.fleet.touch(empty)
    await pass(60_000, world)
    await world.type('restart tag:team=shop')
    const details = await world.details()
    expect(world.card()).toContain('Restart 3 services tagged team=shop')
    expect(world.card()).toContain('payments-api first')
    expect(details).toContain('Left out: prod.us-east-1/jobs/reports. It runs no task.')
    await world.click('approve')
    await over()
    expect(world.card()).toContain('3 of 3 services done.')
  })

  test('a halt after the first service keeps the others as they are', async () => {
    await world.type('restart tag:team=shop')
    const before = updates()
    await world.click('approve')
    await world.until(() => updates() - before === 1)
    await world.type('halt --reason incident', { user: 'U0APPROVE' })
    await over()
    expect(updates() - before).toBe(1)
    expect(setCard()).toMatch(/1 of 3 services done\. 2 not begun: Stopped: all changes are halted/)
    await world.type('resume', { user: 'U0APPROVE' })
  })

  test('Stop acts between services', async () => {
    await world.type('restart tag:team=shop')
    const before = updates()
    await world.click('approve')
    await world.until(() => updates() - before === 1)
    await world.press('Stop')
    await over()
    expect(updates() - before).toBe(1)
    expect(setCard()).toContain('Stopped by requester')
  })

  test('where the first service fails, no other begins', async () => {
    const first = world.service('web/payments-api')
    world.fleet.knobs.failService(first.arn, 'exit1')
    await world.type('restart tag:team=shop')
    const before = updates()
    await world.click('approve')
    await over()
    expect(updates() - before).toBe(1)
    expect(world.card()).toContain('❌ Failed')
    expect(world.card()).toContain('The first service failed')
    world.fleet.knobs.healService(first.arn)
    await pass(30 * 60_000, world)
  })

  test('a service that was deployed after the approval is not touched; the others are', async () => {
    await world.type('restart tag:team=shop')
    const other = world.service('web/search')
    const spec = other.deployments[0]?.revision.spec
    if (spec === undefined) throw new Error('no deployment')
    world.fleet.deploy(other, spec)
    await pass(10 * 60_000, world)
    await world.click('approve')
    await over()
    expect(world.card()).toContain('2 of 3 services done, 1 not')
    expect(world.card()).toContain('prod.us-east-1/web/search: refused. It changed after the set was planned.')
  })
})

describe('is refused', () => {
  test.each([
    ['a set that nobody has', 'restart tag:team=nobody', 'No service that you may view is tagged team=nobody'],
    ['a cluster of several places', 'restart cluster:web', 'clusters are named'],
    ['a command that takes one service', 'scale cluster:web 4', 'No service is named'],
    ['an empty tag', 'restart tag:team', 'is not a tag'],
    ['no ARN of a secret', 'restart secret:prod/db', 'is not the ARN of a secret or a parameter'],
    ['another resource', 'restart secret:arn:aws:s3:::prod', 'is not the ARN of a secret or a parameter'],
    ['breaking glass', 'restart tag:team=shop --break-glass --reason fire', 'Breaking glass changes one service.'],
  ])('%s', async (_, line, words) => {
    const count = world.cards().length
    expect(await world.type(line)).toContain(words)
    expect(world.cards()).toHaveLength(count)
  })

  test('a dry run of a set asks for nothing', async () => {
    const count = world.cards().length
    expect(await world.type('restart tag:team=shop --dry-run')).toContain('Restart 3 services tagged team=shop')
    expect(world.cards()).toHaveLength(count)
  })
})

test('the budget of open requests counts sets', async () => {
  await world.publish(EXAMPLE.replace('waiting: 20', 'waiting: 1'))
  await world.type('restart tag:team=shop')
  const count = world.cards().length
  expect(await world.type('restart cluster:prod.us-east-1/jobs')).toContain('1 ')
  expect(world.cards()).toHaveLength(count)
  await world.click('reject', 'U0APPROVE', 'no')
  await world.publish(EXAMPLE)
})

describe('thirty services', () => {
  test.skipIf(isQuick)('Stop ends the set once what began has ended; nothing begins after it', async () => {
    generateServices(world.fleet, 30)
    await pass(10 * 60_000, world)
    await world.recur('index')
    await world.publish(EXAMPLE.replace('atLeast: 50', 'atLeast: 500'))
    await world.type('restart cluster:fleet-1')
    const before = updates()
    await world.click('approve')
    await world.until(() => updates() - before >= 13)
    const stoppedAt = world.clock.now()
    await world.press('Stop')
    await over()
    const begun = updates() - before
    expect(begun).toBe(13)
    expect(setCard()).toMatch(/13 of 30 services done\. 17 not begun: Stopped by requester/)
    expect(world.clock.now() - stoppedAt).toBeLessThan(10 * 60_000)
  })
})

describe('an escape of a cluster', () => {
  test('moves what uses Spot, each with its own return, and leaves the others out', async () => {
    moveToSpot(['web/orders-api', 'web/search'], world)
    await pass(10 * 60_000, world)
    await world.recur('index')
    await world.type('capacity escape tag:team=shop --for 2h')
    expect(world.card().replace(/by \S+ \S+ UTC/, 'by …')).toMatchInlineSnapshot(`
      "🟠 Medium risk · prod · Move off Spot: 2 services tagged team=shop
      web · us-east-1 · @requester
      • Replaces 9 tasks, orders-api first; 2 left out
      • Needs 14 vCPUs, quota unknown
      • Largest: search 5, orders-api 4
      Now: all tasks run, 9 tasks, alarms unknown
      Undo: each returns by itself, or capaci…
      Included: each returns after 2 h; replaces its tasks again
      Needs 1: any operator, not @requester, by …
      [Review…] [Reject] [⋯ Details, Ask Requester, Cancel Request]"
    `)
    await world.click('approve')
    await over()
    expect(world.card()).toContain('2 of 2 services done.')
    expect(await world.type('leases')).toContain('capacity fargate=1')
    await pass(4 * 3_600_000, world)
    expect(await world.type('leases')).toContain('There are no temporary changes')
    expect(
      [...world.service('web/search').tasks]
        .filter(({ desiredStatus }) => desiredStatus === 'RUNNING')
        .every(({ capacityProvider }) => capacityProvider === 'FARGATE_SPOT'),
    ).toBe(true)
  })
})

describe('services that use a secret', () => {
  const SECRET = 'arn:aws:secretsmanager:us-east-1:111122223333:secret:prod/rotated-Ab1Cd2'

  test('are those whose task definition refers to it, with or without a key', async () => {
    for (const [at, name] of ['web/search', 'web/payments-api'].entries()) {
      const { taskDefinition } = world.service(name).deployments[0]?.revision.spec ?? {}
      const [container] = taskDefinition?.input.containerDefinitions ?? []
      if (container === undefined) throw new Error('no container')
      container.secrets = [{ name: 'KEY', valueFrom: at === 0 ? SECRET : `${SECRET}:user::` }]
    }
    await world.type(`restart secret:${SECRET}`)
    expect(world.card()).toContain('Restart 2 services that use the secret prod/rotated')
    const details = await world.details()
    expect(details).toContain('web/search')
    expect(details).toContain('web/payments-api')
    await world.click('cancel', 'U0REQUEST')
  })

  test('without one, nothing is posted', async () => {
    const before = world.cards().length
    const line = 'restart secret:arn:aws:ssm:us-east-1:111122223333:parameter/prod/none'
    expect(await world.type(line)).toContain('No service that you may view uses the secret prod/none')
    expect(world.cards()).toHaveLength(before)
  })
})
