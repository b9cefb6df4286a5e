// Fills the dialog of a card for one reader: all about the request, or a refusal for a person who may not view the
// service.

import type { Ports } from '../../commands/ports.ts'
import { needsReview } from '../../engine/cards/asking.ts'
import type { Card, Face } from '../../engine/cards/card.ts'
import { renderDetails } from '../../engine/cards/render-details.ts'
import type { Approval } from '../../engine/change/approval.ts'
import type { Plan } from '../../engine/change/plan.ts'
import { approvalKey, faceKey, finalCardKey } from '../../engine/change/records.ts'
import { logError } from '../../engine/jobs/log-error.ts'
import { identify, mayView } from '../../engine/rules/access.ts'
import { loadRuleInputs } from '../../engine/rules/load-rule-inputs.ts'
import { cut, withoutMarkup } from '../../kit/messages/markup.ts'
import { renderRefusal } from '../../kit/messages/render-refusal.ts'
import type { Actor, ServiceRef } from '../../model/ecs.ts'
import { isRefusal, type Refusal, RemoteError, refuse } from '../../model/errors.ts'
import type { CardJob } from '../../model/ports/job.ts'
import type { Block } from '../../model/ports/message.ts'
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
  const slack = await ports.slack()
  const show = (content: readonly Block[]) =>
    slack.showView(job.view, { title: 'Request', blocks: content, channel: job.place.channel })
  await show(blocks).catch(async (error: unknown) => {
    logError('dialog', job.operation, error)
    await show([plainSection(withoutDetails(card, refusal, error))])
  })
}

/** The dialog would stay at “Loading…”. A request of high risk has no Approve on its card. */
const withoutDetails = (card: Card | Refusal, refusal: Refusal | undefined, error: unknown): string => {
  const reason = error instanceof Error ? error.message : String(error)
  const next =
    isRefusal(card) || card.stage.kind !== 'waiting'
      ? 'Open them again in a minute.'
      : needsReview(card)
        ? 'Open them again in a minute, or reject on the card. Approval needs the details.'
        : 'Approve or reject on the card.'
  const before = refusal === undefined ? '' : `${withoutMarkup(refusal.text)}\n`
  return cut(`${before}The details cannot be shown. Reason: ${reason}. ${next}`, 3_000)
}

const plainSection = (text: string): Block => ({ type: 'section', text: { type: 'plain_text', text, emoji: false } })

const loadCard = async (
  { operation, actor }: Reading,
  ports: DialogPorts,
  refresh: Refresh,
): Promise<Card | Refusal> => {
  const { store } = ports
  const face = (await store.get<Face>(faceKey(operation)))?.value
  const config = await ports.config()
  if (face === undefined) return UNSEEN
  const facts = await loadRuleInputs(config, ports)
  const corporateId = identify(actor, config)
  if (isRefusal(corporateId) || !mayView(face.plan, actor, config, facts)) return UNSEEN
  const shown = <Of extends Face>(card: Of): Of => ({
    ...card,
    plan: withLeftOut(card.plan, target => mayView({ target }, actor, config, facts)),
  })
  const final = (await store.get<Card>(finalCardKey(operation)))?.value
  if (final !== undefined) return shown(final)
  const approval = (await store.get<Approval>(approvalKey(operation)))?.value
  if (approval === undefined) return { ...shown(face), stage: { kind: 'starting' } }
  const { decision, votes } = approval
  if (decision !== undefined)
    return { ...shown(face), decision, votes, stage: { kind: 'running', text: '', since: decision.at } }
  return { ...shown(await refresh(face, actor, corporateId)), stage: { kind: 'waiting', approval } }
}

/** Lists what a change set leaves out, of that what the reader may view. */
const withLeftOut = (plan: Plan, maySee: (ref: ServiceRef) => boolean): Plan => {
  const { leftOut = [], details = [] } = plan
  if (leftOut.length === 0) return plan
  const seen = leftOut.filter(({ ref }) => maySee(ref))
  const unseen = leftOut.length - seen.length
  return {
    ...plan,
    details: [
      ...details,
      ...seen.map(({ text }) => text),
      ...(unseen === 0 ? [] : [`Left out: ${unseen} more, which you may not view`]),
    ],
  }
}
