// Shows the progress of a running change on its card.

import type { Card, Stage } from '../../engine/cards/card.ts'
import { finalCardKey } from '../../engine/change/records.ts'
import { type Story, updateCard } from './story.ts'

/**
 * Updates the card. A failed update is ignored, because another follows. If a concurrent invocation has already
 * reported the end, the final card is shown again.
 */
export const showProgress = async (
  { job, ports, approval, face }: Story,
  progress: Omit<Extract<Stage, { kind: 'running' }>, 'kind'>,
): Promise<void> => {
  if (job.set !== undefined) return
  const finalCard = async () => (await ports.store.get<Card>(finalCardKey(job.id)))?.value
  if ((await finalCard()) !== undefined) return
  const card: Card = { ...face, stage: { kind: 'running', ...progress } }
  await updateCard(ports, approval.posted, card, 'progress').catch(() => false)
  const final = await finalCard()
  if (final !== undefined) await updateCard(ports, approval.posted, final, 'outcome').catch(() => false)
}
