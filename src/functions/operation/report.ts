// Telling: what became of a change goes into the audit first, and then into the one card.

import type { Card, Stage } from '../../engine/change/card.ts'
import type { Outcome } from '../../engine/change/outcome.ts'
import { endedKey, postedKey } from '../../engine/change/records.ts'
import type { Posted } from '../../model/ports/slack.ts'
import { postOnce } from './await-approval.ts'
import { step } from './steps.ts'
import { audit, type Story, stepName, updateCard } from './story.ts'

/** In the audit; false when that did not take it. */
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

/** In the card, or, where that is gone, in a new message. */
export const report = async (story: Story, stage: Stage, drift: readonly string[] = []): Promise<void> => {
  const { ctx, face } = story
  const card: Card = { ...face, drift, stage }
  if (stage.kind === 'ended')
    await step(ctx, stepName(story, 'note the end'), () => noteEnd(story, card)).catch(() => null)
  const isTold = await step(ctx, stepName(story, 'report'), () => tell(story, card)).catch(() => false)
  if (!isTold) await step(ctx, stepName(story, 'report anew'), () => reportAnew(story, card)).catch(() => null)
}

/** For whoever tells of progress in the same moment, or clicks what is over; without it the card is told all the same. */
const noteEnd = async ({ job, ports }: Story, card: Card): Promise<null> => {
  await ports.store.create(endedKey(job.id), card)
  return null
}

/** A message that took the card's place once is kept as true as the card, which may be back. */
const tell = async ({ job, ports, consent }: Story, card: Card): Promise<boolean> => {
  const instead = await standIn(job.id, ports).catch(() => undefined)
  const isTold = await updateCard(ports, consent.posted, card, 'outcome')
  return instead === undefined ? isTold : updateCard(ports, instead, card, 'outcome')
}

const standIn = async (operation: string, { store }: Story['ports']): Promise<Posted | undefined> =>
  (await store.get<Posted>(postedKey(operation, 'outcome')))?.value

/** What has an end is told more than once: the message that took the card's place is updated, as the card would be. */
const reportAnew = async ({ job, ports }: Story, card: Card): Promise<null> => {
  const known = await standIn(job.id, ports)
  if (known === undefined) await postOnce('outcome', job, ports, card)
  else await updateCard(ports, known, card, 'outcome')
  return null
}

/** What was not recorded is said with it. */
export const withRecord = (outcome: Outcome, isRecorded: boolean): Outcome =>
  isRecorded
    ? outcome
    : {
        ...outcome,
        details: [...(outcome.details ?? []), 'The audit did not take the outcome: tell whoever keeps it.'],
      }

/** The last word. */
export const end = async (story: Story, outcome: Outcome): Promise<Outcome['status']> => {
  const at = await step(story.ctx, stepName(story, 'the end'), async () => story.ports.now())
  const told = withRecord(outcome, await recordOutcome(story, outcome, at))
  await report(story, { kind: 'ended', outcome: told, at }, outcome.drift)
  return outcome.status
}
