// Reports an outcome: writes the audit record first, and then updates the card.

import type { Card, Stage } from '../../engine/cards/card.ts'
import type { Outcome } from '../../engine/change/outcome.ts'
import { finalCardKey, postedKey, standingCardKey } from '../../engine/change/records.ts'
import type { Posted } from '../../model/ports/slack.ts'
import { postOnce } from './post-once.ts'
import { tellSet } from './set/member.ts'
import { step } from './steps.ts'
import { audit, type Story, stepName, updateCard } from './story.ts'
import { tellEnd } from './tell-end.ts'

/** Writes the audit record; returns false if that failed. */
export const recordOutcome = (story: Story, outcome: Outcome, at: string): Promise<boolean> => {
  const kind = outcome.requestIds === undefined ? 'ended' : 'outcome'
  const extra = {
    at,
    outcome: outcome.status,
    text: outcome.watch === undefined ? outcome.text : `${outcome.watch}: ${outcome.text}`,
    ...(outcome.requestIds && { requestIds: outcome.requestIds }),
    ...(outcome.sessions && { sessions: outcome.sessions }),
  }
  return step(story.ctx, stepName(story, 'audit the outcome'), () => audit(story, kind, extra)).then(
    () => true,
    () => false,
  )
}

/** Updates the card. If the card no longer exists, posts a new message. */
export const report = async (story: Story, stage: Stage, drift: readonly string[] = []): Promise<void> => {
  const { ctx, face } = story
  if (story.job.set !== undefined) return reportToSet(story, stage)
  const card: Card = { ...face, drift, stage }
  if (stage.kind === 'ended')
    await step(ctx, stepName(story, 'note the end'), () => storeFinalCard(story, card)).catch(() => null)
  const isUpdated = await step(ctx, stepName(story, 'report'), () => updateCards(story, card)).catch(() => false)
  if (!isUpdated) await step(ctx, stepName(story, 'report anew'), () => postReplacement(story, card)).catch(() => null)
  if (stage.kind === 'ended')
    await step(ctx, stepName(story, 'tell the end'), () => tellEnd(card, story.approval, story.ports)).catch(() => null)
}

/** A service of a change set has no card: the set's card counts it. A temporary change counts once it has begun. */
const reportToSet = async (story: Story, stage: Stage): Promise<void> => {
  const { ctx, job, ports } = story
  if (stage.kind !== 'ended' && stage.kind !== 'leased') return
  const { status, text } = stage.outcome
  await step(ctx, stepName(story, 'tell the set'), () => tellSet(job, { status, text }, ports)).catch(() => null)
}

/**
 * Stores the final card before the message is updated, because late progress updates and clicks read it. If this fails,
 * the message is still updated.
 */
const storeFinalCard = async ({ job, ports }: Story, card: Card): Promise<null> => {
  await ports.store.create(finalCardKey(job.id), card)
  return null
}

/** Updates the card and the message that replaced it, because the card may be available again. */
const updateCards = async ({ job, ports, approval }: Story, card: Card): Promise<boolean> => {
  if (card.stage.kind !== 'ended') await storeStandingCard(card, ports).catch(() => undefined)
  const replacement = await replacementCard(job.id, ports).catch(() => undefined)
  const isUpdated = await updateCard(ports, approval.posted, card, 'outcome')
  return replacement === undefined ? isUpdated : updateCard(ports, replacement, card, 'outcome')
}

/** What is shown late must not replace it: see show-latest.ts. A lease is shown again when it is extended. */
const storeStandingCard = async (card: Card, { store }: Story['ports']): Promise<void> => {
  const key = standingCardKey(card.operation)
  const before = await store.get<Card>(key)
  if (before === undefined) await store.create(key, card)
  else await store.replace(key, card, before.version)
}

const replacementCard = async (operation: string, { store }: Story['ports']): Promise<Posted | undefined> =>
  (await store.get<Posted>(postedKey(operation, 'outcome')))?.value

/** Posts the message that replaces the card, or updates it: a lease reports more than once. */
const postReplacement = async ({ job, ports }: Story, card: Card): Promise<null> => {
  const replacement = await replacementCard(job.id, ports)
  if (replacement === undefined) await postOnce('outcome', job, ports, card)
  else await updateCard(ports, replacement, card, 'outcome')
  return null
}

/** Adds a warning to an outcome whose audit record is missing. */
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
