// The story of one change, from a typed line to a true sentence about what became of it. One durable function: it may
// die between any two lines, and goes on from there; every line below is a step, recorded once, or pure.
import type { DurableContext } from '@aws/durable-execution-sdk-js'
import type { AnyMutation, Progress, Rendered } from './command.ts'
import type { Config } from './config.ts'
import { askConsent, postOnce } from './consent.ts'
import { step, watch } from './durable.ts'
import { isRefusal, type Offer, PeerError, type Refusal, refuse } from './errors.ts'
import type { Posted, Slack } from './gateways/slack.ts'
import type { Store } from './gateways/store.ts'
import type { OperationJob } from './job.ts'
import { canonicalJson } from './json.ts'
import { type Locked, lock, unlock } from './lock.ts'
import { type Card, type Outcome, renderCard, type Stage } from './messages/card.ts'
import { renderRefusal } from './messages/refusal.ts'
import type { Actor } from './model.ts'
import { type Call, difference, fingerprint, type Plan } from './plan.ts'
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

export type Ending = Outcome['status'] | 'refused' | 'previewed'

export const operate = async (job: OperationJob, ctx: DurableContext, ports: OperationPorts): Promise<Ending> => {
  const planned = await step(ctx, 'plan', () => planFor(job.line, job, ports)).catch(cannotPlan)
  if (isRefusal(planned)) return tellAsker(job, ctx, ports, 'refused', renderRefusal(planned))
  const { plan, reason, isDryRun, expiryMinutes } = planned
  const card: Face = { operation: job.id, plan, requester: job.actor, ...(reason !== undefined && { reason }) }
  if (isDryRun) return tellAsker(job, ctx, ports, 'previewed', renderCard({ ...card, stage: { kind: 'preview' } }))

  const consent = await askConsent({ job, ctx, ports, card, expiryMinutes }).catch(cannotPlan)
  if (isRefusal(consent)) return tellAsker(job, ctx, ports, 'refused', renderRefusal(consent))
  const story: Story = { job, ctx, ports, plan, posted: consent.posted, face: { ...card, decision: consent.decision } }
  if (consent.decision.outcome !== 'approved') return end(story, { status: consent.decision.outcome, text: '' })

  const locked = await step(ctx, 'lock', () => lock(ports.store, job, plan, ports.now())).catch(nothingHappened)
  if ('status' in locked) return end(story, locked)
  if (locked.kind === 'held') return end(story, heldBy(locked, plan))
  const checked = await step(ctx, 're-check', () => recheck(job, plan, ports)).catch(nothingHappened)
  const outcome =
    'status' in checked ? checked : await execute({ ...story, face: { ...story.face, drift: checked.drift } })
  await step(ctx, 'unlock', () => unlock(ports.store, job, plan)).catch(() => null)
  return end(story, outcome)
}

/** A card without what changes from turn to turn. */
type Face = Omit<Card, 'stage'>

