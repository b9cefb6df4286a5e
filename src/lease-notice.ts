// Who changed what a lease held, and telling those who have to look.
import { recordsAbout } from './audit.ts'
import { schedulesBefore } from './autoscaling.ts'
import type { Lease } from './lease.ts'
import type { Turn } from './lease-revert.ts'
import { renderLeft } from './messages/leases.ts'
import type { ServiceRef } from './model.ts'
import type { OperationPorts, Readers } from './ports.ts'
import { reminderKey } from './records.ts'
import type { Story } from './story.ts'

const MOST_RECORDS = 20

/** As far as it can be known here: through Quarterdeck by whom, else by a schedule, else by somebody at AWS itself. */
export const changedBy = async (
  target: ServiceRef,
  { operation, begun }: Lease,
  { store, now }: OperationPorts,
  read: Readers,
): Promise<string> => {
  const records = await recordsAbout(store, target.arn, MOST_RECORDS)
  const own = records.find(
    record =>
      record.kind === 'outcome' &&
      record.operation !== operation &&
      record.at >= begun &&
      (record.requestIds ?? []).length > 0,
  )
  if (own !== undefined) return `${own.actor.name} (\`${own.invocation.replaceAll('`', '')}\`)`
  const autoscaling = await read.autoscaling(target)
  if (autoscaling === undefined) return 'somebody outside Quarterdeck'
  const [fired] = schedulesBefore(autoscaling, begun, now())
  return fired === undefined ? 'somebody outside Quarterdeck' : `the scheduled action \`${fired.schedule.name}\``
}

/** In the card's thread, once for each turn: the requester and whoever is on call are mentioned, because they must act. */
export const tellOnCall = async (
  { job, ports, face, consent }: Story,
  number: number,
  tried: Exclude<Turn, { kind: 'over' }>,
): Promise<null> => {
  if (!(await ports.store.create(reminderKey(job.id, 10_000 + number), { at: ports.now() }))) return null
  const { onCall } = await ports.config()
  const message = renderLeft(face, tried.text, tried.kind === 'left' ? onCall : [])
  await (await ports.slack()).post(consent.posted.channel, message, { thread: consent.posted.ts })
  return null
}
