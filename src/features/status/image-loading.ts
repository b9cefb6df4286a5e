// Pure: describes in words whether Fargate lazy-loads container images by a SOCI index, or would start faster with one.
import type { RunningTask } from '../../model/service-detail.ts'

/** Start and image pull times in seconds: the medians of the tasks whose times are known. */
export type Starting = { readonly start: number; readonly pull: number; readonly tasks: number }

/** How an image is loaded. `megabytes`: its compressed size, as pulled, in units of 1,000,000 bytes. */
export type ImageLoading = { readonly soci?: 'v1' | 'v2'; readonly megabytes?: number }

export type LoadedImage = ImageLoading & { readonly container: string }

/** The maximum number of images that are checked. */
const MOST_IMAGES = 3

/** The image size from which lazy loading saves time (AWS containers blog, "Under the hood: lazy loading"). */
const LARGE_MEGABYTES = 250
/** The share of the pull in the start time from which a faster pull is worth the effort. */
const LARGE_SHARE = 0.3

/** The images of tasks on Fargate, because only Fargate lazy-loads by an index. */
export const imagesOnFargate = (
  tasks: readonly RunningTask[],
): readonly { readonly container: string; readonly image: string; readonly digest: string }[] => {
  const images = tasks
    .filter(({ launchType }) => launchType === 'FARGATE')
    .flatMap(({ containers }) => containers)
    .flatMap(({ name, image, digest }) => (digest === undefined ? [] : [{ container: name, image, digest }]))
  return [...new Map(images.map(one => [one.digest, one])).values()].slice(0, MOST_IMAGES)
}

/**
 * Describes how images are loaded. Container names are untrusted input, so callers escape these lines before showing
 * them.
 */
export const imageLoadingText = (images: readonly LoadedImage[], starting: Starting | undefined): readonly string[] => {
  const indexed = images.filter(({ soci }) => soci !== undefined)
  const bare = images.filter(({ soci }) => soci === undefined)
  const isSlow = starting !== undefined && starting.pull / starting.start > LARGE_SHARE
  const large = bare.filter(({ megabytes = 0 }) => megabytes >= LARGE_MEGABYTES)
  return [
    ...indexed.map(
      ({ container, soci }) => `${container} has a SOCI index (${soci}): it starts before its image is fully pulled`,
    ),
    ...(isSlow
      ? large.map(
          ({ container, megabytes }) =>
            `${container} has no SOCI index: with one, Fargate would start it before all ${megabytes} MB are pulled`,
        )
      : []),
    ...(bare.length > 0 && indexed.length === 0 && (!isSlow || large.length === 0)
      ? [`No SOCI index${littleGain(isSlow, starting)}`]
      : []),
  ]
}

/** The sentence for an index that would save little. Start times are unknown for tasks that started long ago. */
const littleGain = (isSlow: boolean, starting: Starting | undefined): string => {
  if (starting === undefined) return ''
  return `; little to gain: ${isSlow ? `no image has ${LARGE_MEGABYTES} MB` : 'image pulls are a small part of start-up'}`
}
