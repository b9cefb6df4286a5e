// Shortens a card that exceeds Slack's limits. The outcome always stays. A card is never shortened while people vote on
// it.

import { cut } from '../../kit/messages/markup.ts'
import type { Outcome } from '../change/outcome.ts'
import type { Card, Stage } from './card.ts'

/** The maximum number of characters of a shortened text. */
const MOST_TEXT = 1_000

const shortenOutcome = ({ details: _, links: __, offers: ___, ...outcome }: Outcome): Outcome => ({
  ...outcome,
  text: cut(outcome.text, MOST_TEXT),
})

const shortenStage = (stage: Stage): Stage => {
  if (stage.kind === 'ended' || stage.kind === 'leased' || stage.kind === 'granted')
    return { ...stage, outcome: shortenOutcome(stage.outcome) }
  return stage.kind === 'running' || stage.kind === 'left' ? { ...stage, text: cut(stage.text, MOST_TEXT) } : stage
}

/** Shortens a card, including the command, the changes and the consequences: the approvers have read them by then. */
export const shortenCard = ({ drift: _, ...card }: Card): Card => {
  const { kind } = card.stage
  if (kind === 'preview' || kind === 'starting' || kind === 'waiting') return card
  const { details: __, ...plan } = card.plan
  return {
    ...card,
    stage: shortenStage(card.stage),
    plan: {
      ...plan,
      ...(plan.verbatim !== undefined && { verbatim: cut(plan.verbatim, MOST_TEXT) }),
      changes: plan.changes.slice(0, 10),
      consequences: [],
    },
  }
}
