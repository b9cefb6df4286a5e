// Tells the end of an operation in the thread of its card, once: the requester, and after a failure also the channel and those
// who approved.

import type { Card } from '../../engine/cards/card.ts'
import type { Approval, Decision } from '../../engine/change/approval.ts'
import type { Outcome } from '../../engine/change/outcome.ts'
import { toldEndKey } from '../../engine/change/records.ts'
import { postOrTellOnCall } from '../../engine/jobs/tell-on-call.ts'
import type { Posted } from '../../model/ports/slack.ts'
import { renderEnd } from './render-end.ts'
import type { ReportPorts } from './story.ts'

/** A mention notifies at most three people besides the requester. */
const MOST_APPROVERS = 3

const FAILURES: readonly Outcome['status'][] = ['failed', 'unknown']

/** What is told elsewhere: a watch and a temporary change that was not reverted have messages of their own. */
const isToldElsewhere = ({ watch, status }: Outcome): boolean => watch !== undefined || status === 'left'

/** `votes`: those that settled the request. */
type Told = Pick<Approval, 'votes'> & { readonly posted: Posted; readonly decision?: Decision }

/** Marked before it is posted: at most one message. Nobody requested a gate, so only its failure is told. */
export const tellEnd = async (card: Card, { posted, votes, decision }: Told, ports: ReportPorts): Promise<null> => {
  const { stage, requester, isOfDeployment = false, operation } = card
  if (stage.kind !== 'ended' || isToldElsewhere(stage.outcome)) return null
  const hasFailed = FAILURES.includes(stage.outcome.status)
  if (decision?.by?.user === requester.user || (isOfDeployment && !hasFailed)) return null
  if (!(await ports.store.create(toldEndKey(operation), { at: ports.now() }))) return null
  const approvers = hasFailed ? votes.map(({ voter }) => voter.user).slice(0, MOST_APPROVERS) : []
  const people = [...new Set([...(isOfDeployment ? [] : [requester.user]), ...approvers])]
  await postOrTellOnCall(posted, renderEnd(card, people), await ports.config(), await ports.slack(), {
    others: people,
    ...(hasFailed && { isBroadcast: true as const }),
  })
  return null
}
