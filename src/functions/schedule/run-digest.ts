// One run of a digest, after its conditional write: collects, posts the message, and tells the detail in its thread.

import { createHash } from 'node:crypto'
import type { Ports } from '../../commands/ports.ts'
import { noteStanding } from '../../engine/change/records.ts'
import { logError } from '../../engine/jobs/log-error.ts'
import { tellOnCall } from '../../engine/jobs/tell-on-call.ts'
import type { Config, Digest } from '../../engine/rules/config.ts'
import { isOutsiders } from '../../engine/rules/guarded-slack.ts'
import type { RuleInputs } from '../../engine/rules/rule-inputs.ts'
import { type CollectReads, collect } from '../../features/digests/collect.ts'
import { LATE_MS } from '../../features/digests/due.ts'
import { activeOwners, seenBy } from '../../features/digests/owners.ts'
import { isFirstOfWeek, trendOf } from '../../features/digests/picture-digest.ts'
import { lastTold, loadRuns, loadSeen, type Run, saveSeen } from '../../features/digests/records.ts'
import { renderBare, renderDigest, renderThread } from '../../features/digests/render-digest.ts'
import { renderNobody, renderRefused } from '../../features/digests/render-refused.ts'
import { seenAfter } from '../../features/digests/seen.ts'
import { sinceOf } from '../../features/digests/since.ts'
import { countsOf, type DigestView, newsIn, viewOf } from '../../features/digests/view.ts'
import { RemoteError } from '../../model/errors.ts'
import type { Rendered } from '../../model/ports/message.ts'
import { type Mark, type Posted, TOO_MANY } from '../../model/ports/slack.ts'

export type DigestPorts = Pick<Ports, 'config' | 'store' | 'slack' | 'now' | 'readers'>

/** `mayBePosted`: an earlier try did not end, so the message may be in the channel. */
export type DigestTurn = {
  readonly digest: Digest
  readonly due: string
  readonly config: Config
  readonly read: CollectReads
  /** Who is in which user group. */
  readonly facts: () => Promise<RuleInputs>
  readonly ports: DigestPorts
  readonly mayBePosted: boolean
  readonly end: (result: Omit<Run, 'due' | 'at' | 'tries' | 'channel'>) => Promise<void>
  readonly release: () => Promise<void>
}

export const runDigest = async (turn: DigestTurn): Promise<void> => {
  const { digest, config, ports, end } = turn
  const slack = await ports.slack()
  if (turn.mayBePosted && (await findPosted(turn, bareMarkOf(turn))) !== undefined) return end({ result: 'outsiders' })
  const earlier = turn.mayBePosted ? await findPosted(turn, markOf(turn)) : undefined
  const facts = await turn.facts()
  const owners = await activeOwners(digest, config, facts, slack)
  if (owners.length === 0 && earlier === undefined) {
    await end({ result: 'nobody' })
    return tellAdministrators(renderNobody(digest), turn)
  }
  const { view, counts, next } = await load(turn, seenBy(owners, config, facts), earlier !== undefined)
  if (earlier === undefined && newsIn(view).length === 0) return end({ result: 'nothing', next, ...counts })
  const posted = earlier ?? (await post(view, turn))
  if (posted === undefined) return
  await end({ result: 'posted', posted, next, ...counts })
  await tellDetails(view, posted, turn)
}

/** The mark of a message. Members of the workspace can read it, so it is a hash. */
const markFor = (parts: readonly string[]): Mark => ({
  operation: createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 40),
  what: 'digest',
})

const markOf = ({ digest, due }: DigestTurn): Mark => markFor([digest.name, due])
/** Of the line without details. */
const bareMarkOf = ({ digest, due }: DigestTurn): Mark => markFor([digest.name, due, 'bare'])

/** Slack's clock may be behind ours. */
const SKEW_MS = 60_000

/** Without access to the channel there is no message to find, and none can be posted: posting says why. */
const findPosted = async ({ digest, due, ports }: DigestTurn, mark: Mark): Promise<Posted | undefined> => {
  const slack = await ports.slack()
  try {
    return await slack.find(digest.channel, mark, new Date(Date.parse(due) - SKEW_MS).toISOString())
  } catch (error) {
    if (!(error instanceof RemoteError) || error.passing || error.code === TOO_MANY) throw error
    return undefined
  }
}

/** `isPosted`: what the message tells was saved before it was posted. */
const load = async (
  { digest, due, config, read, ports }: DigestTurn,
  maySee: ReturnType<typeof seenBy>,
  isPosted: boolean,
) => {
  const { store } = ports
  const now = ports.now()
  const before = lastTold(await loadRuns(digest.name, store), digest.channel, due)
  const collected = await collect({
    ...{ digest, config, store, read, now, maySee, turn: before?.next ?? 0 },
    since: sinceOf(before?.due, now),
  })
  const seen = before === undefined ? {} : await loadSeen(digest.name, before.due, store)
  const view = viewOf(digest, collected, seen, {
    now,
    ...(before !== undefined && { since: before.due }),
    ...(Date.parse(now) - Date.parse(due) > LATE_MS && { lateSince: due }),
  })
  if (!isPosted) {
    const keeps = (key: string) => key.startsWith('posture ') && digest.topics.includes('posture')
    await saveSeen(digest.name, due, seenAfter(collected.groups, seen, keeps), ports)
  }
  return { view, counts: countsOf(view), next: collected.next }
}

/** Undefined if the channel gets no details; then the run has ended. */
const post = async (view: DigestView, turn: DigestTurn): Promise<Posted | undefined> => {
  const { digest, ports, end } = turn
  const slack = await ports.slack()
  const mark = markOf(turn)
  try {
    const posted = await slack.post(digest.channel, renderDigest(view), { mark })
    await noteStanding(posted.channel, mark.operation, `Digest ${digest.name}`, ports)
    return posted
  } catch (error) {
    if (!(error instanceof RemoteError) || error.passing) throw error
    if (isOutsiders(error)) {
      await slack.post(digest.channel, renderBare(view), { mark: bareMarkOf(turn), isBare: true })
      await end({ result: 'outsiders' })
    } else {
      await end({ result: 'refused', code: error.code })
      await tellAdministrators(renderRefused(digest, error.code), turn)
    }
    return undefined
  }
}

/** A failure leaves the message as it is: /ecs digest preview shows the rest. */
const tellDetails = async (view: DigestView, { channel, ts }: Posted, { digest, ports }: DigestTurn): Promise<void> => {
  const slack = await ports.slack()
  try {
    for (const message of renderThread(view)) await slack.post(channel, message, { thread: ts })
    const runs = (await loadRuns(digest.name, ports.store)).map(({ value }) => value)
    const pictures = isFirstOfWeek(runs) ? trendOf(digest.name, runs) : []
    if (pictures.length === 0) return
    const { draw } = await import('../../kit/pictures/draw.ts')
    for (const picture of pictures) {
      const { name, title, alt } = picture
      await slack.upload({ channel, thread: ts }, { name, title, alt, bytes: draw(picture) })
    }
  } catch (error) {
    logError('digest', digest.name, error)
  }
}

/** In the approval channel; if outsiders read it, or it is gone, to each person on call. */
const tellAdministrators = async (message: Rendered, { config, digest, ports }: DigestTurn): Promise<void> => {
  const slack = await ports.slack()
  try {
    await slack.post(config.channel, message)
  } catch (error) {
    logError('digest', digest.name, error)
    await tellOnCall(message, config, slack).catch((failure: unknown) => logError('digest', digest.name, failure))
  }
}
