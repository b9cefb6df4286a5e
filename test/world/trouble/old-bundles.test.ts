// Deployments and rollbacks while operations run: each version finishes what the other version started.
// The fixtures are the bundles and the published configuration of the last commit before the wording changed.
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { putConfig } from '../../../sandbox/infrastructure.ts'
import { HUB } from '../../../sandbox/sandbox.ts'
import { verifyChain } from '../../../src/engine/audit/audit.ts'
import { pass } from '../driving.ts'
import { aWorld, textOf, type World } from '../world.ts'

const NEW = `${process.cwd()}/dist`
const ACCOUNT = '111122223333'
const CHECKOUT = 'prod.us-east-1/web/checkout'
const MINUTE = 60_000

let old: string
let config: string
beforeAll(async () => {
  old = await mkdtemp(`${tmpdir()}/bundles-before-approvals-`)
  await promisify(execFile)('tar', ['xzf', 'test/fixtures/bundles-before-approvals.tgz', '-C', old])
  config = JSON.stringify(JSON.parse(await readFile('test/fixtures/config-before-approvals.json', 'utf8')))
})
afterAll(() => rm(old, { recursive: true }))

let world: World
afterEach(() => world.stop())

const minutes = (count: number) => pass(count * MINUTE, world)
const approve = (user?: string) => world.click('approve', user)
const press = (choice: string, user: string) => world.click(choice, user)
/** Requests and approves a change, and waits until the audit has its outcome. */
const change = async (line: string) => {
  const done = (await outcomes()).length
  expect(await world.type(line)).toBe('')
  await approve()
  await minutes(10)
  expect((await outcomes()).slice(done)).toEqual(['done'])
}
const outcomes = async () => (await world.audit(ACCOUNT)).flatMap(({ outcome = [] }) => outcome)
const running = () => [...world.durable.executions.values()].filter(({ status }) => status === 'RUNNING').length
const bounds = () => {
  const target = world.autoscaling.targetOf(world.service('web/checkout'))
  return `${target?.min}..${target?.max}`
}
/** The bundles of a function that have called AWS since a call. */
const bundlesOf = (name: string, since: number): readonly string[] => {
  const calls = world.aws.callLog.list().filter(({ id, container }) => id > since && container?.includes(`-${name}-`))
  return [...new Set(calls.map(({ container = '' }) => world.functions.bundles.get(container) ?? ''))]
}
const lastCall = () => world.aws.callLog.list().at(-1)?.id ?? 0

const DEPLOYMENTS = [
  ['a deployment', () => [old, NEW]],
  ['a rollback', () => [NEW, old]],
] as const

