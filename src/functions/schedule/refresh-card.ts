// Shows the card of an open request again, with the state of its service now, as the requester may read it.
import type { Ports } from '../../commands/ports.ts'
import type { Face } from '../../engine/cards/card.ts'
import { showLatest } from '../../engine/cards/show-latest.ts'
import type { Approval } from '../../engine/change/approval.ts'
import { approvalKey } from '../../engine/change/records.ts'
import { SYSTEM } from '../../engine/rules/asker.ts'
import { withNow } from '../../features/status/load-now.ts'
import type { Posted } from '../../model/ports/slack.ts'

type CardPorts = Pick<Ports, 'config' | 'readers' | 'store' | 'slack' | 'now'>

export const refreshCard = async (stored: Face, posted: Posted, ports: CardPorts): Promise<void> => {
  const { store, now } = ports
  const { operation, requester: actor, corporateId, isOfDeployment } = stored
  const reader = isOfDeployment === true ? SYSTEM : { actor, corporateId }
  const read = ports.readers(await ports.config(), reader, operation)
  const face = await withNow(stored, read, now(), store)
  // Read last: a card must not show a request as open that was decided meanwhile.
  const approval = (await store.get<Approval>(approvalKey(operation)))?.value
  if (approval === undefined || approval.decision !== undefined) return
  await showLatest({ ...face, stage: { kind: 'waiting', approval } }, posted, 'progress', ports)
}
