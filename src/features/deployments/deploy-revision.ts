// Loads the deployment of another revision of the family, which may change everything.

import { fullName } from '../../kit/language/target.ts'
import { plainName } from '../../kit/messages/text.ts'
import type { Service } from '../../model/ecs.ts'
import { isRefusal, type Refusal, refuse } from '../../model/errors.ts'
import type { DefinitionBase, RevisionImage } from '../../model/service-detail.ts'
import { type Base, type Common, type Known, loadCommon, type Reads, refuseGrant } from './deploy-common.ts'
import { type Image, readImage, refuseRepository } from './image-target.ts'
import { imagesThatWillRun, type PlannedImage } from './rollback-images.ts'

export type RevisionDeploy = Common & {
  readonly kind: 'revision'
  readonly definition: DefinitionBase
  readonly name: string
  readonly images: readonly PlannedImage[]
}

export const loadRevision = async (
  base: Base,
  name: string,
  read: Reads,
  known: Known,
): Promise<RevisionDeploy | Refusal> => {
  const { service } = base
  const { ref } = service
  const wrong = refuseName(service, base.base, name)
  if (wrong !== undefined) return wrong
  const definition = await read.definitionBase(ref, name)
  if (definition?.isActive !== true)
    return refuse(
      `\`${name}\` ${definition === undefined ? 'does not exist' : 'was deregistered'}: ECS cannot deploy it.`,
      'Name another revision, or deploy an image.',
    )
  const granting = refuseGrant(ref.service, definition.tagKeys)
  if (granting !== undefined) return granting
  const foreign = definition.images.flatMap(
    one => refuseRepository(readImage(one.image), repositoryOf(one, base.base), ref, known.config) ?? [],
  )
  if (foreign[0] !== undefined) return foreign[0]
  const [common, images] = await Promise.all([
    loadCommon(base, definition, read, known),
    imagesThatWillRun(definition, { images: [] }, read),
  ])
  return isRefusal(common) ? common : { ...common, kind: 'revision', definition, name, images }
}

const repositoryOf = ({ container }: RevisionImage, { images }: DefinitionBase): Image | undefined => {
  const now = images.find(one => one.container === container)
  return now && readImage(now.image)
}

const refuseName = (
  { ref, taskDefinition }: Service,
  { family }: DefinitionBase,
  name: string,
): Refusal | undefined => {
  if (name === taskDefinition)
    return refuse(`*${ref.service}* already runs \`${name}\`.`, 'A restart replaces its tasks.', [
      { label: 'Restart', invocation: `restart ${fullName(ref)}` },
    ])
  if (name.split(':')[0] === family) return undefined
  return refuse(
    `*${ref.service}* runs task definitions of the family \`${plainName(family)}\`, and \`${name}\` is not one.`,
    `Write a revision such as \`${plainName(family)}:12\`, or an image with its registry.`,
  )
}
