// Watches a deployment that has succeeded, without the service's lock. When an alarm fires, goes back by the branch of the
// approved plan, if the service still runs what this operation deployed.

import type { Readers } from '../../../commands/readers.ts'
import { boundedLines, boundedText } from '../../../engine/change/bounded.ts'
import type { Outcome } from '../../../engine/change/outcome.ts'
import type { Plan, Watch } from '../../../engine/change/plan.ts'
import { logError } from '../../../engine/jobs/log-error.ts'
import { scheduleLeaseCheck } from '../../../engine/jobs/timers.ts'
import { loadRuleInputs } from '../../../engine/rules/load-rule-inputs.ts'
import { placeLockOn, placeLockText } from '../../../engine/rules/place-locks.ts'
import { alarmName } from '../../../features/deployments/watch/alarms.ts'
import { judgeWatch, type Ours, whyLost } from '../../../features/deployments/watch/judge.ts'
import { whyChanged } from '../../../features/deployments/watch/way-back.ts'
import { durationWords } from '../../../kit/language/kinds/duration.ts'
import { fullName } from '../../../kit/language/target.ts'
import { plainName } from '../../../kit/messages/text.ts'
import { RemoteError } from '../../../model/errors.ts'
import { stopRequest } from '../exec/stop.ts'
import { execute } from '../interpreter.ts'
import { recordOutcome, report, withAuditWarning } from '../report.ts'
import { lock, unlock } from '../service-mutex.ts'
import { pollUntil, step } from '../steps.ts'
import { errorText, type Story } from '../story.ts'
import { tellEnd } from './tell-watch.ts'
import { forgetWatch, noteWatch } from './watch-note.ts'

const AFTER_END_MS = 5 * 60_000
/** Counted as earlier polls: the first poll comes after half a minute, and six hours take about 100. */
const EARLIER_POLLS = 60
/** Failed polls in a row. They take at least four minutes. */
const MOST_MISSES = 5

/** The services of a change set are not watched: the plan of `deploy` takes one service. */
export const isWatched = ({ watch }: Plan, { status }: Outcome): boolean => watch !== undefined && status === 'done'

type Run = { readonly story: Story; readonly watch: Watch; readonly began: Outcome }

/** `left`: seconds until the end. `missing`: watched alarms that were deleted. */
type Watching = {
  readonly kind: 'watching'
  readonly misses: number
  readonly left: number
  readonly missing: readonly string[]
}
/** `at`: since when the alarm fires, or when crashes were found, ISO 8601. */
type Fired = {
  readonly kind: 'fired'
  readonly cause: string
  readonly details: readonly string[]
  readonly at: string
}
type Found = Watching | Fired | Ended
/** `missing`: as above. */
type Ended =
  | { readonly kind: 'lost'; readonly why: string }
  | { readonly kind: 'stopped'; readonly why: string }
  | { readonly kind: 'over'; readonly missing: readonly string[] }

/** Watches until the end; returns the outcome of the operation. `began`: the outcome of the deployment. */
export const watchDeployment = async (story: Story, began: Outcome): Promise<Outcome> => {
  const { ctx, ports, job, face } = story
  const { watch } = face.plan
  if (watch === undefined) return began
  const at = await step(ctx, 'watched', async () => ports.now())
  const recorded = withAuditWarning(began, await recordOutcome(story, began, at))
  const until = new Date(Date.parse(at) + watch.minutes * 60_000).toISOString()
  await report({ ...story, turn: 'watch' }, { kind: 'watching', until, outcome: recorded })
  await step(ctx, 'schedule a look', async () => {
    await noteWatch(story, until).catch(error => logError('watch', job.id, error))
    await scheduleLeaseCheck(job.id, ports, watch.minutes * 60_000 + AFTER_END_MS).catch(error =>
      logError('watch', job.id, error),
    )
    return null
  })
  const run = { story, watch, began: recorded }
  const ours = oursOf(run, at)
  const outcome = ours === undefined ? outcomeOf(run, UNKNOWN) : await watchOurs(run, ours, until)
  await step(ctx, 'tell the end of the watch', async () => {
    await forgetWatch(story).catch(error => logError('watch', job.id, error))
    return tellEnd(story, outcome)
  }).catch(() => null)
  return outcome
}

const UNKNOWN: Ended = { kind: 'lost', why: 'ECS did not say which deployment it was' }

