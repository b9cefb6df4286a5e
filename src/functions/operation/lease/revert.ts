// Reverts a temporary change with one plan on the revert role, unless someone else has changed the value in the
// meantime.

import type { Readers } from '../../../commands/readers.ts'
import type { Outcome } from '../../../engine/change/outcome.ts'
import type { Plan } from '../../../engine/change/plan.ts'
import { type Lease, type LeaseBook, leaseOf } from '../../../engine/leases/book.ts'
import { bookKey, updateBook } from '../../../engine/leases/book-store.ts'
import { beginRevert, type Ending, endLease, markLeft, planEnding } from '../../../engine/leases/compose.ts'
import type { Value } from '../../../engine/leases/holding.ts'
import { offersOf } from '../../../engine/leases/offers.ts'
import { otherLeases } from '../../../engine/leases/origin.ts'
import { loadRuleInputs } from '../../../engine/rules/load-rule-inputs.ts'
import { placeLockOn, placeLockText } from '../../../engine/rules/place-locks.ts'
import { plainName } from '../../../kit/messages/text.ts'
import { execute } from '../interpreter.ts'
import { lock, unlock } from '../service-mutex.ts'
import { step } from '../steps.ts'
import { errorText, type Story, stepName, type Turn } from '../story.ts'
import { capacityWaits } from './capacity-waits.ts'
import { changedBy } from './notify-on-call.ts'
import { changesText, currentValue, planOf, QUANTITY_NAMES, valueText } from './revert-plan.ts'
import { overwrittenValue, scheduleDue } from './scheduled-actions.ts'

const retryLater = (text: string): Turn => ({ kind: 'later', text, offers: [] })

const retrySoon = (text: string): Turn => ({ kind: 'later', text, offers: [], isBrief: true })

const finished = (status: Outcome['status'], text: string, requestIds: readonly string[] = []): Turn => ({
  kind: 'over',
  outcome: { status, text, requestIds },
})

/** The result of the deciding step: a plan to carry out, or the outcome of this attempt. */
type Decided = Turn | Planned

/** A plan to carry out. `at`: when the current value was read, ISO 8601. */
type Planned = { readonly kind: 'plan'; readonly plan: Plan; readonly to: Value; readonly at: string }

/** Makes one attempt to revert. The decision is a single durable step, because many attempts end there. */
export const revertOnce = async (story: Story, lease: Lease): Promise<Turn> => {
  const { job, ctx, ports, face } = story
  const decided = await step(ctx, stepName(story, 'decide'), () => decideUnderLock(story, lease)).catch(error =>
    retryLater(`The current value could not be read: ${errorText(error)}.`),
  )
  if (decided.kind === 'left' || decided.kind === 'later') return decided
  const turn = decided.kind === 'plan' ? await makeRevert(story, lease, decided) : decided
  if (turn.kind === 'over')
    await step(ctx, stepName(story, 'strike'), async () => {
      await updateBook(ports.store, face.plan.target, book => endLease(book, job.id))
      return null
    }).catch(() => null)
  await step(ctx, stepName(story, 'unlock'), () => unlock(ports.store, job, face.plan)).catch(() => null)
  return turn
}

/** Decides while the service is locked. The lock is kept only if there is a plan to carry out. */
const decideUnderLock = async (story: Story, lease: Lease): Promise<Decided> => {
  const { job, ports, face } = story
  const locked = await lock(ports.store, job, face.plan, ports.now())
  if (locked.kind === 'held')
    return retrySoon(`${locked.lock.holder.name} is changing this service now (${locked.lock.what}).`)
  let isKept = false
  try {
    const decided = await decideTurn(story, lease)
    isKept = decided.kind === 'plan' || decided.kind === 'over'
    return decided
  } finally {
    if (!isKept) await unlock(ports.store, job, face.plan).catch(() => null)
  }
}

const makeRevert = async (story: Story, lease: Lease, planned: Planned): Promise<Turn> => {
  const { plan } = planned
  const outcome = await execute({ ...story, face: { ...story.face, plan } })
  if (outcome.status !== 'done') return retryLater(`It could not be reverted (${changesText(plan)}): ${outcome.text}`)
  const repeatPlan = await step(story.ctx, stepName(story, 'look again'), () =>
    findOverwritten(story, lease, planned),
  ).catch(() => null)
  const note = repeatPlan === null ? '' : await repeatScheduledAction(story, repeatPlan)
  const by = lease.endedBy === undefined ? '' : `, by ${plainName(lease.endedBy.name)}`
  return finished('reverted', `${changesText(plan)}${by}.${note}`, outcome.requestIds)
}

/**
 * Finds a scheduled action that the revert overwrote. Application Auto Scaling has no conditional writes, so this is
 * only detected afterwards.
 */
