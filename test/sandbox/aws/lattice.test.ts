// The sandbox's VPC Lattice at the wire, asked by the SDK's client.
import { ListTargetsCommand, VPCLatticeClient } from '@aws-sdk/client-vpc-lattice'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createAws } from '../../../sandbox/aws/aws.ts'
import { localUser } from '../../../sandbox/aws/wire/credentials.ts'
import { Clock } from '../../../sandbox/world/clock.ts'
import { createFleet } from '../../../sandbox/world/fleet.ts'
import { seedWorld } from '../../../sandbox/world/seed.ts'

const clock = new Clock({ start: Date.parse('2026-11-22T03:00:00Z'), speed: 0 })
const fleet = createFleet({ clock })
seedWorld(fleet)
const aws = createAws({ clock, fleet })
let lattice: VPCLatticeClient
beforeAll(async () => {
  await aws.listen()
  lattice = new VPCLatticeClient({
    endpoint: aws.url,
    region: 'us-east-1',
    credentials: localUser,
    systemClockOffset: clock.now() - Date.now(),
  })
})
afterAll(() => aws.close())

const GROUP = 'arn:aws:vpc-lattice:us-east-1:111122223333:targetgroup/tg-0a1b2c3d4e5f60718'
const list = (targetGroupIdentifier: string, more: { maxResults?: number; nextToken?: string } = {}) =>
  lattice.send(new ListTargetsCommand({ targetGroupIdentifier, ...more }))

test.each([GROUP, 'tg-0a1b2c3d4e5f60718'])('targets of %s are what the tasks do', async group => {
  const { items } = await list(group)
  expect(items?.map(({ status }) => status)).toEqual(Array.from({ length: 5 }, () => 'HEALTHY'))
})

test('in pages', async () => {
  const first = await list(GROUP, { maxResults: 3 })
  const { nextToken = '' } = first
  const second = await list(GROUP, { maxResults: 3, nextToken })
  expect([first.items?.length, second.items?.length, second.nextToken]).toEqual([3, 2, undefined])
})

test.each([
  ['tg-00000000000000000', 'ResourceNotFoundException'],
  ['search', 'ValidationException'],
])('%s: %s', async (group, name) => {
  await expect(list(group)).rejects.toMatchObject({ name })
})
