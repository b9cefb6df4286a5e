// A service, or its scalable target, that is made anew while a lease runs has the name of the one before, and is another.
import {
  ApplicationAutoScalingClient,
  DeregisterScalableTargetCommand,
  PutScalingPolicyCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling'
import { CreateServiceCommand, DeleteServiceCommand, ECSClient } from '@aws-sdk/client-ecs'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { localUser } from '../../../sandbox/aws/wire/credentials.ts'
import { HUB } from '../../../sandbox/sandbox.ts'
import { pass } from '../driving.ts'
import { aWorld, textOf, type World } from '../world.ts'

const scalable = (service: string) => ({
  ServiceNamespace: 'ecs' as const,
  ResourceId: `service/web/${service}`,
  ScalableDimension: 'ecs:service:DesiredCount' as const,
})

let world: World
let before = { cards: 0, replies: 0, calls: 0 }
beforeAll(async () => {
  world = await aWorld()
})
beforeEach(() => {
  before = {
    cards: world.cards().length,
    replies: world.replies().length,
    calls: world.aws.callLog.list().at(-1)?.id ?? 0,
  }
})
afterAll(() => world.stop())

const minutes = (count: number) => pass(count * 60_000, world)
const cards = () => world.cards().slice(before.cards).map(textOf)
const replies = () => world.replies().slice(before.replies).map(textOf)
const bounds = (service: string) => {
  const found = world.autoscaling.targetOf(world.service(`web/${service}`))
  return `${found?.min}..${found?.max}`
}
/** On the role that puts back. */
const backs = () =>
  world.aws.callLog
    .list()
    .filter(
      ({ id, arn, action }) =>
        id > before.calls && arn.includes('quarterdeck-revert') && !/^(Describe|Lookup)/.test(action),
    )

/** As somebody with keys of their own calls AWS. */
const settings = () => {
  const { accessKeyId, secretAccessKey } = localUser
  return { endpoint: world.aws.url, region: HUB.region, credentials: { accessKeyId, secretAccessKey } }
}
const makeAnew = async (service: string, desiredCount: number) => {
  const spec = world.service(`web/${service}`).deployments[0]?.revision.spec
  const ecs = new ECSClient(settings())
  await ecs.send(new DeleteServiceCommand({ cluster: 'web', service, force: true }))
  await minutes(3)
  await ecs.send(
    new CreateServiceCommand({
      cluster: 'web',
      serviceName: service,
      desiredCount,
      taskDefinition: spec?.taskDefinition.arn,
      networkConfiguration: spec?.networkConfiguration,
      launchType: 'FARGATE',
    }),
  )
  await minutes(3)
}
const scaling = () => new ApplicationAutoScalingClient(settings())
/** With a policy, so that a lease holds the floor. */
const register = async (service: string, MinCapacity: number | undefined, MaxCapacity: number | undefined) => {
  await scaling().send(new RegisterScalableTargetCommand({ ...scalable(service), MinCapacity, MaxCapacity }))
  await scaling().send(
    new PutScalingPolicyCommand({
      ...scalable(service),
      PolicyName: 'cpu',
      PolicyType: 'TargetTrackingScaling',
      TargetTrackingScalingPolicyConfiguration: {
        TargetValue: 60,
        PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' },
      },
    }),
  )
}

/** Asks for a lease that somebody approves, and waits until it runs. */
const lease = async (line: string, user = 'U0REQUEST', approver = 'U0APPROVE'): Promise<string> => {
  const count = world.cards().length
  expect(await world.type(line, { user })).toBe('')
  const asked = await world.details(approver)
  await world.click('approve', approver)
  await world.until(() => world.cards().length > count && world.card().includes('✅ Temporary'))
  return asked
}

test('a service made anew during a lease: the lease on the new one puts back what it found there, the old one puts back nothing', async () => {
  await lease('scale orders-api 8 --for 1h')
  await makeAnew('orders-api', 8)
  const asked = await lease('scale orders-api 10 --for 2h', 'U0APPROVE', 'U0SECOND')
  expect(asked).toContain('When it expires, it is reverted to 8 tasks')
  expect(asked).not.toContain('Temporary change on this service')
  expect(world.desired()).toBe(10)
  expect(await world.type('leases')).toContain('The service was deleted and recreated: nothing is reverted')
  await minutes(60)
  expect(cards()[0]).toContain('The service was deleted and created again, so nothing is reverted.')
  expect([world.desired(), backs().length, replies()]).toEqual([10, 0, []])
  await minutes(65)
  expect(world.desired()).toBe(8)
  expect(cards()[1]).toMatch(/↩️ Reverted .*Desired count: 10 → 8/s)
  expect(await world.type('leases')).toContain('There are no temporary changes.')
})

test('a floor on a service made anew holds what it says; of the one before nothing can be kept or extended', async () => {
  await lease('scale prod.us-east-1/web/checkout 12 --for 1h')
  await makeAnew('checkout', 3)
  for (const line of ['keep prod.us-east-1/web/checkout', 'extend prod.us-east-1/web/checkout 1h'])
    expect(await world.type(`lease ${line}`)).toContain('has no such temporary change')
  await register('checkout', 2, 6)
  await lease('scale prod.us-east-1/web/checkout 4 --for 2h', 'U0APPROVE', 'U0SECOND')
  expect(bounds('checkout')).toBe('4..6')
  await minutes(60)
  expect(cards()[0]).toContain('was deleted and created again')
  expect([bounds('checkout'), backs().length]).toEqual(['4..6', 0])
  await minutes(65)
  expect([bounds('checkout'), backs().length, replies()]).toEqual(['2..6', 1, []])
})

test('a scalable target that somebody registered anew is left as found, although it is as it was leased', async () => {
  await lease('scale prod.us-east-1/web/search 6 --for 1h')
  const leased = bounds('search')
  const [least, most] = leased.split('..').map(Number)
  await scaling().send(new DeregisterScalableTargetCommand(scalable('search')))
  await register('search', least, most)
  await minutes(65)
  expect(cards()[0]).toContain(`found ${leased} of a newly registered scalable target, changed by`)
  expect([bounds('search'), backs().length, replies().length]).toEqual([leased, 0, 1])
  await world.press('Keep')
  await world.click('approve')
  await minutes(3)
  expect(cards()[0]).toContain('📌 Kept')
  expect(await world.type('leases')).toContain('There are no temporary changes.')
})
