// Changed images as lines of `losses`: `app 77ab…03 → 9f2c…e1`. The plan's details have them in full.

import { cardLine } from '../../engine/cards/card-line.ts'
import { shortName } from '../../kit/messages/text.ts'

/** `from` and `to`: short digests, or words such as `none`. `movedTo`: the repository, where it is another one. */
export type ImageLine = {
  readonly container: string
  readonly from: string
  readonly to: string
  readonly movedTo?: string
}

const MOST_IMAGES = 2

export const imageLosses = (images: readonly ImageLine[]): readonly string[] => {
  const more = images.length - MOST_IMAGES
  return [
    ...images.slice(0, MOST_IMAGES).map(lineOf),
    ...(more > 0 ? [`and ${more} more ${more === 1 ? 'image' : 'images'}`] : []),
  ]
}

const lineOf = ({ container, from, to, movedTo }: ImageLine): string =>
  cardLine(
    movedTo === undefined
      ? `${shortName(container)} ${from} → ${to}`
      : `${shortName(container, 20)} ${to} from ${shortName(movedTo, 36)}`,
  )

/** The first four and the last two digits: `77ab…03`. */
export const tinyDigest = (digest: string): string => {
  const hex = digest.replace(/^\w+:/, '')
  return hex.length <= 7 ? hex : `${hex.slice(0, 4)}…${hex.slice(-2)}`
}
