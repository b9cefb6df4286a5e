// /ecs why: what changed a service, by anyone, and what could not be read.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Service } from '../../sandbox/world/state.ts'
import { linesOfText } from '../../src/kit/messages/phone.ts'
import { ENDED } from '../world/ends.ts'
import { aStory, type StoryWorld } from './story-world.ts'

let world: StoryWorld

beforeAll(async () => {
  world = await aStory()
  world.clock.advance(4 * 3_600_000)
})
afterAll(() => world.stop())
beforeEach(() => world.aws.throttle.reset())
afterEach(() => {
  world.aws.faults.clear()
  world.aws.logKnobs.vended.length = 0
})

const SEARCH = 'prod.us-east-1/web/search'

/** A call of a person outside Quarterdeck, as CloudTrail has it five minutes later. */
const called = (action: string, input: object, user = 'ada', at = world.clock.now()) =>
  world.aws.callLog.add({
    ...{ at, service: 'ecs', action, region: 'us-east-1', account: '111122223333', input, status: 200 },
    ...{ arn: `arn:aws:iam::111122223333:user/${user}`, requestId: `${action}-${at}-${user}` },
  })

const redeploy = (service: Service, more: object = {}) => {
  const spec = service.deployments[0]?.revision.spec
  if (spec === undefined) throw new Error('no deployment')
  world.fleet.deploy(service, { ...spec, ...more })
}

describe('bad input', () => {
  test('an unknown service', async () => {
    expect(await world.type('why prod.us-east-1/web/gone')).toContain('No service is named gone')
  })
  test('a time in the future, too long ago, or a span that is too long', async () => {
    expect(await world.type(`why ${SEARCH} --at 2026-12-24T10:00`)).toContain('2026-12-24T10:00 is in the future')
    expect(await world.type(`why ${SEARCH} --at 2026-01-01T10:00`)).toContain(
      'AWS keeps deployments and API calls for 90 days',
    )
    expect(await world.type(`why ${SEARCH} --since 15d`)).toContain('at most 14 days')
  })
})

test('nothing changed', async () => {
  expect(await world.type(`why ${SEARCH}`)).toMatchInlineSnapshot(`
    "search: nothing changed in the last 3 h
    prod 1111-2222-3333 · us-east-1 · web
    ECS Action Logs are off for this cluster.
    [Status] [Logs] [Deployments] [Show Chart]"
  `)
  expect(await world.type(`why ${SEARCH} --at 06:30`)).toMatch(
    /^search: nothing changed in the 1 h before 2026-11-22 06:30 UTC\n/,
  )
})

test('CloudTrail throttled: the rest is shown, and that nobody is known', async () => {
  world.aws.faults.add({ match: { action: 'LookupEvents' }, when: 'before', effect: { kind: 'throttle' }, times: 99 })
  const answer = await world.type(`why ${SEARCH}`)
  expect(answer).toContain('search: nothing changed in the last 3 h, as far as could be read')
  expect(answer).toContain('Unavailable: CloudTrail throttled: who is unknown')
})

test('a part that fails hides no other', async () => {
  const error = { kind: 'error', code: 'AccessDeniedException', message: 'no' } as const
  for (const action of [
    'ListServiceDeployments',
    'DescribeScalingActivities',
    'GetMetricData',
    'DescribeDeliverySources',
  ])
    world.aws.faults.add({ match: { action }, when: 'before', effect: error, times: 9 })
  const answer = await world.type(`why ${SEARCH}`)
  expect(answer).toContain('search: nothing changed in the last 3 h, as far as could be read')
  expect(answer.match(/Unavailable: /g)).toHaveLength(3)
  expect(answer).toContain('and 1 more that could not be read')
})

