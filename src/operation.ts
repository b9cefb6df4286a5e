// The story of one change, from a typed line to a true sentence about what became of it. One durable function: it may
// die between any two lines, and goes on from there; every line below is a step, recorded once, or pure.
import type { DurableContext } from '@aws/durable-execution-sdk-js'
import type { Decision } from './approval.ts'
import type { Progress } from './command.ts'
import type { Config } from './config.ts'
import { askConsent } from './consent.ts'
import { step, watch } from './durable.ts'
import { isRefusal, type Refusal } from './errors.ts'
import type { Posted, Slack } from './gateways/slack.ts'
import type { Store } from './gateways/store.ts'
import type { OperationJob } from './job.ts'
import { canonicalJson } from './json.ts'
import { type Locked, lock, unlock } from './lock.ts'
import { type Card, type Outcome, renderCard, type Stage } from './messages/card.ts'
import { renderRefusal } from './messages/refusal.ts'
import type { Actor } from './model.ts'
import { difference, fingerprint, type Plan } from './plan.ts'
import { makePlan, mutationNamed, type Planned } from './planning.ts'
import type { Readers, Writer } from './ports.ts'

export type OperationPorts = {
  readonly config: () => Promise<Config>
  readonly store: Store
  readonly slack: () => Promise<Slack>
  /** Reads as the actor's viewer role. */
  readonly readers: (config: Config, actor: Actor, operation: string) => Readers
  /** Writes as the actor, for this plan alone. */
  readonly writer: (config: Config, plan: Plan, actor: Actor, operation: string) => Promise<Writer>
  readonly now: () => string
}

export const operate = async (
  job: OperationJob,
  ctx: DurableContext,
  ports: OperationPorts,
): Promise<Outcome['status'] | 'refused' | 'previewed'> => {
  const planned = await step(ctx, 'plan', () => planFor(job.line, job, ports))
  if (isRefusal(planned)) return refuseAsker(job, ctx, ports, planned)
  const { plan, isDryRun, expiryMinutes } = planned
  const card: Omit<Card, 'stage'> = {
    operation: job.id,
    plan,
    requester: job.actor,
    ...(planned.reason !== undefined && { reason: planned.reason }),
  }
  if (isDryRun) return preview(job, ctx, ports, card)

  const consent = await askConsent({ job, ctx, ports, card, expiryMinutes })
  if (isRefusal(consent)) return refuseAsker(job, ctx, ports, consent)
  const { posted, decision } = consent
  const tell = (name: string, stage: Stage, drift: readonly string[] = []) =>
    step(ctx, name, () => updateCard(ports, posted, { ...card, decision, drift, stage }))
  const end = async (outcome: Outcome, drift: readonly string[] = []) => {
    const at = await step(ctx, 'the end', async () => ports.now())
    await tell('report', { kind: 'ended', outcome, at }, drift)
    return outcome.status
  }
  if (decision.outcome !== 'approved') return end({ status: decision.outcome, text: '' })

  const locked = await step(ctx, 'lock', () => lock(ports.store, job, plan, ports.now()))
  if (locked.kind === 'held') return end(heldBy(locked, plan))
  const checked = await step(ctx, 're-check', () => recheck(job, plan, ports))
  const outcome =
    checked.kind === 'stale'
      ? checked.outcome
      : await execute(job, ctx, ports, plan, stage =>
          tellNow(ports, posted, { ...card, decision, drift: checked.drift, stage }),
        )
  await step(ctx, 'unlock', () => unlock(ports.store, job, plan))
  return end(outcome, checked.kind === 'fresh' ? checked.drift : [])
}

/** What steers the story later comes out of this step: the rules are read live, the code that replays them is not. */
const planFor = async (
  line: string,
  { actor, id }: OperationJob,
  ports: OperationPorts,
): Promise<(Planned & { readonly expiryMinutes: number }) | Refusal> => {
  const config = await ports.config()
  const planned = await makePlan(line, actor, config, ports.readers(config, actor, id))
  return isRefusal(planned) ? planned : { ...planned, expiryMinutes: config.consent.expiryMinutes }
}

const refuseAsker = async (
  { responseUrl }: OperationJob,
  ctx: DurableContext,
  ports: OperationPorts,
  refusal: Refusal,
): Promise<'refused'> => {
  await step(ctx, 'refuse', async () => {
    if (responseUrl !== undefined) await (await ports.slack()).answer(responseUrl, renderRefusal(refusal))
    return null
  })
  return 'refused'
}

