// Loads the deployment of an image: a tag means its digest of now, and the approval binds to the digest.

import { fullName } from '../../kit/language/target.ts'
import { plainName } from '../../kit/messages/text.ts'
import type { Service } from '../../model/ecs.ts'
import { isRefusal, type Refusal, refuse } from '../../model/errors.ts'
import type { DefinitionBase, RevisionImage, ServiceRevision } from '../../model/service-detail.ts'
import type { ImageScan } from '../checks/posture.ts'
import { type Base, type Common, type Known, loadCommon, type Reads, refuseGrant, unread } from './deploy-common.ts'
import { type ImageTags, imageTagsOf } from './image-tags.ts'
import { type Image, imageText, readImage, refuseRepository, type Wanted } from './image-target.ts'
import { pinnedDigest } from './rollback-images.ts'

/** `before`: the image that the container runs. `tags`: what the tags of the other containers mean now. */
export type ImageDeploy = Common & {
  readonly kind: 'image'
  readonly version: string
  readonly container: string
  readonly isNamed: boolean
  readonly before: RevisionImage
  readonly image: Image & { readonly digest: string }
  readonly pushedAt?: string
  readonly isPlatformKnown: boolean
  readonly scan?: ImageScan
  readonly tags: ImageTags
  /** The highest number of a revision of the family. */
  readonly newest: number
}

/** `version`: as typed. */
type Asked = { readonly version: string; readonly container?: string | undefined }

export const loadImage = async (
  base: Base,
  wanted: Exclude<Wanted, { kind: 'revision' }>,
  asked: Asked,
  read: Reads,
  known: Known,
): Promise<ImageDeploy | Refusal> => {
  const { service, from } = base
  const { ref } = service
  const unfitBase = refuseBase(ref.service, base.base)
  if (unfitBase !== undefined) return unfitBase
  const chosen = chooseContainer(base, wanted, asked)
  if (isRefusal(chosen)) return chosen
  const now = readImage(chosen.image)
  const image = wanted.kind === 'image' ? wanted.image : { repository: now.repository, ...withoutKind(wanted) }
  const refusal = refuseLong(image) ?? refuseRepository(image, now, ref, known.config)
  if (refusal !== undefined) return refusal
  const found = await resolve(image, read)
  if (isRefusal(found)) return found
  const before = beforeOf(chosen, from)
  const unfit = refuseSame(service, found.image, before) ?? refusePlatform(found, base.base)
  if (unfit !== undefined) return unfit
  const { digest } = found.image
  const others = (from?.images ?? []).filter(one => one.container !== chosen.container)
  const [common, scan, tags, newest] = await Promise.all([
    loadCommon(base, base.base, read, known),
    read.imageScan({ image: imageText(image), digest }).catch(unread),
    from === undefined ? readNothing(base.base) : imageTagsOf(others, read),
    read.newestRevision(ref, base.base.family),
  ])
  if (isRefusal(common)) return common
  return {
    ...common,
    kind: 'image',
    version: asked.version,
    container: chosen.container,
    isNamed: asked.container !== undefined,
    before,
    image: found.image,
    ...(found.pushedAt !== undefined && { pushedAt: found.pushedAt }),
    isPlatformKnown: found.platforms !== undefined,
    ...(scan !== undefined && { scan }),
    tags: others.length === 0 && from !== undefined ? { moved: [], uncompared: [] } : tags,
    newest,
  }
}

/** What the deployer role may not register: it would give its tasks, or people, more than it has. */
export const refuseBase = (name: string, { isPrivileged, tagKeys }: DefinitionBase): Refusal | undefined => {
  if (!isPrivileged) return refuseGrant(name, tagKeys)
  return refuse(
    `A container of *${name}* is privileged: the deployer role may not register such a task definition.`,
    'Deploy it with your pipeline.',
  )
}

/** ECS API reference, ContainerDefinition: of an image with a digest, the part before it. */
const MOST_CHARACTERS = 255

const refuseLong = ({ repository, tag = '' }: Image): Refusal | undefined =>
  repository.length + tag.length < MOST_CHARACTERS
    ? undefined
    : refuse(
        `The name of this image is longer than the ${MOST_CHARACTERS} characters that ECS takes.`,
        'Use a shorter tag.',
      )

