// Handles a click on Revert Now: checks who clicked, marks the lease as ended in the store, and wakes the operation.

import { record } from '../../engine/audit/audit.ts'
import type { Face } from '../../engine/cards/card.ts'
import type { Approval } from '../../engine/change/approval.ts'
import { approvalKey, executionKey, faceKey, finalCardKey } from '../../engine/change/records.ts'
import { logError } from '../../engine/jobs/log-error.ts'
import { type ExecutionRecord, scheduleLeaseCheck } from '../../engine/jobs/timers.ts'
import { wakeLease } from '../../engine/jobs/wake.ts'
import { type LeaseBook, leaseOf } from '../../engine/leases/book.ts'
import { bookKey, updateBook } from '../../engine/leases/book-store.ts'
import { endNow } from '../../engine/leases/compose.ts'
import { identify, isAmong } from '../../engine/rules/access.ts'
import { loadRuleInputs } from '../../engine/rules/load-rule-inputs.ts'
import { isSamePerson, mayVote } from '../../engine/rules/voters.ts'
import { revokedKey } from '../../features/exec/records.ts'
import { isRefusal, type Refusal, refuse } from '../../model/errors.ts'
import type { DecisionJob } from '../../model/ports/job.ts'
import type { DecisionPorts } from './ports.ts'

/**
 * The delay of a scheduled check. Lambda delivers a click up to three times within three minutes, so the check runs
 * after the last delivery.
 */
const ARMED_MS = 5 * 60_000

export const endLease = async (job: DecisionJob, ports: DecisionPorts): Promise<Refusal | undefined> => {
  const face = (await ports.store.get<Face>(faceKey(job.operation)))?.value
  if (face === undefined)
    return refuse('This temporary change was not found.', '`/ecs leases` lists temporary changes.')
  const refusal = await refusalFor(job, face, ports)
  if (refusal !== undefined) return refusal
  const { target, grant } = face.plan
  if (grant !== undefined) return revoke(job, face, ports)
  const lease = leaseOf((await ports.store.get<LeaseBook>(bookKey(target.arn)))?.value, job.operation)
  if (lease === undefined) return refuse('This temporary change has ended.', '`/ecs leases` lists temporary changes.')
  if (lease.lost !== undefined)
    return refuse('This temporary change is no longer reverted automatically.', '`/ecs leases` shows the options.')
  if (lease.endedBy !== undefined && lease.endedBy.user !== job.actor.user)
    return refuse(`${lease.endedBy.name} has already ended it.`)
  await scheduleLeaseCheck(job.operation, ports, ARMED_MS).catch(error => logError('lease', job.operation, error))
  await recordEnd(job, face, ports)
  const book = await updateBook(ports.store, target, before => endNow(before, job.operation, job.actor, ports.now()))
  const by = leaseOf(book, job.operation)?.endedBy
  await wakeLease(job, ports).catch(error => logError('wake', job.operation, error))
  return by === undefined || by.user === job.actor.user ? undefined : refuse(`${by.name} has already ended it.`)
}

/** Ends a grant of shell access: stores the revocation and wakes the operation. */
const revoke = async (job: DecisionJob, face: Face, ports: DecisionPorts): Promise<Refusal | undefined> => {
  const { store } = ports
  if ((await store.get(finalCardKey(job.operation))) !== undefined) return refuse('This has already ended.')
  await recordEnd(job, face, ports)
  await store.create(revokedKey(job.operation), { by: job.actor, at: ports.now() })
  await wakeLease(job, ports).catch(error => logError('wake', job.operation, error))
  return undefined
}

/**
 * Why the click has no effect. The requester, the approvers and on-call may click, by the current rules and groups. A
 * service of a change set has the approvers of the set.
 */
const refusalFor = async (
  { actor, operation }: DecisionJob,
  face: Face,
  ports: DecisionPorts,
): Promise<Refusal | undefined> => {
  const config = await ports.config()
  const corporateId = identify(actor, config)
  if (isRefusal(corporateId)) return corporateId
  if (!(await (await ports.slack()).isActive(actor.user))) return refuse(`${actor.name} is no longer active in Slack.`)
  const { requester, plan } = face
  if (isSamePerson(actor, requester, config)) return undefined
  const facts = await loadRuleInputs(config, ports)
  if (isAmong(config.onCall, actor.user, config, facts)) return undefined
  const execution = (await ports.store.get<ExecutionRecord>(executionKey(operation)))?.value
  const approval = (await ports.store.get<Approval>(approvalKey(execution?.set?.operation ?? operation)))?.value
  if (approval !== undefined && mayVote(actor, approval, plan, requester, config, facts)) return undefined
  return refuse(
    `${actor.name} may not end this: only the requester, the approvers and on-call may.`,
    '`/ecs whoami` lists your roles.',
  )
}

const recordEnd = async ({ actor, operation }: DecisionJob, { plan }: Face, { config, store, now }: DecisionPorts) => {
  const rules = await config()
  const corporateId = identify(actor, rules)
  await record(store, plan.target.accountId, {
    id: `${operation}-lease ended by ${actor.user}`,
    kind: 'lease',
    at: now(),
    actor,
    corporateId: isRefusal(corporateId) ? '' : corporateId,
    invocation: plan.invocation,
    target: plan.target.arn,
    operation,
    configVersion: rules.version,
    text: 'ended before its time',
  })
}
