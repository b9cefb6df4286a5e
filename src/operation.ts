// The story of one change, from a typed line to a true sentence about what became of it. One durable function: it may
// die between any two lines, and goes on from there; every line below is a step, recorded once, or pure.
import type { DurableContext } from '@aws/durable-execution-sdk-js'
import { type AuditEntry, record } from './audit.ts'
import { mayUpdate, spent, type Urgency } from './budget.ts'
import type { AnyMutation, Progress, Rendered } from './command.ts'
import { announce, askConsent, type Consent, postOnce } from './consent.ts'
import { once, step, watch } from './durable.ts'
import { isRefusal, type Offer, PeerError, type Refusal, refuse } from './errors.ts'
import type { Posted } from './gateways/slack.ts'
import type { OperationJob } from './job.ts'
import { canonicalJson } from './json.ts'
import { type Locked, lock, unlock } from './lock.ts'
import { type Card, type Face, type Outcome, renderCard, type Stage } from './messages/card.ts'
import { renderRefusal } from './messages/refusal.ts'
import { renderReview } from './messages/review.ts'
import { type Call, difference, fingerprint, type Plan } from './plan.ts'
import { mutationNamed, type Proposal, propose } from './planning.ts'
import type { OperationPorts } from './ports.ts'

export type Ending = Outcome['status'] | 'refused' | 'previewed'

export const operate = async (job: OperationJob, ctx: DurableContext, ports: OperationPorts): Promise<Ending> => {
  const proposal = await step(ctx, 'plan', () =>
    propose({ line: job.line, actor: job.actor, purpose: job.id, ports }),
  ).catch(cannotPlan)
  if (isRefusal(proposal)) return tellAsker(job, ctx, ports, 'refused', renderRefusal(proposal))
  const face = faceOf(job, proposal)
  if (proposal.isDryRun)
    return tellAsker(job, ctx, ports, 'previewed', renderCard({ ...face, stage: { kind: 'preview' } }))

  const consent = await consentTo({ job, ctx, ports, face }, proposal).catch(cannotPlan)
  if (isRefusal(consent)) return tellAsker(job, ctx, ports, 'refused', renderRefusal(consent))
  const story: Story = {
    job,
    ctx,
    ports,
    consent,
    face: { ...face, ...(consent.decision && { decision: consent.decision }) },
  }
  const { outcome = 'approved' } = consent.decision ?? {}
  if (outcome !== 'approved')
    return end(story, {
      status: outcome,
      text: outcome === 'superseded' ? 'Another plan was asked for instead; nothing was changed.' : '',
    })

  const ended = await carryOut(story)
  const ending = await end(story, ended)
  if (proposal.isBreakGlass) await askForReview(story, ended)
  return ending
}

type Story = {
  readonly job: OperationJob
  readonly ctx: DurableContext
  readonly ports: OperationPorts
  readonly consent: Consent
  readonly face: Omit<Card, 'stage'>
}

const faceOf = (job: OperationJob, { plan, reason, verdict, configVersion, isBreakGlass }: Proposal): Face => ({
  operation: job.id,
  plan,
  requester: job.actor,
  corporateId: verdict.corporateId,
  askedIn: job.place.channel,
  rule: verdict.kind === 'consent' ? `consent rule ${verdict.ruleNumber}` : verdict.why,
  configVersion,
  ...(reason !== undefined && { reason }),
  ...(isBreakGlass && { isBreakGlass }),
})

const consentTo = async (
  asking: Omit<Story, 'consent'> & { face: Face },
  { verdict, isBreakGlass }: Proposal,
): Promise<Consent | Refusal> => {
  if (verdict.kind === 'consent') return askConsent(asking, verdict)
  const channel = isBreakGlass
    ? await step(asking.ctx, 'break glass', async () => (await asking.ports.config()).breakGlass?.channel ?? null)
    : null
  return announce(asking, channel ?? undefined)
}

