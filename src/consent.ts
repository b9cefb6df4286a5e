// Asking for consent: open the vote in the store, post the card, sleep on one callback, and then read the store again.
import type { DurableContext } from '@aws/durable-execution-sdk-js'
import type { Approval, Decision } from './approval.ts'
import { step } from './durable.ts'
import { PeerError, type Refusal, refuse } from './errors.ts'
import type { Posted } from './gateways/slack.ts'
import type { OperationJob } from './job.ts'
import { type Card, renderCard, renderElsewhere } from './messages/card.ts'
import type { OperationPorts } from './operation.ts'
import { fingerprint } from './plan.ts'
import { applyEvent, approvalKey, callbackKey, postedKey, postingKey } from './records.ts'

type Asking = {
  readonly job: OperationJob
  readonly ctx: DurableContext
  readonly ports: OperationPorts
  readonly card: Omit<Card, 'stage'>
  readonly expiryMinutes: number
}

export type Consent = { readonly kind: 'consent'; readonly posted: Posted; readonly decision: Decision }

export const askConsent = async ({ job, ctx, ports, card, expiryMinutes }: Asking): Promise<Consent | Refusal> => {
  const [woken, callbackId] = await ctx.createCallback('consent', { timeout: { minutes: expiryMinutes } })
  const approval = await step(ctx, 'open the vote', () => openVote(job, ports, card, callbackId, expiryMinutes))
  const posted = await step(ctx, 'post the card', () =>
    postOnce('card', job, ports, { ...card, stage: { kind: 'waiting', approval } }),
  )
  if ('kind' in posted) return posted
  await woken.catch(() => 'timed out')
  const decision = await step(ctx, 'read the decision', () => readDecision(ports, job.id))
  return { kind: 'consent', posted, decision }
}

/** Before the card: whoever clicks it finds the vote, and whoever settles the vote finds the callback. */
const openVote = async (
  job: OperationJob,
  { store, now }: OperationPorts,
  card: Omit<Card, 'stage'>,
  callbackId: string,
  minutes: number,
): Promise<Approval> => {
  const approval: Approval = {
    operation: job.id,
    version: 1,
    requester: job.actor,
    quorum: 1,
    expiresAt: new Date(Date.parse(now()) + minutes * 60_000).toISOString(),
    fingerprint: fingerprint(card.plan),
    votes: [],
  }
  await store.create(callbackKey(job.id), { callbackId })
  await store.create(approvalKey(job.id), approval)
  return (await store.get<Approval>(approvalKey(job.id)))?.value ?? approval
}

/** One card, although posting cannot be repeated: who finds the mark of an earlier attempt looks for its card first. */
export const postOnce = async (
  what: 'card' | 'outcome',
  job: OperationJob,
  ports: OperationPorts,
  card: Card,
): Promise<Posted | Refusal> => {
  const { store } = ports
  const known = await store.get<Posted>(postedKey(job.id, what))
  if (known !== undefined) return known.value
  const isFirst = await store.create(postingKey(job.id, what), { at: ports.now() })
  const { consent } = await ports.config()
  const posted = await postSomewhere(job, ports, card, [...new Set([job.place.channel, consent.channel])], isFirst)
  if ('channel' in posted) await store.create(postedKey(job.id, what), posted)
  return posted
}

const postSomewhere = async (
  job: OperationJob,
  ports: OperationPorts,
  card: Card,
  channels: readonly string[],
  isFirst: boolean,
): Promise<Posted | Refusal> => {
  const slack = await ports.slack()
  let why = ''
  for (const channel of channels) {
    try {
      const earlier = isFirst ? undefined : await slack.find(channel, job.id)
      const posted = earlier ?? (await slack.post(channel, renderCard(card), { operation: job.id }))
      if (channel !== job.place.channel && job.responseUrl !== undefined)
        await slack.answer(job.responseUrl, renderElsewhere(channel))
      return posted
    } catch (error) {
      if (!(error instanceof PeerError) || error.passing) throw error
      why = error.code
    }
  }
  return refuse(
    `The plan could not be posted (Slack: ${why}), so nobody can approve it.`,
    'Invite Quarterdeck to this channel: `/invite @quarterdeck`.',
  )
}

/** The callback only wakes. What was decided is what the store says; silence is a no. */
const readDecision = async ({ store }: OperationPorts, operation: string): Promise<Decision> => {
  const result = await applyEvent(store, operation, approval => ({ kind: 'expire', at: approval.expiresAt }))
  const decision =
    result === 'unknown-operation'
      ? undefined
      : result.kind === 'settled'
        ? result.decision
        : result.kind === 'changed'
          ? result.approval.decision
          : undefined
  if (decision === undefined) throw new Error(`the vote on ${operation} is gone`)
  return decision
}
