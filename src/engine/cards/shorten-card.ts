// Shortens a card that exceeds Slack's limits. The outcome always stays. A card that asks fits: see layout.ts.

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
  if (['ended', 'leased', 'granted', 'watching'].includes(stage.kind) && 'outcome' in stage)
    return { ...stage, outcome: shortenOutcome(stage.outcome) }
  return stage.kind === 'running' || stage.kind === 'left' ? { ...stage, text: cut(stage.text, MOST_TEXT) } : stage
}

/** The consequences of a dry run that are shown. */
const MOST_CONSEQUENCES = 10

export const shortenCard = ({ drift: _, ...card }: Card): Card => {
  const { plan, stage } = card
  if (stage.kind !== 'preview') return { ...card, stage: shortenStage(stage) }
  return { ...card, plan: { ...plan, consequences: plan.consequences.slice(0, MOST_CONSEQUENCES) } }
}
