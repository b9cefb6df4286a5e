// A deployment that is watched after it has succeeded, and that goes back by itself.
import { readFile } from 'node:fs/promises'
import { ECRClient } from '@aws-sdk/client-ecr'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Alarm } from '../../sandbox/world/autoscaling/state.ts'
import type { Service } from '../../sandbox/world/state.ts'
import { pass } from '../world/driving.ts'
import { ENDED } from '../world/ends.ts'
import { throttleEcr } from './fleet-of.ts'
import { aStory, type StoryWorld } from './story-world.ts'

let world: StoryWorld
beforeEach(async () => {
  world = await aStory()
})
afterEach(async () => {
  vi.restoreAllMocks()
  await world.stop()
})

const ACCOUNT = '111122223333'
const REGISTRY = `${ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com`
const LINE = 'deploy prod.us-east-1/web/search v9 --watch 20m'
const MINUTE = 60_000

const search = (): Service => world.service('web/search')
const runs = () => search().deployments[0]?.revision.spec.taskDefinition.revision
const watching = () => world.until(() => world.card().startsWith('✅ Watching'))
const over = () => world.until(() => ENDED.test(world.card()))

const anAlarm = (name: string, state: Alarm['state'] = 'OK'): Alarm => {
  const alarm = world.autoscaling.putAlarm(search().cluster, {
    AlarmName: name,
    Namespace: 'AWS/ApplicationELB',
    MetricName: 'HTTPCode_Target_5XX_Count',
    Dimensions: [{ Name: 'TargetGroup', Value: 'targetgroup/search/6d0ecf831eec9f09' }],
    Statistic: 'Sum',
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 10,
    ComparisonOperator: 'GreaterThanThreshold',
  })
  world.autoscaling.setAlarmState(alarm, state, 'set by the test')
  return alarm
}

/** The alarms of the service's deployments: ECS reads them while it deploys. */
const alarmed = (...names: readonly string[]): void => {
  search().deploymentConfiguration = {
    ...search().deploymentConfiguration,
    alarms: { alarmNames: [...names], enable: true, rollback: true },
  }
}
const fire = (alarm: Alarm) => world.autoscaling.setAlarmState(alarm, 'ALARM', 'set by the test')

/** Approved and deployed: the watch has begun. */
const deployed = async (line = LINE): Promise<Alarm> => {
  const alarm = anAlarm('search-5xx')
  alarmed('search-5xx')
  world.aws.images.push(`${REGISTRY}/search:v9`, world.clock.now() - 12 * MINUTE)
  await world.type(line)
  await world.click('approve')
  await watching()
  return alarm
}
const updates = () =>
  world.calls('UpdateService').map(({ input }) => (input as { taskDefinition?: string }).taskDefinition)
const locks = () => world.store().list(`lock#${search().arn}`, { prefix: 'lock' })

test('the card says what is included; no alarm fires: watched, with frugal reads and without the lock', async () => {
  anAlarm('search-latency', 'ALARM')
  anAlarm('search-5xx')
  alarmed('search-5xx', 'search-latency')
  world.aws.images.push(`${REGISTRY}/search:v9`, world.clock.now() - 12 * MINUTE)
  await world.type(LINE)
  expect(world.card()).toMatchInlineSnapshot(`
    "🟠 Medium risk · prod · Deploy search v2 → v9
    web · us-east-1 · @requester
    • app 511a…a5 → d5a6…3d, 12 min old
    • Replaces all 5 tasks, new ones first, ~1 min
    Now: healthy, 5 tasks, 2,500 req/min, 1 in ALARM: search-latency
    Undo: deploy search:2 again, ~1 min
    Included: rolls back to search:2 if an alarm fires within 20 min; not watched: search-latency (in ALARM)
    Needs 1: any operator, not @requester, by 2026-11-22 11:00 UTC
    [Approve] [Reject] [⋯ Details, Ask Requester, Cancel Request]"
  `)
  expect(await world.details()).toContain('watches search-5xx and crash loops')
  await world.click('approve')
  await watching()
  expect(world.card()).toMatchInlineSnapshot(`
    "✅ Watching · prod · Deploy search v2 → v9 until 2026-11-22 03:20 UTC
    web · us-east-1 · requested by requester, approved by approver
    search:3: 5/5 new tasks running.
    Until then it rolls back to search:2 if an alarm fires within 20 min; not watched: search-latency (in ALARM).
    [Stop Watching] [Roll Back] [Details]"
  `)
  expect(await locks()).toEqual([])
  const before = world.calls('DescribeAlarms').length
  await over()
  expect(world.card()).toMatchInlineSnapshot(`
    "✅ Watched · prod · Deploy search v2 → v9
    web · us-east-1 · requested by requester, approved by approver
    search:3: 5/5 new tasks running. No alarm fired within 20 min. 2026-11-22 03:20 UTC
    [Undo] [Audit] [Details]"
  `)
  expect(world.calls('DescribeAlarms').length - before).toBeLessThan(25)
  expect(runs()).toBe(3)
  expect(world.replies()).toEqual([])
})

