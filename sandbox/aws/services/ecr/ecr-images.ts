// Images in Amazon ECR: the manifest, the size, and artifacts that refer to an image, such as SOCI indexes. Sources: ECR
// API reference; for SOCI the AWS containers blog, "SOCI index manifest v2". A SOCI index of version 1 refers to the image.
// A SOCI index of version 2 is in the same image index as the image, and an annotation of the image manifest names it.
import type {
  BatchGetImageRequest,
  DescribeImagesRequest,
  ImageIdentifier,
  ListImageReferrersRequest,
} from '@aws-sdk/client-ecr'
import { digestOf } from '../../../world/task-view.ts'
import { AwsError, type Call, type Operation } from '../../wire/service.ts'

export type ImageFacts = {
  readonly megabytes: number
  readonly soci?: 'v1' | 'v2'
  readonly isIndex?: boolean
  /** The CPU architectures in an image index; only `amd64` by default. */
  readonly architectures?: readonly string[]
}

/** A pushed image. A task definition need not name this image. `at`: the time of the push in epoch milliseconds. */
export type Push = { readonly digest: string; readonly at: number }

export type ImageKnobs = ReturnType<typeof createImageKnobs>

/**
 * Creates the settings of images by repository. At first, the image `search` is large and has no SOCI index, and the image
 * `checkout` has a SOCI index.
 */
export const createImageKnobs = () => {
  const known = new Map<string, ImageFacts>([
    ['search', { megabytes: 940 }],
    ['checkout', { megabytes: 610, soci: 'v2' }],
  ])
  const pushes: (readonly [image: string, push: Push])[] = []
  const gone = new Set<string>()
  return {
    /** Pushes an image, `<registry>/<repository>:<tag>`. The tag refers to this image until the next push with the tag. */
    push: (image: string, at: number, digest = digestOf(`${image} ${at}`)): string => {
      pushes.push([image, { digest, at }])
      gone.delete(image)
      return digest
    },
    /** The pushed images, newest last. */
    pushes: (): readonly (readonly [image: string, push: Push])[] => pushes,
    /** Deletes an image by its tag. */
    remove: (image: string): void => void gone.add(image),
    isGone: (image: string): boolean => gone.has(image),
    set: (repository: string, facts: ImageFacts): void => void known.set(repository, facts),
    of: (repository: string): ImageFacts => known.get(repository) ?? { megabytes: 85 },
  }
}

const MEGABYTE = 1_000_000
const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json'
const OCI_INDEX = 'application/vnd.oci.image.index.v1+json'
const SOCI = {
  v1: 'application/vnd.amazon.soci.index.v1+json',
  v2: 'application/vnd.amazon.soci.index.v2+json',
} as const

const imageManifest = (digest: string, { megabytes, soci, isIndex }: ImageFacts) => ({
  schemaVersion: 2,
  mediaType: OCI_MANIFEST,
  config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: digestOf(`${digest} config`), size: 7_023 },
  layers: Array.from({ length: 4 }, (_, n) => ({
    mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
    digest: digestOf(`${digest} ${n}`),
    size: (megabytes * MEGABYTE) / 4,
  })),
  ...(soci === 'v2' && !isIndex && { annotations: { 'com.amazon.soci.index-digest': digestOf(`${digest} soci`) } }),
})

const imageIndex = (digest: string, { soci, architectures = ['amd64'] }: ImageFacts) => ({
  schemaVersion: 2,
  mediaType: OCI_INDEX,
  manifests: [
    ...architectures.map(architecture => ({
      mediaType: OCI_MANIFEST,
      digest: digestOf(`${digest} ${architecture}`),
      size: 1_734,
      platform: { architecture, os: 'linux' },
    })),
    ...(soci === 'v2'
      ? [{ mediaType: OCI_MANIFEST, digest: digestOf(`${digest} soci`), size: 1_105, artifactType: SOCI.v2 }]
      : []),
  ],
})

