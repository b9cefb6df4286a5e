// Runs a follow: one invocation polls once a second, stores lines before showing them, and hands over before its
// timeout.

import type { Ports } from '../../commands/ports.ts'
import type { Readers } from '../../commands/readers.ts'
import { logError } from '../../engine/jobs/log-error.ts'
import { armFollowWatch } from '../../engine/jobs/timers.ts'
import { mayUpdate } from '../../engine/jobs/update-budget.ts'
import { accessOf, identify } from '../../engine/rules/access.ts'
import type { Config } from '../../engine/rules/config.ts'
import { loadRuleInputs } from '../../engine/rules/load-rule-inputs.ts'
import { maySeeAccount } from '../../engine/rules/place-access.ts'
import { addMinutes, readEach } from '../../features/logs/log-entries.ts'
import type { LogLine } from '../../features/logs/log-types.ts'
import { redactionOptions } from '../../features/logs/redaction.ts'
import { addHidden } from '../../kit/redact/redact.ts'
import { isRefusal, type Refusal, RemoteError, refuse } from '../../model/errors.ts'
import type { ContinueFollow, Schedule } from '../../model/ports/functions.ts'
import type { FollowJob } from '../../model/ports/job.ts'
import { type Collected, createCollector } from './collector.ts'
import { type End, type Follow, type Stop, takeLive, takePolled } from './follow.ts'
import { createRecentWrites, type RecentWrites } from './recent-writes.ts'
import { followKey, stopKey } from './records.ts'
import { type FollowState, renderFollow } from './render-follow.ts'
import { uploadTranscript } from './transcript.ts'
import { HEARTBEAT_TIMEOUT_MS } from './watch-follow.ts'

export type FollowPorts = Ports & {
  readonly schedule: Schedule
  readonly continueFollow: ContinueFollow
  /** Milliseconds. */
  readonly pause: (ms: number) => Promise<unknown>
}

const SECOND = 1_000
/** The longest time between heartbeats, so that the watchdog detects a dead holder. */
const HEARTBEAT_MS = 15 * SECOND
/** Left in the invocation for the last poll and the handover. */
const RESERVE_MS = 30 * SECOND
/** Between updates of the message; doubled up to the maximum while the update budget is spent. */
const MIN_UPDATE_MS = 3 * SECOND
const MAX_UPDATE_MS = 30 * SECOND
const MAX_SHOWN = 100
/** A DynamoDB item is at most 400 KB. */
const MAX_SHOWN_CHARACTERS = 40_000
/** An hour, plus the lateness of lines before and after it. */
const MAX_MINUTES = 72
/** Kept for a day, so that a late click on Stop still finds it. */
const KEPT_SECONDS = 86_400

type HeldFollow = { follow: Follow; version: number }

/** Runs until the follow ends, another holder has it, or `remainingMs` of this invocation are used. */
export const runFollow = async (job: FollowJob, ports: FollowPorts, remainingMs: number): Promise<void> => {
  const handOverAt = Date.parse(ports.now()) + remainingMs - RESERVE_MS
  const item = await ports.store.get<Follow>(followKey(job.follow))
  if (item === undefined || item.value.end !== undefined || item.value.holder + 1 !== job.holder) return
  const held: HeldFollow = { follow: item.value, version: item.version }
  const isDead = Date.parse(ports.now()) - Date.parse(item.value.beatAt) >= HEARTBEAT_TIMEOUT_MS
  if (!(await store(held, { holder: job.holder, ...(isDead && { hasGap: true }) }, ports))) return
  const config = await ports.config()
  const allowed = await authorise(held.follow, config, ports)
  if (isRefusal(allowed)) return finish(held, { why: 'trouble', text: allowed.text }, idleState(), config, ports)
  await pollUntilEnd(held, allowed, config, handOverAt, ports)
}

const idleState = (): FollowState => ({ sources: [], isLive: false })

/** Checks the current rules at each handover. */
const authorise = async ({ actor, of }: Follow, config: Config, ports: FollowPorts): Promise<Readers | Refusal> => {
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
  return ports.readers(config, { actor, corporateId }, 'follow')
}

