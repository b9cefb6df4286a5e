// /ecs services: what ECS's events said and CloudWatch counted, of a handful of services and of two thousand.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { localUser } from '../../../sandbox/aws/wire/credentials.ts'
import { HUB } from '../../../sandbox/sandbox.ts'
import { createStore } from '../../../src/gateways/store.ts'
import { aWorld, type World } from '../world.ts'

describe('a handful', () => {
  let world: World

  beforeAll(async () => {
    world = await aWorld({ hasEvents: true })
    world.clock.advance(120_000)
    await world.quiet()
  })
  afterAll(() => world.stop())
  beforeEach(() => world.aws.throttle.reset())
  afterEach(() => world.aws.faults.clear())

  const lineOf = (answer: string, name: string): string => answer.split('\n').find(line => line.includes(name)) ?? ''

  test('the unhealthy first, each with its counts and how old they are, and none described', async () => {
    const answer = await world.type('services --explain')
    expect(answer).toMatch(/^\d+ services: 1 unhealthy/)
    expect(answer.split('\n')[1]).toMatch(
      /^• prod.us-east-1\/jobs\/recommendations unhealthy: \d of 4 running.* · \d+ (s|min) ago$/,
    )
    expect(lineOf(answer, 'web/orders-api')).toMatch(/^• prod.us-east-1\/web\/orders-api 4 of 4 running · \d+ s ago$/)
    expect(answer).toMatch(/without DescribeServices/)
    expect(answer.split('\n').at(-1)).toMatch(/^\d+ calls to AWS: /)
    expect(world.calls('DescribeServices')).toEqual([])
    expect(answer).toContain('[recommendations]')
  })

  test('--unhealthy, --account, --cluster', async () => {
    const sick = await world.type('services --unhealthy')
    expect(sick.split('\n').filter(line => line.startsWith('•'))).toHaveLength(1)
    const staging = await world.type('services --account staging')
    expect(staging).toMatch(/^8 services: none known to be unhealthy/)
    const jobs = await world.type('services --cluster jobs --account 111122223333')
    expect(
      jobs
        .split('\n')
        .filter(line => line.startsWith('•'))
        .every(line => line.includes('/jobs/')),
    ).toBe(true)
    expect(await world.type('services --account nope')).toMatch(
      /^No account is named nope\.\s+Accounts: prod, staging\.$/,
    )
    expect(await world.type('services --cluster nope')).toContain('No service matches that you may view.')
  })

  test('--tag, by what the service index keeps of tags', async () => {
    const client = new DynamoDBClient({ endpoint: world.aws.url, region: HUB.region, credentials: localUser })
    const tags = { 'web/orders-api': { team: 'orders' }, 'web/search': { team: 'search' } }
    await createStore('quarterdeck', client, () => world.clock.now()).create(
      { pk: 'service-tags', sk: `${HUB.account}#${HUB.region}#0` },
      { at: '2026-11-22T03:00:00.000Z', of: 1, tags },
    )
    client.destroy()
    const answer = await world.type('services --tag team=orders')
    expect(answer).toMatch(/^1 service: none known to be unhealthy\n• prod.us-east-1\/web\/orders-api 4 of 4/)
    expect(await world.type('services --tag team')).toContain('team is not a tag.')
  })

  test('a deployment that begins and fails is told by its events', async () => {
    const service = world.service('web/payments-api')
    world.fleet.knobs.failService(service.arn, 'exit1')
    const [primary] = service.deployments
    if (primary === undefined) throw new Error('no deployment')
    world.fleet.deploy(service, { ...primary.revision.spec })
    world.clock.advance(2_000)
    await world.quiet()
    expect(lineOf(await world.type('services'), 'payments-api')).toMatch(/deploying: .*deploying · /)
    service.deploymentConfiguration.deploymentCircuitBreaker = { enable: true, rollback: false }
    await world.until(() => service.deployments[0]?.rolloutState === 'FAILED')
    world.clock.advance(2_000)
    await world.quiet()
    expect(lineOf(await world.type('services'), 'payments-api')).toMatch(
      /unhealthy: .*(its deployment failed|its tasks repeatedly fail to start)/,
    )
    world.fleet.knobs.healService(service.arn)
    world.fleet.deploy(service, { ...primary.revision.spec })
    await world.until(() => service.deployments[0]?.rolloutState === 'COMPLETED' && service.deployments.length === 1)
    world.clock.advance(5 * 60_000)
    await world.quiet()
    expect(lineOf(await world.type('services'), 'payments-api')).toMatch(/payments-api 3 of 3 running/)
  })

  test('what CloudWatch does not count, or cannot be asked, is said', async () => {
    const { cluster } = world.service('web/orders-api')
    const before = cluster.settings
    cluster.settings = []
    expect(await world.type('services --cluster web')).toMatch(/Counts need Container Insights/)
    cluster.settings = before
    world.aws.faults.add({
      match: { action: 'GetMetricData' },
      when: 'before',
      effect: { kind: 'error', code: 'AccessDenied', message: 'no', status: 400 },
      times: 99,
    })
    expect(await world.type('services')).toMatch(/Unavailable: counting the tasks of prod in us-east-1: AWS denied it/)
  })

  test('whoever may see nothing sees nothing', async () => {
    expect(await world.type('services', { user: 'U0OUTSIDE' })).not.toContain('orders-api')
  })
})

describe('two thousand', () => {
  test('what is unhealthy now is known without asking ECS for each', async () => {
    const world = await aWorld({ services: 2_000 })
    world.clock.advance(120_000)
    await world.type('whoami')
    const service = world.service('fleet-1/billing-api-0001')
    for (const task of service.tasks) world.fleet.stopTask(task, 'test')
    world.clock.advance(61_000)
    world.aws.throttle.reset()
    const answer = await world.type('services --unhealthy --explain')
    expect(answer).toMatch(/^2,0\d\d services: /)
    expect(world.calls('DescribeServices')).toEqual([])
    expect(world.calls('GetMetricData').length).toBeLessThanOrEqual(13)
    await world.stop()
  })
})
