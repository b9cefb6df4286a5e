// What a rollback changes: the task definition, each image that differs, and under "Also" everything else.

import { lineOfMany } from '../../engine/cards/card-line.ts'
import type { Change, Line } from '../../engine/change/plan.ts'
import { type Difference, differencesOf, isRole } from '../../features/deployments/definition-differences.ts'
import { type ImageLine, imageLosses, tinyDigest } from '../../features/deployments/image-losses.ts'
import { type PlannedImage, pinnedDigest, shortDigest } from '../../features/deployments/rollback-images.ts'
import type { Rollback } from '../../features/deployments/rollback-target.ts'
import { revealHidden } from '../../kit/language/refused-characters.ts'
import type { RevisionImage } from '../../model/service-detail.ts'

/** Removes markup from names that come from AWS. */
export const withoutMarkup = (text: string): string => unmarked(text).slice(0, 120)

const unmarked = (text: string): string => revealHidden(text.replace(/[*`\n]/g, ''))

/** An image of one container before and after; undefined where the container is not there. */
type ImageChange = { readonly container: string; readonly before?: RevisionImage; readonly after?: PlannedImage }

/** The images that differ, or may differ because a tag is not resolved to a digest. */
const imageChangesOf = ({ from, images }: Rollback): readonly ImageChange[] => {
  const before = from?.images ?? []
  const changed = images.flatMap((after): readonly ImageChange[] => {
    const old = before.find(({ container }) => container === after.container)
    if (old !== undefined && isSame(old, after)) return []
    return [{ container: after.container, after, ...(old !== undefined && { before: old }) }]
  })
  const gone = before.filter(({ container }) => !images.some(one => one.container === container))
  return [...changed, ...gone.map(old => ({ container: old.container, before: old }))]
}

const digestIn = ({ image, digest }: RevisionImage): string | undefined => digest ?? pinnedDigest(image)

const isSame = (old: RevisionImage, after: PlannedImage): boolean =>
  old.image === after.image && digestIn(old) !== undefined && digestIn(old) === digestIn(after)

const repositoryOf = (image: string): string => image.replace(/[@:][^/]*$/, '')

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

const changeOf =
  (isFromKnown: boolean, isShort: boolean) =>
  (one: ImageChange): Change => {
    const { container, before, after } = one
    const isMoved =
      before !== undefined && after !== undefined && repositoryOf(before.image) !== repositoryOf(after.image)
    const text = (image: PlannedImage) => imageText(image, isShort && !isMoved)
    return {
      what: `Image of \`${withoutMarkup(container)}\``,
      from: before === undefined ? (isFromKnown ? 'none' : 'unknown') : text(before),
      to: after === undefined ? 'none' : text(after),
    }
  }

/** Settings on the card; the details have all of them. */
const MOST_ALSO = 6

const settingText = ({ what, from, to }: Difference): string =>
  unmarked(from === undefined || to === undefined ? what : `${what} ${from} → ${to}`)

/** "Also": roles first, then the settings of the service, then the other ones of the task definition. */
const alsoOf = (state: Rollback): readonly string[] => {
  const definition = differencesOf(state.before, state.definition)
  const service = serviceDifferencesOf(state)
  return [
    ...(definition ?? []).filter(isRole).map(settingText),
    ...(service?.map(settingText) ?? ['settings of the service could not be compared']),
    ...(definition?.filter(one => !isRole(one)).map(settingText) ?? ['other settings could not be compared']),
  ]
}

/**
 * The settings of the service that change: a stopped deployment takes back all of its revision, a new deployment only the
 * task definition. Undefined where they cannot be compared.
 */
export const serviceDifferencesOf = ({ from, to, stops }: Rollback): readonly Difference[] | undefined =>
  stops === undefined ? [] : differencesOf(from, to.revision)

/** The changed images, and in one line the other settings. */
export const versionLosses = (state: Rollback): readonly Line[] => {
  const also = alsoOf(state)
  return [
    ...imageLosses(imageChangesOf(state).map(imageLine(state.from !== undefined))),
    ...(also.length === 0 ? [] : [lineOfMany('Also: ', also)]),
  ]
}

const imageLine =
  (isFromKnown: boolean) =>
  ({ container, before, after }: ImageChange): ImageLine => {
    const isMoved =
      before !== undefined && after !== undefined && repositoryOf(before.image) !== repositoryOf(after.image)
    return {
      container: unmarked(container),
      from: before === undefined ? (isFromKnown ? 'none' : 'unknown') : digestWords(before),
      to: after === undefined ? 'none' : digestWords(after),
      ...(isMoved && { movedTo: unmarked(repositoryOf(after.image)) }),
    }
  }

const digestWords = (image: RevisionImage): string => {
  const digest = digestIn(image)
  return digest === undefined ? 'unknown digest' : tinyDigest(digest)
}

const hasSameDefinition = ({ service, from, to, stops }: Rollback): boolean =>
  stops !== undefined && (from?.taskDefinition ?? service.taskDefinition) === to.name

/** Whether the deployment that is stopped changed only settings of the service, such as its network. */
export const isOfSettings = (state: Rollback): boolean =>
  hasSameDefinition(state) && (serviceDifferencesOf(state) ?? []).length > 0

/** Whether the deployment that is stopped is a restart: it has the task definition and the settings that ran before. */
export const isRestart = (state: Rollback): boolean => hasSameDefinition(state) && !isOfSettings(state)

/** Whether the version that is stopped is the one that runs again. A tag may have been pushed again before a restart. */
export const versionOf = (state: Rollback): 'same' | 'other' | 'uncompared' => {
  if (!hasSameDefinition(state)) return 'other'
  const images = imageChangesOf(state)
  if (images.some(isKnownToDiffer)) return 'other'
  return state.from === undefined || images.length > 0 ? 'uncompared' : 'same'
}

const isKnownToDiffer = ({ before, after }: ImageChange): boolean => {
  const [old, fresh] = [before && digestIn(before), after && digestIn(after)]
  return old !== undefined && fresh !== undefined && old !== fresh
}

/** The task definition, each image that differs, and "Also". */
export const changesOf = (state: Rollback): readonly Change[] => {
  const { service, from, to } = state
  const also = alsoOf(state)
  const more = also.length - MOST_ALSO
  const name = withoutMarkup(to.name)
  return [
    hasSameDefinition(state)
      ? { what: `${isRestart(state) ? 'Restart' : 'Deployment'} of \`${name}\``, from: 'in progress', to: 'stopped' }
      : {
          what: 'Task definition',
          from: withoutMarkup(from?.taskDefinition ?? service.taskDefinition),
          to: name,
        },
    ...imageChangesOf(state).map(changeOf(from !== undefined, true)),
    ...also.slice(0, MOST_ALSO).map(text => ({ what: `Also: ${text}`, from: '', to: '' })),
    ...(more > 0 ? [{ what: `Also: ${more} more, listed under Details`, from: '', to: '' }] : []),
  ]
}

/** All images in full, and all settings that change. */
export const detailsOf = (state: Rollback): readonly string[] => [
  ...imageChangesOf(state)
    .map(changeOf(state.from !== undefined, false))
    .map(({ what, from, to }) => `${what}: ${from} → ${to}`.replaceAll('`', '')),
  ...alsoOf(state).map(text => `Also: ${text}`),
]