test('an alarm fires: rolled back by the approved branch, told in the thread, and audited', async () => {
  const alarm = await deployed()
  await pass(6 * MINUTE, world)
  fire(alarm)
  await over()
  expect(world.card()).toMatchInlineSnapshot(`
    "❌ Rolled back · prod · Deploy search v2 → v9: alarm search-5xx fired 6 min after the deployment
    web · us-east-1 · requested by requester, approved by approver
    2026-11-22 03:13 UTC
    • search:2: 5/5 new tasks running.
    • Before: search:3: 5/5 new tasks running.
    [Logs] [Deployments] [Audit] [Details]"
  `)
  expect(runs()).toBe(2)
  expect(updates().map(arn => arn?.split('/').at(-1))).toEqual(['search:3', 'search:2'])
  expect(await locks()).toEqual([])
  const records = (await world.audit(ACCOUNT)).map(({ kind, outcome, text = '' }) => [kind, outcome, text])
  expect(records).toMatchInlineSnapshot(`
    [
      [
        "intent",
        undefined,
        "",
      ],
      [
        "outcome",
        "done",
        "search:3: 5/5 new tasks running.",
      ],
      [
        "intent",
        undefined,
        "at its end: UpdateService",
      ],
      [
        "outcome",
        "failed",
        "rolled back: alarm \`search-5xx\` fired 6 min after the deployment",
      ],
    ]
  `)
  expect(JSON.stringify(world.replies())).toContain('Rolled back')
  const [, back] = world.calls('UpdateService')
  expect([back?.arn, back?.sourceIdentity]).toEqual([expect.stringContaining('deployer'), 'requester@example.com'])
})

test('new tasks keep failing: rolled back', async () => {
  await deployed()
  world.fleet.knobs.failService(search().arn, 'exit1')
  const [task] = search().tasks
  if (task !== undefined) world.fleet.stopTask(task, 'by a test')
  await world.until(() => updates().length === 2)
  world.fleet.knobs.healService(search().arn)
  await over()
  expect(world.card()).toMatch(/^❌ Rolled back · .*: tasks keep failing: app exited with 1/)
})

