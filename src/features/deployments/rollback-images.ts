// The images that a rollback runs, by digest. ECS resolves a tag again when it deploys a task definition, and reuses the
// digests of a revision when it rolls back to one.
// Source: ECS developer guide, container image resolution (software version consistency).

import { type Refusal, refuse } from '../../model/errors.ts'
import type { RevisionImage, ServiceRevision, TaskDefinition } from '../../model/service-detail.ts'
import type { DeploymentReads } from './reads.ts'

/** `digest`: what will run; absent where the tag is not resolved. `ran`: what ran when it was deployed last. */
export type PlannedImage = RevisionImage & { readonly ran?: string }

export const imagesThatRan = (
  { images }: ServiceRevision,
  definition: TaskDefinition | undefined,
): readonly PlannedImage[] => (images.length > 0 ? images : (definition?.images ?? []))

export const imagesThatWillRun = (
  { images }: TaskDefinition,
  revision: Pick<ServiceRevision, 'images'>,
  read: Pick<DeploymentReads, 'digestOf'>,
): Promise<readonly PlannedImage[]> =>
  Promise.all(
    images.map(async ({ container, image }) => {
      const ran = revision.images.find(one => one.container === container && one.image === image)?.digest
      const digest = pinnedDigest(image) ?? (await read.digestOf(image))
      return { container, image, ...(digest !== undefined && { digest }), ...(ran !== undefined && { ran }) }
    }),
  )

/** The digest of a reference such as `orders@sha256:…`. */
export const pinnedDigest = (image: string): string | undefined => /@(sha256:[0-9a-f]{64})$/.exec(image)?.[1]

/** A tag that points to an image that neither ran then nor runs now would deploy something new. */
export const refuseMovedTags = (
  name: string,
  images: readonly PlannedImage[],
  from: ServiceRevision | undefined,
): Refusal | undefined => {
  const running = new Set(from?.images.map(({ digest }) => digest))
  const moved = images.find(
    ({ digest, ran }) => digest !== undefined && ran !== undefined && digest !== ran && !running.has(digest),
  )
  if (moved === undefined) return undefined
  return refuse(
    `\`${name}\` would not run what ran before: the tag of \`${plainText(moved.image)}\` now points to \`${shortDigest(moved.digest)}\`, and \`${shortDigest(moved.ran)}\` ran.`,
    'Push the earlier image under this tag again, or deploy a version that names the image by digest.',
  )
}

/** `sha256:` and 12 hex digits. */
export const shortDigest = (digest = ''): string => digest.replace(/^(\w+:\w{12})\w*$/, '$1')

/** Without Quarterdeck's markup. */
const plainText = (text: string): string => text.replace(/[*`\n]/g, '')
