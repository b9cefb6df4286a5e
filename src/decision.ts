// The story of one vote: settle it in the store, then wake the operation; a repeated click wakes it again.
import type { ApprovalEvent, ApprovalRefusal, Decision } from './approval.ts'
import { type Config, isOurs } from './config.ts'
import { type Refusal, refuse } from './errors.ts'
import type { Wake } from './gateways/dispatch.ts'
import type { Slack } from './gateways/slack.ts'
import type { Store } from './gateways/store.ts'
import type { DecisionJob } from './job.ts'
import { renderRefusal } from './messages/refusal.ts'
import { applyEvent, readCallback } from './records.ts'

export type DecisionPorts = {
  readonly config: () => Promise<Config>
  readonly store: Store
  readonly slack: () => Promise<Slack>
  readonly wake: Wake
  readonly now: () => string
}

export const decide = async (job: DecisionJob, ports: DecisionPorts): Promise<void> => {
  const refusal = await vote(job, ports)
  if (refusal === undefined || job.responseUrl === undefined) return
  await (await ports.slack()).answer(job.responseUrl, renderRefusal(refusal))
}

const vote = async (job: DecisionJob, ports: DecisionPorts): Promise<Refusal | undefined> => {
  if (!isOurs(await ports.config(), job.actor)) return refuse('Only people of this workspace may decide here.')
  const result = await applyEvent(ports.store, job.operation, () => eventOf(job, ports.now()))
  if (result === 'unknown-operation') return refuse('This request is not known any more.', 'Ask for the change again.')
  if (result.kind === 'changed' && result.approval.decision === undefined) return undefined
  if (result.kind !== 'changed' && result.kind !== 'settled') return refusalOf(result)
  const callbackId = await readCallback(ports.store, job.operation)
  if (callbackId !== undefined) await ports.wake(callbackId)
  return result.kind === 'settled' && !isOwn(result.decision, job) ? refusalOf(result) : undefined
}

const eventOf = ({ choice, actor, reason }: DecisionJob, at: string): ApprovalEvent =>
  choice === 'reject'
    ? { kind: 'reject', actor, at, ...(reason !== undefined && { reason }) }
    : { kind: choice, actor, at }

/** The same click delivered twice is told nothing new. */
const isOwn = ({ by, outcome }: Decision, { actor, choice }: DecisionJob): boolean =>
  by?.user === actor.user &&
  by.team === actor.team &&
  outcome === { approve: 'approved', reject: 'rejected', cancel: 'cancelled' }[choice]

const refusalOf = (refusal: ApprovalRefusal): Refusal => {
  switch (refusal.kind) {
    case 'settled':
      return refuse(settledWords(refusal.decision))
    case 'own-request':
      return refuse('You asked for this change, so somebody else has to approve it.')
    case 'voted-already':
      return refuse('You have approved this already.', 'It needs somebody else now.')
    case 'not-yours-to-cancel':
      return refuse('Only the person who asked can cancel.', 'You can reject it.')
    case 'not-yet':
      return refuse('It is not over yet.')
  }
}

const settledWords = ({ outcome, by, at }: Decision): string => {
  const when = `${at.slice(11, 16)} UTC`
  return by === undefined ? `Too late: it ${outcome} at ${when}.` : `Too late: ${by.name} ${outcome} it at ${when}.`
}
