// The task definition to which a watch goes back: it can be deployed, and it runs the images that were approved.

import type { Watch } from '../../../engine/change/plan.ts'
import { plainName } from '../../../kit/messages/text.ts'
import { ECR_IMAGE } from '../../../model/ecr.ts'
import type { ServiceRef } from '../../../model/ecs.ts'
import { type Refusal, refuse } from '../../../model/errors.ts'
import type { DefinitionBase, ServiceRevision } from '../../../model/service-detail.ts'
import type { DeploymentReads } from '../reads.ts'
import { imagesThatWillRun, type PlannedImage, refuseMovedTags } from '../rollback-images.ts'

type WayBack = Pick<Watch, 'to' | 'images'>

/** `from`: the revision that runs, whose images were resolved when it was deployed. */
export const loadWayBack = async (
  base: DefinitionBase,
  from: ServiceRevision | undefined,
  read: Pick<DeploymentReads, 'digestOf'>,
): Promise<WayBack | Refusal> => {
  const to = `${base.family}:${base.revision}`
  if (!base.isActive)
    return refuse(
      `\`${plainName(to)}\` was deregistered, so a watch could not go back to it.`,
      'Deploy without `--watch`, or register it again first.',
    )
  const images = await imagesThatWillRun(base, from ?? { images: [] }, read)
  const moved = from && refuseMovedTags(plainName(to), images, from)
  return moved ?? { to, images: images.map(approvedDigest) }
}

/** Where the tag is not read: the image that runs, which is what people approve. Tags outside Amazon ECR are never read. */
const approvedDigest = ({ image, digest, ran }: PlannedImage): string =>
  digest ?? (ECR_IMAGE.test(image) ? ran : undefined) ?? ''

/** Why the way back is not what was approved any more; undefined if it is. An image that was unknown at the request is not compared. */
export const whyChanged = async (
  ref: ServiceRef,
  { to, images }: WayBack,
  read: Pick<DeploymentReads, 'definition' | 'digestOf'>,
): Promise<string | undefined> => {
  const definition = await read.definition(ref, to)
  if (definition?.isActive !== true) return `${plainName(to)} was deregistered`
  const now = await imagesThatWillRun(definition, { images: [] }, read)
  const compared = now.flatMap(({ digest }, at) => (images[at] === '' ? [] : [{ digest, approved: images[at] }]))
  if (compared.some(({ digest, approved }) => digest !== undefined && digest !== approved))
    return `a tag of ${plainName(to)} was pushed again`
  return compared.some(({ digest }) => digest === undefined) ? `a tag of ${plainName(to)} cannot be read` : undefined
}
