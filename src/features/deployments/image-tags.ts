// Tags that were pushed again, or may have been: a forced deployment of the same task definition runs their new images.
// Source: ECS developer guide, container image resolution.

import { shortenedLine } from '../../engine/cards/card-line.ts'
import type { Change, Line, Risk } from '../../engine/change/plan.ts'
import { withUnseen } from '../../engine/change/risk.ts'
import { revealHidden } from '../../kit/language/refused-characters.ts'
import { shortName, wholeName } from '../../kit/messages/text.ts'
import { ECR_IMAGE } from '../../model/ecr.ts'
import type { ServiceRef } from '../../model/ecs.ts'
import type { JsonObject } from '../../model/json.ts'
import type { RevisionImage } from '../../model/service-detail.ts'
import type { StatusReads } from '../status/reads.ts'
import { imageLosses, tinyDigest } from './image-losses.ts'
import type { DeploymentReads } from './reads.ts'
import { pinnedDigest, shortDigest } from './rollback-images.ts'

type Reads = Pick<StatusReads, 'serviceDetail'> & Pick<DeploymentReads, 'revisions' | 'digestOf'>

/** `to`: the digest that the tag has now. */
type MovedTag = {
  readonly container: string
  readonly image: string
  readonly from: string
  readonly to: string
}

/**
 * What the image tags of the current deployment mean now. `unread`: the containers with an image in Amazon ECR whose tag was not
 * read. `uncompared`: those, and the containers whose tag ECR does not return, or
 * `all` without the deployment's revision.
 */
export type ImageTags = {
  readonly moved: readonly MovedTag[]
  readonly uncompared: readonly string[] | 'all'
  readonly unread?: readonly string[]
}

/** What is known of tags that were not read. */
export const UNCOMPARED: ImageTags = { moved: [], uncompared: 'all' }

/** IAM actions of `readImageTags`. */
export const TAG_READS = ['ecs:DescribeServiceRevisions', 'ecr:DescribeImages'] as const

export const readImageTags = async (ref: ServiceRef, read: Reads): Promise<ImageTags> => {
  const [current] = (await read.serviceDetail(ref))?.revisions ?? []
  const [revision] = current === undefined ? [] : await read.revisions(ref, [current])
  return imageTagsOf(revision?.images ?? [], read)
}

/**
 * During a deployment, of a task definition that runs: of its revisions the one from which most tags moved. Source of
 * `revisions`: `currentServiceRevisions` of DescribeServices.
 */
export const readTagsOfRunning = async (ref: ServiceRef, definition: string, read: Reads): Promise<ImageTags> => {
  const current = (await read.serviceDetail(ref))?.revisions ?? []
  const revisions = current.length === 0 ? [] : await read.revisions(ref, current)
  const own = revisions.filter(({ taskDefinition }) => taskDefinition === definition)
  const tags = await Promise.all(own.map(({ images }) => imageTagsOf(images, read)))
  return tags.toSorted((a, b) => b.moved.length - a.moved.length)[0] ?? UNCOMPARED
}

/** `images`: of the revision that runs. */
export const imageTagsOf = async (
  images: readonly RevisionImage[],
  read: Pick<Reads, 'digestOf'>,
): Promise<ImageTags> => {
  if (images.length === 0) return UNCOMPARED
  const tags = await Promise.all(
    images
      .filter(({ image }) => pinnedDigest(image) === undefined)
      .map(async one => ({ ...one, now: one.digest === undefined ? undefined : await read.digestOf(one.image) })),
  )
  const unread = tags.flatMap(({ container, image, now }) =>
    now === undefined && ECR_IMAGE.test(image) ? [container] : [],
  )
  return {
    moved: tags.flatMap(({ container, image, digest, now }) =>
      digest === undefined || now === undefined || now === digest ? [] : [{ container, image, from: digest, to: now }],
    ),
    uncompared: tags.flatMap(({ container, now }) => (now === undefined ? [container] : [])),
    ...(unread.length > 0 && { unread }),
  }
}

const unmarked = (text: string): string => revealHidden(text.replace(/[*`\n]/g, ''))

const imageText = ({ image }: MovedTag, digest: string): string =>
  unmarked(`${image.split('/').at(-1)} ${shortDigest(digest)}`)

/** The parts of a plan that depend on what the tags mean now. */
export const imageTagParts = ({ moved, uncompared, unread = [] }: ImageTags, risk: Risk) => ({
  changes: moved.map(
    (one): Change => ({
      what: `Image of \`${unmarked(one.container)}\``,
      from: imageText(one, one.from),
      to: imageText(one, one.to),
    }),
  ),
  losses: [
    ...imageLosses(
      moved.map(({ container, from, to }) => ({
        container: revealHidden(container),
        from: tinyDigest(from),
        to: `${tinyDigest(to)}, same tag`,
      })),
    ),
    ...uncomparedLosses(uncompared),
  ],
  details: moved.map(({ container, image, from, to }) => `Image of ${container}: ${image} ${from} → ${to}`),
  risk: withUnseen(risk, moved.length === 0 ? undefined : NEW_IMAGE),
  binds: bindsOf({ moved, uncompared, unread }),
})

const uncomparedLosses = (uncompared: ImageTags['uncompared']): readonly Line[] => {
  if (uncompared === 'all') return ['Its images could not be compared: a new image may start']
  const [first, ...others] = uncompared
  if (first === undefined) return []
  const name = revealHidden(first)
  const line = (shown: string) => `The tag of \`${shown}\` could not be compared: a new image may start`
  return others.length === 0
    ? [shortenedLine(line(wholeName(name)), line(shortName(name, 18)))]
    : [`The tags of ${uncompared.length} images could not be compared: new images may start`]
}

const bindsOf = ({ moved, uncompared, unread = [] }: ImageTags): JsonObject => ({
  ...(moved.length > 0 && { images: moved.map(({ to }) => to) }),
  ...(uncompared.length > 0 && { 'images not compared': uncompared }),
  ...(unread.length > 0 && { [IMAGES_UNREAD]: unread }),
})

/** In `binds`: the containers with an image in Amazon ECR whose tag could not be read. */
export const IMAGES_UNREAD = 'images not read'

const NEW_IMAGE = 'A tag was pushed again: tasks start with an image that does not run now'
