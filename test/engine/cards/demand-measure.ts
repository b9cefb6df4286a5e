// At the end of a story or world: every card that asked for a decision stood within the model of a phone.
import type { Change } from '../../../sandbox/slack/types.ts'
import type { Block } from '../../../src/model/ports/message.ts'
import { textOf } from '../../world/text-of.ts'
import { faultsOf, isAskingCard } from './measure.ts'

/** Throws an error that names each card that did not fit. */
export const demandMeasure = (changes: readonly Change[]): void => {
  const messages = changes.flatMap(change => (change.kind === 'message' ? [change.message] : []))
  const found = messages
    .filter(({ bot_id, blocks = [] }) => bot_id !== undefined && isAskingCard(blocks as readonly Block[]))
    .flatMap(message => {
      const faults = faultsOf((message.blocks ?? []) as readonly Block[])
      return faults.length === 0 ? [] : [`${faults.join(', ')}:\n${textOf(message)}`]
    })
  if (found.length > 0) throw new Error(`cards that do not fit a phone:\n${[...new Set(found)].join('\n\n')}`)
}
