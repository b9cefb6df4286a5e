// Reports an outcome: writes the audit record first, then updates the card.

import type { Card, Stage } from '../../engine/change/card.ts'
import type { Outcome } from '../../engine/change/outcome.ts'
import { finalCardKey, postedKey } from '../../engine/change/records.ts'
import type { Posted } from '../../model/ports/slack.ts'
import { postOnce } from './post-once.ts'
import { step } from './steps.ts'
import { audit, type Story, stepName, updateCard } from './story.ts'

/** Writes the audit record; false when that failed. */
export const recordOutcome = (story: Story, outcome: Outcome, at: string): Promise<boolean> => {
  const kind = outcome.requestIds === undefined ? 'ended' : 'outcome'
  const extra = {
    at,
    outcome: outcome.status,
    text: outcome.text,
    ...(outcome.requestIds && { requestIds: outcome.requestIds }),
    ...(outcome.sessions && { sessions: outcome.sessions }),
  }
  return step(story.ctx, stepName(story, 'audit the outcome'), () => audit(story, kind, extra)).then(
    () => true,
    () => false,
  )
}

/** Updates the card. Posts a new message when the card is gone. */
export const report = async (story: Story, stage: Stage, drift: readonly string[] = []): Promise<void> => {
  const { ctx, face } = story
  const card: Card = { ...face, drift, stage }
  if (stage.kind === 'ended')
    await step(ctx, stepName(story, 'note the end'), () => storeFinalCard(story, card)).catch(() => null)
  const isUpdated = await step(ctx, stepName(story, 'report'), () => updateCards(story, card)).catch(() => false)
  if (!isUpdated) await step(ctx, stepName(story, 'report anew'), () => postReplacement(story, card)).catch(() => null)
}

/**
 * Stored before the card is updated: late progress updates and clicks read it. The card is updated even if this fails.
 */
const storeFinalCard = async ({ job, ports }: Story, card: Card): Promise<null> => {
  await ports.store.create(finalCardKey(job.id), card)
  return null
}

/** Also updates the message that replaced the card, since the card may be available again. */
const updateCards = async ({ job, ports, approval }: Story, card: Card): Promise<boolean> => {
  const replacement = await replacementCard(job.id, ports).catch(() => undefined)
  const isUpdated = await updateCard(ports, approval.posted, card, 'outcome')
  return replacement === undefined ? isUpdated : updateCard(ports, replacement, card, 'outcome')
}

const replacementCard = async (operation: string, { store }: Story['ports']): Promise<Posted | undefined> =>
  (await store.get<Posted>(postedKey(operation, 'outcome')))?.value

/** A lease reports more than once, so the replacement message is updated like a card. */
const postReplacement = async ({ job, ports }: Story, card: Card): Promise<null> => {
  const replacement = await replacementCard(job.id, ports)
  if (replacement === undefined) await postOnce('outcome', job, ports, card)
  else await updateCard(ports, replacement, card, 'outcome')
  return null
}

/** Adds a warning when the audit record is missing. */
export const withAuditWarning = (outcome: Outcome, isRecorded: boolean): Outcome =>
  isRecorded
    ? outcome
    : {
        ...outcome,
        details: [
          ...(outcome.details ?? []),
          'The outcome could not be recorded in the audit: tell your administrator.',
        ],
      }

/** Records and reports the final outcome. */
export const finish = async (story: Story, outcome: Outcome): Promise<Outcome['status']> => {
  const at = await step(story.ctx, stepName(story, 'the end'), async () => story.ports.now())
  const recorded = withAuditWarning(outcome, await recordOutcome(story, outcome, at))
  await report(story, { kind: 'ended', outcome: recorded, at }, outcome.drift)
  return outcome.status
}
