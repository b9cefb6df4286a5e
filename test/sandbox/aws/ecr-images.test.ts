// The sandbox's images in ECR at the wire, asked by the SDK's client, and read as the product reads them.
import { BatchGetImageCommand, DescribeImagesCommand, ECRClient, ListImageReferrersCommand } from '@aws-sdk/client-ecr'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createAws } from '../../../sandbox/aws/aws.ts'
import { localUser } from '../../../sandbox/aws/wire/credentials.ts'
import { Clock } from '../../../sandbox/world/clock.ts'
import { createFleet } from '../../../sandbox/world/fleet.ts'
import { seedWorld } from '../../../sandbox/world/seed.ts'
import { digestOf } from '../../../sandbox/world/task-view.ts'
import { readManifest } from '../../../src/gateways/aws/images/ecr-images.ts'

const clock = new Clock({ start: Date.parse('2026-11-22T03:00:00Z'), speed: 0 })
const fleet = createFleet({ clock })
seedWorld(fleet)
const aws = createAws({ clock, fleet })
let ecr: ECRClient
beforeAll(async () => {
  await aws.listen()
  ecr = new ECRClient({
    endpoint: aws.url,
    region: 'us-east-1',
    credentials: localUser,
    systemClockOffset: clock.now() - Date.now(),
  })
})
afterAll(() => aws.close())

const digest = digestOf('111122223333.dkr.ecr.us-east-1.amazonaws.com/search:v2')
const ids = { repositoryName: 'search', imageIds: [{ imageDigest: digest }] }
const manifest = async () => readManifest((await ecr.send(new BatchGetImageCommand(ids))).images?.[0]?.imageManifest)
const referrers = async (imageDigest = digest) =>
  (await ecr.send(new ListImageReferrersCommand({ repositoryName: 'search', subjectId: { imageDigest } }))).referrers

test('one image says how large its layers are; a list of images does not, but DescribeImages does', async () => {
  expect(await manifest()).toEqual({ isIndexed: false, bytes: 940_000_000 })
  aws.images.set('search', { megabytes: 940, isIndex: true })
  expect(await manifest()).toEqual({ isIndexed: false })
  expect((await ecr.send(new DescribeImagesCommand(ids))).imageDetails).toMatchObject([
    { imageSizeInBytes: 940_000_000 },
  ])
})

test.each([true, false])(
  'a SOCI index of version 2 is told by the manifest (a list: %s), and refers to nothing',
  async isIndex => {
    aws.images.set('search', { megabytes: 940, soci: 'v2', isIndex })
    expect(await manifest()).toMatchObject({ isIndexed: true })
    expect(await referrers()).toEqual([])
  },
)

test('one of version 1 refers to its image', async () => {
  aws.images.set('search', { megabytes: 940, soci: 'v1' })
  expect(await manifest()).toMatchObject({ isIndexed: false })
  expect(await referrers()).toMatchObject([{ artifactType: 'application/vnd.amazon.soci.index.v1+json' }])
  expect(await referrers(digestOf('nothing'))).toEqual([])
})

test('a tag means what was pushed last; the image before stays by its digest until it is deleted', async () => {
  const image = '111122223333.dkr.ecr.us-east-1.amazonaws.com/search:v8'
  const first = aws.images.push(image, clock.now() - 60_000)
  const second = aws.images.push(image, clock.now())
  const describe = async (imageId: object) =>
    (await ecr.send(new DescribeImagesCommand({ repositoryName: 'search', imageIds: [imageId] }))).imageDetails
  expect(first).not.toBe(second)
  expect(await describe({ imageTag: 'v8' })).toMatchObject([
    { imageDigest: second, imageTags: ['v8'], imagePushedAt: new Date(clock.now()) },
  ])
  expect(await describe({ imageDigest: first })).toMatchObject([{ imageDigest: first }])
  aws.images.remove(image)
  await expect(describe({ imageTag: 'v8' })).rejects.toMatchObject({ name: 'ImageNotFoundException' })
})

test('an index of images lists its platforms', async () => {
  aws.images.set('search', { megabytes: 940, isIndex: true, architectures: ['amd64', 'arm64'] })
  const { images = [] } = await ecr.send(new BatchGetImageCommand(ids))
  const { manifests } = JSON.parse(images[0]?.imageManifest ?? '{}') as { manifests: { platform: object }[] }
  expect(manifests.map(({ platform }) => platform)).toEqual([
    { architecture: 'amd64', os: 'linux' },
    { architecture: 'arm64', os: 'linux' },
  ])
})

test('what is not there is said by image, and a repository that is not there at all', async () => {
  const { images, failures } = await ecr.send(
    new BatchGetImageCommand({ ...ids, imageIds: [{ imageDigest: digestOf('nothing') }] }),
  )
  expect([images, failures]).toMatchObject([[], [{ failureCode: 'ImageNotFound' }]])
  await expect(ecr.send(new BatchGetImageCommand({ ...ids, repositoryName: 'nowhere' }))).rejects.toMatchObject({
    name: 'RepositoryNotFoundException',
  })
})

test.each([undefined, '', '[]', '{"manifests":5}', '{"layers":[{"size":"x"}]}', 'null'])('%j is no manifest', text => {
  expect(readManifest(text)).toEqual({ isIndexed: false })
})
