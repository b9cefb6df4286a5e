// One line of `losses` and `included` in a plan.

import { cutEnd } from '../../kit/messages/text.ts'

/** Columns of a line: two lines on a phone. */
export const MOST_LINE = 76

/** A line without a full stop, cut to two lines on a phone. */
export const cardLine = (text: string): string => cutEnd(text.replace(/[.\s]+$/, ''), MOST_LINE)

/** `items` after `head`, as many as fit into one line: `Also: memory 1 → 2, command of app and 3 more`. */
export const lineOfMany = (head: string, items: readonly string[]): string => {
  const shown = (count: number): string => {
    const more = items.length - count
    return `${head}${items.slice(0, count).join(', ')}${more === 0 ? '' : ` and ${more} more`}`
  }
  const fitting = items.findLastIndex((_, at) => shown(at + 1).length <= MOST_LINE)
  return fitting < 0 ? cardLine(`${head}${items.length} settings, listed under Details`) : shown(fitting + 1)
}

/** The undo of a temporary change. */
export const REVERTS_BY_ITSELF = 'reverts by itself, or Revert Now'

export const CANNOT_BE_UNDONE = 'cannot be undone'