/** Without the revision that runs, no tag of another container can be compared. */
export const readNothing = async ({ images }: DefinitionBase): Promise<ImageTags> => ({
  moved: [],
  uncompared: images.length > 1 ? 'all' : [],
})

const withoutKind = ({ kind: _, ...version }: Extract<Wanted, { kind: 'version' }>) => version

const beforeOf = (chosen: RevisionImage, from: ServiceRevision | undefined): RevisionImage => {
  const digest =
    from?.images.find(({ container, image }) => container === chosen.container && image === chosen.image)?.digest ??
    pinnedDigest(chosen.image)
  return { ...chosen, ...(digest !== undefined && { digest }) }
}

/** The container that is named, else the only essential one, else the only one that runs from the image's repository. */
const chooseContainer = (
  { base: { images, essential }, service: { ref } }: Base,
  wanted: Wanted,
  { version, container }: Asked,
): RevisionImage | Refusal => {
  const offers = images.slice(0, MOST_OFFERS).map(one => ({
    label: `Container ${plainName(one.container, 40)}`,
    invocation: `deploy ${fullName(ref)} ${version} --container ${one.container}`,
  }))
  const found = images.find(one => one.container === container)
  if (found !== undefined) return found
  if (container !== undefined) return refuse(`*${ref.service}* has no container \`${container}\`.`, undefined, offers)
  const [only, another] = images.filter(one => essential.includes(one.container))
  if (only !== undefined && another === undefined) return only
  const same =
    wanted.kind === 'image' ? images.filter(({ image }) => readImage(image).repository === wanted.image.repository) : []
  if (same[0] !== undefined && same.length === 1) return same[0]
  return refuse(
    `*${ref.service}* has ${images.length} containers: which one runs this image?`,
    'Name it with `--container`.',
    offers,
  )
}

const MOST_OFFERS = 5

type Resolved = {
  readonly image: Image & { readonly digest: string }
  readonly pushedAt?: string
  readonly platforms?: readonly string[]
}

/** A tag beside a digest is what people read, so it must mean this digest. */
const resolve = async (image: Image, read: Reads): Promise<Resolved | Refusal> => {
  const { digest: _, ...byTag } = image
  const [facts, tagged] = await Promise.all([
    read.imageFacts(imageText(image)),
    image.tag !== undefined && image.digest !== undefined ? read.imageFacts(imageText(byTag)) : undefined,
  ])
  const name = plainName(imageText(image))
  if (tagged === 'missing' || (tagged !== undefined && tagged.digest !== image.digest))
    return refuse(
      `The tag \`${plainName(image.tag ?? '')}\` does not mean this digest.`,
      'Name the tag or the digest alone.',
    )
  if (facts === 'missing')
    return refuse(`Amazon ECR has no image \`${name}\`.`, 'Push it first, or name another tag or digest.')
  if (facts !== undefined) {
    const { digest, ...more } = facts
    return { image: { ...image, digest }, ...more }
  }
  const { digest, repository } = image
  if (digest !== undefined) return { image: { repository, digest } }
  return refuse(
    `The digest of \`${name}\` could not be read, and an approval is for one digest.`,
    'Name the image by its digest: `repository@sha256:…`.',
  )
}

const refuseSame = ({ ref }: Service, { digest, tag }: Image, before: RevisionImage): Refusal | undefined => {
  if (digest !== before.digest) return undefined
  return refuse(
    `*${ref.service}* already runs this image${tag === undefined ? '' : `: \`${tag}\` has the same digest`}.`,
    'A restart replaces its tasks.',
    [{ label: 'Restart', invocation: `restart ${fullName(ref)}` }],
  )
}

/** `X86_64` in ECS is `amd64` in images. */
const refusePlatform = ({ platforms }: Resolved, base: DefinitionBase): Refusal | undefined => {
  const wanted = `${base.isWindows ? 'windows' : 'linux'}/${base.architecture === 'ARM64' ? 'arm64' : 'amd64'}`
  if (platforms === undefined || platforms.includes(wanted)) return undefined
  return refuse(
    `This image is for ${plainName(platforms.join(', '))}, and the tasks run on ${wanted}: they would not start.`,
    'Build the image for this platform, too.',
  )
}
