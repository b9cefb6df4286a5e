// One task is stopped by its id: of a service, which starts another, or standalone.
import { readFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { localUser } from '../../sandbox/aws/wire/credentials.ts'
import { pass } from '../world/driving.ts'
import { ENDED } from '../world/ends.ts'
import { aStory, HUB, type StoryWorld } from './story-world.ts'

let world: StoryWorld
beforeEach(async () => {
  world = await aStory()
  await world.recur('index')
})
afterEach(() => world.stop())

const isOver = () => ENDED.test(world.card())
const first = () => [...world.service().tasks][0]?.id ?? ''

test('by its id alone; the card says what replaces it, and ECS keeps the reason', async () => {
  const id = first()
  await world.type(`stop ${id} --reason "hangs since 14:05"`)
  expect(world.card()).toMatchInlineSnapshot(`
    "🟢 Low risk · prod · Stop task ede10d4e of orders-api
    web · us-east-1 · @requester “hangs since 14:05”
    • 1 of 4 tasks stops; ECS starts another
    Now: healthy, 4 tasks, 1,444 req/min, 0 alarms
    Undo: nothing to take back: ECS starts another
    Needs 1: any operator, not @requester, by 2026-11-22 11:00 UTC
    [Approve] [Reject] [⋯ Details, Ask Requester, Cancel Request]"
  `)
  await world.click('approve')
  await world.until(isOver)
  expect(world.card()).toMatch(/^✅ Done · prod · Stopped task [0-9a-f]{8} of orders-api in \d+ s/)
  expect(world.card()).toContain('It has stopped; 4/4 running.')
  const [call] = world.calls('StopTask')
  expect(JSON.stringify(call?.input)).toContain('Stopped with Quarterdeck by requester@example.com: hangs since 14:05')
  expect(await world.type(`stop ${id}`)).toContain('has stopped already')
})

test('by its service and the beginning of its id', async () => {
  await world.type(`stop orders-api/${first().slice(0, 8)}`)
  expect(world.card()).toContain('Stop task')
})

test('a service alone asks which', async () => {
  expect(await world.type('stop orders-api')).toContain('Which task?')
})

test('a task that somebody else stops before the approval is not stopped again', async () => {
  const task = [...world.service().tasks][0]
  if (task === undefined) throw new Error('no task')
  await world.type(`stop ${task.id}`)
  world.fleet.stopTask(task, 'by hand')
  await world.click('approve')
  await world.until(isOver)
  expect(world.card()).toContain('is stopping already')
  expect(world.calls('StopTask')).toHaveLength(0)
})

test('a standalone task needs the right of the whole cluster, and nothing replaces it', async () => {
  const asker = { function: '', account: HUB.account, arn: localUser.arn }
  const networkConfiguration = world.service().deployments[0]?.revision.spec.networkConfiguration
  const input = { cluster: 'web', taskDefinition: 'orders-api', launchType: 'FARGATE', networkConfiguration }
  await world.aws.operate(asker, { service: 'ecs', action: 'RunTask', region: HUB.region, input })
  await pass(60_000, world)
  const task = [...world.service().cluster.tasks.values()].find(one => one.service === undefined)
  await world.type(`stop ${task?.id} --reason "wrong argument"`)
  expect(world.card()).toContain('🔴 High risk · prod · Stop the standalone task')
  expect(world.card()).toContain('Nothing replaces it: no service owns it')
  await world.click('approve')
  await world.until(isOver)
  expect(world.card()).toContain('✅ Done')
  expect(task?.lastStatus).toBe('STOPPED')
})

test('the id of a task of a service that one may not view answers as one that no task has', async () => {
  const yaml = await readFile('quarterdeck.yaml', 'utf8')
  await world.publish(
    yaml.replace('access:\n', 'access:\n  - { who: [U0REQUEST], deny: viewer, targets: web/search }\n'),
  )
  const running = [...world.service('web/search').tasks][0]
  const stopped = [...world.service('web/search').tasks][1]
  if (running === undefined || stopped === undefined) throw new Error('no tasks')
  world.fleet.stopTask(stopped, 'by hand')
  const ask = async (id: string) =>
    (await world.type(`stop prod.us-east-1/web/orders-api --task ${id}`)).replaceAll(id, '…')
  const absent = await ask('0123456789abcdef0123456789abcdef')
  expect(absent).toContain('There is no task … in web any more.')
  expect(await ask(running.id)).toBe(absent)
  expect(await ask(stopped.id)).toBe(absent)
  expect(await world.type(`stop prod.us-east-1/web/orders-api --task ${running.id}`, { user: 'U0APPROVE' })).toContain(
    'is a task of search, not of orders-api',
  )
})

describe('a viewer of one service', () => {
  const OUTSIDER = 'U0OUTSIDE'
  const standalone = async () => {
    const yaml = (await readFile('quarterdeck.yaml', 'utf8'))
      .replace('people:\n', `people:\n  ${OUTSIDER}: outsider@example.com\n`)
      .replace('- who: [everyone]\n    role: viewer', '- who: [U0REQUEST, U0APPROVE, U0SECOND]\n    role: viewer')
      .replace('access:\n', `access:\n  - { who: [${OUTSIDER}], role: viewer, targets: [web/search] }\n`)
    await world.publish(yaml)
    const asker = { function: '', account: HUB.account, arn: localUser.arn }
    const networkConfiguration = world.service().deployments[0]?.revision.spec.networkConfiguration
    const input = { cluster: 'web', taskDefinition: 'orders-api', launchType: 'FARGATE', networkConfiguration }
    await world.aws.operate(asker, { service: 'ecs', action: 'RunTask', region: HUB.region, input })
    await pass(60_000, world)
    const task = [...world.service().cluster.tasks.values()].find(one => one.service === undefined)
    if (task === undefined) throw new Error('no task')
    return task
  }

  test('does not read the request to stop a standalone task of its cluster', async () => {
    const task = await standalone()
    await world.type(`stop prod.us-east-1/web/search --task ${task.id.slice(0, 4)} --reason "hung export"`)
    expect(await world.details('U0APPROVE')).toContain('Stop the standalone task')
    expect(await world.details(OUTSIDER)).toContain('You may not see this request')
  })

  test('does not learn of a standalone task, or why it stopped', async () => {
    const { id } = await standalone()
    const ask = (user: string) => world.type(`stop prod.us-east-1/web/search --task ${id.slice(0, 4)}`, { user })
    const before = await ask(OUTSIDER)
    expect(before).toContain('No rule lets outsider change search')
    const task = world.service().cluster.tasks.get(id)
    if (task !== undefined) world.fleet.stopTask(task, 'by hand: export of a customer')
    await pass(300_000, world)
    expect(await ask(OUTSIDER)).toBe(before)
    expect(await ask('U0APPROVE')).toMatch(/has stopped already\.$/)
  })
})
