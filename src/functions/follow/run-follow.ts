// Runs a log follow: one invocation polls once a second, stores lines before it shows them, and hands over to another
// invocation before its timeout.

import type { Readers } from '../../commands/readers.ts'
import { logError } from '../../engine/jobs/log-error.ts'
import { mayUpdate } from '../../engine/jobs/update-budget.ts'
import { accessOf, identify } from '../../engine/rules/access.ts'
import type { Config } from '../../engine/rules/config.ts'
import { loadRuleInputs } from '../../engine/rules/load-rule-inputs.ts'
import { maySeeAccount } from '../../engine/rules/place-access.ts'
import type { SessionLines } from '../../features/logs/log-types.ts'
import { redactionOptions } from '../../features/logs/redaction.ts'
import { sessionLinesFor } from '../../features/logs/session-lines.ts'
import { isDirectMessage } from '../../features/services/channel-defaults.ts'
import { isRefusal, type Refusal, RemoteError, refuse } from '../../model/errors.ts'
import type { FollowJob } from '../../model/ports/job.ts'
import { createCollector } from './collector.ts'
import type { End, Follow, Stop } from './follow.ts'
import { createMessageUpdater } from './message-updater.ts'
import type { FollowPorts } from './ports.ts'
import { followKey, stopKey } from './records.ts'
import { createRedactedStreams } from './redacted-streams.ts'
import { type FollowState, renderFollow } from './render-follow.ts'
import { storeLines } from './store-lines.ts'
import { type HeldFollow, removeFollow, storeFollow } from './stored-follow.ts'
import { uploadTranscript } from './transcript.ts'
import { HEARTBEAT_TIMEOUT_MS } from './watch-follow.ts'

const SECOND = 1_000

/** The time that is left in the invocation for the last poll and the handover, in milliseconds. */
const RESERVE_MS = 30 * SECOND

/** How often the right of the person who follows is checked, and how long it may go unchecked. */
const CHECK_MS = 60 * SECOND
const UNCHECKED_MS = 5 * 60 * SECOND

/** Runs until the follow ends, another holder has it, or `remainingMs` of this invocation are used. */
export const runFollow = async (job: FollowJob, ports: FollowPorts, remainingMs: number): Promise<void> => {
  const handOverAt = Date.parse(ports.now()) + remainingMs - RESERVE_MS
  const item = await ports.store.get<Follow>(followKey(job.follow))
  if (item === undefined || item.value.end !== undefined || item.value.holder + 1 !== job.holder) return
  const held: HeldFollow = { follow: item.value, version: item.version }
  const isDead = Date.parse(ports.now()) - Date.parse(item.value.beatAt) >= HEARTBEAT_TIMEOUT_MS
  if (!(await storeFollow(held, { holder: job.holder, ...(isDead && { hasGap: true }) }, ports))) return
  const config = await ports.config()
  const allowed = await authorise(held.follow, config, ports)
  if (isRefusal(allowed)) return finish(held, { why: 'trouble', text: allowed.text }, idleState(), config, ports)
  await pollUntilEnd(held, allowed, config, handOverAt, ports)
}

const idleState = (): FollowState => ({ sources: [], isLive: false, sessions: 'left out' })

type Authorised = { readonly read: Readers; readonly sessions: SessionLines }

/** Checks identity, rules and activity as they are now: at each handover and once a minute. */
const authorise = async (
  { actor, of, posted }: Follow,
  config: Config,
  ports: FollowPorts,
): Promise<Authorised | Refusal> => {
  const corporateId = identify(actor, config)
  if (isRefusal(corporateId)) return corporateId
  const facts = await loadRuleInputs(config, ports)
  if ('service' in of) {
    const access = accessOf(actor, 'viewer', of, config, facts)
    if (access.kind === 'refusal') return access
  } else {
    const account = config.accounts.find(({ id }) => id === of.accountId)
    if (account === undefined || !maySeeAccount(actor, account, config, facts))
      return refuse(`${actor.name} may no longer view all of ${of.account}`)
  }
  if (!(await (await ports.slack()).isActive(actor.user))) return refuse(`${actor.name} is no longer active in Slack`)
  return {
    read: ports.readers(config, { actor, corporateId }, 'follow'),
    sessions: sessionLinesFor(actor, of.accountId, isDirectMessage(posted.channel), config, facts),
  }
}