describe('nothing is rolled back', () => {
  test('on a later deployment, also of the same person', async () => {
    const alarm = await deployed()
    const spec = search().deployments[0]?.revision.spec
    if (spec === undefined) throw new Error('nothing runs')
    world.fleet.deploy(search(), spec)
    fire(alarm)
    await over()
    expect(world.card()).toMatch(/^⚠️ Watch lost · .*: somebody started another deployment/)
    expect(updates()).toHaveLength(1)
    expect(JSON.stringify(world.replies())).toContain('Watch lost')
  })

  test('during a halt', async () => {
    const alarm = await deployed()
    await world.type('halt --reason "incident"', { user: 'U0APPROVE' })
    fire(alarm)
    await world.until(() => world.cards().some(card => JSON.stringify(card.blocks).includes('Not rolled back')))
    expect(JSON.stringify(world.cards())).toContain('all changes are halted: approver')
    expect(updates()).toHaveLength(1)
    expect(await locks()).toEqual([])
  })

  test('after Stop Watching', async () => {
    const alarm = await deployed()
    await world.press('Stop Watching')
    fire(alarm)
    await over()
    expect(world.card()).toMatch(/^✅ Watch stopped/)
    expect(world.card()).toContain('Stopped by requester')
    expect(updates()).toHaveLength(1)
  })

  test('when the alarms cannot be read', async () => {
    await deployed()
    world.aws.faults.add({
      match: { action: 'DescribeAlarms' },
      when: 'before',
      effect: { kind: 'error', code: 'AccessDeniedException', message: 'no' },
      times: 1_000,
    })
    await over()
    expect(world.card()).toMatch(/^⚠️ Watch lost · .*: it could not be read/)
  })

  test('when the revision to go back to was deregistered', async () => {
    const alarm = await deployed()
    const before = world.fleet
      .site(search().cluster)
      .taskDefinitions.get('search')
      ?.find(one => one.revision === 2)
    if (before !== undefined) before.status = 'INACTIVE'
    fire(alarm)
    await over()
    expect(world.card()).toMatch(/^❌ Not rolled back · .*fired .* after the deployment; search:2 was deregistered/)
    expect(updates()).toHaveLength(1)
  })

  test('when a tag of that revision was pushed again', async () => {
    const alarm = await deployed()
    world.aws.images.push(`${REGISTRY}/search:v2`, world.clock.now())
    fire(alarm)
    await over()
    expect(world.card()).toMatch(/^❌ Not rolled back · .*; a tag of search:2 was pushed again/)
    expect(updates()).toHaveLength(1)
  })

  test('when the alarms are deleted', async () => {
    world.autoscaling.removeAlarm(await deployed())
    await over()
    expect(world.card()).toMatch(/^⚠️ Watch lost · .*: its alarms were deleted/)
  })
})

test('a click on Stop that comes before the approval does not keep the watch from its work', async () => {
  const alarm = anAlarm('search-5xx')
  alarmed('search-5xx')
  world.aws.images.push(`${REGISTRY}/search:v9`, world.clock.now() - 12 * MINUTE)
  await world.type(LINE)
  const [operation = ''] = world.durable.executions.keys()
  const actor = { team: 'T0QUARTER', user: 'U0SECOND', name: 'second' }
  const job = { kind: 'decision', operation, choice: 'stop', actor, place: { channel: 'C0OPS' } } as const
  world.functions.invokeAsync('quarterdeck-decision', job)
  await world.quiet()
  expect(world.told('U0SECOND')).toContain('This waits for approval')
  await world.click('approve')
  await watching()
  fire(alarm)
  await over()
  expect(world.card()).toContain('Rolled back')
})

test('the requester lost their right meanwhile: the branch was approved and runs', async () => {
  const alarm = await deployed()
  await world.publish((await readFile('quarterdeck.yaml', 'utf8')).replace(/^ *U0REQUEST:.*\n/m, ''))
  fire(alarm)
  await over()
  expect(world.card()).toContain('❌ Rolled back')
})

test('an alarm fires between approval and execution: out of date, and nothing is deployed', async () => {
  const alarm = anAlarm('search-5xx')
  world.aws.images.push(`${REGISTRY}/search:v9`, world.clock.now())
  await world.type(`${LINE} --alarm search-5xx`)
  fire(alarm)
  await world.click('approve')
  await over()
  expect(world.card()).toContain('⚪ Out of date')
  expect(updates()).toEqual([])
})

test('an alarm that the line names fires as the deployment runs: it goes back at once, also during a freeze', async () => {
  const alarm = anAlarm('search-5xx')
  world.aws.images.push(`${REGISTRY}/search:v9`, world.clock.now())
  await world.type(`${LINE} --alarm search-5xx`)
  await world.click('approve')
  const freeze =
    "freezes: [{ name: peak, from: '2026-11-01T00:00:00Z', until: '2026-12-01T00:00:00Z', targets: ['*/*'] }]"
  await world.publish(`${await readFile('quarterdeck.yaml', 'utf8')}\n${freeze}\n`)
  fire(alarm)
  await over()
  expect(world.card()).toMatch(/^❌ Rolled back · .*: alarm search-5xx fired 0 s after the deployment/)
  expect(runs()).toBe(2)
})

test('Roll Back asks for the rollback as usual, and the watch is then lost', async () => {
  await deployed()
  await world.press('Roll Back')
  expect(world.card()).toContain('Roll search back, search:3 → search:2')
  await world.click('approve')
  await world.until(() => JSON.stringify(world.cards()).includes('Watch lost'))
  expect(JSON.stringify(world.cards())).toContain('somebody started another deployment')
})