describe.each(DEPLOYMENTS)('%s', (name, folders) => {
  let before = ''
  let after = ''
  /** The id of the last AWS call before the deployment. */
  let deployedAt = 0
  beforeEach(async () => {
    ;[before = '', after = ''] = folders()
    world = await aWorld({ dist: before })
    if (name === 'a deployment') putConfig(world, config)
  })
  /** Also that the published configuration of before is read, by both versions. */
  afterEach(async () => {
    const records = await world.audit(ACCOUNT)
    expect(verifyChain(records)).toEqual([])
    if (name === 'a deployment')
      expect(new Set(records.map(({ configVersion }) => configVersion))).toEqual(
        new Set(records.map(() => JSON.parse(config).version)),
      )
  })
  const deploy = () => {
    deployedAt = lastCall()
    world.deploy(after)
  }
  /** Since the deployment, these functions ran the new bundles only. */
  const expectOnlyAfter = (...functions: readonly string[]) => {
    for (const one of functions) expect(bundlesOf(one, deployedAt)).toEqual([`${after}/${one}/index.mjs`])
  }

  test('a pending approval: the click is counted by the other version, and the operation ends on its own', async () => {
    await world.type('scale orders-api 6')
    deploy()
    await approve()
    await minutes(10)
    expect(world.desired()).toBe(6)
    expect(await outcomes()).toEqual(['done'])
    expectOnlyAfter('decision')
    expect(bundlesOf('operation', deployedAt)).toEqual([`${before}/operation/index.mjs`])
    expect(running()).toBe(0)
  })

  test('a pending approval is rejected, with a reason, by the other version', async () => {
    await world.type('scale orders-api 6')
    deploy()
    await world.click('reject', 'U0APPROVE', 'not now')
    await minutes(1)
    expect([world.desired(), running()]).toEqual([4, 0])
    expect(textOf(world.cards().at(-1))).toContain('not now')
    expectOnlyAfter('decision')
  })

  test('a pending approval that nobody decides: the other version reminds, and it expires', async () => {
    await world.type('scale orders-api 6')
    deploy()
    await world.until(() => running() === 0)
    expect(world.replies().length).toBeGreaterThan(0)
    expect(world.desired()).toBe(4)
    expectOnlyAfter('schedule')
  })

  test('a running lease ends at its time', async () => {
    await change(`scale ${CHECKOUT} 12 --for 1h`)
    expect(bounds()).toBe('12..12')
    deploy()
    await minutes(60)
    expect(bounds()).toBe('4..10')
    expect(await outcomes()).toEqual(['done', 'reverted'])
    expect(running()).toBe(0)
  })

  test('a running lease is ended by a click that the other version handles', async () => {
    await change(`scale ${CHECKOUT} 12 --for 1h`)
    deploy()
    await press('revert', 'U0REQUEST')
    await minutes(5)
    expect(bounds()).toBe('4..10')
    expect(await outcomes()).toEqual(['done', 'reverted'])
    expectOnlyAfter('decision')
  })

  test('leases of both versions compose: the highest wins, and the last to end restores the baseline', async () => {
    await change(`scale ${CHECKOUT} 8 --for 1h`)
    deploy()
    await change(`scale ${CHECKOUT} 12 --for 2h`)
    expect(bounds()).toBe('12..12')
    await minutes(60)
    expect([bounds(), running()]).toEqual(['12..12', 1])
    await minutes(60)
    expect([bounds(), running()]).toEqual(['4..10', 0])
    expect(bundlesOf('operation', deployedAt).toSorted()).toEqual(
      [old, NEW].map(folder => `${folder}/operation/index.mjs`).toSorted(),
    )
  })

  const tagged = () => [...world.service().tasks].filter(({ tags }) => 'quarterdeck:exec' in tags).length

  test.each(['at its time', 'by a click that the other version handles'])('a grant ends %s', async how => {
    await world.type('exec orders-api:app --interactive --for 15m --reason "heap looks odd"')
    await approve()
    await minutes(2)
    expect(tagged()).toBe(1)
    deploy()
    if (how !== 'at its time') await press('revert', 'U0REQUEST')
    await minutes(how === 'at its time' ? 15 : 2)
    expect([tagged(), running()]).toEqual([0, 0])
    expect(await outcomes()).toEqual(['done', 'reverted'])
  })

  const direct = () => textOf(world.slack.workspace.history(world.slack.workspace.openDm('U0REQUEST').id).at(-1))
  const numbers = () => [...direct().matchAll(/line (\d+)\./g)].map(([, n]) => Number(n))
  const followWhile = async (disturb: (n: number) => void) => {
    const group = world.aws.logs.find(HUB, '/ecs/orders-api')
    if (group === undefined) throw new Error('no group')
    group.perMinute = 0
    world.clock.advance(MINUTE)
    await world.type('logs orders-api --container app --follow 8m')
    await pass(1_000, world)
    const [task] = world.service().tasks
    for (let n = 1; n <= 28; n += 1) {
      world.aws.logs.append(group, `ecs/app/${task?.id}`, `line ${n}.`, world.clock.now())
      disturb(n)
      await pass(15_000, world)
    }
    await minutes(3)
  }
  const ALL = Array.from({ length: 28 }, (_, n) => n + 1)

  test('a follow goes on in a holder of the other version, and no line is lost', async () => {
    await followWhile(n => n === 4 && deploy())
    expect(numbers()).toEqual(ALL)
    expect(bundlesOf('query', deployedAt)).toEqual([before, after].map(folder => `${folder}/query/index.mjs`))
  })

  test('a follow whose holder died is taken over by the other version', async () => {
    await followWhile(n => {
      if (n !== 4) return
      deploy()
      world.functions.killAll('quarterdeck-query')
    })
    expect(numbers()).toEqual(ALL)
    expectOnlyAfter('query', 'schedule')
  })

  test('one chain of the audit: before, after, and after the way back', async () => {
    await change('scale orders-api 6')
    deploy()
    await change('scale orders-api 5')
    world.deploy(before)
    await change('scale orders-api 4')
    const records = await world.audit(ACCOUNT)
    expect(records.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6])
    expect(new Set(records.map(({ operation }) => operation)).size).toBe(3)
    const versions = [...world.durable.executions.values()].map(({ version }) => version)
    expect(versions).toEqual(['1', '2', '3'])
  })
})