/** Locked, checked once more, recorded, done, watched: everything between consent and the last word. */
const carryOut = async (story: Story): Promise<Outcome> => {
  const { job, ctx, ports, face } = story
  const locked = await step(ctx, 'lock', () => lock(ports.store, job, face.plan, ports.now())).catch(nothingHappened)
  if ('status' in locked) return locked
  if (locked.kind === 'held') return heldBy(locked, face.plan)
  const checked = await step(ctx, 're-check', () => recheck(story)).catch(nothingHappened)
  const outcome: Outcome =
    'status' in checked
      ? checked
      : { ...(await execute({ ...story, face: { ...face, drift: checked.drift } })), drift: checked.drift }
  await step(ctx, 'unlock', () => unlock(ports.store, job, face.plan)).catch(() => null)
  return outcome
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

/** The last word: in the audit first, then in the card, or, where that is gone, in a new message. */
const end = async (story: Story, outcome: Outcome): Promise<Ending> => {
  const { job, ctx, ports, consent, face } = story
  const at = await step(ctx, 'the end', async () => ports.now())
  const kind = outcome.requestIds === undefined ? 'ended' : 'outcome'
  const extra = {
    at,
    outcome: outcome.status,
    text: outcome.text,
    ...(outcome.requestIds && { requestIds: outcome.requestIds }),
  }
  const isRecorded = await step(ctx, 'audit the outcome', () => audit(story, kind, extra)).then(
    () => true,
    () => false,
  )
  const told: Outcome = isRecorded
    ? outcome
    : {
        ...outcome,
        details: [...(outcome.details ?? []), 'The audit did not take the outcome: tell whoever keeps it.'],
      }
  const card: Card = { ...face, drift: outcome.drift ?? [], stage: { kind: 'ended', outcome: told, at } }
  const isTold = await step(ctx, 'report', () => updateCard(ports, consent.posted, card, 'outcome')).catch(() => false)
  if (!isTold) await step(ctx, 'report anew', () => postOnce('outcome', job, ports, card)).catch(() => null)
  return outcome.status
}

/** False when the message cannot be updated any more: deleted, or its channel archived. */
const updateCard = async (ports: OperationPorts, posted: Posted, card: Card, urgency: Urgency): Promise<boolean> => {
  if (!(await mayUpdate(ports.store, ports.now(), urgency))) throw spent()
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

/** What was consented to is what runs: plan again from nothing, apply the rules again, count the votes again. */
const recheck = async ({ job, ports, face, consent }: Story): Promise<Fresh | Outcome> => {
  const { plan, reason, isBreakGlass = false } = face
  const stale = (text: string, details?: readonly string[]): Outcome => ({
    status: 'stale',
    text,
    offers: planAgain(plan),
    ...(details && { details }),
  })
  const given = { isBreakGlass, ...(reason !== undefined && { reason }) }
  const now = await propose({ line: plan.invocation, actor: job.actor, purpose: job.id, ports, isFresh: true }, given)
  if (isRefusal(now)) return stale(now.text)
  if (fingerprint(now.plan) !== fingerprint(plan))
    return stale('It is no longer what was approved:', difference(plan, now.plan))
  const lost = await lostVotes(now, consent, ports)
  return lost === undefined ? { kind: 'fresh', drift: driftOf(plan, now.plan) } : stale(lost)
}

/** Votes count when they run, not only when they were given. */
const lostVotes = async (
  { verdict }: Proposal,
  { votes }: Consent,
  ports: OperationPorts,
): Promise<string | undefined> => {
  if (verdict.kind === 'free') return undefined
  const slack = await ports.slack()
  const standing = await Promise.all(
    votes.map(async ({ voter }) => verdict.approvers.includes(voter.user) && (await slack.isActive(voter.user))),
  )
  const counted = standing.filter(Boolean).length
  if (counted >= verdict.rule.approvals) return undefined
  const gone = votes.filter((_, at) => standing[at] !== true).map(({ voter }) => voter.name)
  const why = gone.length === 0 ? '' : ` ${gone.join(', ')} may no longer approve it.`
  return `It needs ${verdict.rule.approvals} approvals now and has ${counted}.${why}`
}

const driftOf = (consented: Plan, now: Plan): readonly string[] =>
  Object.entries(consented.drifts)
    .filter(([what, before]) => canonicalJson(before) !== canonicalJson(now.drifts[what] ?? null))
    .map(([what, before]) => `${what} ${canonicalJson(before)} → ${canonicalJson(now.drifts[what] ?? null)}`)

const audit = async (
  { job, ports, face, consent }: Story,
  kind: AuditEntry['kind'],
  extra: Partial<AuditEntry> & { readonly at: string },
): Promise<null> => {
  const { plan, corporateId, configVersion, isBreakGlass } = face
  await record(ports.store, plan.target.accountId, {
    id: `${job.id}-${kind}`,
    kind,
    actor: job.actor,
    corporateId,
    invocation: plan.invocation,
    target: plan.target.arn,
    operation: job.id,
    configVersion,
    fingerprint: fingerprint(plan),
    voters: consent.votes.map(({ voter }) => voter.user),
    ...(isBreakGlass && { isBreakGlass }),
    ...extra,
  })
  return null
}

/** The interpreter: the calls of the plan, in order, as they stand; then watching until they are true. */
const execute = async (story: Story): Promise<Outcome> => {
  const { ctx, ports, face } = story
  const since = await step(ctx, 'begin', async () => ports.now())
  const intent = await step(ctx, 'audit the intent', () => audit(story, 'intent', { at: since })).catch(nothingHappened)
  if (intent !== null) return intent
  const requestIds: string[] = []
  for (const [at, call] of face.plan.calls.entries()) {
    const made = await send(call, `call ${at + 1}: ${call.action}`, since, story)
    if ('status' in made) return { ...made, requestIds }
    requestIds.push(made.requestId)
  }
  return { ...(await settle(story, since)), requestIds }
}

type Made = { readonly requestId: string }

/** What may be repeated is tried until AWS answers; what may not is sent once, and then looked for. */
const send = async (call: Call, name: string, since: string, story: Story): Promise<Made | Outcome> => {
  if (call.repeatable) return step(story.ctx, name, () => make(call, story)).catch(maybe)
  const sent = await once(story.ctx, name, () => make(call, story))
  if (sent.kind === 'done') return sent.value
  return step(story.ctx, `${name}, looked for`, () => lookFor(call, since, story)).catch(maybe)
}

/** A definite no from AWS ends the story; anything else is thrown. */
const make = async (call: Call, { job, ports, face, consent }: Story): Promise<Made | Outcome> => {
  try {
    const who = { actor: job.actor, corporateId: face.corporateId }
    const approvers = consent.votes.map(({ voter }) => voter.user)
    const write = await ports.writer(await ports.config(), { plan: face.plan, who, approvers, operation: job.id })
    return { requestId: (await write(call)).requestId }
  } catch (error) {
    if (!(error instanceof PeerError) || error.passing) throw error
    return { status: 'failed', text: error.message }
  }
}

const lookFor = async (call: Call, since: string, { job, ports, face }: Story): Promise<Made | Outcome> => {
  const read = ports.readers(await ports.config(), { actor: job.actor, corporateId: face.corporateId }, job.id)
  const applied = (await mutationNamed(face.plan.command)?.applied?.(call, since, read)) ?? 'unknown'
  if (applied === true) return { requestId: 'lost with the answer' }
  if (applied === 'unknown') return maybe(new Error('its answer was lost, and what is there does not tell'))
  return {
    status: 'failed',
    text: 'It was not done: the function died before AWS heard of it.',
    offers: planAgain(face.plan),
  }
}

const maybe = (error: unknown): Outcome => ({
  status: 'unknown',
  text: `AWS may or may not have done it: ${wordsOf(error)}.`,
})

/** Twenty looks in a row that AWS does not answer, about ten minutes, and nobody knows. */
const MOST_MISSES = 20

type Watched = { readonly progress: Progress | Outcome; readonly misses: number }

const settle = async (story: Story, since: string): Promise<Outcome> => {
  const settled = mutationNamed(story.face.plan.command)?.settled
  if (settled === undefined) return { status: 'done', text: '' }
  const first: Watched = { progress: { status: 'moving', text: 'started' }, misses: 0 }
  const isOver = ({ progress }: Watched) => progress.status !== 'moving'
  const { progress } = await watch<Watched>(
    story.ctx,
    'settle',
    first,
    before => look(story, settled, since, before),
    isOver,
  )
  return progress.status === 'moving' ? { status: 'unknown', text: progress.text } : progress
}

const look = async (
  story: Story,
  settled: NonNullable<AnyMutation['settled']>,
  since: string,
  before: Watched,
): Promise<Watched> => {
  const { job, ports, face } = story
  try {
    const read = ports.readers(await ports.config(), { actor: job.actor, corporateId: face.corporateId }, job.id)
    const progress = await settled(face.plan, since, ports.now(), read)
    if (progress.status === 'moving' && progress.text !== before.progress.text)
      await tellProgress(story, progress, since)
    return { progress, misses: 0 }
  } catch (error) {
    if (!(error instanceof PeerError)) throw error
    const isLost = !error.passing || before.misses >= MOST_MISSES
    if (!isLost) return { ...before, misses: before.misses + 1 }
    return {
      progress: { status: 'unknown', text: `It was begun, but cannot be watched: ${error.message}.` },
      misses: 0,
    }
  }
}

/** Progress is a courtesy: when Slack does not take it, the next one will do. */
const tellProgress = async (
  { ports, consent, face }: Story,
  { text, share }: Extract<Progress, { status: 'moving' }>,
  since: string,
): Promise<void> => {
  const stage: Stage = { kind: 'running', text, since, ...(share !== undefined && { share }) }
  await updateCard(ports, consent.posted, { ...face, stage }, 'progress').catch(() => false)
}

/** The day after glass was broken, somebody else looks at it. */
const askForReview = async ({ ctx, ports, consent, face }: Story, outcome: Outcome): Promise<void> => {
  await ctx.wait('until the review', { hours: 24 })
  await step(ctx, 'ask for the review', async () => {
    const { breakGlass, channel } = await ports.config()
    await (await ports.slack()).post(breakGlass?.channel ?? channel, renderReview(face, outcome), {
      thread: consent.posted.ts,
    })
    return null
  }).catch(() => null)
}
