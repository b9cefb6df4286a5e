import { DescribeServicesCommand, UpdateServiceCommand } from '@aws-sdk/client-ecs'
import {
  GetAWSDefaultServiceQuotaCommand,
  GetServiceQuotaCommand,
  ListServiceQuotasCommand,
} from '@aws-sdk/client-service-quotas'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { aService, type Peer, place, refusal, startPeer } from './peer.ts'

let peer: Peer
beforeEach(async () => {
  peer = await startPeer()
})
afterEach(() => peer.aws.close())

const onDemand = { ServiceCode: 'fargate', QuotaCode: 'L-3032A538' }
const spot = { ServiceCode: 'fargate', QuotaCode: 'L-36FBB829' }
const get = async (asked: typeof onDemand) => (await peer.quotas.send(new GetServiceQuotaCommand(asked))).Quota

test('a quota is of one account and region, and of one way to buy', async () => {
  peer.fleet.quotas.setVcpus(place, 'on-demand', 100)
  peer.fleet.quotas.setVcpus({ ...place, region: 'eu-west-1' }, 'on-demand', 7)
  expect(await get(onDemand)).toMatchObject({
    QuotaName: 'Fargate On-Demand vCPU resource count',
    QuotaArn: 'arn:aws:servicequotas:us-east-1:111122223333:fargate/L-3032A538',
    Value: 100,
    Adjustable: true,
  })
  expect(await get(spot)).toMatchObject({ QuotaName: 'Fargate Spot vCPU resource count', Value: 4_000 })
})

test('what a new account has is another call', async () => {
  peer.fleet.quotas.setVcpus(place, 'on-demand', 100)
  const { Quota } = await peer.quotas.send(new GetAWSDefaultServiceQuotaCommand(onDemand))
  expect(Quota).toMatchObject({ QuotaCode: 'L-3032A538', Value: 6 })
})

test('both are listed', async () => {
  const { Quotas = [] } = await peer.quotas.send(new ListServiceQuotasCommand({ ServiceCode: 'fargate' }))
  expect(Quotas.map(({ QuotaCode }) => QuotaCode)).toEqual(['L-3032A538', 'L-36FBB829'])
})

test('what is not there is refused', async () => {
  expect(await refusal(get({ ServiceCode: 'fargat', QuotaCode: 'L-3032A538' }))).toBe(
    'NoSuchResourceException: The request failed because the specified service does not exist.',
  )
  expect(await refusal(get({ ServiceCode: 'fargate', QuotaCode: 'L-1' }))).toMatch(/^NoSuchResourceException: /)
})

describe('placement', () => {
  const scale = (service: string, desiredCount: number) =>
    peer.ecs.send(new UpdateServiceCommand({ cluster: 'web', service, desiredCount }))
  const see = async (service: string) =>
    (await peer.ecs.send(new DescribeServicesCommand({ cluster: 'web', services: [service] }))).services?.[0]

  test('what is beyond the quota is not launched, and the service says why, once', async () => {
    aService(peer, 'other')
    aService(peer, 'api')
    peer.fleet.quotas.setVcpus(place, 'on-demand', 1.5)
    await scale('api', 6)
    peer.clock.advance(600_000)
    const service = await see('api')
    expect(service).toMatchObject({ desiredCount: 6, runningCount: 4 })
    const said = service?.events?.filter(({ message }) => message?.includes('vCPUs')) ?? []
    expect(said.map(({ message }) => message)).toEqual([
      "(service api) was unable to place a task. Reason: You've reached the limit on the number of vCPUs you can run concurrently. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.",
    ])
  })

  test('goes on once the quota is raised', async () => {
    aService(peer, 'api')
    peer.fleet.quotas.setVcpus(place, 'on-demand', 0.5)
    await scale('api', 4)
    peer.clock.advance(120_000)
    expect(await see('api')).toMatchObject({ runningCount: 2 })
    peer.fleet.quotas.setVcpus(place, 'on-demand', 6)
    peer.clock.advance(180_000)
    expect(await see('api')).toMatchObject({ runningCount: 4 })
  })

  test('Spot has a quota of its own', async () => {
    peer.fleet.quotas.setVcpus(place, 'spot', 0.25)
    aService(peer, 'api', { desired: 0 })
    const strategy = [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }]
    await peer.ecs.send(
      new UpdateServiceCommand({
        cluster: 'web',
        service: 'api',
        desiredCount: 3,
        capacityProviderStrategy: strategy,
        forceNewDeployment: true,
      }),
    )
    peer.clock.advance(300_000)
    expect(await see('api')).toMatchObject({ desiredCount: 3, runningCount: 1 })
  })
})
