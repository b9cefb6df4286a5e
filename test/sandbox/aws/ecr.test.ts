// Scans of images, as the real SDK meets them; and the log groups that are asked for by name.
import { DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs'
import { DescribeImageScanFindingsCommand, ECRClient } from '@aws-sdk/client-ecr'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { localUser } from '../../../sandbox/aws/wire/credentials.ts'
import { digestOf } from '../../../sandbox/world/task-view.ts'
import { aDefinition, type Peer, place, refusal, startPeer } from './peer.ts'

const image = `${place.account}.dkr.ecr.${place.region}.amazonaws.com/orders:v1`
let peer: Peer
let ecr: ECRClient

beforeAll(async () => {
  peer = await startPeer()
  const settings = { region: place.region, maxAttempts: 1, credentials: localUser, endpoint: peer.aws.url }
  ecr = new ECRClient(settings)
  aDefinition(peer, 'orders', image)
})
afterAll(() => peer.aws.close())

const scan = (imageId: object, more: object = {}) =>
  ecr.send(new DescribeImageScanFindingsCommand({ repositoryName: 'orders', imageId, ...more }))
const imageDigest = digestOf(image)

test('findings come a page at a time, their counts as a whole', async () => {
  peer.aws.scans.set('orders', {
    status: 'COMPLETE',
    vulnerabilities: ['A', 'B', 'C'].map(id => ({ id, severity: 'HIGH' as const })),
  })
  const first = await scan({ imageDigest }, { maxResults: 2 })
  expect(first).toMatchObject({ repositoryName: 'orders', imageScanFindings: { findingSeverityCounts: { HIGH: 3 } } })
  expect(first.imageScanFindings?.findings?.map(({ name }) => name)).toEqual(['A', 'B'])
  const second = await scan({ imageTag: 'v1' }, { maxResults: 2, nextToken: first.nextToken })
  expect(second.imageScanFindings?.findings?.map(({ name }) => name)).toEqual(['C'])
  expect(second.nextToken).toBeUndefined()
})

test('an image that is not scanned has none', async () => {
  peer.aws.scans.set('orders', { status: 'UNSUPPORTED_IMAGE', vulnerabilities: [] })
  const { imageScanStatus, imageScanFindings } = await scan({ imageDigest })
  expect([imageScanStatus?.status, imageScanFindings]).toEqual(['UNSUPPORTED_IMAGE', undefined])
  peer.aws.scans.set('orders', undefined)
  expect(await refusal(scan({ imageDigest }))).toMatch(/^ScanNotFoundException: /)
})

test.each<[string, object, object]>([
  ['ImageNotFoundException', { imageDigest: `sha256:${'0'.repeat(64)}` }, {}],
  ['ImageNotFoundException', { imageTag: 'v2' }, {}],
  ['RepositoryNotFoundException', { imageTag: 'v1' }, { repositoryName: 'none' }],
  ['InvalidParameterException', {}, {}],
  ['InvalidParameterException', { imageDigest: 'sha256:1' }, {}],
  ['InvalidParameterException', { imageTag: 'v1' }, { maxResults: 1_001 }],
])('%s: %j %j', async (code, imageId, more) => {
  expect(await refusal(scan(imageId, more))).toMatch(new RegExp(`^${code}: `))
})

test('log groups asked for by name are those that there are, and no other filter goes with them', async () => {
  peer.aws.logs.create(place, '/a')
  peer.aws.logs.create(place, '/b')
  const ask = (logGroupIdentifiers: string[], more: object = {}) =>
    peer.logs.send(new DescribeLogGroupsCommand({ logGroupIdentifiers, ...more }))
  const { logGroups = [] } = await ask(['/a', '/gone'])
  expect(logGroups.map(({ logGroupName }) => logGroupName)).toEqual(['/a'])
  expect(await refusal(ask(['/a'], { logGroupNamePrefix: '/' }))).toMatch(/^InvalidParameterException: /)
  expect(await refusal(ask(Array.from({ length: 51 }, (_, n) => `/${n}`)))).toMatch(/^InvalidParameterException: /)
})
