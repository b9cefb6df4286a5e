// Amazon ECR with image scans. The repositories and images are those that task definitions name, and pushed images.
// Sources: ECR API reference, DescribeImageScanFindings; user guide, image scanning. Error texts are guesses.
import type {
  DescribeImageScanFindingsRequest,
  DescribeImageScanFindingsResponse,
  FindingSeverity,
  ImageIdentifier,
  ScanStatus,
} from '@aws-sdk/client-ecr'
import * as client from '@aws-sdk/client-ecr'
import type { Fleet } from '../../../world/fleet.ts'
import type { Place } from '../../../world/place.ts'
import { digestOf } from '../../../world/task-view.ts'
import rules from '../../wire/constraints/ecr.json' with { type: 'json' }
import type { Refuse } from '../../wire/constraints.ts'
import { awsJson } from '../../wire/protocol.ts'
import { AwsError, type AwsService, type Call } from '../../wire/service.ts'
import { type ImageKnobs, imageOperations, type Push, type Stored } from './ecr-images.ts'

/** The error for a request that breaks constraints of the model. ECR reports only the first, with its own text. */
const refuse: Refuse = ([{ at, value, must, rule }]) => {
  const { min, max, pattern } = rule
  if (value === undefined)
    return new AwsError(
      'InvalidParameterException',
      `Invalid parameter at '${at}' failed to satisfy constraint: 'Member must not be null'`,
    )
  const words =
    typeof value === 'number'
      ? `must be between ${min} and ${max}`
      : must.includes('regular expression')
        ? `must satisfy regular expression '${pattern}'`
        : must
  return new AwsError(
    'InvalidParameterException',
    `Invalid parameter at '${at}' failed to satisfy constraint: '${words}'`,
  )
}

const protocol = awsJson({
  version: '1.1',
  target: 'AmazonEC2ContainerRegistry_V20150921',
  client,
  rules,
  refuse,
})

export type Vulnerability = {
  readonly id: string
  readonly severity: FindingSeverity
  /** Whether a fix and an exploit exist. Only Amazon Inspector (enhanced scanning) reports this. */
  readonly hasFix?: boolean
  readonly hasExploit?: boolean
}

export type Scan = {
  readonly status: ScanStatus
  readonly isEnhanced?: boolean
  readonly vulnerabilities: readonly Vulnerability[]
}

/** The scans at the start, by repository; `undefined` if scanning is off. Other repositories have no findings. */
const seeded: readonly (readonly [string, Scan | undefined])[] = [
  [
    'payments-api',
    {
      status: 'ACTIVE',
      isEnhanced: true,
      vulnerabilities: [
        { id: 'CVE-2025-15467', severity: 'CRITICAL', hasFix: true, hasExploit: true },
        { id: 'CVE-2026-2100', severity: 'HIGH', hasFix: true, hasExploit: false },
        { id: 'CVE-2026-3184', severity: 'HIGH', hasFix: false, hasExploit: false },
      ],
    },
  ],
  ['notifications', { status: 'COMPLETE', vulnerabilities: [{ id: 'CVE-2026-1642', severity: 'HIGH' }] }],
  ['reports', undefined],
]

type Registry = { readonly fleet: Fleet; readonly images: ImageKnobs }

type Tagged = Push & { readonly tag: string }

/** The images of a repository: first those that task definitions name, then those that were pushed, newest last. */
const imagesIn = ({ fleet, images }: Registry, { account, region }: Place, repository: string): readonly Tagged[] => {
  const prefix = `${account}.dkr.ecr.${region}.amazonaws.com/${repository}:`
  const definitions = [...fleet.sites.values()].flatMap(({ taskDefinitions }) => [...taskDefinitions.values()].flat())
  const named = definitions.flatMap(({ input, registeredAt: at }) =>
    (input.containerDefinitions ?? []).map(({ image = '' }) => [image, { digest: digestOf(image), at }] as const),
  )
  const found = [...named, ...images.pushes()].filter(([image]) => image.startsWith(prefix) && !images.isGone(image))
  return found.map(([image, push]) => ({ ...push, tag: image.slice(prefix.length).split('@')[0] ?? '' }))
}

const inWords = ({ imageDigest = 'null', imageTag = 'null' }: ImageIdentifier) =>
  `{imageDigest:'${imageDigest}', imageTag:'${imageTag}'}`

/** Finds an image by tag or digest, or throws. If a tag moves to a new image, the old image can be found by its digest. */
const expectImage = (registry: Registry, place: Place, repository: string, id: ImageIdentifier): Stored => {
  const where = `with name '${repository}' in the registry with id '${place.account}'`
  const found = imagesIn(registry, place, repository)
  if (found.length === 0)
    throw new AwsError(
      'RepositoryNotFoundException',
      `The repository with name '${repository}' does not exist in the registry with id '${place.account}'`,
    )
  const newest = found.findLast(({ tag }) => tag === id.imageTag)
  const known = id.imageTag === undefined ? found.find(({ digest }) => digest === id.imageDigest) : newest
  if (known === undefined || (id.imageDigest ?? known.digest) !== known.digest)
    throw new AwsError(
      'ImageNotFoundException',
      `The image with imageId ${inWords(id)} does not exist within the repository ${where}`,
    )
  const tags = found.filter(({ digest }) => digest === known.digest).map(({ tag }) => tag)
  return { ...known, tags: [...new Set(tags)] }
}

