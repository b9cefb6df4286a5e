// Fills the dialog of a card for one reader: all about the request, or a refusal for a person who may not view the
// service.

import type { Ports } from '../../commands/ports.ts'
import type { Card, Face } from '../../engine/cards/card.ts'
import { renderDetails } from '../../engine/cards/render-details.ts'
import type { Approval } from '../../engine/change/approval.ts'
import { approvalKey, faceKey, finalCardKey } from '../../engine/change/records.ts'
import { accessOf } from '../../engine/rules/access.ts'
import { loadRuleInputs } from '../../engine/rules/load-rule-inputs.ts'
import { renderRefusal } from '../../kit/messages/render-refusal.ts'
import type { Actor } from '../../model/ecs.ts'
import { isRefusal, type Refusal, RemoteError, refuse } from '../../model/errors.ts'
import type { CardJob } from '../../model/ports/job.ts'
import { withLatestNow } from './latest-now.ts'
import { UNSEEN } from './unseen.ts'

type Reading = Pick<CardJob, 'operation' | 'actor'>

type DialogPorts = Omit<Ports, 'readers'>

export const openCard = (job: CardJob, ports: Ports): Promise<void> =>
  showDialog(job, undefined, ports, (face, actor, corporateId) => withLatestNow(face, actor, corporateId, ports))

type Refresh = (face: Face, actor: Actor, corporateId: string) => Promise<Face>

/**
 * Shows the request as it is now. `refusal`: why the reader's last click had no effect. `refresh`: reads the state of the
 * service again; a vote does not wait for AWS.
 */
export const showDialog = async (
  job: Reading & Pick<CardJob, 'view' | 'place'>,
  refusal: Refusal | undefined,
  ports: DialogPorts,
  refresh: Refresh = async face => face,
): Promise<void> => {
  const card = await loadCard(job, ports, refresh).catch((error: unknown) => {
    if (!(error instanceof RemoteError)) throw error
    return refuse(`Request failed: ${error.message}.`, 'Open it again in a minute.')
  })
  const blocks = [
    ...(refusal === undefined ? [] : renderRefusal(refusal).blocks),
    ...(isRefusal(card) ? renderRefusal(card).blocks : renderDetails(card)),
  ]
  await (await ports.slack()).showView(job.view, { title: 'Request', blocks, channel: job.place.channel })
}

const loadCard = async (
  { operation, actor }: Reading,
  ports: DialogPorts,
  refresh: Refresh,
): Promise<Card | Refusal> => {
  const { store } = ports
  const face = (await store.get<Face>(faceKey(operation)))?.value
  const config = await ports.config()
  if (face === undefined) return UNSEEN
  const access = accessOf(actor, 'viewer', face.plan.target, config, await loadRuleInputs(config, ports))
  if (isRefusal(access)) return UNSEEN
  const final = (await store.get<Card>(finalCardKey(operation)))?.value
  if (final !== undefined) return final
  const approval = (await store.get<Approval>(approvalKey(operation)))?.value
  if (approval === undefined) return { ...face, stage: { kind: 'starting' } }
  const { decision, votes } = approval
  if (decision !== undefined)
    return { ...face, decision, votes, stage: { kind: 'running', text: '', since: decision.at } }
  return { ...(await refresh(face, actor, access.corporateId)), stage: { kind: 'waiting', approval } }
}
