// Reverts a temporary change with one plan on the revert role, unless someone else has changed the value since.

import type { Readers } from '../../../commands/readers.ts'
import type { Outcome } from '../../../engine/change/outcome.ts'
import type { Call, Plan } from '../../../engine/change/plan.ts'
import { type Lease, type LeaseBook, leaseOf } from '../../../engine/leases/book.ts'
import { bookKey, updateBook } from '../../../engine/leases/book-store.ts'
import { beginRevert, type Ending, endLease, markLeft, planEnding } from '../../../engine/leases/compose.ts'
import type { Value } from '../../../engine/leases/holding.ts'
import { offersOf } from '../../../engine/leases/offers.ts'
import { otherLeases } from '../../../engine/leases/origin.ts'
import { loadRuleInputs } from '../../../engine/rules/load-rule-inputs.ts'
import { placeLockOn, placeLockText } from '../../../engine/rules/place-locks.ts'
import { setBounds, setCount, setSuspensions } from '../../../features/scaling/scaling-calls.ts'
import type { Autoscaling, Service, ServiceRef } from '../../../model/ecs.ts'
import { boundsText, inBounds, suspendedNames } from '../../../model/scaling-words.ts'
import { execute } from '../interpreter.ts'
import { lock, unlock } from '../service-mutex.ts'
import { step } from '../steps.ts'
import { errorText, type Story, stepName, type Turn } from '../story.ts'
import { overwritten, scheduleDue } from './scheduled-actions.ts'
import { changedBy } from './tell-left.ts'

const later = (text: string): Turn => ({ kind: 'later', text, offers: [] })
const soon = (text: string): Turn => ({ kind: 'later', text, offers: [], isBrief: true })
const over = (status: Outcome['status'], text: string, requestIds: readonly string[] = []): Turn => ({
  kind: 'over',
  outcome: { status, text, requestIds },
})

/** The step's result: a plan to carry out, or the outcome of this turn. */
type Decided = Turn | Planned
/** `at`: ISO 8601, when the current value was read. */
type Planned = { readonly kind: 'plan'; readonly plan: Plan; readonly to: Value; readonly at: string }

/** Deciding is one step, because many turns end there. */
export const putBack = async (story: Story, lease: Lease): Promise<Turn> => {
  const { job, ctx, ports, face } = story
  const decided = await step(ctx, stepName(story, 'decide'), () => lockAndDecide(story, lease)).catch(error =>
    later(`The current value could not be read: ${errorText(error)}.`),
  )
  if (decided.kind === 'left' || decided.kind === 'later') return decided
  const turn = decided.kind === 'plan' ? await carryOut(story, lease, decided) : decided
  if (turn.kind === 'over')
    await step(ctx, stepName(story, 'strike'), async () => {
      await updateBook(ports.store, face.plan.target, book => endLease(book, job.id))
      return null
    }).catch(() => null)
  await step(ctx, stepName(story, 'unlock'), () => unlock(ports.store, job, face.plan)).catch(() => null)
  return turn
}

/** Keeps the lock only when there is something to do. */
const lockAndDecide = async (story: Story, lease: Lease): Promise<Decided> => {
  const { job, ports, face } = story
  const locked = await lock(ports.store, job, face.plan, ports.now())
  if (locked.kind === 'held')
    return soon(`${locked.lock.holder.name} is changing this service now (${locked.lock.what}).`)
  let isKept = false
  try {
    const decided = await decide(story, lease)
    isKept = decided.kind === 'plan' || decided.kind === 'over'
    return decided
  } finally {
    if (!isKept) await unlock(ports.store, job, face.plan).catch(() => null)
  }
}

const carryOut = async (story: Story, lease: Lease, planned: Planned): Promise<Turn> => {
  const { plan } = planned
  const outcome = await execute({ ...story, face: { ...story.face, plan } })
  if (outcome.status !== 'done') return later(`It could not be reverted (${saidOf(plan)}): ${outcome.text}`)
  const again = await step(story.ctx, stepName(story, 'look again'), () => lookAgain(story, lease, planned)).catch(
    () => null,
  )
  const made = again === null ? '' : await makeGood(story, again)
  return over('reverted', `${saidOf(plan)}.${made}`, outcome.requestIds)
}

const saidOf = ({ changes }: Plan): string => changes.map(({ what, from, to }) => `${what}: ${from} → ${to}`).join('; ')

/** Application Auto Scaling has no conditional writes, so an overwritten scheduled action is detected afterwards. */
const lookAgain = async (story: Story, lease: Lease, { plan, to, at }: Planned): Promise<Plan | null> => {
  const { ports } = story
  const read = await readersOf(story)
  const service = await read.service(plan.target)
  const autoscaling = await read.autoscaling(plan.target)
  if (service === undefined || autoscaling === undefined || service.createdAt !== plan.binds['createdAt']) return null
  const due = overwritten(to, foundOf(lease, service, autoscaling), autoscaling, at, ports.now())
  return due === undefined ? null : planOf(story, lease, { kind: 'put', from: to, to: due }, service, autoscaling)
}