const preview = async (
  { responseUrl }: OperationJob,
  ctx: DurableContext,
  ports: OperationPorts,
  card: Omit<Card, 'stage'>,
): Promise<'previewed'> => {
  await step(ctx, 'preview', async () => {
    if (responseUrl !== undefined)
      await (await ports.slack()).answer(responseUrl, renderCard({ ...card, stage: { kind: 'preview' } }))
    return null
  })
  return 'previewed'
}

/** A card that cannot be updated (deleted, archived) does not stop the operation: the store and the audit know. */
const updateCard = async (ports: OperationPorts, posted: Posted, card: Card): Promise<null> => {
  await (await ports.slack()).update(posted, renderCard(card))
  return null
}

const tellNow = async (ports: OperationPorts, posted: Posted, card: Card): Promise<void> => {
  await updateCard(ports, posted, card)
}

const heldBy = ({ lock: { holder, what } }: Extract<Locked, { kind: 'held' }>, plan: Plan): Outcome => ({
  status: 'blocked',
  text: `${holder.name} is changing this service at the moment (${what}). Nothing was changed.`,
  offers: [{ label: 'Plan Again', invocation: plan.invocation }],
})

type Checked =
  | { readonly kind: 'fresh'; readonly drift: readonly string[] }
  | { readonly kind: 'stale'; readonly outcome: Outcome }

/** What was consented to is what runs: plan again from nothing, and compare. */
const recheck = async (job: OperationJob, consented: Plan, ports: OperationPorts): Promise<Checked> => {
  const planned = await planFor(consented.invocation, job, ports)
  const offers = [{ label: 'Plan Again', invocation: consented.invocation }]
  if (isRefusal(planned)) return { kind: 'stale', outcome: { status: 'stale', text: planned.text, offers } }
  if (fingerprint(planned.plan) === fingerprint(consented))
    return { kind: 'fresh', drift: driftOf(consented, planned.plan) }
  const details = difference(consented, planned.plan)
  return { kind: 'stale', outcome: { status: 'stale', text: 'It is no longer what was approved:', details, offers } }
}

const driftOf = (consented: Plan, now: Plan): readonly string[] =>
  Object.entries(consented.drifts)
    .filter(([what, before]) => canonicalJson(before) !== canonicalJson(now.drifts[what] ?? null))
    .map(([what, before]) => `${what} ${canonicalJson(before)} → ${canonicalJson(now.drifts[what] ?? null)}`)

type Begun = { readonly since: string; readonly failure?: string }

/** The interpreter: the calls of the plan, in order, as they stand; then watching until they are true. */
const execute = async (
  job: OperationJob,
  ctx: DurableContext,
  ports: OperationPorts,
  plan: Plan,
  tell: (stage: Stage) => Promise<void>,
): Promise<Outcome> => {
  const since = await step(ctx, 'begin', async () => ports.now())
  for (const [at, call] of plan.calls.entries()) {
    const made: Begun = await step(ctx, `call ${at + 1}`, async () => {
      const config = await ports.config()
      const write = await ports.writer(config, plan, job.actor, job.id)
      await write(call)
      return { since }
    }).catch((error: unknown) => ({ since, failure: wordsOf(error) }))
    if (made.failure !== undefined) return { status: 'failed', text: made.failure }
  }
  return settle(job, ctx, ports, plan, since, tell)
}

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const settle = async (
  job: OperationJob,
  ctx: DurableContext,
  ports: OperationPorts,
  plan: Plan,
  since: string,
  tell: (stage: Stage) => Promise<void>,
): Promise<Outcome> => {
  const settled = mutationNamed(plan.command)?.settled
  if (settled === undefined) return { status: 'done', text: '' }
  const first: Progress = { status: 'moving', text: 'started' }
  const last = await watch<Progress>(
    ctx,
    'settle',
    first,
    async before => {
      const config = await ports.config()
      const progress = await settled(plan, since, ports.now(), ports.readers(config, job.actor, job.id))
      if (progress.status === 'moving' && progress.text !== before.text) {
        await tell({
          kind: 'running',
          text: progress.text,
          since,
          ...(progress.share !== undefined && { share: progress.share }),
        })
      }
      return progress
    },
    progress => progress.status !== 'moving',
  )
  return last.status === 'moving' ? { status: 'unknown', text: last.text } : last
}

export type ApprovedDecision = Decision & { readonly outcome: 'approved' }
