// Finds who changed the value of a lease, and notifies the requester and on-call.

import type { Readers } from '../../../commands/readers.ts'
import { recordsAbout } from '../../../engine/audit/audit.ts'
import { reminderKey } from '../../../engine/change/records.ts'
import { postOrTellOnCall } from '../../../engine/jobs/tell-on-call.ts'
import type { Lease } from '../../../engine/leases/book.ts'
import type { Quantity, Value } from '../../../engine/leases/holding.ts'
import { onCallFor } from '../../../engine/rules/teams/teams.ts'
import type { ServiceRef } from '../../../model/ecs.ts'
import { timeText } from '../../../model/scaling-words.ts'
import type { OperationPorts } from '../ports.ts'
import type { Story, Turn } from '../story.ts'
import { renderNotReverted } from './render-not-reverted.ts'
import { actionThatSet } from './scheduled-actions.ts'

const MAX_RECORDS = 20

/** Matches the commands that change each value permanently. Temporary changes are found in the lease book. */
const PERMANENT_CHANGES: Readonly<Record<Quantity, RegExp>> = {
  floor: /^(autoscale bounds |scale .*--move-bounds)/,
  count: /^(scale |autoscale (bounds|resume) )/,
  capacity: /^capacity (set|escape|return) /,
  suspension: /^(autoscale (suspend|resume) |scale .*--suspend)/,
}
const CALLS = {
  floor: 'RegisterScalableTarget',
  count: 'UpdateService',
  capacity: 'UpdateService',
  suspension: 'RegisterScalableTarget',
} as const
const TEMPORARY = / --for /

/**
 * Who changed the value: a Quarterdeck user, else a scheduled action, else the caller in CloudTrail, whose events may
 * appear late.
 */
export const changedBy = async (
  target: ServiceRef,
  { operation, begun, holding }: Lease,
  found: Value | undefined,
  { store, now }: OperationPorts,
  read: Readers,
): Promise<string> => {
  const records = await recordsAbout(store, target.arn, MAX_RECORDS)
  const record = records.find(
    record =>
      record.kind === 'outcome' &&
      record.operation !== operation &&
      record.at >= begun &&
      PERMANENT_CHANGES[holding.kind].test(record.invocation) &&
      !TEMPORARY.test(record.invocation) &&
      (record.requestIds ?? []).length > 0,
  )
  if (record !== undefined) return `${record.actor.name} (\`${record.invocation.replaceAll('`', '')}\`)`
  const autoscaling = await read.autoscaling(target)
  const action = autoscaling && actionThatSet(found, autoscaling, begun, now())
  if (action !== undefined) return `the scheduled action \`${action.name}\``
  const change = await read.changedAtAws(target, CALLS[holding.kind], begun)
  if (change === undefined) return 'someone outside Quarterdeck'
  return `\`${change.by.replaceAll('`', '')}\` outside Quarterdeck, ${timeText(change.at)} (CloudTrail)`
}

const DAY_MS = 86_400_000

/**
 * Posts a message in the card's thread once for each attempt to revert; if someone else changed the value, once a day.
 * Mentions the requester and on-call, because they must act.
 */
export const notifyOnCall = async (
  { job, ports, face, approval }: Story,
  { until }: Lease,
  number: number,
  result: Exclude<Turn, { kind: 'over' }>,
): Promise<null> => {
  const day = Math.floor((Date.parse(ports.now()) - Date.parse(until)) / DAY_MS)
  const reminderNumber = result.kind === 'left' ? 20_000 + day : 10_000 + number
  if (!(await ports.store.create(reminderKey(job.id, reminderNumber), { at: ports.now() }))) return null
  const config = await ports.config()
  const message = renderNotReverted(
    face,
    result.text,
    result.kind === 'left' ? onCallFor(face.plan.target, config) : [],
  )
  await postOrTellOnCall(approval.posted, message, config, await ports.slack(), { others: [face.requester.user] })
  return null
}
