// One line of `losses` and `included` in a plan.

import { textWidth } from '../../kit/messages/phone.ts'
import { cutEnd } from '../../kit/messages/text.ts'
import type { Line } from '../change/plan.ts'

/** Columns of a line: two lines on a phone. */
export const MOST_LINE = 76

/** A line without a full stop. One that takes more than two lines on a phone is cut. */
export const cardLine = (text: string): Line => shortenedLine(text, text)

/** A line that shows its names whole where they fit. `short`: the same line with shorter names. */
export const shortenedLine = (whole: string, short: string): Line => {
  const [text, other] = [whole, short].map(one => one.replace(/[.\s]+$/, '')) as [string, string]
  return textWidth(text) <= MOST_LINE ? text : { text: cutEnd(other, MOST_LINE), isCut: true }
}

export const lineText = (line: Line): string => (typeof line === 'string' ? line : line.text)

/** `items` after `head`, as many as fit into one line: `Also: memory 1 → 2, command of app and 3 more`. */
export const lineOfMany = (head: string, items: readonly string[]): Line => {
  const shown = (count: number): string => {
    const more = items.length - count
    return `${head}${items.slice(0, count).join(', ')}${more === 0 ? '' : ` and ${more} more`}`
  }
  const fitting = items.findLastIndex((_, at) => textWidth(shown(at + 1)) <= MOST_LINE)
  if (fitting === items.length - 1) return shown(items.length)
  const text = fitting < 0 ? `${head}${items.length} settings, listed under Details` : shown(fitting + 1)
  return { text, isCut: true }
}

/** The undo of a temporary change. */
export const REVERTS_BY_ITSELF = 'reverts by itself, or Revert Now'

export const CANNOT_BE_UNDONE = 'cannot be undone'