describe('refused', () => {
  test.each([
    ['without alarms', LINE, 'has no alarms to watch'],
    ['an alarm that does not exist', `${LINE} --alarm nope`, 'it is not there'],
    ['an alarm of autoscaling', `${LINE} --alarm search-cpu-high`, 'it is part of autoscaling'],
    ['an alarm in ALARM', `${LINE} --alarm search-latency`, 'it is in ALARM'],
    ['too short', LINE.replace('20m', '4m'), 'A watch takes 5 minutes to 6 hours'],
    ['too long', LINE.replace('20m', '7h'), 'A watch takes 5 minutes to 6 hours'],
    ['an alarm without a watch', 'deploy prod.us-east-1/web/search v9 --alarm x', '`--alarm` needs `--watch`'],
  ])('%s', async (_, line, text) => {
    anAlarm('search-latency', 'ALARM')
    world.aws.images.push(`${REGISTRY}/search:v9`, world.clock.now())
    expect(await world.type(line)).toContain(text.replaceAll('`', ''))
    expect(world.cards()).toEqual([])
  })
})

test('the execution is stopped during the watch: watch lost, and the requester is told', async () => {
  const alarm = await deployed()
  for (const { arn, status } of world.durable.executions.values()) if (status === 'RUNNING') world.durable.stop(arn)
  fire(alarm)
  await over()
  expect(world.card()).toContain('watch lost: Quarterdeck stopped unexpectedly after the deployment')
  expect(updates()).toHaveLength(1)
  expect(JSON.stringify(world.replies())).toContain('watch lost')
})

describe('the way back is the approved image, or it is not rolled back', () => {
  const endOf = async (alarm: Alarm): Promise<string> => {
    await pass(3 * MINUTE, world)
    fire(alarm)
    await over()
    expect(updates()).toHaveLength(1)
    return world.card()
  }

  test('where its tag was pushed again, and ECR does not say so', async () => {
    const alarm = await deployed()
    world.aws.images.push(`${REGISTRY}/search:v2`, world.clock.now())
    throttleEcr()
    expect(await endOf(alarm)).toContain('a tag of search:2 cannot be read')
  })

  test('where ECR did not have its tag at the request, and it is pushed later', async () => {
    type Asked = { readonly input?: { readonly imageIds?: readonly { readonly imageTag?: string }[] } }
    const send = ECRClient.prototype.send as (this: unknown, command: Asked) => Promise<unknown>
    vi.spyOn(ECRClient.prototype, 'send').mockImplementation(async function (this: unknown, command: Asked) {
      if (command.input?.imageIds?.some(({ imageTag }) => imageTag === 'v2') !== true) return send.call(this, command)
      const metadata = { $metadata: { httpStatusCode: 400 }, $fault: 'client' }
      throw Object.assign(new Error('no such image'), { name: 'ImageNotFoundException', ...metadata })
    } as never)
    const alarm = await deployed()
    vi.restoreAllMocks()
    world.aws.images.push(`${REGISTRY}/search:v2`, world.clock.now())
    expect(await endOf(alarm)).toContain('a tag of search:2 was pushed again')
  })
})

describe('a change that ends a watch says so', () => {
  test('a restart', async () => {
    await deployed()
    await world.type('restart prod.us-east-1/web/search', { user: 'U0SECOND' })
    expect(world.card()).toContain('Ends the running watch: no alarm rolls that deployment back any more')
  })

  test('a restart after the watch says nothing of it', async () => {
    await deployed()
    await over()
    await world.type('restart prod.us-east-1/web/search', { user: 'U0SECOND' })
    expect(world.card()).toContain('Restart search')
    expect(world.card()).not.toContain('Ends the running')
  })

  test('a set, of which one service is watched', async () => {
    await deployed()
    for (const name of ['web/orders-api', 'web/search']) world.service(name).tags['team'] = 'shop'
    await world.recur('index')
    await world.type('restart tag:team=shop')
    expect(world.card()).toContain('Ends 1 watch: no alarm rolls those back any more')
  })
})
