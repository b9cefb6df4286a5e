// Reads an image's size, and whether it has a SOCI index for lazy loading. Source: AWS containers blog, "SOCI index
// manifest v2". Fargate uses SOCI indexes of images in ECR only.
import {
  BatchGetImageCommand,
  DescribeImagesCommand,
  ECRClient,
  type ImageDetail,
  ListImageReferrersCommand,
} from '@aws-sdk/client-ecr'
import type { Readers } from '../../../commands/readers.ts'
import type { Config } from '../../../engine/rules/config.ts'
import type { ImageLoading } from '../../../features/status/image-loading.ts'
import { ECR_IMAGE } from '../../../model/ecr.ts'
import { RemoteError } from '../../../model/errors.ts'
import { isRecord } from '../../../model/json.ts'
import { pages } from '../ecs/pages.ts'
import type { Sessions } from '../identity/sessions.ts'
import { askAws } from '../translate.ts'

const SOCI_V1 = 'application/vnd.amazon.soci.index.v1+json'
const SOCI_V2 = 'application/vnd.amazon.soci.index.v2+json'
/** The annotation of an image manifest that has a SOCI index. */
const ANNOTATION = 'com.amazon.soci.index-digest'

const MANIFESTS = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
]

export const createImageReader = ({ accounts }: Config, sessions: Sessions): Readers['imageLoading'] => {
  const clientFor = sessions.each(settings => new ECRClient(settings))
  return async ({ image, digest }) => {
    const [, registry, region, repository = ''] = ECR_IMAGE.exec(image) ?? []
    const account = accounts.find(({ id }) => id === registry)
    if (account === undefined || region === undefined) return undefined
    return askAws(`reading the image of ${repository}`, async () =>
      loadImage(await clientFor(account, region), repository, digest),
    )
  }
}

/** Reads the digest of an image; undefined if ECR does not have the image, or the request fails. */
export const createDigestReader = (config: Config, sessions: Sessions): Readers['digestOf'] => {
  const find = createFinder(config, sessions)
  return async image => (await find(image, unresolved))?.detail.imageDigest || undefined
}

/**
 * Reads the digest, push time and platforms of an image before it runs. Returns 'missing' if ECR does not have the image.
 * Platforms are known only for multi-platform images, whose manifest lists them.
 */
export const createFactsReader = (config: Config, sessions: Sessions): Readers['imageFacts'] => {
  const find = createFinder(config, sessions)
  return async image => {
    const found = await find(image, missing)
    if (found === undefined || found === 'missing') return found
    const { detail, client, repositoryName } = found
    const { imageDigest: digest, imagePushedAt } = detail
    if (digest === undefined) return undefined
    const platforms = await platformsOf(client, repositoryName, digest).catch(() => undefined)
    return {
      digest,
      ...(imagePushedAt !== undefined && { pushedAt: imagePushedAt.toISOString() }),
      ...(platforms !== undefined && { platforms }),
    }
  }
}

type Found = { readonly detail: ImageDetail; readonly client: ECRClient; readonly repositoryName: string }

/**
 * Finds an image in ECR by its digest, or else by its tag (`latest` by default). Returns undefined if the image is not in an
 * account of the configuration. `otherwise`: returns the result if the request fails.
 */
const createFinder = ({ accounts }: Config, sessions: Sessions) => {
  const clientFor = sessions.each(settings => new ECRClient(settings))
  return async <T>(image: string, otherwise: (error: unknown) => T): Promise<Found | T | undefined> => {
    const [, registry, region, repositoryName = ''] = ECR_IMAGE.exec(image) ?? []
    const account = accounts.find(({ id }) => id === registry)
    if (account === undefined || region === undefined) return undefined
    const [, imageDigest] = /@(sha256:[0-9a-f]{64})$/.exec(image) ?? []
    const imageTag = /:([\w.-]{1,128})$/.exec(image)?.[1] ?? 'latest'
    const imageIds = [imageDigest === undefined ? { imageTag } : { imageDigest }]
    return askAws(`reading the image of ${repositoryName}`, async () => {
      const client = await clientFor(account, region)
      const { imageDetails = [] } = await client.send(new DescribeImagesCommand({ repositoryName, imageIds }))
      const [detail] = imageDetails
      return detail && { detail, client, repositoryName }
    }).catch(otherwise)
  }
}

