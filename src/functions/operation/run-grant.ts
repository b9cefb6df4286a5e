// Runs a shell access grant. When the grant expires or is revoked, or when a halt begins, removes the tags and
// terminates the open sessions.

import type { Readers } from '../../commands/readers.ts'
import type { Outcome } from '../../engine/change/outcome.ts'
import type { EcsCall, Grant, SessionCall } from '../../engine/change/plan.ts'
import { leaseCallbackKey } from '../../engine/change/records.ts'
import { storeCallback } from '../../engine/jobs/callbacks.ts'
import { logError } from '../../engine/jobs/log-error.ts'
import { scheduleLeaseCheck } from '../../engine/jobs/timers.ts'
import { accessOf } from '../../engine/rules/access.ts'
import { loadRuleInputs } from '../../engine/rules/load-rule-inputs.ts'
import { HALT_KEY } from '../../engine/rules/rule-inputs.ts'
import { foreignTags, GRANT_TAG, otherSpellings, revokeCall, terminateCall } from '../../features/exec/grant.ts'
import { execOwnerKey, grantSeenKey, revokedKey } from '../../features/exec/records.ts'
import type { LiveSession } from '../../features/exec/site.ts'
import type { Actor } from '../../model/ecs.ts'
import { isRefusal, RemoteError } from '../../model/errors.ts'
import { execute } from './interpreter.ts'
import { renderSession } from './render-session.ts'
import { recordOutcome, report, withAuditWarning } from './report.ts'
import { step } from './steps.ts'
import { errorText, type Story } from './story.ts'

/** The polling interval for halts and new sessions. */
const POLL_SECONDS = 60
/** Polls in a row in which Slack does not answer about the holder: about five minutes. */
const MAX_UNCHECKED = 5
const AFTER_END_MS = 5 * 60_000
/** The maximum number of wake-ups by Revoke and by scheduled checks, in addition to timeouts. */
const MAX_WAKES = 60

/** `over`: why the grant ends. `isUnchecked`: Slack did not answer whether its holder may still have it. */
type GrantState = { readonly secondsLeft: number; readonly over?: string; readonly isUnchecked?: true }
type GrantCheck = { readonly grant: Grant; readonly until: string; readonly callbackId: string }

/** Runs the grant until its end. `began`: the outcome of setting the tags. */
export const runGrant = async (story: Story, began: Outcome): Promise<Outcome> => {
  const { ctx, ports, job, face } = story
  const grant = face.plan.grant
  if (grant === undefined) return began
  const at = await step(ctx, 'granted', async () => ports.now())
  const recorded = withAuditWarning(began, await recordOutcome(story, began, at))
  const until = new Date(Date.parse(at) + grant.minutes * 60_000).toISOString()
  await report({ ...story, turn: 'grant' }, { kind: 'granted', until, outcome: recorded })
  await step(ctx, 'schedule a look', async () => {
    await scheduleLeaseCheck(job.id, ports, grant.minutes * 60_000 + AFTER_END_MS).catch(error =>
      logError('grant', job.id, error),
    )
    return null
  })
  return endGrant(story, grant, await waitUntilOver(story, grant, until))
}

/**
 * Polls until the grant ends; resolves with the reason. A poll takes two of the 3,000 durable operations that AWS
 * allows; four hours take about 500.
 */
const waitUntilOver = async (story: Story, grant: Grant, until: string): Promise<string> => {
  const { ctx } = story
  const mostTurns = Math.ceil((grant.minutes * 60) / POLL_SECONDS) + MAX_WAKES
  let remainingSeconds = grant.minutes * 60
  let unchecked = 0
  for (let turn = 1; turn <= mostTurns; turn += 1) {
    const seconds = Math.max(1, Math.min(POLL_SECONDS, remainingSeconds))
    const [callback, callbackId] = await ctx.createCallback(`grant ${turn}`, { timeout: { seconds } })
    const { over, secondsLeft, isUnchecked } = await step(ctx, `grant ${turn}: look`, () =>
      checkGrant(story, { grant, until, callbackId }),
    ).catch(endUnread)
    if (over !== undefined) return over
    unchecked = isUnchecked === true ? unchecked + 1 : 0
    if (unchecked >= MAX_UNCHECKED) return 'It ended because the rights of its holder could not be checked.'
    await callback.catch(() => 'in time')
    remainingSeconds = secondsLeft - seconds
  }
  return 'It ended after too many wake-ups.'
}

/** The result if the state of the grant cannot be read: the grant ends. */
const endUnread = (error: unknown): GrantState => ({
  secondsLeft: 0,
  over: `It ended because its state could not be read: ${errorText(error)}.`,
})

const revokedBy = async ({ ports, job }: Story): Promise<Actor | undefined> =>
  (await ports.store.get<{ readonly by: Actor }>(revokedKey(job.id)))?.value.by

/** Reads the state of the grant. The callback is stored first, so that a Revoke after the read wakes this operation. */
const checkGrant = async (story: Story, { grant, until, callbackId }: GrantCheck): Promise<GrantState> => {
  const { ports, job } = story
  await storeCallback(ports.store, leaseCallbackKey(job.id), callbackId).catch(error =>
    logError('grant', job.id, error),
  )
  const secondsLeft = Math.ceil((Date.parse(until) - Date.parse(ports.now())) / 1_000)
  const over = secondsLeft <= 0 ? 'It expired.' : await reasonToEnd(story, grant)
  if (over !== undefined) return { secondsLeft, over }
  const lost = await lostRight(story).catch((error: unknown) => {
    if (error instanceof RemoteError && error.passing) return 'unchecked' as const
    throw error
  })
  if (lost === 'unchecked') return { secondsLeft, isUnchecked: true }
  if (lost !== undefined) return { secondsLeft, over: `It ended early: ${lost}` }
  await postNewSessions(story, grant).catch(error => logError('sessions', job.id, error))
  return { secondsLeft }
}

