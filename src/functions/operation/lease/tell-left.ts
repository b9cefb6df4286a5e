// Finds who changed a leased value, and notifies the requester and on-call.

import type { Readers } from '../../../commands/readers.ts'
import { recordsAbout } from '../../../engine/audit/audit.ts'
import { reminderKey } from '../../../engine/change/records.ts'
import type { Lease } from '../../../engine/leases/book.ts'
import type { Quantity, Value } from '../../../engine/leases/holding.ts'
import type { ServiceRef } from '../../../model/ecs.ts'
import { timeText } from '../../../model/scaling-words.ts'
import type { OperationPorts } from '../ports.ts'
import type { Story, Turn } from '../story.ts'
import { renderLeft } from './render-left.ts'
import { firedInto } from './scheduled-actions.ts'

const MOST_RECORDS = 20

/** Invocations that change each value permanently. Temporary changes are in the lease book. */
const CHANGES: Readonly<Record<Quantity, RegExp>> = {
  floor: /^(autoscale bounds |scale .*--move-bounds)/,
  count: /^(scale |autoscale (bounds|resume) )/,
  suspension: /^(autoscale (suspend|resume) |scale .*--suspend)/,
}
const CALLS = { floor: 'RegisterScalableTarget', count: 'UpdateService', suspension: 'RegisterScalableTarget' } as const
const FOR_A_WHILE = / --for /

/** A Quarterdeck user, else a scheduled action, else CloudTrail's event, which may appear later. */
export const changedBy = async (
  target: ServiceRef,
  { operation, begun, holding }: Lease,
  found: Value | undefined,
  { store, now }: OperationPorts,
  read: Readers,
): Promise<string> => {
  const records = await recordsAbout(store, target.arn, MOST_RECORDS)
  const own = records.find(
    record =>
      record.kind === 'outcome' &&
      record.operation !== operation &&
      record.at >= begun &&
      CHANGES[holding.kind].test(record.invocation) &&
      !FOR_A_WHILE.test(record.invocation) &&
      (record.requestIds ?? []).length > 0,
  )
  if (own !== undefined) return `${own.actor.name} (\`${own.invocation.replaceAll('`', '')}\`)`
  const autoscaling = await read.autoscaling(target)
  const fired = autoscaling && firedInto(found, autoscaling, begun, now())
  if (fired !== undefined) return `the scheduled action \`${fired.name}\``
  const change = await read.changedAtAws(target, CALLS[holding.kind], begun)
  if (change === undefined) return 'someone outside Quarterdeck'
  return `\`${change.by.replaceAll('`', '')}\` outside Quarterdeck, ${timeText(change.at)} (CloudTrail)`
}

const DAY_MS = 86_400_000

/**
 * Posts in the card's thread once for each turn; when someone else changed the value, once a day. Mentions the
 * requester and on-call, because they must act.
 */
export const tellOnCall = async (
  { job, ports, face, consent }: Story,
  { until }: Lease,
  number: number,
  tried: Exclude<Turn, { kind: 'over' }>,
): Promise<null> => {
  const day = Math.floor((Date.parse(ports.now()) - Date.parse(until)) / DAY_MS)
  const mark = tried.kind === 'left' ? 20_000 + day : 10_000 + number
  if (!(await ports.store.create(reminderKey(job.id, mark), { at: ports.now() }))) return null
  const { onCall } = await ports.config()
  const message = renderLeft(face, tried.text, tried.kind === 'left' ? onCall : [])
  await (await ports.slack()).post(consent.posted.channel, message, { thread: consent.posted.ts })
  return null
}
