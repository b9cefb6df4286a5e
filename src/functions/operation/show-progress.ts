// Shows the progress of a running change on its card.

import type { Card, Stage } from '../../engine/change/card.ts'
import { finalCardKey } from '../../engine/change/records.ts'
import { type Story, updateCard } from './story.ts'

/**
 * Ignores failed updates: the next one follows. A concurrent invocation may have reported the end already, so a late
 * update is replaced by the final card.
 */
export const tellProgress = async (
  { job, ports, consent, face }: Story,
  progress: Omit<Extract<Stage, { kind: 'running' }>, 'kind'>,
): Promise<void> => {
  const last = async () => (await ports.store.get<Card>(finalCardKey(job.id)))?.value
  if ((await last()) !== undefined) return
  const card: Card = { ...face, stage: { kind: 'running', ...progress } }
  await updateCard(ports, consent.posted, card, 'progress').catch(() => false)
  const ended = await last()
  if (ended !== undefined) await updateCard(ports, consent.posted, ended, 'outcome').catch(() => false)
}
