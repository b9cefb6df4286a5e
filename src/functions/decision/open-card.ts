// Fills the dialog of a bare card for one reader: the card, or a refusal for a person who may not view the service.

import type { Ports } from '../../commands/ports.ts'
import type { Approval } from '../../engine/change/approval.ts'
import type { Card, Face } from '../../engine/change/card.ts'
import { approvalKey, faceKey, finalCardKey } from '../../engine/change/records.ts'
import { renderCard } from '../../engine/change/render-card.ts'
import { accessOf } from '../../engine/rules/access.ts'
import { loadRuleInputs } from '../../engine/rules/load-rule-inputs.ts'
import { renderRefusal } from '../../kit/messages/render-refusal.ts'
import { isRefusal, type Refusal, RemoteError, refuse } from '../../model/errors.ts'
import type { CardJob } from '../../model/ports/job.ts'

/** The refusal is the same for a request that does not exist. */
const UNSEEN = refuse('You may not see this request, or it has expired.', '`/ecs whoami` lists your roles.')

export const openCard = async (job: CardJob, ports: Ports): Promise<void> => {
  const card = await loadCard(job, ports).catch((error: unknown) => {
    if (!(error instanceof RemoteError)) throw error
    return refuse(`Request failed: ${error.message}.`, 'Open it again in a minute.')
  })
  const { blocks } = isRefusal(card) ? renderRefusal(card) : renderCard(card)
  await (await ports.slack()).showView(job.view, 'Request', blocks)
}

const loadCard = async ({ operation, actor }: CardJob, ports: Ports): Promise<Card | Refusal> => {
  const { store } = ports
  const face = (await store.get<Face>(faceKey(operation)))?.value
  const config = await ports.config()
  if (face === undefined) return UNSEEN
  const access = accessOf(actor, 'viewer', face.plan.target, config, await loadRuleInputs(config, ports))
  if (isRefusal(access)) return UNSEEN
  const final = (await store.get<Card>(finalCardKey(operation)))?.value
  if (final !== undefined) return final
  const approval = (await store.get<Approval>(approvalKey(operation)))?.value
  return approval === undefined || approval.decision !== undefined
    ? { ...face, ...(approval?.decision && { decision: approval.decision }), stage: { kind: 'starting' } }
    : { ...face, stage: { kind: 'waiting', approval } }
}
