// A card that is too much for Slack, with less in it: how it ended is said in any case. A card that people are to consent
// to is never made leaner.

import { cut } from '../../kit/messages/markup.ts'
import type { Card, Stage } from './card.ts'
import type { Outcome } from './outcome.ts'

/** Characters. */
const MOST_TEXT = 1_000

const leanerOutcome = ({ details: _, links: __, offers: ___, ...outcome }: Outcome): Outcome => ({
  ...outcome,
  text: cut(outcome.text, MOST_TEXT),
})

const leanerStage = (stage: Stage): Stage => {
  if (stage.kind === 'ended' || stage.kind === 'leased' || stage.kind === 'granted')
    return { ...stage, outcome: leanerOutcome(stage.outcome) }
  return stage.kind === 'running' || stage.kind === 'left' ? { ...stage, text: cut(stage.text, MOST_TEXT) } : stage
}

/** The command, too, has been read by then. */
export const shortenCard = ({ drift: _, ...card }: Card): Card => {
  const { kind } = card.stage
  if (kind === 'preview' || kind === 'starting' || kind === 'waiting') return card
  const { plan } = card
  return {
    ...card,
    stage: leanerStage(card.stage),
    plan: {
      ...plan,
      ...(plan.verbatim !== undefined && { verbatim: cut(plan.verbatim, MOST_TEXT) }),
      changes: plan.changes.slice(0, 10),
      consequences: [],
    },
  }
}