type Story = {
  readonly job: OperationJob
  readonly ctx: DurableContext
  readonly ports: OperationPorts
  readonly plan: Plan
  readonly posted: Posted
  readonly face: Face
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

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const cannotPlan = (error: unknown): Refusal =>
  refuse(`That did not work, and nothing was changed: ${wordsOf(error)}.`, 'Try again in a minute.')

const nothingHappened = (error: unknown): Outcome => ({
  status: 'failed',
  text: `Nothing was changed: ${wordsOf(error)}.`,
})

const tellAsker = async <As extends Ending>(
  { responseUrl }: OperationJob,
  ctx: DurableContext,
  ports: OperationPorts,
  as: As,
  message: Rendered,
): Promise<As> => {
  await step(ctx, as, async () => {
    if (responseUrl !== undefined) await (await ports.slack()).answer(responseUrl, message)
    return null
  }).catch(() => null)
  return as
}

/** The last word: in the card, or, where that is gone, in a new message. */
const end = async ({ job, ctx, ports, posted, face }: Story, outcome: Outcome): Promise<Ending> => {
  const at = await step(ctx, 'the end', async () => ports.now())
  const card: Card = { ...face, stage: { kind: 'ended', outcome, at } }
  const isTold = await step(ctx, 'report', () => updateCard(ports, posted, card)).catch(() => false)
  if (!isTold) await step(ctx, 'report anew', () => postOnce('outcome', job, ports, card)).catch(() => null)
  return outcome.status
}

/** False when the message cannot be updated any more: deleted, or its channel archived. */
const updateCard = async (ports: OperationPorts, posted: Posted, card: Card): Promise<boolean> => {
  try {
    await (await ports.slack()).update(posted, renderCard(card))
    return true
  } catch (error) {
    if (error instanceof PeerError && !error.passing) return false
    throw error
  }
}

const planAgain = ({ invocation }: Plan): readonly Offer[] => [{ label: 'Plan Again', invocation }]

const heldBy = ({ lock: { holder, what } }: Extract<Locked, { kind: 'held' }>, plan: Plan): Outcome => ({
  status: 'blocked',
  text: `${holder.name} is changing this service at the moment (${what}). Nothing was changed.`,
  offers: planAgain(plan),
})

type Fresh = { readonly kind: 'fresh'; readonly drift: readonly string[] }

/** What was consented to is what runs: plan again from nothing, and compare. */
const recheck = async (job: OperationJob, consented: Plan, ports: OperationPorts): Promise<Fresh | Outcome> => {
  const planned = await planFor(consented.invocation, job, ports)
  if (isRefusal(planned)) return { status: 'stale', text: planned.text, offers: planAgain(consented) }
  if (fingerprint(planned.plan) === fingerprint(consented))
    return { kind: 'fresh', drift: driftOf(consented, planned.plan) }
  const details = difference(consented, planned.plan)
  return { status: 'stale', text: 'It is no longer what was approved:', details, offers: planAgain(consented) }
}

const driftOf = (consented: Plan, now: Plan): readonly string[] =>
  Object.entries(consented.drifts)
    .filter(([what, before]) => canonicalJson(before) !== canonicalJson(now.drifts[what] ?? null))
    .map(([what, before]) => `${what} ${canonicalJson(before)} → ${canonicalJson(now.drifts[what] ?? null)}`)

/** The interpreter: the calls of the plan, in order, as they stand; then watching until they are true. */
const execute = async (story: Story): Promise<Outcome> => {
  const { ctx, plan, ports } = story
  const since = await step(ctx, 'begin', async () => ports.now())
  for (const [at, call] of plan.calls.entries()) {
    const failure = await step(ctx, `call ${at + 1}: ${call.action}`, () => make(call, story)).catch(isItDone)
    if (failure !== null) return failure
  }
  return settle(story, since)
}

/** A definite no from AWS ends the story; anything else is thrown, and tried again. */
const make = async (call: Call, { job, plan, ports }: Story): Promise<Outcome | null> => {
  try {
    const write = await ports.writer(await ports.config(), plan, job.actor, job.id)
    await write(call)
    return null
  } catch (error) {
    if (!(error instanceof PeerError) || error.passing) throw error
    return { status: 'failed', text: error.message }
  }
}

const isItDone = (error: unknown): Outcome => ({
  status: 'unknown',
  text: `AWS may or may not have done it: ${wordsOf(error)}.`,
})

/** Twenty looks in a row that AWS does not answer, about ten minutes, and nobody knows. */
const MOST_MISSES = 20

type Watched = { readonly progress: Progress | Outcome; readonly misses: number }

const settle = async (story: Story, since: string): Promise<Outcome> => {
  const settled = mutationNamed(story.plan.command)?.settled
  if (settled === undefined) return { status: 'done', text: '' }
  const first: Watched = { progress: { status: 'moving', text: 'started' }, misses: 0 }
  const { progress } = await watch<Watched>(
    story.ctx,
    'settle',
    first,
    before => look(story, settled, since, before),
    ({ progress }) => progress.status !== 'moving',
  )
  return progress.status === 'moving' ? { status: 'unknown', text: progress.text } : progress
}

const look = async (
  story: Story,
  settled: NonNullable<AnyMutation['settled']>,
  since: string,
  before: Watched,
): Promise<Watched> => {
  const { job, plan, ports } = story
  try {
    const config = await ports.config()
    const progress = await settled(plan, since, ports.now(), ports.readers(config, job.actor, job.id))
    if (progress.status === 'moving' && progress.text !== before.progress.text)
      await tellProgress(story, progress, since)
    return { progress, misses: 0 }
  } catch (error) {
    if (!(error instanceof PeerError)) throw error
    const isLost = !error.passing || before.misses >= MOST_MISSES
    return isLost
      ? { progress: { status: 'unknown', text: `It was begun, but cannot be watched: ${error.message}.` }, misses: 0 }
      : { ...before, misses: before.misses + 1 }
  }
}

/** Progress is a courtesy: when Slack does not take it, the next one will do. */
const tellProgress = async (
  { ports, posted, face }: Story,
  { text, share }: Extract<Progress, { status: 'moving' }>,
  since: string,
): Promise<void> => {
  const stage: Stage = { kind: 'running', text, since, ...(share !== undefined && { share }) }
  await updateCard(ports, posted, { ...face, stage }).catch(() => false)
}