/** An image in a repository. `at`: the time of the push in epoch milliseconds. */
export type Stored = Push & { readonly tags: readonly string[] }

type Ecr = {
  readonly images: ImageKnobs
  /** Returns an existing image. If it is missing, throws ECR's error. */
  readonly expect: (place: { account: string; region: string }, repository: string, id: ImageIdentifier) => Stored
}

const placeOf = ({ registryId }: { readonly registryId?: string | undefined }, { caller, region }: Call) => ({
  account: registryId ?? caller.account,
  region,
})

/** Returns a function that gives the digest of an image, or undefined if the image is missing. Other errors are thrown. */
const finding =
  (expect: Ecr['expect']) =>
  (...asked: Parameters<Ecr['expect']>): string | undefined => {
    try {
      return expect(...asked).digest
    } catch (error) {
      if (error instanceof AwsError && error.code === 'ImageNotFoundException') return undefined
      throw error
    }
  }

const batchGet = ({ images, expect }: Ecr, input: BatchGetImageRequest, call: Call) => {
  const { repositoryName: repository = '', imageIds = [] } = input
  const place = placeOf(input, call)
  const facts = images.of(repository)
  const found = imageIds.map(imageId => ({ imageId, digest: finding(expect)(place, repository, imageId) }))
  return {
    images: found.flatMap(({ imageId, digest }) =>
      digest === undefined
        ? []
        : [
            {
              registryId: place.account,
              repositoryName: repository,
              imageId: { ...imageId, imageDigest: digest },
              imageManifest: JSON.stringify(facts.isIndex ? imageIndex(digest, facts) : imageManifest(digest, facts)),
              imageManifestMediaType: facts.isIndex ? OCI_INDEX : OCI_MANIFEST,
            },
          ],
    ),
    failures: found.flatMap(({ imageId, digest }) =>
      digest === undefined
        ? [{ imageId, failureCode: 'ImageNotFound', failureReason: 'Requested image not found' }]
        : [],
    ),
  }
}

const describe = ({ images, expect }: Ecr, input: DescribeImagesRequest, call: Call) => {
  const { repositoryName: repository = '', imageIds = [] } = input
  const place = placeOf(input, call)
  return {
    imageDetails: imageIds.map(imageId => {
      const { digest, at, tags } = expect(place, repository, imageId)
      return {
        registryId: place.account,
        repositoryName: repository,
        imageDigest: digest,
        imageTags: tags,
        imagePushedAt: new Date(at),
        imageSizeInBytes: images.of(repository).megabytes * MEGABYTE,
        imageManifestMediaType: images.of(repository).isIndex ? OCI_INDEX : OCI_MANIFEST,
      }
    }),
  }
}

/** ListImageReferrers. If the image is missing, the API returns no referrers and no error. */
const referrers = ({ images, expect }: Ecr, input: ListImageReferrersRequest, call: Call) => {
  const { repositoryName: repository = '', subjectId, filter } = input
  const digest = finding(expect)(placeOf(input, call), repository, subjectId ?? {})
  const isWanted = filter?.artifactTypes?.includes(SOCI.v1) ?? true
  const { soci } = images.of(repository)
  return {
    referrers:
      digest !== undefined && soci === 'v1' && isWanted
        ? [
            {
              digest: digestOf(`${digest} soci`),
              mediaType: OCI_MANIFEST,
              artifactType: SOCI.v1,
              size: 1_105,
              artifactStatus: 'ACTIVE',
            },
          ]
        : [],
  }
}

export const imageOperations = (ecr: Ecr) =>
  ({
    BatchGetImage: (input: BatchGetImageRequest, call) => batchGet(ecr, input, call),
    DescribeImages: (input: DescribeImagesRequest, call) => describe(ecr, input, call),
    ListImageReferrers: (input: ListImageReferrersRequest, call) => referrers(ecr, input, call),
  }) satisfies Record<string, Operation>
