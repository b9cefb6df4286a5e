// The interpreter: makes the calls of a plan in order, and polls until the change has settled. Only this file uses a
// writer.

import type { AnyMutation } from '../../commands/command.ts'
import { boundedProgress, boundedText } from '../../engine/change/bounded.ts'
import type { Outcome } from '../../engine/change/outcome.ts'
import type { Call, Plan, PlannedExec } from '../../engine/change/plan.ts'
import type { Progress } from '../../engine/change/progress.ts'
import { execCallsOf } from '../../features/exec/calls.ts'
import { fullName } from '../../kit/language/target.ts'
import { RemoteError } from '../../model/errors.ts'
import type { Json } from '../../model/json.ts'
import { mutationNamed } from '../prepare/prepare.ts'
import { runInWaves } from './exec/run-in-waves.ts'
import { makeLeaseCall } from './lease/extend-or-keep.ts'
import { isLeaseOver } from './lease/lease-over.ts'
import { runTask } from './run-task.ts'
import { renewLock, unlock } from './service-mutex.ts'
import { runSet } from './set/run-set.ts'
import { showProgress } from './show-progress.ts'
import { atMostOnce, pollUntil, step } from './steps.ts'
import { actsAs, audit, errorText, nothingChanged, offerPlanAgain, type Story, stepName } from './story.ts'

export const execute = async (story: Story): Promise<Outcome> => {
  const { ctx, ports } = story
  const since = await step(ctx, stepName(story, 'begin'), async () => ports.now())
  const intent = await step(ctx, stepName(story, 'audit the intent'), () =>
    audit(story, 'intent', { at: since, ...callsText(story) }),
  ).catch(nothingChanged)
  if (intent !== null && story.endsGrant !== true) return intent
  const outcome = await makeCalls(story, since)
  const known: Outcome = { ...outcome, since }
  return intent === null ? known : { ...known, details: [...(outcome.details ?? []), UNRECORDED] }
}

const UNRECORDED = 'The intent could not be recorded in the audit: tell your administrator.'

const makeCalls = async (story: Story, since: string): Promise<Outcome> => {
  const { face } = story
  if (face.plan.members !== undefined) return { ...(await runSet(story, since)), requestIds: [] }
  const requestIds: string[] = []
  const registered: (string | undefined)[] = []
  let definition: Json | undefined
  for (const [at, call] of face.plan.calls.entries()) {
    // A plan that has commands contains no other calls.
    if (call.action === 'ExecuteCommand') return { requestIds, ...(await runCommands(story, since)) }
    if (call.action === 'RunTask') return { requestIds, ...(await runTask(call, since, story)) }
    const request = withAnswer(call, registered)
    const sent = await sendSafely(request, stepName(story, `call ${at + 1}: ${call.action}`), story)
    if ('status' in sent) return { ...sent, requestIds, ...leftBehind(sent, registered) }
    requestIds.push(sent.requestId)
    registered.push(sent.registered)
    definition = request.input['taskDefinition']
  }
  const settled = await waitUntilSettled(story, since)
  return { ...settled, requestIds, ...(face.plan.watch !== undefined && { definition: String(definition) }) }
}

/** The call with the answer of an earlier call that it takes. Without that answer it stays as it is, which IAM refuses. */
const withAnswer = (call: Request, registered: readonly (string | undefined)[]): Request => {
  if (!('takes' in call) || call.takes === undefined) return call
  const { takes, ...sent } = call
  const arn = registered[takes.from]
  return arn === undefined ? call : { ...sent, input: { ...sent.input, [takes.field]: arn } }
}

/** A revision that was registered and not deployed stays. */
const leftBehind = ({ details = [] }: Outcome, registered: readonly (string | undefined)[]): Partial<Outcome> => {
  const names = registered.flatMap(arn => (arn === undefined ? [] : [arn.split('/').at(-1)]))
  return names.length === 0 ? {} : { details: [...details, `${names.join(', ')} was registered and is not deployed.`] }
}

