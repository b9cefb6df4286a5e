// Changed images as lines of `losses`: `app 77ab…03 → 9f2c…e1`. The plan's details have them in full.

import { shortenedLine } from '../../engine/cards/card-line.ts'
import type { Line } from '../../engine/change/plan.ts'
import { shortName, wholeName } from '../../kit/messages/text.ts'

/** `from` and `to`: short digests, or words such as `none`. `movedTo`: the repository, where it is another one. */
export type ImageLine = {
  readonly container: string
  readonly from: string
  readonly to: string
  readonly movedTo?: string
}

const MOST_IMAGES = 2

export const imageLosses = (images: readonly ImageLine[]): readonly Line[] => {
  const more = images.length - MOST_IMAGES
  return [
    ...images.slice(0, MOST_IMAGES).map(lineOf),
    ...(more > 0 ? [{ text: `and ${more} more ${more === 1 ? 'image' : 'images'}`, isCut: true } as const] : []),
  ]
}

const lineOf = ({ container, from, to, movedTo }: ImageLine): Line =>
  movedTo === undefined
    ? shortenedLine(`${wholeName(container)} ${from} → ${to}`, `${shortName(container)} ${from} → ${to}`)
    : shortenedLine(
        `${wholeName(container)} ${to} from ${wholeName(movedTo)}`,
        `${shortName(container, 20)} ${to} from ${shortName(movedTo, 36)}`,
      )

/** The first four and the last two digits: `77ab…03`. */
export const tinyDigest = (digest: string): string => {
  const hex = digest.replace(/^\w+:/, '')
  return hex.length <= 7 ? hex : `${hex.slice(0, 4)}…${hex.slice(-2)}`
}
