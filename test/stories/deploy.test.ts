// /ecs deploy from the line to its outcome, in memory.
import { readFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { localUser } from '../../sandbox/aws/wire/credentials.ts'
import type { Service } from '../../sandbox/world/state.ts'
import { HUB } from '../world/driving.ts'
import { ENDED } from '../world/ends.ts'
import { aStory, type StoryWorld } from './story-world.ts'

let world: StoryWorld
beforeEach(async () => {
  world = await aStory()
})
afterEach(() => world.stop())

const REGISTRY = '111122223333.dkr.ecr.us-east-1.amazonaws.com'
const push = (tag: string, minutesAgo = 12) =>
  world.aws.images.push(`${REGISTRY}/search:${tag}`, world.clock.now() - minutesAgo * 60_000)
const search = (): Service => world.service('web/search')
const runs = () => search().deployments[0]?.revision.spec.taskDefinition
const over = () => world.until(() => ENDED.test(world.card()))

test('a tag becomes a revision with its digest, which the service then runs', async () => {
  const before = runs()
  const digest = push('v9')
  await world.type('deploy prod.us-east-1/web/search v9 --reason "PAY-311 rounding"')
  expect(world.card()).toMatchInlineSnapshot(`
    "🟠 Medium risk · prod · Deploy search v2 → v9
    web · us-east-1 · @requester “PAY-311 rounding”
    • app 511a…a5 → d5a6…3d, 12 min old
    • Replaces all 5 tasks, new ones first, ~1 min
    Now: healthy, 5 tasks, 2,500 req/min, 0 alarms
    Undo: deploy search:2 again, ~1 min
    Needs 1: any operator, not @requester, by 2026-11-22 11:00 UTC
    [Approve] [Reject] [⋯ Details, Ask Requester, Cancel Request]"
  `)
  await world.click('approve')
  await over()
  expect(world.card()).toMatchInlineSnapshot(`
    "✅ Done · prod · Deploy search v2 → v9 in 40 s
    web · us-east-1 · requested by requester, approved by approver
    “PAY-311 rounding”
    search:3: 5/5 new tasks running. 2026-11-22 03:00 UTC
    [Undo] [Audit] [Details]"
  `)
  const after = runs()
  expect(after?.revision).toBe((before?.revision ?? 0) + 1)
  const [container] = after?.input.containerDefinitions ?? []
  expect(container?.image).toBe(`${REGISTRY}/search:v9@${digest}`)
})

const LINE = 'deploy prod.us-east-1/web/search'
const registered = () => world.calls('RegisterTaskDefinition')
const updated = () => world.calls('UpdateService')

describe('between approval and execution', () => {
  test.each([
    ['the image is deleted', () => world.aws.images.remove(`${REGISTRY}/search:v9`), 'Amazon ECR has no image'],
    ['the tag moves', () => void push('v9', 1), 'The plan has changed since its approval'],
    [
      'somebody else starts a deployment',
      () => {
        const service = search()
        const spec = service.deployments[0]?.revision.spec
        if (spec !== undefined) world.fleet.deploy(service, spec)
      },
      '⚪ Out of date',
    ],
  ])('%s: the request is out of date, and nothing is changed', async (_, happens, text) => {
    push('v9')
    await world.type(`${LINE} v9`)
    happens()
    await world.click('approve')
    await over()
    expect(world.card()).toContain('⚪ Out of date')
    expect(world.card()).toContain(text)
    expect([registered(), updated()]).toEqual([[], []])
  })

  test('the revision is deregistered: the request is out of date', async () => {
    const [older] = world.fleet.site(search().cluster).taskDefinitions.get('search') ?? []
    if (older === undefined) throw new Error('no older revision')
    await world.type(`${LINE} search:1`)
    expect(world.card()).toContain('Deploy search, search:2 → search:1')
    older.status = 'INACTIVE'
    await world.click('approve')
    await over()
    expect(world.card()).toContain('search:1 was deregistered')
    expect(updated()).toEqual([])
  })
})

test('a revision of the family is deployed without another one, and Undo asks for the way back', async () => {
  await world.type(`${LINE} search:1`)
  await world.click('approve')
  await over()
  expect(runs()?.revision).toBe(1)
  expect(registered()).toEqual([])
  await world.press('Undo')
  expect(world.card()).toContain('Deploy search, search:1 → search:2')
})

test('an image of another repository is refused, and allowed by the configuration at high risk', async () => {
  const image = `${REGISTRY}/search-hotfix:v1`
  world.aws.images.push(image, world.clock.now())
  expect(await world.type(`${LINE} ${image}`)).toContain('may not run images of')
  expect(world.cards()).toEqual([])
  const rule = `deploy: { from: [{ repositories: ['${REGISTRY}/search-*'], targets: ['web/search'] }] }`
  await world.publish(`${await readFile('quarterdeck.yaml', 'utf8')}\n${rule}\n`)
  await world.type(`${LINE} ${image}`)
  expect(world.card()).toContain('🔴 High risk')
  expect(world.card()).not.toContain('[Approve]')
})

test('one of several containers is asked for by buttons', async () => {
  world.aws.images.push(`${REGISTRY}/orders-api:v9`, world.clock.now())
  expect(await world.type('deploy orders-api v9')).toContain('which one runs this image?')
  await world.press('Container app')
  expect(world.card()).toMatchInlineSnapshot(`
    "🟠 Medium risk · prod · Deploy orders-api v7 → v9
    web · us-east-1 · @requester
    • app b344…9d → 6e66…35, 1 min old
    • The tag of envoy could not be compared: a new image may start
    • Replaces all 4 tasks, new ones first, ~1 min
    Now: healthy, 4 tasks, 1,444 req/min, 0 alarms
    Undo: deploy orders-api:7 again, ~1 min
    Needs 1: any operator, not @requester, by 2026-11-22 11:00 UTC
    [Approve] [Reject] [⋯ Details, Ask Requester, Cancel Request]"
  `)
})

test('a deployment whose tasks fail is rolled back by ECS, and the card says so', async () => {
  push('v9')
  await world.type(`${LINE} v9`)
  world.fleet.knobs.failService(search().arn, 'exit1')
  await world.click('approve')
  await world.until(() => search().deployments[0]?.isRollback === true)
  world.fleet.knobs.healService(search().arn)
  await over()
  expect(world.card()).toMatch(/❌ Failed .*ECS rolled it back/s)
  expect(runs()?.revision).toBe(2)
})

test('AWS refuses the update of the service: what was registered is named', async () => {
  push('v9')
  await world.type(`${LINE} v9`)
  world.aws.faults.add({
    match: { action: 'UpdateService' },
    when: 'before',
    effect: { kind: 'error', code: 'AccessDeniedException', message: 'not authorized to perform: iam:PassRole' },
  })
  await world.click('approve')
  await over()
  expect(world.card()).toContain('❌ Failed')
  expect(world.card()).toContain('search:3 was registered and is not deployed')
})

describe('a revision with an image of another repository, which the configuration allows', () => {
  type Container = Readonly<Record<string, unknown>>
  const HOTFIX = `${REGISTRY}/search-hotfix:v1`
  const registering = async (change: (app: Container) => readonly Container[]) => {
    world.aws.images.push(HOTFIX, world.clock.now())
    const yaml = await readFile('quarterdeck.yaml', 'utf8')
    const rule = `deploy: { from: [{ repositories: ['${REGISTRY}/search-*'], targets: ['web/search'] }] }`
    await world.publish(`${yaml}\n${rule}\n`)
    const asker = { function: '', account: HUB.account, arn: localUser.arn }
    const base = runs()?.input
    const [app] = base?.containerDefinitions ?? []
    const input = { ...base, containerDefinitions: change(app as Container) }
    await world.aws.operate(asker, { service: 'ecs', action: 'RegisterTaskDefinition', region: HUB.region, input })
  }

  test.each<[string, (app: Container) => readonly Container[]]>([
    ['in place of the old one', app => [{ ...app, image: HOTFIX }]],
    ['in a new container', app => [app, { name: 'helper', image: HOTFIX, essential: true, memory: 64 }]],
    ['in a container that is renamed', app => [{ ...app, name: 'app2', image: HOTFIX }]],
  ])('is high, and on the card: %s', async (_, change) => {
    await registering(change)
    await world.type(`${LINE} search:3`)
    expect(world.card()).toContain('High risk')
    expect(world.card()).toMatch(/(?:app|app2|helper) .{4}….{2} from 111122223333/)
  })
})