describe('ECS Action Logs', () => {
  const group = () => {
    const place = { account: '111122223333', region: 'us-east-1' }
    const name = '/aws/vendedlogs/ecs/action-logs/web'
    return world.aws.logs.find(place, name) ?? world.aws.logs.create(place, name)
  }
  const on = (to?: string) =>
    world.aws.logKnobs.vended.push({
      ...{ account: '111122223333', region: 'us-east-1', name: 'web-actions', logType: 'ACTION_LOGS' },
      resource: 'arn:aws:ecs:us-east-1:111122223333:cluster/web',
      ...(to !== undefined && { to }),
    })

  test('off, also with a source that nothing delivers; to a bucket; on, but silent', async () => {
    on()
    expect(await world.type(`why ${SEARCH}`)).toContain('ECS Action Logs are off for this cluster.')
    world.aws.logKnobs.vended.length = 0
    on('arn:aws:s3:::logs')
    expect(await world.type(`why ${SEARCH}`)).toContain('go to no log group')
    world.aws.logKnobs.vended.length = 0
    on(`${group().arn}`)
    expect(await world.type(`why ${SEARCH}`)).toContain('ECS Action Logs are on, and have nothing for this time.')
  })

  test('an entry that was delivered late is shown at its own time', async () => {
    on(group().arn)
    const then = world.clock.now()
    world.clock.advance(40 * 60_000)
    const entry = {
      ...{ actionSourceId: 'service/web/search', logLevel: 'ERROR', eventTimestamp: new Date(then).toISOString() },
      detail: { eventName: 'SERVICE_DEPLOYMENT_ROLLBACK_FAILED', statusReason: 'no capacity' },
    }
    world.aws.logs.append(group(), 'search', JSON.stringify(entry))
    const answer = await world.type(`why ${SEARCH}`)
    expect(answer).toContain(
      `${new Date(then).toISOString().slice(0, 16).replace('T', ' ')} UTC  ❌ deployment rollback failed: no capacity · ECS · action log`,
    )
    expect(answer).not.toContain('Action Logs are')
  })
})

test('a deployment whose tasks fail and that is rolled back is one cause, in the first line', async () => {
  const service = world.service('web/payments-api')
  const [first] = world.fleet.site(service.cluster).taskDefinitions.get('payments-api') ?? []
  if (first === undefined) throw new Error('no older revision')
  called('UpdateService', { cluster: 'web', service: 'payments-api', taskDefinition: 'payments-api:1' })
  world.fleet.knobs.failService(service.arn, 'exit1')
  redeploy(service, { taskDefinition: first })
  await world.until(() => service.deployments[0]?.isRollback === true)
  world.clock.advance(60_000)
  expect(await world.type('why payments-api')).toContain('who: not known yet')
  world.fleet.knobs.healService(service.arn)
  world.clock.advance(10 * 60_000)
  const answer = await world.type('why payments-api')
  expect(answer).toMatchInlineSnapshot(`
    "payments-api is healthy and steady. Last problem: deployed :1 2026-11-22 07:40 UTC → 3 tasks exited with 1 2026-11-22 07:40 UTC → rolled back to :3 2026-11-22 07:40 UTC
    prod 1111-2222-3333 · us-east-1 · web
    2026-11-22 07:40 UTC  ❌ rolled back to payments-api:3: Service deployment rolled back because the circuit breaker threshold was exceeded. · ECS · deployment

    2026-11-22 07:40 UTC  ❌ 3 tasks: app exited with 1: application error · ECS · tasks

    2026-11-22 07:40 UTC  ❌ deployed payments-api:3 → payments-api:1, app payments-api:v3 → payments-api:v1 · ada · deployment

    ECS Action Logs are off for this cluster.
    [Status] [Logs] [Deployments] [Show Chart]"
  `)
  expect(linesOfText(answer)).toBeLessThan(36)
  expect(await world.type('why payments-api --all')).toMatchInlineSnapshot(`
    "payments-api is healthy and steady. Last problem: deployed :1 2026-11-22 07:40 UTC → 3 tasks exited with 1 2026-11-22 07:40 UTC → rolled back to :3 2026-11-22 07:40 UTC
    prod 1111-2222-3333 · us-east-1 · web
    2026-11-22 07:40 UTC  ❌ rolled back to payments-api:3: Service deployment rolled back because the circuit breaker threshold was exceeded. · ECS · deployment

    2026-11-22 07:40 UTC  ❌ 3 tasks: app exited with 1: application error · ECS · tasks

    2026-11-22 07:40 UTC  ❌ deployed payments-api:3 → payments-api:1, app payments-api:v3 → payments-api:v1 · ada · deployment

    ECS Action Logs are off for this cluster.
    [Status] [Logs] [Deployments] [Show Chart]"
  `)
})