const pollUntilEnd = async (
  held: HeldFollow,
  read: Readers,
  config: Config,
  handOverAt: number,
  ports: FollowPorts,
): Promise<void> => {
  const collector = createCollector(held.follow, read, ports)
  const updater = createMessageUpdater(ports)
  const recentWrites = createRecentWrites()
  try {
    for (let isFirst = true; ; isFirst = false) {
      if (!isFirst) await ports.pause(SECOND)
      const now = Date.parse(ports.now())
      const end = await endOf(held.follow, now, ports)
      const isLast = end !== undefined || now >= handOverAt
      const collected = await collector.collect(held.follow.cursor, now, isLast, end !== undefined)
      if (!(await storeLines(held, collected, recentWrites, config, ports))) return
      const finalEnd = end ?? collected.end
      if (finalEnd !== undefined) return await finish(held, finalEnd, collector.now(), config, ports, read)
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

/** Stores lines before they are shown. False when another holder has the follow. */
const storeLines = async (
  held: HeldFollow,
  { polled, live, isSampled }: Collected,
  writes: RecentWrites,
  config: Config,
  ports: FollowPorts,
): Promise<boolean> => {
  const now = Date.parse(ports.now())
  let { cursor } = held.follow
  const fresh: LogLine[] = []
  if (polled !== undefined) {
    const polledLines = takePolled(cursor, polled.lines, polled.upTo)
    polled.shown(polledLines.counted)
    cursor = polledLines.cursor
    fresh.push(...polledLines.fresh)
    writes.addRepeated(polledLines.repeated)
  }
  if (live !== undefined && live.lines.length > 0) {
    const liveLines = takeLive(cursor, live.lines, live.polled(), now)
    cursor = liveLines.cursor
    fresh.push(...liveLines.fresh)
  }
  const isQuiet = fresh.length === 0 && isSampled === held.follow.isSampled
  if (isQuiet && now - Date.parse(held.follow.beatAt) < HEARTBEAT_MS) {
    // No new lines and a recent heartbeat: nothing to store. The next holder reads the same lines again.
    return true
  }
  return store(held, { ...addLines(held.follow, fresh, writes, config), cursor, isSampled }, ports)
}

const addLines = (follow: Follow, fresh: readonly LogLine[], writes: RecentWrites, config: Config): Partial<Follow> => {
  if (fresh.length === 0) return {}
  const lines = fresh.toSorted((a, b) => a.at - b.at)
  const { entries, levels, minutes, hidden } = readEach(lines, redactionOptions({ config }), writes.addShown(lines))
  const sum = { ...follow.levels }
  for (const level of Object.keys(levels) as (keyof typeof levels)[]) sum[level] += levels[level]
  return {
    shown: newestThatFit([...follow.shown, ...entries].toSorted((a, b) => a.at - b.at)),
    lines: follow.lines + lines.length,
    levels: sum,
    minutes: addMinutes(follow.minutes ?? [], minutes).slice(-MAX_MINUTES),
    hidden: addHidden([follow.hidden, hidden]),
  }
}

const newestThatFit = (entries: Follow['shown']): Follow['shown'] => {
  const kept: Follow['shown'][number][] = []
  let room = MAX_SHOWN_CHARACTERS
  for (const entry of entries.slice(-MAX_SHOWN).toReversed()) {
    const short = { ...entry, text: entry.text.slice(0, 4_000) }
    room -= JSON.stringify(short).length
    if (room < 0 && kept.length > 0) break
    kept.unshift(short)
  }
  return kept
}

const store = async (held: HeldFollow, change: Partial<Follow>, { store, now }: FollowPorts): Promise<boolean> => {
  const follow: Follow = { ...held.follow, ...change, beatAt: now() }
  const until = Math.floor(Date.parse(follow.endsAt) / 1_000) + KEPT_SECONDS
  const isKept = await store.replace(followKey(follow.id), follow, held.version, until)
  if (isKept) Object.assign(held, { follow, version: held.version + 1 })
  return isKept
}

/** Stays within the shared budget of Slack updates a minute. */
const createMessageUpdater = (ports: FollowPorts) => {
  let last = ''
  let next = 0
  let gap = MIN_UPDATE_MS
  return {
    /** False when the message no longer exists. */
    show: async (follow: Follow, how: FollowState, now: number): Promise<boolean> => {
      const { isWhole: _, ...message } = renderFollow(follow, how)
      const text = JSON.stringify(message)
      if (text === last || now < next) return true
      const isFree = await mayUpdate(ports.store, ports.now(), 'progress')
      gap = isFree ? MIN_UPDATE_MS : Math.min(gap * 2, MAX_UPDATE_MS)
      next = now + gap
      if (!isFree) return true
      try {
        await (await ports.slack()).update(follow.posted, message)
        last = text
        return true
      } catch (error) {
        if (error instanceof RemoteError && !error.passing) return false
        logError('follow', follow.id, error)
        return true
      }
    },
  }
}

const handOver = async (held: HeldFollow, ports: FollowPorts): Promise<void> => {
  const { id, holder } = held.follow
  await ports
    .continueFollow({ kind: 'follow', follow: id, holder: holder + 1 })
    .catch(error => logError('hand over', id, error))
}

/** Shows the end even when the update budget is nearly spent, and uploads a file when the message is incomplete. */
const finish = async (
  held: HeldFollow,
  ending: Ending,
  how: FollowState,
  config: Config,
  ports: FollowPorts,
  read?: Readers,
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
    if (!isWhole && read !== undefined) await uploadTranscript(last, how.sources, read, config, slack)
  } catch (error) {
    if (!(error instanceof RemoteError) || error.passing) throw error
  }
  await store(held, { end }, ports)
}

/** Stores a new follow and arms its watchdog. False when it exists already. The first holder is this invocation. */
export const startFollow = async (follow: Follow, ports: FollowPorts): Promise<boolean> => {
  const until = Math.floor(Date.parse(follow.endsAt) / 1_000) + KEPT_SECONDS
  await armFollowWatch(follow.id, ports)
  return ports.store.create(followKey(follow.id), follow, until)
}
