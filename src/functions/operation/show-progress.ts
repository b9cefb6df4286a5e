// How far a change is, in its card, while it is under way.

import type { Card, Stage } from '../../engine/change/card.ts'
import { endedKey } from '../../engine/change/records.ts'
import { type Story, updateCard } from './story.ts'

/**
 * Progress is a courtesy: when Slack does not take it, the next one will do. An invocation that was delivered twice may be
 * late with it: what its twin has said last is said again.
 */
export const tellProgress = async (
  { job, ports, consent, face }: Story,
  progress: Omit<Extract<Stage, { kind: 'running' }>, 'kind'>,
): Promise<void> => {
  const last = async () => (await ports.store.get<Card>(endedKey(job.id)))?.value
  if ((await last()) !== undefined) return
  const card: Card = { ...face, stage: { kind: 'running', ...progress } }
  await updateCard(ports, consent.posted, card, 'progress').catch(() => false)
  const ended = await last()
  if (ended !== undefined) await updateCard(ports, consent.posted, ended, 'outcome').catch(() => false)
}