test('an operation of Quarterdeck has its requester and approvers', async () => {
  await world.type('scale prod.us-east-1/web/orders-api 6')
  await world.click('approve')
  await world.until(() => ENDED.test(world.card()))
  expect(await world.type('why orders-api')).toMatchInlineSnapshot(`
    "orders-api is healthy and steady. Newest change: scale orders-api 6 2026-11-22 07:51 UTC
    prod 1111-2222-3333 · us-east-1 · web
    2026-11-22 07:51 UTC  /ecs scale orders-api 6 (tasks was 4) · done · requester with Quarterdeck, approved by @U0APPROVE

    ECS Action Logs are off for this cluster.
    [Status] [Logs] [Deployments] [Show Chart]"
  `)
})

test('a shared answer mentions nobody, which would notify them', async () => {
  await world.type('why orders-api --share')
  expect(world.card()).toContain('requester with Quarterdeck, approved by U0APPROVE')
})

test('alarms that events brought are told with their end', async () => {
  const now = world.clock.now()
  const signal = (minutes: number, state: string) => {
    const at = new Date(now - minutes * 60_000).toISOString()
    const services = ['web/search']
    return { kind: 'alarm', name: 'search-5xx', reason: 'Threshold Crossed', state, at, services }
  }
  for (const one of [signal(9, 'ALARM'), signal(4, 'OK')])
    await world.store().create({ pk: 'signals#111122223333#us-east-1', sk: one.at }, one)
  expect(await world.type(`why ${SEARCH} --since 30m`)).toMatch(
    /Last problem: alarm search-5xx .* → alarm search-5xx ended /,
  )
})

test('a chart has the changes above CPU and the number of tasks', async () => {
  expect(await world.type('why orders-api --chart')).toContain('The picture is in your direct messages')
  const files = world.slack.workspace
    .messages(world.slack.workspace.openDm('U0REQUEST').id)
    .flatMap(({ files: all = [] }) => all)
  expect(files.at(-1)?.name).toBe('orders-api-why.png')
  expect(files.at(-1)?.alt_txt).toMatch(/CPU \d+% now.*; changes \(UTC\): .*scale orders-api 6/)
})

test('500 changes: a screen of them, and the rest is counted', async () => {
  const service = world.service('web/search')
  const input = { cluster: 'web', service: 'search' }
  for (let nth = 0; nth < 500; nth += 1) {
    called('UpdateService', { ...input, desiredCount: nth % 7 }, nth % 2 === 0 ? 'ada' : 'eve')
    world.clock.advance(60_000)
  }
  redeploy(service)
  world.clock.advance(6 * 60_000)
  const answer = await world.type(`why ${SEARCH} --since 24h --explain`)
  expect(answer).toMatch(/\d+ changes are not shown\./)
  expect(answer).toContain('older calls in CloudTrail: UpdateService fill a page')
  expect(answer).toMatch(/^\d\d calls to AWS/m)
  expect(linesOfText(answer)).toBeLessThan(45)
  await world.press('Show All')
  expect(
    world
      .told('U0REQUEST')
      .split('\n')
      .filter(line => line.includes('UTC  ')).length,
  ).toBeGreaterThan(30)
})

test('hostile names stay text', async () => {
  called('UpdateService', { cluster: 'web', service: 'search', desiredCount: 3 }, '*<!channel>*`x` <2026-11-22T10:00Z>')
  world.clock.advance(6 * 60_000)
  expect(await world.type(`why ${SEARCH} --since 10m`)).toContain(
    'desired count 3 · <!channel>x 2026-11-22T10:00Z> · CloudTrail',
  )
})

test('a past time has what was before it, and nothing of now', async () => {
  expect(await world.type('why payments-api')).toContain('payments-api: nothing changed in the last 3 h')
  const answer = await world.type('why payments-api --at 2026-11-22T07:45')
  expect(answer).toMatch(
    /^❌ payments-api: deployed :1 2026-11-22 07:40 UTC → rolled back to :3 2026-11-22 07:40 UTC\n/,
  )
  expect(answer).toContain('· ada · deployment')
  expect(await world.type('why payments-api --at 2026-11-22T07:30')).toContain('nothing changed in the 1 h before')
})
