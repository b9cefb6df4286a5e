// The context that all parts of one operation share, and the actions that they have in common: audit and card updates.
import type { DurableContext } from '@aws/durable-execution-sdk-js'
import { type AuditEntry, record } from '../../engine/audit/audit.ts'
import type { Card, Face } from '../../engine/cards/card.ts'
import { showCard } from '../../engine/cards/show-card.ts'
import type { Decision, Vote } from '../../engine/change/approval.ts'
import type { Outcome } from '../../engine/change/outcome.ts'
import { fingerprint, type Plan, type PlannedGate } from '../../engine/change/plan.ts'
import { budgetExhausted, mayUpdate, type Urgency } from '../../engine/jobs/update-budget.ts'
import { type Identity, SYSTEM } from '../../engine/rules/asker.ts'
import type { Actor } from '../../model/ecs.ts'
import { type Offer, RemoteError } from '../../model/errors.ts'
import type { OperationJob } from '../../model/ports/job.ts'
import type { Posted } from '../../model/ports/slack.ts'
import type { OperationPorts } from './ports.ts'

/**
 * The result of one attempt to revert. `over`: nothing is left to do. `left`: someone else changed the value. `later`:
 * it cannot be reverted now. `isBrief`: the obstacle should pass soon, so it is reported only if it lasts.
 */
export type Turn =
  | { readonly kind: 'over'; readonly outcome: Outcome }
  | {
      readonly kind: 'left' | 'later'
      readonly text: string
      readonly offers: readonly Offer[]
      readonly isBrief?: true
    }

export type ApprovalOutcome = {
  readonly kind: 'consent'
  readonly posted: Posted
  readonly decision?: Decision
  readonly votes: readonly Vote[]
  /** Of a gate: who deployed, as it became known while it waited. */
  readonly started?: Started
}

export type Started = { readonly gate: PlannedGate; readonly requester: Actor }

/** The ports that are needed to report an outcome. */
export type ReportPorts = Pick<OperationPorts, 'config' | 'store' | 'slack' | 'now'>

export type Story = {
  readonly job: OperationJob
  readonly ctx: DurableContext
  readonly ports: OperationPorts
  readonly approval: ApprovalOutcome
  readonly face: Omit<Card, 'stage'>
  /**
   * A prefix for step names and audit ids, present while a lease or grant ends. The calls of a lease then use the
   * revert role.
   */
  readonly turn?: string
  /** Present while a grant ends: the calls do not wait for the audit record of the intent. */
  readonly endsGrant?: true
}

/**
 * The name of a durable step, unique in the execution. The end of a lease repeats the same steps, so their names get a
 * prefix.
 */
export const stepName = ({ turn }: Story, name: string): string => (turn === undefined ? name : `${turn}: ${name}`)

export const errorText = (error: unknown): string => (error instanceof Error ? error.message : String(error))

export const nothingChanged = (error: unknown): Outcome => ({
  status: 'failed',
  text: `Nothing was changed: ${errorText(error)}.`,
})

export const offerPlanAgain = ({ invocation }: Plan): readonly Offer[] => [{ label: 'Plan Again', invocation }]

/**
 * Updates the card. Returns false if the message can no longer be updated because it was deleted or its channel
 * archived.
 */
export const updateCard = async (
  ports: ReportPorts,
  posted: Posted,
  card: Card,
  urgency: Urgency,
): Promise<boolean> => {
  if (!(await mayUpdate(ports.store, ports.now(), urgency))) throw budgetExhausted()
  try {
    await showCard(await ports.slack(), posted, card)
    return true
  } catch (error) {
    if (error instanceof RemoteError && !error.passing) return false
    throw error
  }
}

/**
 * The person for whom AWS is called: the requester; for a gate, the person whose vote settled it. Before that, where nobody
 * requested it, Quarterdeck itself, which may only read.
 */
export const actsAs = ({ job, face, approval: { decision, votes } }: Story): Identity => {
  const last = face.plan.gate !== undefined && decision?.outcome === 'approved' ? votes.at(-1) : undefined
  if (last?.corporateId !== undefined) return { actor: last.voter, corporateId: last.corporateId }
  return job.gate === undefined ? { actor: job.actor, corporateId: face.corporateId } : SYSTEM
}

export const audit = async (
  story: Story,
  kind: AuditEntry['kind'],
  extra: Partial<AuditEntry> & { readonly at: string },
): Promise<null> => {
  const { ports, face, approval } = story
  const id = `${face.operation}-${stepName(story, kind)}`
  const entry = { ...entryOf(face, approval.votes, kind), id, ...(face.plan.gate && actsAs(story)), ...extra }
  await record(ports.store, face.plan.target.accountId, entry)
  return null
}

/** All fields of an audit record except its time and outcome. */
export const entryOf = (
  { operation, plan, requester, corporateId, configVersion, isBreakGlass, isOfDeployment }: Face,
  votes: readonly Vote[],
  kind: AuditEntry['kind'],
): Omit<AuditEntry, 'at'> => ({
  id: `${operation}-${kind}`,
  kind,
  ...(isOfDeployment === true ? SYSTEM : { actor: requester, corporateId }),
  invocation: plan.invocation,
  ...auditedTarget(plan),
  operation,
  configVersion,
  fingerprint: fingerprint(plan),
  voters: votes.map(({ voter }) => voter.user),
  ...(kind === 'intent' && plan.amounts !== undefined && { amounts: before(plan.amounts) }),
  ...(isBreakGlass && { isBreakGlass }),
})

/** A set is not recorded under one of its services: each of them has its own records. */
const auditedTarget = ({ target, members, binds }: Plan): Pick<AuditEntry, 'target' | 'services'> =>
  members === undefined
    ? { target: target.arn }
    : { target: String(binds['set']), services: members.map(({ ref }) => ref.arn) }

const before = (amounts: NonNullable<Plan['amounts']>): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(amounts).map(([name, { from }]) => [name, from]))
