// One walk a verb over the wire, through the built handlers: what `npm test` runs of the world.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { ENDED } from './ends.ts'
import { aWorld, ORDERS, textOf, type World } from './world.ts'

const CHECKOUT = 'prod.us-east-1/web/checkout'

let world: World
beforeAll(async () => {
  world = await aWorld()
  world.aws.exec.timing = { ...world.aws.exec.timing, floor: 20, readPause: 0, startFailure: 20 }
  await world.recur('index')
})
afterAll(() => world.stop())
afterEach(() => {
  world.aws.throttle.reset()
  world.clock.advance(60_000)
})

/** Typed, approved by somebody else, and over. */
const carriedOut = async (line: string, isOver = ENDED): Promise<string> => {
  const count = world.cards().length
  expect(await world.type(line)).toBe('')
  await world.click('approve')
  await world.until(() => world.cards().length > count && isOver.test(world.card()))
  return world.card()
}

describe('a change', () => {
  test('scale', async () => {
    expect(await carriedOut('scale orders-api 6')).toMatch(/✅ Done .*6\/6 running/s)
    expect(world.calls('UpdateService').at(-1)).toMatchObject({ sourceIdentity: 'requester@example.com' })
    expect((await world.audit('111122223333')).map(({ kind }) => kind)).toEqual(['intent', 'outcome'])
  })

  test('restart', async () => {
    expect(await carriedOut('restart orders-api')).toContain('✅ Done')
  })

  test('rollback', async () => {
    const search = world.service('web/search')
    const spec = search.deployments[0]?.revision.spec
    const [before] = world.fleet.site(search.cluster).taskDefinitions.get('search') ?? []
    if (spec === undefined || before === undefined) throw new Error('search has no history')
    world.fleet.deploy(search, { ...spec, taskDefinition: before })
    await world.until(() => search.deployments.length === 1 && search.scheduler.isSteady)
    expect(await carriedOut('rollback prod.us-east-1/web/search')).toContain('✅ Done')
  })

  test('autoscale bounds', async () => {
    expect(await carriedOut(`autoscale bounds ${CHECKOUT} 4..20`)).toContain('✅ Done')
    expect(await world.type(`autoscale ${CHECKOUT}`)).toContain('4..20')
  })

  test('a lease, and its end', async () => {
    expect(await carriedOut(`scale ${CHECKOUT} 8 --for 1h`, /✅ Temporary/)).toContain('Temporary: a minimum of 8')
    expect(await world.type('leases')).toContain('a minimum of 8 until')
    await world.press('Revert Now')
    await world.until(() => world.card().includes('↩️ Reverted'))
  })

  test('exec', async () => {
    expect(await carriedOut('exec orders-api:app -- echo hello')).toMatch(/✅ Done .*It ended with status 0/s)
    expect(world.replies().map(textOf).join('\n')).toContain('hello')
  })

  test('lock, unlock, halt and resume', async () => {
    await world.type('lock orders-api --reason migration')
    expect(await world.type('scale orders-api 4')).toContain('is locked by requester: migration')
    await world.type('unlock orders-api', { user: 'U0APPROVE' })
    await world.type('halt --reason "incident 812"')
    expect(await world.type('scale orders-api 4')).toContain('All changes are halted')
    await world.type('resume', { user: 'U0APPROVE' })
    expect(await world.type('scale orders-api 4 --dry-run')).toContain('Scale orders-api 6 → 4')
  })
})

describe('a look', () => {
  test.each([
    ['status orders-api', 'orders-api is healthy and steady'],
    ['tasks orders-api', '6 tasks'],
    ['events orders-api', 'orders-api: '],
    ['deployments orders-api', 'orders-api: '],
    ['services --account prod', 'orders-api'],
    ['logs orders-api', 'orders-api: '],
    ['check orders-api', 'findings'],
    ['audit orders-api', `scale ${ORDERS} 6`],
    ['whoami', 'You are requester@example.com to AWS'],
    ['here', 'This channel has no defaults'],
    ['help', 'scale'],
    ['help exec enable', 'Turn on ECS Exec'],
  ])('%s', async (line, words) => {
    expect(await world.type(line)).toContain(words)
  })

  test('the App Home', async () => {
    await world.slack.deliver.openHome('U0REQUEST')
    await world.quiet()
    expect(JSON.stringify(world.slack.workspace.home('U0REQUEST'))).toContain('/ecs here set --favourites')
  })
})
