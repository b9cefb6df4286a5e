import {
  ComputeOptimizerClient,
  GetECSServiceRecommendationsCommand,
  GetEnrollmentStatusCommand,
  GetIdleRecommendationsCommand,
} from '@aws-sdk/client-compute-optimizer'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { localUser } from '../../../sandbox/aws/wire/credentials.ts'
import { account, aService, type Peer, refusal, region, startPeer } from './peer.ts'

let peer: Peer
let client: ComputeOptimizerClient
beforeAll(async () => {
  peer = await startPeer()
  client = new ComputeOptimizerClient({ endpoint: peer.aws.url, region, credentials: localUser, maxAttempts: 1 })
  const busy = { cpu: 60, memory: 60 }
  for (let at = 0; at < 4; at += 1) peer.aws.advice.setPeaks(aService(peer, `busy-${at}`, { age: 40 }), busy)
  peer.aws.advice.setPeaks(aService(peer, 'idle', { age: 40 }), { cpu: 0.4, memory: 0.5 })
  peer.aws.advice.setPeaks(aService(peer, 'small', { age: 40 }), { cpu: 97, memory: 50 })
  aService(peer, 'new', { age: 0 })
  peer.clock.advance(25 * 3_600_000)
  aService(peer, 'newest', { age: 0 })
})
afterAll(() => peer.aws.close())

const sizes = (input: ConstructorParameters<typeof GetECSServiceRecommendationsCommand>[0] = {}) =>
  client.send(new GetECSServiceRecommendationsCommand(input))
const idle = (input: ConstructorParameters<typeof GetIdleRecommendationsCommand>[0] = {}) =>
  client.send(new GetIdleRecommendationsCommand(input))

test('a service younger than a day has no advice; the others are paged', async () => {
  const { ecsServiceRecommendations: all = [] } = await sizes()
  expect(all.map(({ serviceArn }) => serviceArn?.split('/').at(-1))).not.toContain('newest')
  const first = await sizes({ maxResults: 2 })
  expect(first.ecsServiceRecommendations).toHaveLength(2)
  const second = await sizes({ maxResults: 1_000, nextToken: first.nextToken })
  expect(second.nextToken).toBeUndefined()
  expect([...(first.ecsServiceRecommendations ?? []), ...(second.ecsServiceRecommendations ?? [])]).toEqual(all)
})

test('the peaks justify the finding, and the price of the region the saving', async () => {
  const { ecsServiceRecommendations: [found] = [] } = await sizes({
    filters: [{ name: 'FindingReasonCode', values: ['CPUUnderprovisioned'] }],
  })
  expect(found).toMatchObject({
    finding: 'Underprovisioned',
    findingReasonCodes: ['CPUUnderprovisioned'],
    currentPerformanceRisk: 'High',
    launchType: 'Fargate',
    currentServiceConfiguration: { cpu: 256, memory: 512, taskDefinitionArn: expect.stringContaining('/small:1') },
    serviceRecommendationOptions: [{ cpu: 512, memory: 1_024 }],
  })
})

test('idle resources of all kinds, unless a filter says which', async () => {
  const all = await idle()
  expect(all.idleRecommendations).toHaveLength(100)
  expect(all.nextToken).toBeDefined()
  const { idleRecommendations, nextToken } = await idle({
    filters: [{ name: 'ResourceType', values: ['ECSService'] }],
    orderBy: { dimension: 'SavingsValue', order: 'Desc' },
  })
  expect(nextToken).toBeUndefined()
  expect(idleRecommendations).toMatchObject([
    {
      resourceId: 'idle',
      finding: 'Idle',
      savingsOpportunity: {
        savingsOpportunityPercentage: 100,
        estimatedMonthlySavings: { currency: 'USD', value: expect.closeTo(2 * 730 * 0.0123425, 3) },
      },
    },
  ])
})

test('pages have a most, and tokens are of one list', async () => {
  expect(await refusal(sizes({ maxResults: 1_001 }))).toMatch(/^InvalidParameterValueException: 1 validation error/)
  expect(await refusal(idle({ maxResults: 101 }))).toMatch(/less than or equal to 100$/)
  const { nextToken } = await sizes({ maxResults: 1 })
  expect(await refusal(idle({ nextToken }))).toBe('InvalidParameterValueException: The next token is not valid.')
  expect(await refusal(sizes({ accountIds: ['444455556666'] }))).toMatch(/^AccessDeniedException: /)
})

test('an account that is not enrolled is asked to opt in', async () => {
  peer.aws.advice.enrol(account, { status: 'Pending' })
  expect(await client.send(new GetEnrollmentStatusCommand({}))).toMatchObject({ status: 'Pending' })
  expect(await refusal(sizes())).toMatch(/^OptInRequiredException: /)
  peer.aws.advice.enrol(account, { status: 'Active' })
})
