import { expect, test } from 'vitest'
import { createAutoscaling } from '../../../sandbox/world/autoscaling/autoscaling.ts'
import { Clock } from '../../../sandbox/world/clock.ts'
import type { EcsEvent } from '../../../sandbox/world/events.ts'
import { createFleet } from '../../../sandbox/world/fleet.ts'
import { generateServices, prod, seedWorld, staging } from '../../../sandbox/world/seed.ts'
import { seedScaling } from '../../../sandbox/world/seed-scaling.ts'
import { isRunning } from '../../../sandbox/world/state.ts'

const seeded = () => {
  const clock = new Clock({ start: 0, speed: 0 })
  const fleet = createFleet({ clock })
  seedWorld(fleet)
  return { clock, fleet }
}

test('both accounts have the clusters web and jobs in two regions, and one has a cluster for capacity', () => {
  const { fleet } = seeded()
  for (const { account } of [prod, staging])
    for (const region of ['us-east-1', 'eu-west-1'])
      expect([...fleet.site({ account, region }).clusters.keys()]).toEqual([
        'web',
        'jobs',
        ...(account === staging.account && region === 'us-east-1' ? ['capacity'] : []),
      ])
})

test('orders-api runs four tasks at once, and stays as it is', () => {
  const { clock, fleet } = seeded()
  const service = fleet
    .site({ account: prod.account, region: 'us-east-1' })
    .clusters.get('web')
    ?.services.get('orders-api')
  expect([...(service?.tasks ?? [])].filter(isRunning)).toHaveLength(4)
  const before = [...(service?.tasks ?? [])]
  clock.advance(600_000)
  expect([...(service?.tasks ?? [])]).toEqual(before)
})

test('the cluster capacity has a service of each kind, in a steady state', () => {
  const { clock, fleet } = seeded()
  const place = { account: staging.account, region: 'us-east-1' }
  const cluster = fleet.site(place).clusters.get('capacity')
  const kinds = () =>
    [...(cluster?.services.values() ?? [])].map(({ name, tasks }) => [
      name,
      ...[...tasks].map(({ capacityProvider = '-', launchType }) => `${capacityProvider} ${launchType}`).toSorted(),
    ])
  const before = kinds()
  expect(before).toEqual([
    ['sensors-api', ...Array(2).fill('FARGATE FARGATE'), ...Array(3).fill('FARGATE_SPOT FARGATE')],
    ['sensors-batch', 'sensors-pool EC2', 'sensors-pool EC2'],
    ['sensors-models', 'sensors-managed MANAGED_INSTANCES', 'sensors-managed MANAGED_INSTANCES'],
    ['sensors-cache', '- EC2'],
  ])
  expect(cluster?.capacityProviders).toEqual(['FARGATE', 'FARGATE_SPOT', 'sensors-pool', 'sensors-managed'])
  clock.advance(600_000)
  expect(kinds()).toEqual(before)
})

test('a launch on instances that fails names the instances, and no capacity provider', () => {
  const { clock, fleet } = seeded()
  const cluster = fleet.site({ account: staging.account, region: 'us-east-1' }).clusters.get('capacity')
  const service = cluster?.services.get('sensors-batch')
  if (!cluster || !service) throw new Error('no sensors-batch')
  const events: EcsEvent[] = []
  fleet.onEvent(event => events.push(event))
  fleet.knobs.exhaust('sensors-pool')
  service.desired = 3
  fleet.touch(service)
  clock.advance(60_000)
  const failure = events.find(({ detail }) => detail['eventName'] === 'SERVICE_TASK_PLACEMENT_FAILURE')
  expect(failure?.detail).toMatchObject({
    reason: 'RESOURCE:CPU',
    containerInstanceArns: cluster.hosts.map(({ arn }) => arn),
  })
  expect(failure?.detail).not.toHaveProperty('capacityProviderArns')
})

test('reports is in two clusters', () => {
  const { clusters } = seeded().fleet.site({ account: prod.account, region: 'us-east-1' })
  expect([...clusters.values()].filter(({ services }) => services.has('reports'))).toHaveLength(2)
})

test('some services are managed by others as well, and say so by their tags', () => {
  const { fleet } = seeded()
  const place = { account: prod.account, region: 'us-east-1' }
  const services = fleet.site(place).clusters.get('web')?.services
  const catalog = services?.get('catalog-api')
  const stack = fleet.stacks.ofResource(place, catalog?.arn ?? '')
  expect(catalog?.tags).toEqual({
    team: 'catalog',
    'aws:cloudformation:stack-name': 'CatalogStack',
    'aws:cloudformation:stack-id': stack?.id,
    'aws:cloudformation:logical-id': 'ApiServiceC9037CF0',
  })
  expect(stack?.template).toContain('"DesiredCount": 4')
  expect(services?.get('reports')?.tags).toMatchObject({
    'copilot-service': 'reports',
    'aws:cloudformation:stack-name': 'analytics-prod-reports',
  })
  expect(services?.get('payments-api')?.tags).toMatchObject({ 'managed-by': 'terraform' })
  expect(services?.get('orders-api')?.tags).toEqual({ team: 'orders' })
  expect(services?.get('storefront')).toMatchObject({ desired: 2, express: { scalingTarget: { maxTaskCount: 6 } } })
})

test('one service is not well', () => {
  const { clock, fleet } = seeded()
  clock.advance(600_000)
  const service = fleet
    .site({ account: prod.account, region: 'us-east-1' })
    .clusters.get('jobs')
    ?.services.get('recommendations')
  expect(service?.desired).toBe(4)
  expect([...(service?.tasks ?? [])].filter(task => isRunning(task) && !task.isDoomed)).toHaveLength(2)
})

test('checkout tracks its CPU, search goes by steps, storefront is Express Mode’s: all are where they belong, and nothing is due', () => {
  const { clock, fleet } = seeded()
  const autoscaling = createAutoscaling(fleet)
  const before = clock.next()
  seedScaling(fleet, autoscaling)
  expect(clock.next()).toBe(before)
  expect(autoscaling.targets().map(({ resourceId, min, max }) => [resourceId, min, max])).toEqual([
    ['service/web/checkout', 4, 10],
    ['service/web/search', 2, 8],
    ['service/web/storefront', 2, 6],
  ])
  const states = new Set(autoscaling.alarms().map(({ state }) => state))
  // Nobody has said what storefront's load is.
  expect(states).toEqual(new Set(['OK', 'INSUFFICIENT_DATA']))
  clock.advance(3_600_000)
  expect(autoscaling.targets().flatMap(({ activities }) => activities)).toEqual([])
})

test('five thousand services are in clusters of a thousand', () => {
  const fleet = createFleet({ clock: new Clock({ speed: 0 }) })
  generateServices(fleet, 5_000)
  const { clusters } = fleet.site({ account: prod.account, region: 'us-east-1' })
  expect([...clusters.values()].map(({ services }) => services.size)).toEqual([1_000, 1_000, 1_000, 1_000, 1_000])
})