const makeGood = async (story: Story, plan: Plan): Promise<string> => {
  const outcome = await execute({ ...story, turn: stepName(story, 'again'), face: { ...story.face, plan } })
  const head = ` A scheduled action ran meanwhile: ${saidOf(plan)}`
  return outcome.status === 'done' ? `${head}.` : `${head}, but its value could not be set again. ${outcome.text}`
}

const readersOf = async ({ job, ports, face }: Story): Promise<Readers> =>
  ports.readers(await ports.config(), { actor: job.actor, corporateId: face.corporateId }, job.id)

/** Reads the current state under the lock: halts, holds and the value at AWS. */
const decide = async (story: Story, lease: Lease): Promise<Decided> => {
  const { job, ports, face } = story
  const { target, binds } = face.plan
  const at = ports.now()
  const config = await ports.config()
  const read = await readersOf(story)
  const book = (await ports.store.get<LeaseBook>(bookKey(target.arn)))?.value
  if (book === undefined || leaseOf(book, job.id) === undefined) return over('kept', 'The change is now permanent.')
  const facts = await loadRuleInputs(config, ports, true)
  const halted = facts.halted ?? (await read.halted(target))
  if (halted !== undefined) return later(`All changes are halted: ${halted}.`)
  const placeLock = placeLockOn(target, facts)
  if (placeLock !== undefined) return later(`${placeLockText(placeLock)}.`)
  const service = await read.service(target)
  if (service?.status !== 'ACTIVE') return over('done', 'The service was deleted, so there is nothing to revert.')
  if (service.createdAt !== binds['createdAt'])
    return over('done', 'The service was deleted and created again, so nothing is reverted.')
  const autoscaling = await read.autoscaling(target)
  const due = autoscaling === undefined ? undefined : scheduleDue(autoscaling, at)
  if (due !== undefined) return soon(due)
  const found = foundOf(lease, service, autoscaling)
  const of = lease.holding.kind === 'count' ? undefined : autoscaling?.createdAt
  const what = planEnding(book, job.id, found, of)
  if (found !== undefined) await updateBook(ports.store, target, before => beginRevert(before, job.id, found, of))
  if (what === undefined || what.kind === 'nothing') return over('reverted', nothingWords(book, lease))
  if (what.kind === 'put')
    return { kind: 'plan', plan: planOf(story, lease, what, service, autoscaling), to: what.to, at }
  return leaveIt(story, lease, what, read)
}

const foundOf = ({ holding }: Lease, service: Service, autoscaling: Autoscaling | undefined): Value | undefined => {
  switch (holding.kind) {
    case 'floor':
      return autoscaling && { min: autoscaling.min, max: autoscaling.max }
    case 'count':
      return { tasks: service.desired }
    case 'suspension':
      return autoscaling?.suspended
  }
}

export const valueText = (value: Value | undefined): string => {
  if (value === undefined) return 'none (scalable target deleted)'
  if ('max' in value) return boundsText(value)
  return 'tasks' in value ? `${value.tasks}` : suspendedNames(value) || 'nothing suspended'
}

const WHAT = { floor: 'Autoscaling bounds', count: 'Desired tasks', suspension: 'Suspended' } as const

const nothingWords = (book: LeaseBook, lease: Lease): string => {
  const others = otherLeases(book, lease)
  return others.length === 0
    ? 'It already has its earlier value.'
    : `The temporary change of ${others[0]?.holder.name} continues.`
}

const planOf = (
  { face }: Story,
  { holding }: Lease,
  { from, to }: Extract<Ending, { kind: 'put' }>,
  service: Service,
  autoscaling: Autoscaling | undefined,
): Plan => {
  const { target } = face.plan
  const clamped = 'max' in to ? inBounds(service.desired, to) : service.desired
  return {
    ...face.plan,
    command: 'lease',
    title: `Revert *${target.service}*`,
    changes: [
      { what: WHAT[holding.kind], from: valueText(from), to: valueText(to) },
      ...(clamped === service.desired
        ? []
        : [{ what: 'Desired tasks', from: `${service.desired}`, to: `${clamped}, at once` }]),
    ],
    calls: callsOf(target, to, autoscaling),
  }
}

const callsOf = (target: ServiceRef, to: Value, autoscaling: Autoscaling | undefined): readonly Call[] => {
  if ('tasks' in to) return [setCount(target, to.tasks)]
  if (autoscaling === undefined) return []
  return 'max' in to ? [setBounds(target, autoscaling.arn, to)] : [setSuspensions(target, autoscaling.arn, to)]
}

const leaveIt = async (
  { job, ports, face }: Story,
  lease: Lease,
  { expected, found, isAnew }: Extract<Ending, { kind: 'left' }>,
  read: Readers,
): Promise<Turn> => {
  const { target } = face.plan
  const by = await changedBy(target, lease, found, ports, read)
  const text = `It set ${WHAT[lease.holding.kind].toLowerCase()} ${valueText(expected)} and found ${valueText(found)}${isAnew ? ' of a newly registered scalable target' : ''}, changed by ${by}. It is not reverted.`
  const book = await updateBook(ports.store, target, before => markLeft(before, job.id, valueText(found), ports.now()))
  const offers = offersOf(book, lease)
  return { kind: 'left', text, offers: found === undefined ? offers.slice(-1) : offers }
}
