// Runs one command in one container: one session, shown in the thread. The command itself, Stop, a halt or its deadline
// ends the session.
import type { ExecRecord } from '../../../engine/audit/audit.ts'
import { boundedFirstLine, boundedOutcome } from '../../../engine/change/bounded.ts'
import type { Outcome } from '../../../engine/change/outcome.ts'
import type { ExecCall } from '../../../engine/change/plan.ts'
import type { ExecGate } from '../../../engine/change/ports.ts'
import { logError } from '../../../engine/jobs/log-error.ts'
import type { Config } from '../../../engine/rules/config.ts'
import { type ExecOwner, type ExecSession, execOwnerKey, execSessionKey } from '../../../features/exec/records.ts'
import { redactionOptions } from '../../../features/logs/redaction.ts'
import { type RunResult, runCommand } from '../../../kit/session/run.ts'
import type { SessionRequest } from '../../../kit/session/session.ts'
import { commandOf, createNonce, type Nonce, wrap } from '../../../kit/session/wrapper.ts'
import { RemoteError } from '../../../model/errors.ts'
import { atMostOnce, step } from '../steps.ts'
import { errorText, type Story } from '../story.ts'
import { createOutputBuffer, firstLine } from './output-buffer.ts'
import { createOutputThread } from './output-thread.ts'
import { logReferences, sessionText } from './session-links.ts'
import { causesOf, OPEN_SESSIONS, outcomeOf, possiblyOpen, THROTTLED } from './session-outcome.ts'
import { checkForStop, isByPerson, watchForStop } from './stop.ts'

/** Runs the command in a shell that reports its exit status, or directly if the image has no shell. */
export const runInTask = async (call: ExecCall, name: string, story: Story): Promise<Outcome> => {
  const wrapped = await runOnce({ call, story, isWrapped: true }, name)
  // Matches the SSM agent's error if the image has no shell. Nothing has run yet, so the command may be sent again
  // without a shell.
  const hasNoShell = wrapped.status === 'failed' && /fork\/exec \/bin\/sh: no such file/.test(wrapped.text)
  if (!hasNoShell) return wrapped
  if (call.argv[0] === 'sh')
    return {
      status: 'failed',
      text: 'This image has no shell. It can run configured commands only.',
    }
  // Stop is checked again: it may have been clicked if the function died before this point.
  const stopped = await checkForStop(`${name}, bare`, story)
  if (stopped !== undefined)
    return { status: 'failed', text: stopped, ...(isByPerson(stopped) && { isStopped: true as const }) }
  return runOnce({ call, story, isWrapped: false }, `${name}, bare`)
}

type Run = {
  readonly call: ExecCall
  readonly story: Story
  /** Whether the command runs in a shell that reports the exit status. */
  readonly isWrapped: boolean
}

/** Starts the command at most once. After an interruption, finds its session and terminates it. */
const runOnce = async (attemptOf: Run, name: string): Promise<Outcome> => {
  const { ctx } = attemptOf.story
  const sent = await atMostOnce(ctx, name, async () => boundedOutcome(await openSession(attemptOf)))
  if (sent.kind === 'done') return sent.value
  return step(ctx, `${name}, looked for`, async () => boundedOutcome(await endLostSession(attemptOf))).catch(error =>
    possiblyOpen(
      `The command may or may not have run. Its session could not be found and terminated: ${errorText(error)}.`,
    ),
  )
}

const gateOf = ({ job, ports, face, approval }: Story, config: Config): Promise<ExecGate> =>
  ports.exec(config, {
    plan: face.plan,
    who: { actor: job.actor, corporateId: face.corporateId },
    approvers: approval.votes.map(({ voter }) => voter.user),
    operation: job.id,
    role: 'exec',
  })

const readyFor = async (story: Story) => {
  const config = await story.ports.config()
  return { config, gate: await gateOf(story, config) }
}

const notStarted = (error: unknown): Outcome => ({ status: 'failed', text: `It was not started: ${errorText(error)}.` })

const openSession = async (run: Run): Promise<Outcome> => {
  const { call, story, isWrapped } = run
  const ready = await readyFor(story).catch(notStarted)
  if ('status' in ready) return ready
  const { config, gate } = ready
  const nonce = createNonce()
  const began = Date.parse(story.ports.now())
  const started = await start(gate, call, isWrapped ? wrap(call.argv, nonce) : commandOf(call.argv))
  if ('status' in started) return started
  const open: OpenSession = { ...run, gate, config, started, nonce, began }
  try {
    await storeSession(started.sessionId, sessionName(run), story)
    return await runOpen(open)
  } catch (error) {
    return endFailed(open, error)
  }
}

/** A session that was started and has to be terminated. */
type OpenSession = Run & {
  readonly gate: ExecGate
  readonly config: Config
  readonly started: SessionRequest
  readonly nonce: Nonce
  /** When the session was started, in Unix milliseconds. */
  readonly began: number
}