/** The card offers Stop from the first command on. */
const runCommands = async (story: Story, since: string): Promise<Outcome> => {
  await step(story.ctx, stepName(story, 'show the start'), async () => {
    await showProgress(story, { text: 'the command runs; its output is in the thread', since })
    return null
  }).catch(() => null)
  return runInWaves(execCallsOf(story.face.plan), stepName(story, 'ExecuteCommand'), since, story)
}

/**
 * The calls as text for the audit record. Only the end of a lease needs it, because the command's text does not name
 * these calls.
 */
const callsText = ({ turn, face }: Story): { readonly text?: string } =>
  turn === undefined ? {} : { text: `at its end: ${face.plan.calls.map(({ action }) => action).join(', ')}` }

/** Any call that is not a command. */
type Request = Exclude<Call, PlannedExec>
/** `registered`: the ARN of the revision that the call registered. */
type CallResult = { readonly requestId: string; readonly registered?: string }

/**
 * Makes a call. An idempotent call is retried until AWS answers. Any other call is sent once; if the answer is lost,
 * its effect is checked.
 */
const sendSafely = async (call: Request, name: string, story: Story): Promise<CallResult | Outcome> => {
  if (call.repeatable) return step(story.ctx, name, () => makeCall(call, story)).catch(unknownCall)
  const sent = await atMostOnce(story.ctx, name, () => makeCall(call, story))
  if (sent.kind === 'done') return sent.value
  return step(story.ctx, `${name}, looked for`, () => verifyCall(call, story)).catch(unknownCall)
}

/** Makes a call once. Returns a definite refusal by AWS as an outcome, and throws any other error. */
const makeCall = async (call: Request, story: Story): Promise<CallResult | Outcome> => {
  const { job, ports, face, approval, turn } = story
  try {
    const lost = await lostLock(story)
    if (lost !== undefined) return lost
    if (call.service === 'quarterdeck') return { requestId: await makeLeaseCall(call, story) }
    const who = actsAs(story)
    const approvers = approval.votes.map(({ voter }) => voter.user)
    const write = await ports.writer(await ports.config(), {
      plan: planOfSession(face.plan, call),
      who,
      approvers,
      operation: job.id,
      role: face.plan.role ?? (turn === undefined ? 'operator' : 'revert'),
    })
    return await write(call)
  } catch (error) {
    if (!(error instanceof RemoteError) || error.passing) throw error
    return { status: 'failed', text: boundedText(error.message) }
  }
}

/** The session of a call that takes an answer allows this call alone: the ARN is known now. */
const planOfSession = (plan: Plan, call: Request): Plan =>
  plan.calls.some(one => 'takes' in one) ? { ...plan, calls: [call] } : plan

/**
 * The outcome if an urgent change took the lock. The remaining calls of this change are not made; the requester of the
 * urgent change decides about them.
 */
const lostLock = async ({ job, ports, face }: Story, isBegun = false): Promise<(Progress & Outcome) | undefined> => {
  if (face.plan.isUnlocked === true) return undefined
  const state = await renewLock(ports.store, job, face.plan, ports.now())
  if (state.kind === 'ours') return undefined
  if (state.kind === 'taken')
    return { status: 'superseded', text: `Replaced by a change of ${state.lock.holder.name}: ${state.lock.what}.` }
  if (!isBegun) return { status: 'superseded', text: 'Its lock expired, so another change may have run.' }
  // A change that has begun is still polled. If another change takes the lock, the next poll detects it.
  return undefined
}

const verifyCall = async (call: Request, story: Story): Promise<CallResult | Outcome> => {
  const { job, ports, face } = story
  const read = ports.readers(await ports.config(), actsAs(story), job.id)
  const applied = (await mutationNamed(face.plan.command)?.applied?.(call, face.plan, read)) ?? 'unknown'
  if (applied === true) return { requestId: LOST_ANSWER }
  if (typeof applied === 'object') return { requestId: LOST_ANSWER, registered: applied.registered }
  if (applied === 'unknown')
    return unknownCall(new Error('the answer was lost, and the service does not show the effect'))
  return {
    status: 'failed',
    text: 'Not done: Quarterdeck stopped unexpectedly before the call reached AWS.',
    offers: offerPlanAgain(face.plan),
  }
}