const viewFindings = ({ isEnhanced }: Scan, page: readonly Vulnerability[], at: Date) =>
  isEnhanced
    ? {
        enhancedFindings: page.map(({ id, severity, hasFix, hasExploit }) => ({
          severity,
          status: 'ACTIVE',
          type: 'PACKAGE_VULNERABILITY',
          title: id,
          firstObservedAt: at,
          packageVulnerabilityDetails: { vulnerabilityId: id, source: 'NVD' },
          fixAvailable: hasFix ? 'YES' : 'NO',
          exploitAvailable: hasExploit ? 'YES' : 'NO',
        })),
      }
    : { findings: page.map(({ id, severity }) => ({ name: id, severity, attributes: [] })) }

const countsOf = (vulnerabilities: readonly Vulnerability[]) => {
  const counts: Partial<Record<FindingSeverity, number>> = {}
  for (const { severity } of vulnerabilities) counts[severity] = (counts[severity] ?? 0) + 1
  return counts
}

const checkInput = ({ imageId = {} }: DescribeImageScanFindingsRequest) => {
  const { imageDigest, imageTag } = imageId
  if (imageDigest === undefined && imageTag === undefined)
    throw new AwsError(
      'InvalidParameterException',
      "Invalid parameter at 'imageId' failed to satisfy constraint: 'ImageIdentifier requires either imageDigest or imageTag'",
    )
  if (imageDigest !== undefined && !/^sha256:[0-9a-f]{64}$/.test(imageDigest))
    throw new AwsError(
      'InvalidParameterException',
      "Invalid parameter at 'imageDigest' failed to satisfy constraint: 'must satisfy regular expression '[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+''",
    )
}

export type Scans = ReturnType<typeof createScans>

export const createScans = () => {
  const scans = new Map<string, Scan | undefined>(seeded)
  return {
    /** Sets the scan of a repository; `undefined`: scanning is off. */
    set: (repository: string, scan: Scan | undefined): void => {
      scans.set(repository, scan)
    },
    of: (repository: string): Scan | undefined =>
      scans.has(repository) ? scans.get(repository) : { status: 'COMPLETE', vulnerabilities: [] },
  }
}

const describe = (
  { scans, ...registry }: Registry & { readonly scans: Scans },
  input: DescribeImageScanFindingsRequest,
  { caller, region }: Call,
): DescribeImageScanFindingsResponse => {
  checkInput(input)
  const { repositoryName: repository = '', imageId = {}, maxResults = 100, nextToken } = input
  const place = { account: input.registryId ?? caller.account, region }
  const imageDigest = expectImage(registry, place, repository, imageId).digest
  const scan = scans.of(repository)
  if (scan === undefined)
    throw new AwsError(
      'ScanNotFoundException',
      `Image scan does not exist for the image with '${inWords({ imageDigest })}' in the repository with name '${repository}' in the registry with id '${place.account}'`,
    )
  const from = Number(nextToken ?? 0)
  const page = scan.vulnerabilities.slice(from, from + maxResults)
  const at = new Date(registry.fleet.clock.now() - 3_600_000)
  return {
    registryId: place.account,
    repositoryName: repository,
    imageId: { ...imageId, imageDigest },
    imageScanStatus: { status: scan.status, description: 'The scan was completed successfully.' },
    ...(['COMPLETE', 'ACTIVE'].includes(scan.status) && {
      imageScanFindings: {
        imageScanCompletedAt: at,
        vulnerabilitySourceUpdatedAt: at,
        findingSeverityCounts: countsOf(scan.vulnerabilities),
        ...viewFindings(scan, page, at),
      },
    }),
    ...(from + maxResults < scan.vulnerabilities.length && { nextToken: String(from + maxResults) }),
  }
}

export const createEcr = (fleet: Fleet, scans: Scans, images: ImageKnobs): AwsService => ({
  name: 'ecr',
  protocol,
  operations: {
    ...imageOperations({
      images,
      expect: (place, repository, id) => expectImage({ fleet, images }, place, repository, id),
    }),
    DescribeImageScanFindings: (input: DescribeImageScanFindingsRequest, call) =>
      describe({ fleet, images, scans }, input, call),
  },
  resources: ({ input, region, caller }) => {
    const { repositoryName = '', registryId = caller.account } = input as Partial<DescribeImageScanFindingsRequest>
    return [{ arn: `arn:aws:ecr:${region}:${registryId}:repository/${repositoryName}` }]
  },
})
