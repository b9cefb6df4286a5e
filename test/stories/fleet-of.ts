// Worlds for change sets: many small services in one cluster, services on Spot, and the card of a set.
import { ECRClient } from '@aws-sdk/client-ecr'
import { vi } from 'vitest'
import { generateServices } from '../../sandbox/world/seed.ts'
import { HUB, pass } from '../world/driving.ts'
import { type StoryWorld, textOf } from './story-world.ts'

const TEN_MINUTES = 600_000

/** The services of the cluster `fleet-1`, in the order of their ARNs. */
export const fleetOf = async (count: number, world: StoryWorld) => {
  generateServices(world.fleet, count)
  await pass(TEN_MINUTES, world)
  await world.recur('index')
  const services = [...(world.fleet.site(HUB).clusters.get('fleet-1')?.services.values() ?? [])]
  return services.toSorted((a, b) => (a.arn < b.arn ? -1 : 1))
}

/** Moves services to Fargate Spot, outside of Quarterdeck. */
export const moveToSpot = (names: readonly string[], world: StoryWorld): void => {
  for (const name of names) {
    const spec = world.service(name).deployments[0]?.revision.spec
    if (spec === undefined) throw new Error('no deployment')
    const { launchType: _, ...rest } = spec
    const capacityProviderStrategy = [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }]
    world.fleet.deploy(world.service(name), { ...rest, capacityProviderStrategy })
  }
}

export const setCard = (world: StoryWorld): string =>
  textOf(world.cards().findLast(card => /\d services? /.test(textOf(card))))

/** Amazon ECR throttles every call until the mocks are restored. */
export const throttleEcr = () =>
  vi.spyOn(ECRClient.prototype, 'send').mockImplementation(async () => {
    const metadata = { $metadata: { httpStatusCode: 400 }, $fault: 'client' }
    throw Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException', ...metadata })
  })