const watchOurs = async (run: Run, ours: Ours, until: string): Promise<Outcome> => {
  const found = await pollWatch(run, ours, until)
  if (found.kind === 'fired') return rollBack(run, ours, found)
  return outcomeOf(run, found.kind === 'watching' ? { kind: 'lost', why: 'it did not end in time' } : found)
}

const oursOf = ({ story, began }: Run, at: string): Ours | undefined => {
  const { deployment, definition } = began
  const createdAt = story.face.plan.binds['createdAt']
  if (deployment === undefined || definition === undefined || typeof createdAt !== 'string') return undefined
  return { id: deployment, definition: definition.split('/').at(-1) ?? '', createdAt, began: at }
}

const pollWatch = (run: Run, ours: Ours, until: string): Promise<Found> => {
  const first: Found = { kind: 'watching', misses: 0, left: run.watch.minutes * 60, missing: [] }
  return pollUntil<Found>(
    run.story.ctx,
    'watch',
    first,
    before => pollOnce(run, ours, until, before),
    ({ kind }) => kind !== 'watching',
    EARLIER_POLLS,
    found => (found.kind === 'watching' ? Math.max(1, found.left) : 1),
  ).catch(error => ({ kind: 'lost', why: boundedText(errorText(error)) }) as const)
}

const pollOnce = async ({ story, watch }: Run, ours: Ours, until: string, before: Found): Promise<Found> => {
  const { ports, job, face } = story
  const misses = before.kind === 'watching' ? before.misses : 0
  const now = ports.now()
  const left = Math.ceil((Date.parse(until) - Date.parse(now)) / 1_000)
  try {
    const stopped = await stopRequest(job.id, ports)
    if (stopped !== undefined) return { kind: 'stopped', why: stopped }
    const judged = await judgeWatch(face.plan.target, watch, ours, await readersOf(story), now)
    if (judged.kind === 'fired')
      return {
        kind: 'fired',
        cause: boundedText(judged.cause),
        details: boundedLines(judged.details),
        at: judged.at ?? now,
      }
    if (judged.kind === 'lost') return judged
    const missing = boundedLines(judged.missing)
    return left <= 0 ? { kind: 'over', missing } : { kind: 'watching', misses: 0, left, missing }
  } catch (error) {
    if (!(error instanceof RemoteError)) throw error
    if (misses + 1 >= MOST_MISSES || left <= 0)
      return { kind: 'lost', why: boundedText(`it could not be read: ${error.message}`) }
    return { kind: 'watching', misses: misses + 1, left, missing: [] }
  }
}

const readersOf = async ({ ports, job, face }: Story): Promise<Readers> =>
  ports.readers(await ports.recentConfig(), { actor: job.actor, corporateId: face.corporateId }, job.id)

/** The end of a watch that found no cause to roll back. */
const outcomeOf = ({ watch, began }: Run, found: Ended): Outcome => {
  switch (found.kind) {
    case 'over':
      return {
        ...began,
        watch: 'watched',
        text: `${began.text} ${watch.limits === undefined ? 'No alarm fired' : 'Nothing went wrong'} within ${durationWords(watch.minutes)}.`,
        details: [...(began.details ?? []), ...found.missing.map(name => `The alarm ${alarmName(name)} was deleted.`)],
      }
    case 'stopped':
      return { ...began, watch: 'watch stopped', text: `${began.text} ${found.why}` }
    case 'lost':
      return { ...began, status: 'left', watch: 'watch lost', text: found.why, details: detailsOf(began) }
  }
}

const detailsOf = (began: Outcome, more: readonly string[] = []): readonly string[] => [
  ...more,
  `Before: ${began.text}`,
  ...(began.details ?? []),
]

/** The branch as a rollback, so that it is polled and shown as one. Its role passes roles; the revert role passes none. */
const branchOf = ({ story: { face }, watch }: Run, ours: Ours): Plan => {
  const { plan } = face
  const { target } = plan
  return {
    kind: 'plan',
    command: 'rollback',
    invocation: `rollback ${fullName(target)} --to ${watch.to}`,
    target,
    title: `Roll *${target.service}* back to *${plainName(watch.to)}*`,
    changes: [{ what: 'Task definition', from: plainName(ours.definition), to: plainName(watch.to) }],
    risk: plan.risk,
    size: plan.size,
    tasks: plan.tasks,
    consequences: [],
    offers: [],
    calls: [watch.back],
    binds: { createdAt: ours.createdAt, deployment: ours.id },
    drifts: {},
    role: 'deployer',
  }
}

