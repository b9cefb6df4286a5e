// Tags that were pushed again: a forced deployment of the same task definition runs their new images.
// Source: ECS developer guide, container image resolution.

import type { Change, Risk } from '../../engine/change/plan.ts'
import { withUnseen } from '../../engine/change/risk.ts'
import { revealHidden } from '../../kit/language/refused-characters.ts'
import type { ServiceRef } from '../../model/ecs.ts'
import type { JsonObject } from '../../model/json.ts'
import type { RevisionImage } from '../../model/service-detail.ts'
import type { StatusReads } from '../status/reads.ts'
import { imageLosses, tinyDigest } from './image-losses.ts'
import type { DeploymentReads } from './reads.ts'
import { pinnedDigest, shortDigest } from './rollback-images.ts'

type Reads = Pick<StatusReads, 'serviceDetail'> & Pick<DeploymentReads, 'revisions' | 'digestOf'>

/** `to`: the digest that the tag has now. */
export type MovedTag = {
  readonly container: string
  readonly image: string
  readonly from: string
  readonly to: string
}

/** IAM actions of `readMovedTags`. */
export const TAG_READS = ['ecs:DescribeServiceRevisions', 'ecr:DescribeImages'] as const

export const readMovedTags = async (ref: ServiceRef, read: Reads): Promise<readonly MovedTag[]> => {
  const [current] = (await read.serviceDetail(ref))?.revisions ?? []
  const [revision] = current === undefined ? [] : await read.revisions(ref, [current])
  const found = await Promise.all((revision?.images ?? []).map(image => movedTag(image, read)))
  return found.flat()
}

const movedTag = async (
  { container, image, digest }: RevisionImage,
  read: Pick<DeploymentReads, 'digestOf'>,
): Promise<readonly MovedTag[]> => {
  if (digest === undefined || pinnedDigest(image) !== undefined) return []
  const now = await read.digestOf(image)
  return now === undefined || now === digest ? [] : [{ container, image, from: digest, to: now }]
}

const unmarked = (text: string): string => revealHidden(text.replace(/[*`\n]/g, ''))

const imageText = ({ image }: MovedTag, digest: string): string =>
  unmarked(`${image.split('/').at(-1)} ${shortDigest(digest)}`)

/** The parts of a plan that moved tags change. */
export const movedTagParts = (moved: readonly MovedTag[], risk: Risk) => ({
  changes: moved.map(
    (one): Change => ({
      what: `Image of \`${unmarked(one.container)}\``,
      from: imageText(one, one.from),
      to: imageText(one, one.to),
    }),
  ),
  losses: imageLosses(
    moved.map(({ container, from, to }) => ({
      container: revealHidden(container),
      from: tinyDigest(from),
      to: `${tinyDigest(to)}, same tag`,
    })),
  ),
  details: moved.map(({ container, image, from, to }) => `Image of ${container}: ${image} ${from} → ${to}`),
  risk: withUnseen(risk, moved.length === 0 ? undefined : NEW_IMAGE),
  binds: bindsOf(moved),
})

const bindsOf = (moved: readonly MovedTag[]): JsonObject =>
  moved.length === 0 ? {} : { images: moved.map(({ to }) => to) }

const NEW_IMAGE = 'A tag was pushed again: tasks start with an image that does not run now'
