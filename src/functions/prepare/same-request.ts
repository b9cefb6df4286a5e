// The same request while one is open: it is answered with a link, so that its votes are not split over two cards.

import type { Ports } from '../../commands/ports.ts'
import type { Face } from '../../engine/cards/card.ts'
import type { Approval } from '../../engine/change/approval.ts'
import type { Pending } from '../../engine/change/open-request.ts'
import { approvedVersion, eachTarget, higherRisk, type Plan } from '../../engine/change/plan.ts'
import { approvalKey, faceKey, finalCardKey, postedKey } from '../../engine/change/records.ts'
import { judge, type Verdict } from '../../engine/rules/judge.ts'
import { loadRuleInputs } from '../../engine/rules/load-rule-inputs.ts'
import { isRefusal, type Refusal, RemoteError, refuse } from '../../model/errors.ts'
import { canonicalJson } from '../../model/json.ts'
import type { Posted } from '../../model/ports/slack.ts'
import type { Key } from '../../model/ports/store.ts'
import { isOpen, type OpenRequest, pendingKey } from './pending.ts'

type Asking = Exclude<Verdict, { kind: 'free' }>

/** Where a request was made. */
type Asked = { readonly channel?: string; readonly ports: Ports }

/** The refusal of a request that is the same as an open one; undefined where the open one cannot serve everybody. */
export const refuseSame = async (
  same: OpenRequest,
  plan: Plan,
  { rule }: Asking,
  { channel, ports }: Asked,
): Promise<Refusal | undefined> => {
  const config = await ports.config()
  const { posted, requester, approvers, title } = same
  if (channel === undefined || ![channel, rule.channel, config.channel].includes(posted?.channel)) return undefined
  if (canonicalJson(approvers) !== canonicalJson(rule.approvers)) return undefined
  if (!(await isOpen(same.operation, same, ports)) || !(await mayRun(same, plan, rule.approvals, ports)))
    return undefined
  const slack = await ports.slack()
  if (same.gate === undefined && !(await slack.isActive(requester.user).catch(() => false))) return undefined
  const url = posted && (await slack.permalink(posted).catch(() => undefined))
  return {
    ...refuse(`“${title}” is already open, requested by ${requester.name}.`, 'Nothing new was requested.'),
    ...(url !== undefined && url !== '' && { link: { text: 'Open the request', url } }),
  }
}

/**
 * Whether the rules let the open request run: its requester may have lost a right, a freeze may except only others, and the risk and
 * the number of approvals may be higher now.
 */
const mayRun = async (
  { operation, requester: actor, gate }: OpenRequest,
  plan: Plan,
  approvals: number,
  ports: Ports,
): Promise<boolean> => {
  const config = await ports.config()
  const [face, approval, inputs] = await Promise.all([
    ports.store.get<Face>(faceKey(operation)),
    ports.store.get<Approval>(approvalKey(operation)),
    loadRuleInputs(config, ports),
  ])
  if (face === undefined || approval === undefined) return false
  if (approval.value.quorum < approvals || higherRisk(face.value.plan, plan).length > 0) return false
  // A deployment asks for a gate: its requester needs no right.
  if (gate !== undefined) return true
  const { reason } = face.value
  const asked = { actor, isBreakGlass: false, ...(reason !== undefined && { reason }) }
  return eachTarget(plan).every(one => !isRefusal(judge(one, asked, config, inputs)))
}

/** Written before the card is posted: of the same request twice in one second, one has the claim. `at`: ISO 8601. */
type Claim = { readonly operation: string; readonly at: string }

const claimKey = (plan: Plan): Key => ({ pk: `request#${plan.target.arn}`, sk: approvedVersion(plan) })

/** The time in which an operation posts its card after its claim, with all retries. */
const POSTING_MS = 180_000

/**
 * Claims a request for an operation. Refuses it where another operation has claimed it and its card is open. Throws a
 * passing error while the other operation posts its card.
 */
export const claimRequest = async (
  plan: Plan,
  operation: string,
  verdict: Asking,
  asked: Asked,
): Promise<Refusal | undefined> => {
  const { store, now } = asked.ports
  const key = claimKey(plan)
  const claim: Claim = { operation, at: now() }
  const until = Math.floor(Date.parse(claim.at) / 1_000) + verdict.rule.expiryMinutes * 60
  if (await store.create(key, claim, until)) return undefined
  const item = await store.get<Claim>(key)
  if (item?.value.operation === operation) return undefined
  const open = item && (await openRequest(plan, item.value, asked.ports))
  if (open !== undefined) return refuseSame(open, plan, verdict, asked)
  if (item === undefined || !(await store.replace(key, claim, item.version, until))) throw beingPosted()
  return undefined
}

/** The open request of a claim; undefined if it has ended. */
const openRequest = async (
  plan: Plan,
  { operation, at }: Claim,
  { store, now }: Ports,
): Promise<OpenRequest | undefined> => {
  const [approval, final, pending, posted] = await Promise.all([
    store.get<Approval>(approvalKey(operation)),
    store.get(finalCardKey(operation)),
    store.get<Pending>(pendingKey(plan.target.arn, operation)),
    store.get<Posted>(postedKey(operation, 'card')),
  ])
  if (final !== undefined) return undefined
  if (approval !== undefined && (approval.value.decision !== undefined || approval.value.expiresAt <= now()))
    return undefined
  if (pending !== undefined && posted !== undefined) return { ...pending.value, posted: posted.value, operation }
  if (Date.parse(now()) - Date.parse(at) < POSTING_MS) throw beingPosted()
  return undefined
}

const beingPosted = (): RemoteError =>
  new RemoteError('the same request is being posted', { code: 'SameRequest', passing: true })