const reasonToEnd = async (story: Story, { taskArn }: Grant): Promise<string | undefined> => {
  const { ports, face } = story
  const by = await revokedBy(story)
  if (by !== undefined) return `${by.name} revoked it.`
  const read = await readersOf(story)
  const halts = [ports.store.get(HALT_KEY), ports.halted(), read.halted(face.plan.target)]
  if ((await Promise.all(halts)).some(halt => halt !== undefined)) return 'All changes are halted.'
  const [foreign] = foreignTags(await read.grantTags(face.plan.target, taskArn), face.plan)
  return foreign && `It ended because somebody else set the tag \`${foreign.key}\` of the task.`
}

/** Why the holder may no longer run commands there: identity, rules, groups and Slack, as they are now. */
const lostRight = async ({ ports, job, face }: Story): Promise<string | undefined> => {
  const config = await ports.config()
  const access = accessOf(job.actor, 'exec', face.plan.target, config, await loadRuleInputs(config, ports))
  if (isRefusal(access)) return access.text
  if (access.corporateId !== face.corporateId) return `${job.actor.name} is another person in the configuration now.`
  return (await (await ports.slack()).isActive(job.actor.user))
    ? undefined
    : `${job.actor.name} is no longer active in Slack.`
}

const readersOf = async ({ ports, job, face }: Story): Promise<Readers> =>
  ports.readers(await ports.config(), { actor: job.actor, corporateId: face.corporateId }, job.id)

const foreignSessions = async (story: Story, { task }: Grant): Promise<readonly LiveSession[]> => {
  const { ports, face } = story
  const config = await ports.config()
  const { accountId, region } = face.plan.target
  const account = config.accounts.find(({ id }) => id === accountId)
  if (account === undefined) return []
  const read = await readersOf(story)
  const open = (await read.execSessions(account, region)).filter(one => one.task === task)
  const owners = await Promise.all(open.map(({ id }) => ports.store.get(execOwnerKey(id))))
  return open.filter((_, at) => owners[at] === undefined)
}

/** Posts a message about each session in the thread, once. */
const postNewSessions = async (story: Story, grant: Grant): Promise<void> => {
  const { ports, job, approval } = story
  for (const session of await foreignSessions(story, grant)) {
    if (!(await ports.store.create(grantSeenKey(job.id, session.id), { at: ports.now() }))) continue
    const { channel, ts } = approval.posted
    await (await ports.slack()).post(channel, renderSession(session), { thread: ts })
  }
}

const endGrant = async (story: Story, grant: Grant, why: string): Promise<Outcome> => {
  const untagged = await sendCall(revokeCall(grant), 'end', story)
  const others = await removeOthers(story, grant)
  return outcomeOf([untagged, ...others], await terminateSessions(story, grant), why)
}

/** Other spellings of the tags grant access too: somebody may have set one meanwhile. */
const removeOthers = async (story: Story, grant: Grant): Promise<readonly Outcome[]> => {
  const keys = await step(story.ctx, 'end: look for other tags', async () => {
    const read = await readersOf(story)
    return otherSpellings(await read.grantTags(story.face.plan.target, grant.taskArn))
  }).catch(errorText)
  if (typeof keys === 'string') return [{ status: 'unknown', text: keys }]
  return keys.length === 0 ? [] : [await sendCall(revokeCall(grant, keys), 'end: other tags', story)]
}

/** Makes one call through the interpreter, with its own intent in the audit. */
const sendCall = (call: EcsCall | SessionCall, turn: string, story: Story): Promise<Outcome> =>
  execute({ ...story, turn, endsGrant: true, face: { ...story.face, plan: { ...story.face.plan, calls: [call] } } })

/** A stopped task no longer has tags or sessions; nor has one of a deleted cluster. */
const ALREADY_GONE = /\((ClusterNotFoundException|InvalidParameterException|ResourceNotFoundException): /

const isRemoved = ({ status, text }: Outcome): boolean => status === 'done' || ALREADY_GONE.test(text)

/** Runs after the tags are removed, so that no new session can start. */
const terminateSessions = async (story: Story, grant: Grant): Promise<readonly Outcome[]> => {
  const open = await step(story.ctx, 'end: look for sessions', async () =>
    (await foreignSessions(story, grant)).map(({ id, ref }) => ({ id, arn: ref.arn })),
  ).catch(error => errorText(error))
  if (typeof open === 'string') return [{ status: 'unknown', text: open }]
  const ended: Outcome[] = []
  for (const [at, { id, arn }] of open.entries())
    ended.push(await sendCall(terminateCall(arn, id), `end: session ${at + 1}`, story))
  return ended
}

const outcomeOf = (untagged: readonly Outcome[], ended: readonly Outcome[], why: string): Outcome => {
  const all = [...untagged, ...ended]
  const failed = all.find(one => !isRemoved(one))
  const requestIds = all.flatMap(one => one.requestIds ?? [])
  const details = [...new Set(all.flatMap(one => one.details ?? []))]
  if (failed === undefined)
    return { status: 'reverted', text: `${why} ${endedText(ended.length)}`, details, requestIds }
  return {
    details,
    status: 'unknown',
    text: `${why} Access could not be removed: ${failed.text.replace(/\.?$/, '.')} Remove the tag \`${GRANT_TAG}\` from the task, in any spelling, and terminate its sessions.`,
    requestIds,
    offers: [{ label: 'Open Sessions', invocation: 'exec sessions' }],
  }
}

const endedText = (count: number): string =>
  count === 0 ? 'No session was open.' : `${count} open ${count === 1 ? 'session was' : 'sessions were'} terminated.`