const findOverwritten = async (story: Story, lease: Lease, { plan, to, at }: Planned): Promise<Plan | null> => {
  const { ports } = story
  const read = await readersOf(story)
  const service = await read.service(plan.target)
  const autoscaling = await read.autoscaling(plan.target)
  if (service === undefined || autoscaling === undefined || service.createdAt !== plan.binds['createdAt']) return null
  const due = overwrittenValue(to, currentValue(lease, service, autoscaling), autoscaling, at, ports.now())
  return due === undefined ? null : planOf(story, lease, { kind: 'put', from: to, to: due }, service, autoscaling)
}

const repeatScheduledAction = async (story: Story, plan: Plan): Promise<string> => {
  const outcome = await execute({ ...story, turn: stepName(story, 'again'), face: { ...story.face, plan } })
  const head = ` A scheduled action ran meanwhile: ${changesText(plan)}`
  return outcome.status === 'done' ? `${head}.` : `${head}, but its value could not be set again. ${outcome.text}`
}

const readersOf = async ({ job, ports, face }: Story): Promise<Readers> =>
  ports.readers(await ports.config(), { actor: job.actor, corporateId: face.corporateId }, job.id)

/** Decides about the attempt from the current state, read under the lock: halts, place locks and the value in AWS. */
const decideTurn = async (story: Story, lease: Lease): Promise<Decided> => {
  const { job, ports, face } = story
  const { target, binds } = face.plan
  const at = ports.now()
  const config = await ports.config()
  const read = await readersOf(story)
  const book = (await ports.store.get<LeaseBook>(bookKey(target.arn)))?.value
  if (book === undefined || leaseOf(book, job.id) === undefined) return finished('kept', 'The change is now permanent.')
  const facts = await loadRuleInputs(config, ports, true)
  const halted = facts.halted ?? (await read.halted(target))
  if (halted !== undefined) return retryLater(`All changes are halted: ${halted}.`)
  const placeLock = placeLockOn(target, facts)
  if (placeLock !== undefined) return retryLater(`${placeLockText(placeLock)}.`)
  const service = await read.service(target)
  if (service?.status !== 'ACTIVE') return finished('done', 'The service was deleted, so there is nothing to revert.')
  if (service.createdAt !== binds['createdAt'])
    return finished('done', 'The service was deleted and created again, so nothing is reverted.')
  const waits =
    lease.holding.kind === 'capacity'
      ? await capacityWaits(story, lease, service, book, { config, facts, read })
      : undefined
  if (waits !== undefined) return waits.isBrief ? retrySoon(waits.text) : retryLater(waits.text)
  const autoscaling = await read.autoscaling(target)
  const due = autoscaling === undefined ? undefined : scheduleDue(autoscaling, at)
  if (due !== undefined) return retrySoon(due)
  const found = currentValue(lease, service, autoscaling)
  const targetCreatedAt =
    lease.holding.kind === 'count' || lease.holding.kind === 'capacity' ? undefined : autoscaling?.createdAt
  const action = planEnding(book, job.id, found, targetCreatedAt)
  if (found !== undefined)
    await updateBook(ports.store, target, before => beginRevert(before, job.id, found, targetCreatedAt))
  if (action === undefined || action.kind === 'nothing') return finished('reverted', unchangedText(book, lease))
  if (action.kind === 'put')
    return { kind: 'plan', plan: planOf(story, lease, action, service, autoscaling), to: action.to, at }
  return leaveChanged(story, lease, action, read)
}

const unchangedText = (book: LeaseBook, lease: Lease): string => {
  const [other] = otherLeases(book, lease)
  const by = lease.endedBy === undefined ? '' : ` Ended by ${plainName(lease.endedBy.name)}.`
  return other === undefined
    ? `It already has its earlier value.${by}`
    : `The temporary change of ${plainName(other.holder.name)} continues.${by}`
}

const leaveChanged = async (
  { job, ports, face }: Story,
  lease: Lease,
  { expected, found, isRecreated }: Extract<Ending, { kind: 'left' }>,
  read: Readers,
): Promise<Turn> => {
  const { target } = face.plan
  const by = await changedBy(target, lease, found, ports, read)
  const text = `It set ${QUANTITY_NAMES[lease.holding.kind].toLowerCase()} ${valueText(expected)} and found ${valueText(found)}${isRecreated ? ' of a newly registered scalable target' : ''}, changed by ${by}. It is not reverted.`
  const book = await updateBook(ports.store, target, before => markLeft(before, job.id, valueText(found), ports.now()))
  const offers = offersOf(book, lease)
  return { kind: 'left', text, offers: found === undefined ? offers.slice(-1) : offers }
}