const runOpen = async (open: OpenSession): Promise<Outcome> => {
  const { call, story, gate, config, started, nonce, isWrapped, began } = open
  const { job, ports, ctx, face } = story
  const hiding = redactionOptions({ config })
  const buffer = createOutputBuffer(hiding)
  const thread = await createOutputThread(story, call, buffer)
  const remaining = ctx.lambdaContext.getRemainingTimeInMillis() - RESERVE_MS
  const read = ports.readers(config, { actor: job.actor, corporateId: face.corporateId }, job.id)
  const halted = () => read.halted(face.plan.target)
  const stop = watchForStop(job.id, ports, halted, Math.min(call.minutes * 60_000, remaining))
  try {
    const channel = await gate.channel(call, started.sessionId)
    const run = await runCommand(started, { nonce, isWrapped, onOutput: buffer.add, signal: stop.signal }, channel)
    const stopReason = stop.why()
    const lines = [firstLine(run.stderr ?? '', hiding), buffer.first()]
    const line = boundedFirstLine((run.status === 0 ? lines.toReversed() : lines).find(text => text !== '') ?? '')
    if (run.stderr !== undefined && run.stderr !== '')
      buffer.add(
        `${buffer.isEmpty() ? '' : '\n'}Standard error${run.isStderrCut ? ' (first part)' : ''}:\n${run.stderr}`,
      )
    const isPossiblyOpen = run.end.kind === 'incomplete' && !run.end.isTerminated && !(await terminate(open))
    const outcome = outcomeOf(run, { isWrapped, isLeft: isPossiblyOpen, why: stopReason })
    await thread.end(outcome)
    const seconds = (Date.parse(ports.now()) - began) / 1_000
    const { offers = [], ...log } = logReferences(call, started.sessionId, story)
    return {
      ...outcome,
      ...log,
      ...(outcome.details && { details: [...outcome.details, ...(log.details ?? [])] }),
      offers: [...(outcome.offers ?? []), ...offers],
      sessions: [recordOf(started.sessionId, run)],
      // If the command was stopped, an exit status that arrived before is not reported as its outcome.
      ran: { ...(run.status !== undefined && stopReason === undefined && { status: run.status }), seconds, line },
    }
  } catch (error) {
    const outcome = await endFailed(open, error)
    await thread.end(outcome)
    return outcome
  } finally {
    stop.end()
    thread.close()
  }
}

/** Terminates the session after an error, and reports it if that fails. */
const endFailed = async (open: OpenSession, error: unknown): Promise<Outcome> => {
  const { sessionId } = open.started
  const isTerminated = (await terminate(open)) || (await terminate(open))
  const text = `The command was started; its outcome is unknown: ${errorText(error)}.`
  return {
    ...(isTerminated ? { status: 'unknown', text } : possiblyOpen(text)),
    details: [sessionText(sessionId)],
    sessions: [{ id: sessionId }],
  }
}

/** Terminates the session. Returns true if it is terminated. */
const terminate = async ({ gate, call, story, started }: OpenSession): Promise<boolean> => {
  try {
    await gate.terminate(call, started.sessionId)
    return true
  } catch (error) {
    logError('terminate', story.job.id, error)
    return false
  }
}

/**
 * The name of a session within the operation, which opens one session for each task, and a second one if the image has
 * no shell.
 */
const sessionName = ({ call: { targetId }, isWrapped }: Run): string => `${targetId}${isWrapped ? '' : ' bare'}`

/** Stores a session before it is used, so that after a crash the next invocation finds it. */
const storeSession = async (session: string, name: string, { job, ports, face }: Story): Promise<void> => {
  const record: ExecSession = { session, at: ports.now() }
  const owner: ExecOwner = { operation: job.id, by: job.actor, corporateId: face.corporateId }
  const until = Math.floor(Date.parse(record.at) / 1_000) + OWNERS_KEPT_SECONDS
  await ports.store.create(execSessionKey(job.id, name), record)
  await ports.store.create(execOwnerKey(session), owner, until)
}

/** How long the owner of a session is stored. Sessions last a few hours at most. */
const OWNERS_KEPT_SECONDS = 86_400

const recordOf = (id: string, { status, sha256, bytes }: RunResult): ExecRecord => ({
  id,
  ...(status !== undefined && { status }),
  sha256,
  bytes,
})

/** The time that is left before Lambda's timeout for ending the session and reporting, in milliseconds. */
const RESERVE_MS = 45_000

/**
 * Starts a session. Returns a definite refusal or throttling as an outcome, because the command did not start. Throws
 * if AWS's answer was lost.
 */
const start = async (gate: ExecGate, call: ExecCall, command: string) => {
  try {
    return await gate.start(call, command)
  } catch (error) {
    if (!(error instanceof RemoteError) || (error.passing && !THROTTLED.test(error.code))) throw error
    return { status: 'failed', text: error.message, details: causesOf(error) } satisfies Outcome
  }
}

/**
 * Terminates the session of an interrupted attempt. Only sessions of this operation are terminated, because others in
 * the container may belong to someone else.
 */
const endLostSession = async (run: Run): Promise<Outcome> => {
  const { call, story } = run
  const { job, ports } = story
  const gate = await gateOf(story, await ports.config())
  const record = await ports.store.get<ExecSession>(execSessionKey(job.id, sessionName(run)))
  if (record !== undefined) {
    const { session } = record.value
    await gate.terminate(call, session)
    return {
      status: 'unknown',
      text: 'Quarterdeck stopped unexpectedly while the command ran. Its session was terminated; the effects of the command are unknown.',
      sessions: [{ id: session }],
    }
  }
  const open = await gate.find(call)
  return {
    status: 'unknown',
    text: `The command may or may not have started: AWS’s answer was lost. ${open.length === 0 ? 'No session is open in that container.' : 'An open session in that container may be this one.'}`,
    offers: [OPEN_SESSIONS],
  }
}
