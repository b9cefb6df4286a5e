// What was wrong, what would be right, and what to do next.
import type { Offer } from '../../model/errors.ts'
import type { Rendered } from '../../model/ports/message.ts'
import { LIMITS, misfits } from './limits.ts'
import { buttons, cut, plain, richText, section } from './markup.ts'

type RefusalText = { readonly text: string; readonly hint?: string; readonly offers?: readonly Offer[] }

/** What is too much for Slack is cut: a no that is not told is none. */
export const renderRefusal = (no: RefusalText): Rendered => {
  const whole = render(no)
  return misfits(whole).length === 0 ? whole : render(shorter(no))
}

const shorter = ({ text, hint }: RefusalText): RefusalText => ({
  text: cut(text, 3_000),
  ...(hint !== undefined && { hint: cut(hint, 500) }),
})

const render = ({ text, hint, offers: given = [] }: RefusalText): Rendered => {
  const offers = clickable(given)
  const words = hint === undefined ? text : `${text} ${hint}`
  const lines = hint === undefined ? [section(text)] : [section(`${text}\n`), section(hint)]
  return {
    text: cut(plain(words), LIMITS.text),
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
