// Renders a refusal: the cause, a hint, and offers as buttons.
import type { Offer, Refusal } from '../../model/errors.ts'
import type { Rendered } from '../../model/ports/message.ts'
import { LIMITS, misfits } from './limits.ts'
import { type Button, buttons, cut, plain, richText, section } from './markup.ts'

type RefusalText = Omit<Refusal, 'kind'>

/** Renders a refusal. One that exceeds Slack's limits is cut, and its offers are left out. */
export const renderRefusal = (refusal: RefusalText): Rendered => {
  const whole = render(refusal)
  return misfits(whole).length === 0 ? whole : render(shorter(refusal))
}

const shorter = ({ offers: _, text, hint, ...link }: RefusalText): RefusalText => ({
  ...link,
  text: cut(text, 3_000),
  ...(hint !== undefined && { hint: cut(hint, 500) }),
})

const render = ({ text, hint, offers: given = [], link }: RefusalText): Rendered => {
  const offers = clickable(given)
  const words = hint === undefined ? text : `${text} ${hint}`
  const lines = hint === undefined ? [section(text)] : [section(`${text}\n`), section(hint)]
  const links = link === undefined ? [] : [section('\n', { type: 'link', ...link })]
  return {
    text: cut(plain(words), LIMITS.text),
    blocks: [richText(...lines, ...links), ...(offers.length === 0 ? [] : [offerButtons(offers)])],
  }
}

/** The offers whose invocation fits into the value of a Slack button. */
export const clickable = (offers: readonly Offer[]): readonly Offer[] =>
  offers.filter(({ invocation }) => invocation.length <= LIMITS.buttonValue).slice(0, LIMITS.actions)

/**
 * Buttons for the offers. The invocation runs as the person who clicks. `superseding`: the requester's pending
 * operation that the click replaces.
 */
export const offerButtons = (offers: readonly Offer[], superseding?: string) =>
  buttons(superseding === undefined ? 'offers' : `instead:${superseding}`, offers.map(offerButton))

export const offerButton = ({ label, invocation, asks }: Offer, at: number): Button => ({
  label,
  action: `${asks === true ? 'form' : 'run'}:${at}`,
  value: invocation,
})
