// The footer of `--explain`: the number of AWS calls behind an answer.

import type { Rendered } from '../../model/ports/message.ts'
import { withNote } from './markup.ts'

/** Adds the footer to a message. `calls`: the number of requests to AWS, keyed by action. */
export const withCallCounts = (rendered: Rendered, calls: Readonly<Record<string, number>>): Rendered => {
  const all = Object.entries(calls)
  const total = all.reduce((sum, [, count]) => sum + count, 0)
  const each = all.map(([action, count]) => (count === 1 ? action : `${action} × ${count}`)).toSorted()
  const words = `${total} ${total === 1 ? 'call' : 'calls'} to AWS${total === 0 ? '' : `: ${each.join(', ')}`}`
  return withNote(rendered, words)
}
