// The story of one read: prepare, load, render, and answer the asker alone; or follow, in a message of its own.
import type { FollowAsked, Rendered } from './command.ts'
import { isRefusal, PeerError, type Refusal, refuse } from './errors.ts'
import { LATE_MS } from './follow.ts'
import { beginFollow, type FollowPorts, holdFollow } from './following.ts'
import type { QueryJob } from './job.ts'
import { renderBegun, renderFollow } from './messages/follow.ts'
import { renderSent } from './messages/log-lines.ts'
import { renderRefusal } from './messages/refusal.ts'
import { type Answered, prepare, renderQuery } from './planning.ts'
import { followKey } from './records.ts'
import { refuseToShare } from './sharing.ts'

/** `remainingMs`: of this invocation. */
export const answerQuery = async (job: QueryJob, ports: FollowPorts, remainingMs: number): Promise<void> => {
  const endsAt = Date.parse(ports.now()) + remainingMs
  const answer = await findAnswer(job, ports).catch(inOurWords)
  if ('message' in answer) return tell(job, await file(job, answer, ports).catch(inOurWords), ports)
  if (!('follow' in answer)) return tell(job, answer, ports)
  const begun = await begin(job, answer.follow, ports).catch(inOurWords)
  if (begun === undefined) return
  await tell(job, begun, ports)
  if (!isRefusal(begun))
    await holdFollow({ kind: 'follow', follow: job.id, holder: 1 }, ports, endsAt - Date.parse(ports.now()))
}

const tell = async ({ responseUrl }: QueryJob, answer: Rendered | Refusal, ports: FollowPorts): Promise<void> => {
  if (responseUrl === undefined) return
  await (await ports.slack()).answer(responseUrl, isRefusal(answer) ? renderRefusal(answer) : answer)
}

const findAnswer = async (
  { line, actor }: QueryJob,
  ports: FollowPorts,
): Promise<Answered | Refusal | { readonly follow: FollowAsked }> => {
  const prepared = await prepare('query', { line, actor, purpose: 'query', ports })
  if (isRefusal(prepared)) return prepared
  const { command, values, read, own } = prepared
  const follow = await command.follow?.(values, read, own)
  return follow === undefined ? renderQuery(prepared) : isRefusal(follow) ? follow : { follow }
}

/** Files cannot be for one person alone in a channel: they go to the asker's messages, below what they are about. */
const file = async ({ actor }: QueryJob, { message, file: sent }: Answered, ports: FollowPorts): Promise<Rendered> => {
  if (sent === undefined) return message
  const slack = await ports.slack()
  const [head, ...rest] = message.blocks
  const about = { text: message.text, blocks: head === undefined ? rest : [head] }
  const { channel, ts } = await slack.post(actor.user, about)
  await slack.upload({ channel, thread: ts }, sent)
  return renderSent(sent.name)
}

/** Undefined when the same request has begun it already. */
const begin = async (
  { id, actor, place }: QueryJob,
  { minutes, sinceMs, isShared, ...asked }: FollowAsked,
  ports: FollowPorts,
): Promise<Rendered | Refusal | undefined> => {
  if ((await ports.store.get(followKey(id))) !== undefined) return undefined
  const slack = await ports.slack()
  const no = isShared ? await refuseToShare(place.channel, await ports.config(), slack) : undefined
  if (no !== undefined) return no
  const now = Date.parse(ports.now())
  const since = now - Math.min(sinceMs, LATE_MS)
  const follow = {
    ...asked,
    id,
    actor,
    posted: { channel: '', ts: '' },
    startedAt: ports.now(),
    endsAt: new Date(now + minutes * 60_000).toISOString(),
    since,
    holder: 0,
    beatAt: ports.now(),
    cursor: { from: since, seen: [] },
    shown: [],
    lines: 0,
    levels: { error: 0, warn: 0, info: 0, debug: 0, other: 0 },
    hidden: {},
    isSampled: false,
  }
  const { isWhole: _, ...message } = renderFollow(follow, { sources: [], isLive: false })
  const thread = isShared && place.thread !== undefined ? { thread: place.thread } : {}
  const posted = await slack.post(isShared ? place.channel : actor.user, message, thread)
  if (await beginFollow({ ...follow, posted }, ports)) return renderBegun(follow, isShared)
  await slack.remove(posted)
  return undefined
}

const inOurWords = (error: unknown): Refusal => {
  if (!(error instanceof PeerError)) throw error
  return refuse(`That did not work: ${error.message}.`, error.passing ? 'Try again in a minute.' : undefined)
}
