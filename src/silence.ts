// An operation whose function ended without a word, such as one that is denied its own checkpoints: somebody else looks
// whether its execution is still there, and says in its place what is known.
import type { Approval, Vote } from './approval.ts'
import { record, recordsAbout } from './audit.ts'
import { isOfCanary, noteHeard } from './canary-records.ts'
import { complain } from './complain.ts'
import type { EndedExecution } from './ended-execution.ts'
import { GRANT_TAG } from './exec/grant.ts'
import type { ExecutionStatus } from './gateways/executions.ts'
import type { Schedule } from './gateways/scheduler.ts'
import type { Posted } from './gateways/slack.ts'
import type { LookJob } from './job.ts'
import { lostLease, tellLost } from './lease-lost.ts'
import type { Face, Outcome } from './messages/card.ts'
import type { Plan } from './plan.ts'
import { approvalKey, executionKey, faceKey, postedKey, reportedDeadKey } from './records.ts'
import { entryOf, planAgain, type Telling, updateCard } from './story.ts'

export type SilencePorts = Telling & { readonly executionStatus: ExecutionStatus; readonly schedule: Schedule }

const MINUTE_MS = 60_000
/** Longer than most changes take; each next look comes after twice as long. */
const FIRST_LOOK_MINUTES = 15

/** From when an operation has nobody else who would look after it: its reminders and sweeps are over. */
export const armLook = (operation: string, ports: Pick<SilencePorts, 'schedule' | 'now'>): Promise<void> =>
  scheduleLook({ kind: 'look', operation, number: 1 }, ports).catch(error => complain('look', operation, error))

const scheduleLook = (job: LookJob, { schedule, now }: Pick<SilencePorts, 'schedule' | 'now'>): Promise<void> => {
  const afterMs = FIRST_LOOK_MINUTES * 2 ** (job.number - 1) * MINUTE_MS
  return schedule(job, new Date(Date.parse(now()) + afterMs).toISOString())
}

export const look = async (job: LookJob, ports: SilencePorts): Promise<void> => {
  if ((await lookAt(job.operation, ports)) !== 'ended') await scheduleLook({ ...job, number: job.number + 1 }, ports)
}

/**
 * Heard within seconds; a look by time comes later, too. Throws where the report could not be made, so that the event or
 * the message is delivered again. What is said of the execution is asked of Lambda itself.
 */
export const hearOfEnd = async ({ operation, arn, from }: EndedExecution, ports: SilencePorts): Promise<void> => {
  if (isOfCanary(operation)) return noteHeard(operation, from, ports)
  const found = await lookAt(operation, ports, arn)
  if (found !== 'ended') throw new Error(`the end of ${operation} could not be reported: it is ${found}`)
}

/** `unknown`: nobody could be asked, or the word could not be given. */
export type Found = 'running' | 'ended' | 'unknown'

/** Whether the operation is still there; when it ended without a word, the word is given. */
export const lookAt = async (operation: string, ports: SilencePorts, heard?: string): Promise<Found> => {
  try {
    const execution = await ports.store.get<{ readonly arn: string }>(executionKey(operation))
    const arn = execution?.value.arn ?? heard
    // Of a version that did not write it.
    if (arn === undefined) return 'running'
    const status = await ports.executionStatus(arn)
    if (status === 'RUNNING') return 'running'
    if (status !== 'SUCCEEDED') await speakOnce(operation, status, ports)
    return 'ended'
  } catch (error) {
    complain('look', operation, error)
    return 'unknown'
  }
}

/** The event, the dead-letter queue and the look by time each come here; noted at the end, so that a failed report is made again. */
const speakOnce = async (operation: string, status: string, ports: SilencePorts): Promise<void> => {
  const key = reportedDeadKey(operation)
  if ((await ports.store.get(key)) !== undefined) return
  await speak(operation, status, ports)
  await ports.store.create(key, { at: ports.now() })
}

/** As the operation itself would have: in the audit first, then on the card. Its lock stays until the lock's own end. */
const speak = async (operation: string, status: string, ports: SilencePorts): Promise<void> => {
  const { store } = ports
  const face = (await store.get<Face>(faceKey(operation)))?.value
  if (face === undefined) return
  const approval = (await store.get<Approval>(approvalKey(operation)))?.value
  const votes = approval?.votes ?? []
  const known = await conclude(face, votes, ports)
  const lost = await lostLease(face, known.isBegun, ports)
  const at = lost === undefined ? known.at : await recordLost(face, votes, lost, ports)
  const outcome = lost ?? known.outcome
  process.stderr.write(`${JSON.stringify(alarmOf(operation, status))}\n`)
  const posted = (await store.get<Posted>(postedKey(operation, 'card')))?.value
  if (posted === undefined) return
  const decision = approval?.decision
  const stage = { kind: 'ended', outcome, at } as const
  await updateCard(ports, posted, { ...face, ...(decision && { decision }), stage }, 'outcome')
  if (lost !== undefined) await tellLost(face, lost, ports)
}

const recordLost = async (
  face: Face,
  votes: readonly Vote[],
  { status, text }: Outcome,
  { store, now }: SilencePorts,
): Promise<string> => {
  const id = `${face.operation}-lease: outcome`
  const entry = { ...entryOf(face, votes, 'outcome'), id, at: now(), outcome: status, text }
  return (await record(store, face.plan.target.accountId, entry)).at
}

const alarmOf = (operation: string, status: string) => ({
  level: 'alarm',
  where: 'operation',
  operation,
  error: `the execution ended ${status}, without a word`,
})

/** What the audit says of its end; where it says nothing, what can be known is recorded. */
const conclude = async (
  face: Face,
  votes: readonly Vote[],
  { store, now }: SilencePorts,
): Promise<{ readonly at: string; readonly outcome: Outcome; readonly isBegun: boolean }> => {
  const records = await recordsAbout(store, face.operation, 10)
  // No call is made before the intent is recorded, so where there is no intent, there was no call.
  const isBegun = records.some(({ kind }) => kind === 'intent')
  const known: Outcome = isBegun ? unknownOf(face.plan) : NOTHING
  // A grant has two: that it was given, and that it was taken back.
  const last = face.plan.grant === undefined ? undefined : `${face.operation}-lease: outcome`
  const entry = {
    ...entryOf(face, votes, isBegun ? 'outcome' : 'ended'),
    ...(last !== undefined && isBegun && { id: last }),
    outcome: known.status,
    text: known.text,
  }
  const told =
    records.find(({ kind, id }) => kind === 'ended' || (kind === 'outcome' && (last === undefined || id === last))) ??
    (await record(store, face.plan.target.accountId, { ...entry, at: now() }))
  const status = told.outcome as Outcome['status']
  const offers = status === 'failed' ? planAgain(face.plan) : []
  return { at: told.at, outcome: { status, text: told.text ?? '', offers }, isBegun }
}

const unknownOf = ({ grant, role }: Plan): Outcome => ({
  status: 'unknown',
  text: `The function ended without a word: ${left(grant, role)}`,
})

/** What nobody takes back any more. */
const left = (grant: Plan['grant'], role: Plan['role']): string => {
  if (grant !== undefined)
    return `the tag \`${GRANT_TAG}\` of task \`${grant.task.slice(0, 8)}\` may still let somebody in. Remove it, and end the sessions that \`/ecs exec sessions\` lists.`
  return role === 'exec'
    ? 'its session may still be open: `/ecs exec sessions` lists it.'
    : 'AWS may or may not have done it.'
}

const NOTHING: Outcome = { status: 'failed', text: 'Nothing was changed: the function ended without a word.' }
