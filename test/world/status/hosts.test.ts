// The hosts in /ecs status, against the sandbox, through the built handlers.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { HUB } from '../../../sandbox/sandbox.ts'
import type { Host, Service } from '../../../sandbox/world/state.ts'
import { aWorld, type World } from '../world.ts'

let world: World
beforeAll(async () => {
  world = await aWorld()
})
afterAll(() => world.stop())
afterEach(() => world.aws.faults.clear())

const hosts = (): readonly Host[] => world.fleet.site(HUB).clusters.get('jobs')?.hosts ?? []
const rows = (answer: string) => answer.split('\n').filter(line => line.startsWith('• Host'))

/** Six tasks of 512 CPU units on the cluster's three hosts, beside log-shipper's. */
const addEncoder = (): Service => {
  const shipper = world.service('jobs/log-shipper')
  const spec = shipper.deployments[0]?.revision.spec
  if (spec === undefined) throw new Error('log-shipper has no deployment')
  return world.fleet.createService(shipper.cluster, {
    name: 'encoder',
    createdBy: '',
    desired: 6,
    spec,
    isSettled: true,
  })
}

test('a daemon’s hosts: agent, image and room', async () => {
  const answer = await world.type('status log-shipper --explain')
  expect(rows(answer)).toHaveLength(3)
  expect(rows(answer).join('\n')).toMatch(
    /• Host i-0\w+: us-east-1a, active, agent 1\.98\.0, AMI ami-0\w+ 30 days old, 1 of its tasks, 1,536 CPU units and 6,740 MiB free/,
  )
  expect(answer).toContain('DescribeContainerInstances')
  expect(answer).toContain('DescribeImages')
})

test('room is counted in tasks of the service; what is draining or away comes first, and takes none', async () => {
  addEncoder()
  expect(rows(await world.type('status encoder'))[0]).toMatch(
    /2 of its tasks, 512 CPU units and 4,692 MiB free: room for 1 more$/,
  )
  const [first, second] = hosts()
  if (first === undefined || second === undefined) throw new Error('no hosts')
  first.status = 'DRAINING'
  second.agentConnected = false
  const [away, draining] = rows(await world.type('status encoder'))
  expect(away).toMatch(new RegExp(`${second.instanceId}: .*agent 1.98.0 not connected.*room for 0 more$`))
  expect(draining).toMatch(new RegExp(`${first.instanceId}: .*draining.*room for 0 more$`))
  first.status = 'ACTIVE'
  second.agentConnected = true
})

test('a machine outside of AWS has no image and no zone', async () => {
  const [host] = hosts()
  const { ami, instanceId } = host ?? {}
  Object.assign(host ?? {}, { instanceId: 'mi-0123456789abcdef0', ami: undefined })
  expect(await world.type('status encoder')).toMatch(
    /• Host mi-0123456789abcdef0 \(ECS Anywhere\): active, agent 1\.98\.0, 2 of its tasks/,
  )
  Object.assign(host ?? {}, { instanceId, ami })
})

test('an image that is gone, or a denied look at images, leaves its age unknown and hides nothing', async () => {
  world.aws.faults.add({
    match: { action: 'DescribeImages' },
    when: 'before',
    effect: { kind: 'error', code: 'UnauthorizedOperation', message: 'not you', status: 403 },
  })
  const answer = await world.type('status encoder')
  expect(rows(answer)[0]).toContain('of unknown age')
  expect(answer).toContain(
    'Unavailable: reading the AMIs of encoder’s hosts: AWS refused it (UnauthorizedOperation: not you)',
  )
})

test('on Fargate there are none, and nobody is asked', async () => {
  const answer = await world.type('status orders-api --explain')
  expect(rows(answer)).toEqual([])
  expect(answer).not.toContain('DescribeContainerInstances')
})