const LOST_ANSWER = 'unknown (answer lost)'

const unknownCall = (error: unknown): Outcome => ({
  status: 'unknown',
  text: boundedText(`The call may or may not have reached AWS: ${errorText(error)}.`),
})

/** The number of failed polls in a row after which the outcome is unknown. They take at least 10 minutes. */
const MAX_MISSES = 20

/** `isUnlocked`: the service was unlocked, because ECS waits for people or for a time. */
type PollState = { readonly progress: Progress | Outcome; readonly misses: number; readonly isUnlocked?: true }

const waitUntilSettled = async (story: Story, since: string): Promise<Outcome> => {
  const settled = mutationNamed(story.face.plan.command)?.settled
  if (settled === undefined) return { status: 'done', text: '' }
  const first: PollState = { progress: { status: 'moving', text: 'started' }, misses: 0 }
  const isOver = ({ progress }: PollState) => progress.status !== 'moving'
  const { progress } = await pollUntil<PollState>(
    story.ctx,
    stepName(story, 'settle'),
    first,
    before => pollChange(story, settled, since, before),
    isOver,
  ).catch(error => ({ progress: unreadableProgress(error) }))
  return progress.status === 'moving' ? unsettled(story, since, progress.text) : progress
}

/** The outcome if AWS accepted the change and reported no failure, but the change did not settle in time. */
const unsettled = async (story: Story, since: string, last: string): Promise<Outcome> => {
  const now = await step(story.ctx, stepName(story, 'watching ended'), async () => story.ports.now())
  const hours = Math.round((Date.parse(now) - Date.parse(since)) / 3_600_000)
  const { target } = story.face.plan
  return {
    status: 'unknown',
    text: `Not settled after ${hours} h and no longer watched: ${last.replace(/\.?$/, '.')}`,
    offers: [{ label: 'Status', invocation: `status ${fullName(target)}` }],
  }
}

const pollChange = async (
  story: Story,
  settled: NonNullable<AnyMutation['settled']>,
  since: string,
  before: PollState,
): Promise<PollState> => {
  const { job, ports, face } = story
  try {
    const lost = before.isUnlocked === true ? undefined : await lostLock(story, true)
    if (lost !== undefined) return { progress: lost, misses: 0 }
    if (await isLeaseOver(story))
      return {
        progress: { status: 'unknown', text: boundedText(`Not settled before its end: ${before.progress.text}.`) },
        misses: 0,
      }
    const read = ports.readers(await ports.recentConfig(), actsAs(story), job.id)
    const memory = 'memory' in before.progress ? before.progress.memory : undefined
    const progress = boundedProgress(await settled(face.plan, since, ports.now(), read, memory))
    if (progress.status === 'moving' && progress.text !== before.progress.text) {
      const { text, share } = progress
      await showProgress(story, { text, since, ...(share !== undefined && { share }) })
    }
    return { progress, misses: 0, ...(await unlockWhileWaiting(progress, before, story)) }
  } catch (error) {
    if (!(error instanceof RemoteError)) throw error
    const isLost = !error.passing || before.misses >= MAX_MISSES
    if (!isLost) return { ...before, misses: before.misses + 1 }
    return { progress: unreadableProgress(error), misses: 0 }
  }
}

const unlockWhileWaiting = async (
  progress: Progress,
  { isUnlocked }: PollState,
  { job, ports, face }: Story,
): Promise<Pick<PollState, 'isUnlocked'>> => {
  if (isUnlocked === true) return { isUnlocked }
  if (progress.status !== 'moving' || progress.isWaiting !== true) return {}
  if (face.plan.isUnlocked !== true) await unlock(ports.store, job, face.plan)
  return { isUnlocked: true }
}

const unreadableProgress = (error: unknown): Outcome => ({
  status: 'unknown',
  text: boundedText(`It was started, but its progress cannot be read: ${errorText(error)}.`),
})
