// The task definition to which a watch goes back: it can be deployed, and it runs the images that were approved.

import type { Watch } from '../../../engine/change/plan.ts'
import { plainName } from '../../../kit/messages/text.ts'
import type { ServiceRef } from '../../../model/ecs.ts'
import { type Refusal, refuse } from '../../../model/errors.ts'
import type { DefinitionBase, ServiceRevision } from '../../../model/service-detail.ts'
import type { DeploymentReads } from '../reads.ts'
import { imagesThatWillRun, refuseMovedTags } from '../rollback-images.ts'

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
  return moved ?? { to, images: images.map(({ digest = '' }) => digest) }
}

/** Why the way back is not what was approved any more; undefined if it is. A digest that cannot be read is taken as the same. */
export const whyChanged = async (
  ref: ServiceRef,
  { to, images }: WayBack,
  read: Pick<DeploymentReads, 'definition' | 'digestOf'>,
): Promise<string | undefined> => {
  const definition = await read.definition(ref, to)
  if (definition?.isActive !== true) return `${plainName(to)} was deregistered`
  const now = await imagesThatWillRun(definition, { images: [] }, read)
  const isMoved = now.some(({ digest = '' }, at) => digest !== '' && images[at] !== '' && digest !== images[at])
  return isMoved ? `a tag of ${plainName(to)} was pushed again` : undefined
}
