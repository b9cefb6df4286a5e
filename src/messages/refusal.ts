// What was wrong, what would be right, and what to do next.
import type { Rendered } from '../command.ts'
import type { Offer } from '../errors.ts'
import { LIMITS } from './limits.ts'
import { buttons, plain, richText, section } from './markup.ts'

type No = { readonly text: string; readonly hint?: string; readonly offers?: readonly Offer[] }

export const renderRefusal = ({ text, hint, offers: given = [] }: No): Rendered => {
  const offers = clickable(given)
  const words = hint === undefined ? text : `${text} ${hint}`
  const lines = hint === undefined ? [section(text)] : [section(`${text}\n`), section(hint)]
  return {
    text: plain(words),
    blocks: [richText(...lines), ...(offers.length === 0 ? [] : [offerButtons(offers)])],
  }
}

/** A line that no button holds is typed instead. */
export const clickable = (offers: readonly Offer[]): readonly Offer[] =>
  offers.filter(({ invocation }) => invocation.length <= LIMITS.buttonValue).slice(0, LIMITS.actions)

/** Each starts what it says, as if typed by whoever clicks. `instead`: the pending operation that its asker gives up by it. */
export const offerButtons = (offers: readonly Offer[], instead?: string) =>
  buttons(
    instead === undefined ? 'offers' : `instead:${instead}`,
    offers.map(({ label, invocation }, at) => ({ label, action: `run:${at}`, value: invocation })),
  )
