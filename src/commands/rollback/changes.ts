// The changes of a rollback: the task definition, and each image that differs.

import type { Change } from '../../engine/change/plan.ts'
import type { Rollback } from '../../features/deployments/rollback-target.ts'
import type { RevisionImage } from '../../model/service-detail.ts'

/** Removes markup characters from names that come from AWS, and cuts the names at 120 characters. */
export const withoutMarkup = (text: string): string => text.replace(/[*`\n]/g, '').slice(0, 120)

const shortDigest = (digest = ''): string => (digest === '' ? '' : ` ${digest.replace(/^(\w+:\w{12})\w*$/, '$1')}`)

const imageText = ({ image, digest }: RevisionImage): string =>
  withoutMarkup((image.split('/').at(-1) ?? image) + shortDigest(digest))

/** The changes of a plan: the task definition, and each image that differs, by digest. */
export const changesOf = ({ service, from, to }: Rollback): readonly Change[] => {
  const before = from?.images ?? []
  const after = to.revision?.images ?? []
  const images = after.flatMap((image): readonly Change[] => {
    const old = before.find(({ container }) => container === image.container)
    const isSame = old !== undefined && old.image === image.image && old.digest === image.digest
    const what = `Image of \`${withoutMarkup(image.container)}\``
    return isSame ? [] : [{ what, from: old === undefined ? 'none' : imageText(old), to: imageText(image) }]
  })
  const gone = before
    .filter(({ container }) => !after.some(one => one.container === container))
    .map(old => ({ what: `Image of \`${withoutMarkup(old.container)}\``, from: imageText(old), to: 'none' }))
  const name = withoutMarkup(from?.taskDefinition ?? service.taskDefinition)
  return [
    { what: 'Task definition', from: name, to: withoutMarkup(to.name) },
    ...images,
    ...(after.length === 0 ? [] : gone),
  ]
}
