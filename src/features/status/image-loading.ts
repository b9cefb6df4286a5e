// Whether containers on Fargate start before their images are whole, or would with a SOCI index, in words.
import type { RunningTask } from '../../model/service-detail.ts'

/** Seconds, each the median over the tasks of which it is known. */
export type Starting = { readonly start: number; readonly pull: number; readonly tasks: number }

/** `megabytes`: of 1,000,000 bytes, compressed, as they are pulled. */
export type ImageLoading = { readonly soci?: 'v1' | 'v2'; readonly megabytes?: number }

export type LoadedImage = ImageLoading & { readonly container: string }

/** Of as many distinct images as are looked at. */
const MOST_IMAGES = 3

/** Below this, loading lazily costs more than it saves (AWS containers blog, "Under the hood: lazy loading"). */
const LARGE_MEGABYTES = 250
/** Of the start: where pulling takes less, nothing is worth doing about it. */
const LARGE_SHARE = 0.3

/** Fargate alone loads lazily by an index. */
export const imagesOnFargate = (
  tasks: readonly RunningTask[],
): readonly { readonly container: string; readonly image: string; readonly digest: string }[] => {
  const images = tasks
    .filter(({ launchType }) => launchType === 'FARGATE')
    .flatMap(({ containers }) => containers)
    .flatMap(({ name, image, digest }) => (digest === undefined ? [] : [{ container: name, image, digest }]))
  return [...new Map(images.map(one => [one.digest, one])).values()].slice(0, MOST_IMAGES)
}

/** Names of containers are hostile: whoever shows this tames them. */
export const sociWords = (images: readonly LoadedImage[], starting: Starting | undefined): readonly string[] => {
  const indexed = images.filter(({ soci }) => soci !== undefined)
  const bare = images.filter(({ soci }) => soci === undefined)
  const isSlow = starting !== undefined && starting.pull / starting.start > LARGE_SHARE
  const large = bare.filter(({ megabytes = 0 }) => megabytes >= LARGE_MEGABYTES)
  return [
    ...indexed.map(
      ({ container, soci }) => `${container} has a SOCI index (${soci}): it starts before all of its image is there`,
    ),
    ...(isSlow
      ? large.map(
          ({ container, megabytes }) =>
            `${container} has no SOCI index: with one, Fargate would start it before all of its ${megabytes} MB are there`,
        )
      : []),
    ...(bare.length > 0 && indexed.length === 0 && (!isSlow || large.length === 0)
      ? [`No SOCI index${hardly(isSlow, starting)}`]
      : []),
  ]
}

/** How long starting takes is not known of tasks that started long ago. */
const hardly = (isSlow: boolean, starting: Starting | undefined): string => {
  if (starting === undefined) return ''
  return `; it would hardly help: ${isSlow ? `no image has ${LARGE_MEGABYTES} MB` : 'pulling takes little of the start'}`
}