/** Returns undefined for an error of AWS; the plan then says that the tag could not be resolved. Throws other errors. */
const unresolved = (error: unknown): undefined => {
  if (!(error instanceof RemoteError)) throw error
  return undefined
}

const missing = (error: unknown): 'missing' | undefined =>
  error instanceof RemoteError && /^(Image|Repository)NotFoundException$/.test(error.code)
    ? 'missing'
    : unresolved(error)

/** The platforms in an image index, such as `linux/arm64`; undefined if the manifest lists no platforms. */
const platformsOf = async (
  client: ECRClient,
  repositoryName: string,
  imageDigest: string,
): Promise<readonly string[] | undefined> => {
  const { images = [] } = await client.send(
    new BatchGetImageCommand({ repositoryName, imageIds: [{ imageDigest }], acceptedMediaTypes: MANIFESTS }),
  )
  const platforms = listOf(parse(images[0]?.imageManifest ?? '')['manifests']).flatMap(({ platform }) => {
    if (!isRecord(platform)) return []
    const { os, architecture } = platform
    return typeof os === 'string' && typeof architecture === 'string' && os !== 'unknown'
      ? [`${os}/${architecture}`]
      : []
  })
  return platforms.length === 0 ? undefined : [...new Set(platforms)]
}

const loadImage = async (
  client: ECRClient,
  repositoryName: string,
  imageDigest: string,
): Promise<ImageLoading | undefined> => {
  const imageIds = [{ imageDigest }]
  const { images = [] } = await client.send(
    new BatchGetImageCommand({ repositoryName, imageIds, acceptedMediaTypes: MANIFESTS }),
  )
  const [found] = images
  if (found === undefined) return undefined
  const { isIndexed, bytes } = readManifest(found.imageManifest)
  if (isIndexed) return loading('v2', bytes)
  if (await hasIndex(client, repositoryName, imageDigest)) return loading('v1', bytes)
  if (bytes !== undefined) return loading(undefined, bytes)
  // The size is read from an image manifest, because a multi-platform image index has no size.
  const { imageDetails = [] } = await client.send(new DescribeImagesCommand({ repositoryName, imageIds }))
  return loading(undefined, imageDetails[0]?.imageSizeInBytes)
}

/** Whether the image has a SOCI index of version 1. A page of filtered results may be empty although a next page exists. */
const hasIndex = async (client: ECRClient, repositoryName: string, imageDigest: string): Promise<boolean> => {
  const filter = { artifactTypes: [SOCI_V1] }
  const found = await pages(async nextToken => {
    const { referrers = [], nextToken: next } = await client.send(
      new ListImageReferrersCommand({
        repositoryName,
        subjectId: { imageDigest },
        filter,
        ...(nextToken !== undefined && { nextToken }),
      }),
    )
    return { items: referrers, next: referrers.length > 0 ? undefined : next }
  })
  return found.length > 0
}

const loading = (soci: ImageLoading['soci'], bytes: number | undefined): ImageLoading => ({
  ...(soci !== undefined && { soci }),
  ...(bytes !== undefined && { megabytes: Math.round(bytes / 1_000_000) }),
})

type Manifest = { readonly isIndexed: boolean; readonly bytes?: number }

/** Parses an image index or an image manifest. The text is untrusted. */
export const readManifest = (text = ''): Manifest => {
  const manifest = parse(text)
  const isNamed = (value: unknown) => isRecord(value) && typeof value[ANNOTATION] === 'string'
  const manifests = listOf(manifest['manifests'])
  const isIndexed =
    isNamed(manifest['annotations']) ||
    manifests.some(one => one['artifactType'] === SOCI_V2 || isNamed(one['annotations']))
  const sizes = listOf(manifest['layers']).flatMap(({ size }) => (typeof size === 'number' ? [size] : []))
  return sizes.length === 0 ? { isIndexed } : { isIndexed, bytes: sizes.reduce((all, one) => all + one, 0) }
}

const parse = (text: string): Readonly<Record<string, unknown>> => {
  try {
    const value: unknown = JSON.parse(text)
    return isRecord(value) ? value : {}
  } catch {
    return {}
  }
}

const listOf = (value: unknown): readonly Readonly<Record<string, unknown>>[] =>
  Array.isArray(value) ? value.filter(isRecord) : []
