// The same request while one is open: it is answered with a link, so that its votes are not split over two cards.

import type { Ports } from '../../commands/ports.ts'
import type { Approval } from '../../engine/change/approval.ts'
import { approvedVersion, type Plan } from '../../engine/change/plan.ts'
import { approvalKey, postedKey } from '../../engine/change/records.ts'
import { identify } from '../../engine/rules/access.ts'
import type { Config } from '../../engine/rules/config.ts'
import type { Verdict } from '../../engine/rules/judge.ts'
import { isRefusal, type Refusal, RemoteError, refuse } from '../../model/errors.ts'
import { canonicalJson } from '../../model/json.ts'
import type { Posted } from '../../model/ports/slack.ts'
import type { Key } from '../../model/ports/store.ts'
import { type Pending, pendingKey } from './pending.ts'

type Asking = Exclude<Verdict, { kind: 'free' }>

/** Where a request was made. */
type Asked = { readonly channel?: string; readonly ports: Ports }

/** The refusal of a request that is the same as an open one; undefined where the open one cannot serve everybody. */
export const refuseSame = async (
  same: Pending,
  { rule }: Asking,
  config: Config,
  { channel, ports }: Asked,
): Promise<Refusal | undefined> => {
  const { posted, requester, approvers, title } = same
  if (channel === undefined || ![channel, rule.channel, config.channel].includes(posted?.channel)) return undefined
  if (isRefusal(identify(requester, config)) || canonicalJson(approvers) !== canonicalJson(rule.approvers))
    return undefined
  const slack = await ports.slack()
  if (!(await slack.isActive(requester.user).catch(() => false))) return undefined
  const url = posted && (await slack.permalink(posted).catch(() => undefined))
  return {
    ...refuse(`“${title}” is already open, requested by ${requester.name}.`, 'Nothing new was requested.'),
    ...(url !== undefined && url !== '' && { link: { text: 'Open the request', url } }),
  }
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
  const { store, now, config } = asked.ports
  const key = claimKey(plan)
  const claim: Claim = { operation, at: now() }
  const until = Math.floor(Date.parse(claim.at) / 1_000) + verdict.rule.expiryMinutes * 60
  if (await store.create(key, claim, until)) return undefined
  const item = await store.get<Claim>(key)
  if (item?.value.operation === operation) return undefined
  const open = item && (await openRequest(plan, item.value, asked.ports))
  if (open !== undefined) return refuseSame(open, verdict, await config(), asked)
  if (item === undefined || !(await store.replace(key, claim, item.version, until))) throw beingPosted()
  return undefined
}

/** The open request of a claim; undefined if it has ended. */
const openRequest = async (
  plan: Plan,
  { operation, at }: Claim,
  { store, now }: Ports,
): Promise<Pending | undefined> => {
  const [approval, pending, posted] = await Promise.all([
    store.get<Approval>(approvalKey(operation)),
    store.get<Pending>(pendingKey(plan.target.arn, operation)),
    store.get<Posted>(postedKey(operation, 'card')),
  ])
  if (approval !== undefined && (approval.value.decision !== undefined || approval.value.expiresAt <= now()))
    return undefined
  if (pending !== undefined && posted !== undefined) return { ...pending.value, posted: posted.value }
  if (Date.parse(now()) - Date.parse(at) < POSTING_MS) throw beingPosted()
  return undefined
}

const beingPosted = (): RemoteError =>
  new RemoteError('the same request is being posted', { code: 'SameRequest', passing: true })