/** The refusal once the actor has lost a right, or once it could not be checked for five minutes. */
const createRightCheck = (follow: Follow, sessions: SessionLines, ports: FollowPorts) => {
  let checkedAt = Date.parse(ports.now())
  let triedAt = checkedAt
  return async (now: number): Promise<Refusal | undefined> => {
    if (now - triedAt < CHECK_MS) return undefined
    triedAt = now
    try {
      const allowed = await authorise(follow, await ports.config(), ports)
      checkedAt = now
      if (isRefusal(allowed)) return allowed
      return allowed.sessions === sessions ? undefined : refuse('the right to see lines of exec sessions changed')
    } catch (error) {
      if (!(error instanceof RemoteError)) throw error
      return now - checkedAt < UNCHECKED_MS ? undefined : refuse('its right could not be checked for five minutes')
    }
  }
}

const pollUntilEnd = async (
  held: HeldFollow,
  { read, sessions }: Authorised,
  config: Config,
  handOverAt: number,
  ports: FollowPorts,
): Promise<void> => {
  const collector = createCollector(held.follow, sessions, read, ports)
  const updater = createMessageUpdater(ports)
  const streams = createRedactedStreams(redactionOptions({ config }))
  const lostRight = createRightCheck(held.follow, sessions, ports)
  try {
    for (let isFirst = true; ; isFirst = false) {
      if (!isFirst) await ports.pause(SECOND)
      const now = Date.parse(ports.now())
      const refusal = await lostRight(now)
      if (refusal !== undefined)
        return await finish(held, { why: 'trouble', text: refusal.text }, collector.now(), config, ports)
      const end = await endOf(held.follow, now, ports)
      const isLast = end !== undefined || now >= handOverAt
      const collected = await collector.collect(held.follow.cursor, now, isLast, end !== undefined)
      if (!(await storeLines(held, collected, streams, ports))) return
      const finalEnd = end ?? collected.end
      if (finalEnd !== undefined)
        return await finish(held, finalEnd, collector.now(), config, ports, { read, sessions })
      if (isLast) return await handOver(held, ports)
      if (await updater.show(held.follow, collector.now(), now)) continue
      return await finish(held, { why: 'trouble', text: 'its message was deleted' }, collector.now(), config, ports)
    }
  } finally {
    await collector.close()
  }
}

type Ending = Pick<End, 'why' | 'text'>

const endOf = async ({ id, endsAt }: Follow, now: number, { store }: FollowPorts): Promise<Ending | undefined> => {
  const stop = (await store.get<Stop>(stopKey(id)))?.value
  if (stop !== undefined) return { why: 'stopped', text: stop.by.name }
  return now >= Date.parse(endsAt) ? { why: 'time' } : undefined
}

const handOver = async (held: HeldFollow, ports: FollowPorts): Promise<void> => {
  const { id, holder } = held.follow
  await ports
    .continueFollow({ kind: 'follow', follow: id, holder: holder + 1 })
    .catch(error => logError('hand over', id, error))
}

/**
 * Shows the end of the follow, even if the update budget is nearly used up. Uploads a file if the message does not show
 * all lines.
 */
const finish = async (
  held: HeldFollow,
  ending: Ending,
  how: FollowState,
  config: Config,
  ports: FollowPorts,
  allowed?: Authorised,
): Promise<void> => {
  const end: End = { ...ending, at: ports.now() }
  const { trouble: _, ...rest } = how
  const last = { ...held.follow, end }
  const { isWhole, ...message } = renderFollow(last, rest)
  const slack = await ports.slack()
  try {
    for (let tries = 0; tries < 60 && !(await mayUpdate(ports.store, ports.now(), 'outcome')); tries += 1)
      await ports.pause(SECOND)
    await slack.update(last.posted, message)
    if (!isWhole && allowed !== undefined) await uploadTranscript(last, how.sources, allowed, config, slack)
  } catch (error) {
    if (!(error instanceof RemoteError) || error.passing) throw error
  }
  await storeFollow(held, { end }, ports)
  await removeFollow(held.follow, ports).catch(error => logError('follow', held.follow.id, error))
}