const rollBack = async (run: Run, ours: Ours, fired: Fired): Promise<Outcome> => {
  const { story, watch, began } = run
  const { ctx, ports, job } = story
  const plan = branchOf(run, ours)
  const branch: Story = { ...story, turn: 'roll back', face: { ...story.face, plan } }
  const cause = `${fired.cause.replace(/\.$/, '')} ${sinceText(ours.began, fired.at)} after the deployment`
  const refused = await step(ctx, 'roll back: check', () => checkUnderLock(branch, watch, ours)).catch(
    (error: unknown): Refused => ({ watch: 'not rolled back', why: `it could not be checked: ${errorText(error)}` }),
  )
  if (refused !== null) {
    const isLost = refused.watch === 'watch lost'
    const text = isLost ? `${refused.why}; ${cause}` : `${cause}; ${refused.why}`
    return {
      ...began,
      status: 'left',
      watch: refused.watch,
      text,
      details: detailsOf(began, fired.details),
      offers: offersOf(plan),
    }
  }
  const outcome = await execute(branch)
  await step(ctx, 'roll back: unlock', () => unlock(ports.store, job, plan)).catch(() => null)
  const requestIds = [...(began.requestIds ?? []), ...(outcome.requestIds ?? [])]
  const common = { ...began, requestIds, offers: offersOf(plan) }
  const details = detailsOf(began, [
    ...fired.details,
    `${plainName(watch.to)}: ${outcome.text}`,
    ...(outcome.details ?? []),
  ])
  return outcome.status === 'done'
    ? { ...common, status: 'failed', watch: 'rolled back', text: cause, details }
    : {
        ...common,
        status: 'left',
        watch: 'not rolled back',
        text: `${cause}; the rollback ended ${outcome.status}`,
        details,
      }
}

const sinceText = (from: string, to: string): string => {
  const seconds = Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / 1_000))
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`
}

const offersOf = ({ target }: Plan) => [
  { label: 'Logs', invocation: `logs ${fullName(target)} --previous` },
  { label: 'Deployments', invocation: `deployments ${fullName(target)}` },
]

type Refused = { readonly watch: 'watch lost' | 'not rolled back'; readonly why: string }

/**
 * Checks before it takes the lock over, as every rollback does, so that a watch that is lost stops no other change; and again
 * with the lock, which it gives back if the branch must not run.
 */
const checkUnderLock = async (branch: Story, watch: Watch, ours: Ours): Promise<Refused | null> => {
  const { job, ports, face } = branch
  const before = await whyNot(branch, watch, ours)
  if (before !== null) return before
  const locked = await lock(ports.store, job, face.plan, ports.now(), true)
  if (locked.kind === 'held') return { watch: 'not rolled back', why: `${locked.lock.holder.name} changes the service` }
  let isKept = false
  try {
    const refused = await whyNot(branch, watch, ours)
    isKept = refused === null
    return refused
  } finally {
    if (!isKept) await unlock(ports.store, job, face.plan).catch(() => null)
  }
}

/** A freeze does not stop a rollback, and the branch was approved: whether its requester still has access does not matter. */
const whyNot = async (branch: Story, watch: Watch, ours: Ours): Promise<Refused | null> => {
  const { job, ports, face } = branch
  const { target } = face.plan
  const stopped = await stopRequest(job.id, ports)
  if (stopped !== undefined) return { watch: 'not rolled back', why: stopped }
  const read = await readersOf(branch)
  const facts = await loadRuleInputs(await ports.config(), ports, true)
  const halted = facts.halted ?? (await read.halted(target))
  if (halted !== undefined) return { watch: 'not rolled back', why: `all changes are halted: ${halted}` }
  const placeLock = placeLockOn(target, facts)
  if (placeLock !== undefined) return { watch: 'not rolled back', why: placeLockText(placeLock) }
  const why = whyLost(await read.service(target), ours)
  if (why !== undefined) return { watch: 'watch lost', why }
  const changed = await whyChanged(target, watch, read)
  return changed === undefined ? null : { watch: 'not rolled back', why: changed }
}
