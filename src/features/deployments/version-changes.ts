// Pure: the images and settings that a deployment of another task definition changes, as lines of a card and its details.

import type { Change } from '../../engine/change/plan.ts'
import { revealHidden } from '../../kit/language/refused-characters.ts'
import type { RevisionImage, ServiceRevision } from '../../model/service-detail.ts'
import type { Difference } from './definition-differences.ts'
import { type ImageLine, tinyDigest } from './image-losses.ts'
import { isOfOtherRepository, readImage } from './image-target.ts'
import { type PlannedImage, pinnedDigest, shortDigest } from './rollback-images.ts'

/** Removes markup from names that come from AWS. */
export const withoutMarkup = (text: string): string => unmarked(text).slice(0, 120)

export const unmarked = (text: string): string => revealHidden(text.replace(/[*`\n]/g, ''))

/** `from`: the revision that runs; undefined if ECS does not return it. `images`: what will run. */
type Version = { readonly from: ServiceRevision | undefined; readonly images: readonly PlannedImage[] }

/** An image of one container before and after; undefined where the container is not there. `isMoved`: to another repository. */
type ImageChange = {
  readonly container: string
  readonly before?: RevisionImage
  readonly after?: PlannedImage
  readonly isMoved: boolean
}

/** The images that differ, or may differ because a tag is not resolved to a digest. */
export const imageChangesOf = ({ from, images }: Version): readonly ImageChange[] => {
  const before = from?.images ?? []
  const changed = images.flatMap((after): readonly ImageChange[] => {
    const old = before.find(({ container }) => container === after.container)
    if (old !== undefined && isSame(old, after)) return []
    const isMoved = from !== undefined && isOfOtherRepository(before, after)
    return [{ container: after.container, after, isMoved, ...(old !== undefined && { before: old }) }]
  })
  const gone = before.filter(({ container }) => !images.some(one => one.container === container))
  return [...changed, ...gone.map(old => ({ container: old.container, before: old, isMoved: false }))]
}

const digestIn = ({ image, digest }: RevisionImage): string | undefined => digest ?? pinnedDigest(image)

const isSame = (old: RevisionImage, after: PlannedImage): boolean =>
  old.image === after.image && digestIn(old) !== undefined && digestIn(old) === digestIn(after)

/** The name without registry, unless that is another one, and the digest: 12 hex digits, or all. */
const imageText = (one: PlannedImage, isShort: boolean): string => {
  const name = one.image.replace(/@sha256:[0-9a-f]{64}$/, '')
  const shown = (digest: string) => (isShort ? shortDigest(digest) : digest)
  const digest = digestIn(one)
  const words =
    digest !== undefined
      ? shown(digest)
      : one.ran === undefined
        ? '(tag not resolved to a digest)'
        : `(tag not resolved to a digest; ${shown(one.ran)} ran)`
  return unmarked(`${isShort ? (name.split('/').at(-1) ?? name) : name} ${words}`)
}

export const changeOf =
  (isFromKnown: boolean, isShort: boolean) =>
  (one: ImageChange): Change => {
    const { container, before, after, isMoved } = one
    const text = (image: PlannedImage) => imageText(image, isShort && !isMoved)
    return {
      what: `Image of \`${withoutMarkup(container)}\``,
      from: before === undefined ? (isFromKnown ? 'none' : 'unknown') : text(before),
      to: after === undefined ? 'none' : text(after),
    }
  }

export const settingText = ({ what, from, to }: Difference): string =>
  unmarked(from === undefined || to === undefined ? what : `${what} ${from} → ${to}`)

export const imageLine =
  (isFromKnown: boolean) =>
  ({ container, before, after, isMoved }: ImageChange): ImageLine => ({
    container: unmarked(container),
    from: before === undefined ? (isFromKnown ? 'none' : 'unknown') : digestWords(before),
    to: after === undefined ? 'none' : digestWords(after),
    ...(isMoved && after !== undefined && { movedTo: unmarked(readImage(after.image).repository) }),
  })

const digestWords = (image: RevisionImage): string => {
  const digest = digestIn(image)
  return digest === undefined ? 'unknown digest' : tinyDigest(digest)
}

export const isKnownToDiffer = ({ before, after }: ImageChange): boolean => {
  const [old, fresh] = [before && digestIn(before), after && digestIn(after)]
  return old !== undefined && fresh !== undefined && old !== fresh
}
