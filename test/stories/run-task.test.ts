// A command in a task of its own: started once, watched to its end, with its exit code, its log lines and Stop.
import { readFile } from 'node:fs/promises'
import { ECRClient } from '@aws-sdk/client-ecr'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { isQuick } from '../seed.ts'
import { pass } from '../world/driving.ts'
import { ENDED } from '../world/ends.ts'
import { aStory, type StoryWorld, textOf } from './story-world.ts'

const EXAMPLE = await readFile('quarterdeck.yaml', 'utf8')
const MINUTE = 60_000

let world: StoryWorld
beforeEach(async () => {
  world = await aStory()
})
afterEach(async () => {
  vi.restoreAllMocks()
  await world.stop()
})

const isOver = () => ENDED.test(world.card())
const standalone = () => [...world.service().cluster.tasks.values()].filter(one => one.service === undefined)
const asked = async (command: string) => {
  await world.type(`run orders-api:app --reason "PAY-311" -- ${command}`)
  await world.click('approve')
}

test('asks as exec does, with the command, the role and where it runs', async () => {
  await world.type('run orders-api:app --reason "PAY-311" -- ./migrate up')
  expect(world.card()).toMatchInlineSnapshot(`
    "🔴 High risk · prod · Run a command in a new task of orders-api
    web · us-east-1 · @requester “PAY-311”
    sh -c './migrate up'
    • The command has the permissions of the task role orders-api-task
    • In a new task of orders-api:7, container app
    • What it does cannot be undone
    Now: healthy, 4 tasks, 1,444 req/min, 0 alarms
    Undo: cannot be undone
    Needs 1: any operator, not @requester, by 2026-11-22 11:00 UTC
    [Review…] [Reject] [⋯ Details, Ask Requester, Cancel Request]"
  `)
  const details = await world.details()
  expect(details).toContain("sh -c './migrate up'")
})

test('ends with its exit code; the thread has its last lines', async () => {
  await asked('./migrate up')
  await world.until(isOver)
  expect(world.card()).toMatchInlineSnapshot(`
    "✅ Done · prod · Ran a command in a new task of orders-api in 82 s
    web · us-east-1 · requested by requester, approved by approver
    “PAY-311”
    It exited with 0. 2026-11-22 03:01 UTC
    • Task bcec897dc937d04169e9cfcf4e3518f0
    [Audit] [Details]"
  `)
  expect(world.replies().map(textOf).join('\n')).toContain('listening on :8080')
  const [call] = world.calls('RunTask')
  expect(call?.input).toMatchObject({
    count: 1,
    launchType: 'FARGATE',
    overrides: { containerOverrides: [{ name: 'app', command: ['sh', '-c', './migrate up'] }] },
    startedBy: expect.stringMatching(/^quarterdeck\/[\w-]+$/),
    clientToken: expect.stringMatching(/^[0-9a-f]{64}$/),
  })
  expect(standalone()).toHaveLength(1)
  expect(world.service().tasks.size).toBe(4)
})

test('fails with the exit code of its container', async () => {
  await asked('sleep 30; exit 3')
  await world.until(isOver)
  expect(world.card()).toContain('app exited with 3')
  expect(world.card()).toContain('❌ Failed')
})

test.skipIf(isQuick)('runs for hours, and is watched to its end', async () => {
  await asked('sleep 14400')
  await pass(60 * MINUTE, world)
  expect(world.card()).toContain('runs')
  expect(world.card()).toContain('[Stop]')
  await world.until(isOver)
  expect(world.card()).toContain('✅ Done')
})

test('Stop stops its task', async () => {
  await asked('sleep 14400')
  await pass(10 * MINUTE, world)
  await world.press('Stop')
  await world.until(isOver)
  expect(world.card()).toContain('Stopped by requester')
  const [task] = standalone()
  expect(task?.stoppedReason).toBe('Quarterdeck: Stopped by requester.')
  expect(world.calls('StopTask')).toHaveLength(1)
})

test('a halt stops its task', async () => {
  await asked('sleep 14400')
  await pass(10 * MINUTE, world)
  await world.type('halt --reason incident', { user: 'U0APPROVE' })
  await world.until(() => standalone()[0]?.lastStatus === 'STOPPED')
  await world.until(() => textOf(world.cards()[0]).includes('Stopped: all changes are halted'))
})

test('holds no lock: the service can be changed meanwhile', async () => {
  await asked('sleep 14400')
  await pass(10 * MINUTE, world)
  await world.type('scale orders-api 6')
  await world.click('approve')
  await world.until(isOver)
  expect(world.card()).toContain('✅ Done')
})

test('without capacity no task starts, and the card says why', async () => {
  world.fleet.knobs.exhaust('FARGATE')
  await asked('./migrate up')
  await world.until(isOver)
  expect(world.card()).toContain('ECS started no task: Capacity is unavailable at this time')
  expect(standalone()).toHaveLength(0)
})

test('a task whose image cannot be pulled never ran', async () => {
  const image =
    world.service().deployments[0]?.revision.spec.taskDefinition.input.containerDefinitions?.[0]?.image ?? ''
  world.fleet.knobs.failImage(image, 'pull')
  await asked('./migrate up')
  await world.until(isOver)
  expect(world.card()).toContain('The task never ran')
})

test('a denied command is not planned', async () => {
  await world.publish(EXAMPLE.replace(/deny: \[/, "deny: ['^drop ', "))
  expect(await world.type('run orders-api:app -- drop table orders')).toContain(
    'This command is blocked by configuration',
  )
})

test('people without the role exec cannot ask for it', async () => {
  await world.publish(
    EXAMPLE.replaceAll(/ {2}- \{ who: .*role: exec.*\n/g, '').replaceAll('role: exec', 'role: viewer'),
  )
  expect(await world.type('run orders-api:app -- ./migrate up')).toContain('run commands in')
})

test('a command whose output nobody keeps is refused in production, as by exec', async () => {
  const definition = world.service().deployments[0]?.revision.spec.taskDefinition
  for (const container of definition?.input.containerDefinitions ?? []) delete container.logConfiguration
  expect(await world.type('run orders-api:app --reason "PAY-311" -- ./migrate up')).toContain(
    'This task would not be logged, so it is not allowed: container app of orders-api:7 has no log configuration.',
  )
  await world.publish(EXAMPLE.replace('  deny: [', "  unlogged: [{ targets: ['web/orders-*'] }]\n  deny: ["))
  await world.type('run orders-api:app --reason "PAY-311" -- ./migrate up')
  expect(world.card()).toContain('• ECS does not log the task')
})

test.each([
  ['', false],
  [', also while a deployment is in progress', true],
])('a tag that was pushed again makes a configured command high%s', async (_, isDeploying) => {
  type Answer = { readonly imageDetails?: { imageDigest?: string }[] }
  const send = ECRClient.prototype.send as (this: unknown, command: unknown) => Promise<Answer>
  vi.spyOn(ECRClient.prototype, 'send').mockImplementation(async function (this: unknown, command: unknown) {
    const answer = await send.call(this, command)
    for (const one of answer.imageDetails ?? []) one.imageDigest = `sha256:${'b'.repeat(64)}`
    return answer
  } as never)
  const spec = world.service().deployments[0]?.revision.spec
  if (isDeploying && spec !== undefined) world.fleet.deploy(world.service(), spec)
  await pass(5_000, world)
  await world.type('run orders-api:app -- env-names')
  expect(world.card()).toContain('High risk')
  expect(await world.details()).toContain('same tag')
})
