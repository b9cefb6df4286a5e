// Answers one query: privately, shared in the channel with `--share`, or as a log follow in a message of its own.

import type { AnyQuery } from '../../commands/command.ts'
import { noteStanding } from '../../engine/change/records.ts'
import { answerAsker } from '../../engine/jobs/answer-asker.ts'
import type { Asker } from '../../engine/rules/asker.ts'
import { refuseTooManyFollows } from '../../engine/rules/budgets.ts'
import { refuseToShare } from '../../engine/rules/sharing.ts'
import type { FollowAsked } from '../../features/logs/ask-follow.ts'
import { renderSent } from '../../features/logs/render-lines.ts'
import { withButton, withNote } from '../../kit/messages/markup.ts'
import { withCallCounts } from '../../kit/messages/render-explained.ts'
import { clickable, renderRefusal } from '../../kit/messages/render-refusal.ts'
import { isRefusal, type Refusal, RemoteError, refuse } from '../../model/errors.ts'
import type { QueryJob } from '../../model/ports/job.ts'
import type { Picture, Rendered } from '../../model/ports/message.ts'
import type { SlackFile } from '../../model/ports/slack.ts'
import { stepAfter } from '../../model/slack-error.ts'
import { LATE_MS } from '../follow/follow.ts'
import type { FollowPorts } from '../follow/ports.ts'
import { followKey } from '../follow/records.ts'
import { renderFollow, renderFollowStarted } from '../follow/render-follow.ts'
import { runFollow } from '../follow/run-follow.ts'
import { countFollows, startFollow } from '../follow/stored-follow.ts'
import { type Prepared, prepare } from '../prepare/prepare.ts'

/** An answer. `file`: content that is too long for a message, or a file that was requested. */
export type Answered = { readonly message: Rendered; readonly file?: SlackFile }

/** Answers a query. `remainingMs`: the milliseconds that remain in this invocation. */
export const answerQuery = async (job: QueryJob, ports: FollowPorts, remainingMs: number): Promise<void> => {
  const endsAt = Date.parse(ports.now()) + remainingMs
  const answer = await findAnswer(job, ports).catch(asRefusal)
  if (isRefusal(answer)) return tell(job, renderRefusal(answer), ports)
  if ('follow' in answer) return follow(job, answer.follow, ports, endsAt)
  if (answer.isShared) return share(job, answer, ports)
  const sent = answer.file === undefined ? answer.message : await sendFile(job, answer, ports).catch(asRefusal)
  if (isRefusal(sent)) return tell(job, renderRefusal(sent), ports)
  const { pictures = [] } = sent
  await tell(job, pictures.length === 0 ? sent : withNote(sent, PICTURE_NOTE), ports)
  if (pictures.length > 0) await sendPictures(job, pictures, ports)
}

const PICTURE_NOTE = 'The picture is in your direct messages with Quarterdeck. --share posts both in this channel.'

type Found = (Answered & { readonly isShared: boolean }) | { readonly follow: FollowAsked }

const findAnswer = async ({ line, actor, place }: QueryJob, ports: FollowPorts): Promise<Found | Refusal> => {
  const prepared = await prepare('query', { line, actor, purpose: 'query', ports, channel: place.channel })
  if (isRefusal(prepared)) return prepared
  const { command, values, read, own } = prepared
  const isShared = values['share'] === true
  const refusal = isShared ? await refuseToShare(place.channel, own.config, await ports.slack()) : undefined
  if (refusal !== undefined) return refusal
  const asked = await command.follow?.(values, read, own)
  if (asked !== undefined) return isRefusal(asked) ? asked : { follow: asked }
  const answered = await renderQuery(prepared)
  if (isRefusal(answered)) return answered
  const { note } = prepared
  const message = note === undefined ? answered.message : withNote(answered.message, note)
  return { ...answered, message, isShared }
}

const tell = async (job: QueryJob, message: Rendered, ports: FollowPorts): Promise<void> =>
  answerAsker(job, await ports.slack(), message)

/** Posts the answer in the channel, with its pictures and files in the thread. */
const share = async (job: QueryJob, { message, file }: Answered, ports: FollowPorts): Promise<void> => {
  const { actor, place } = job
  const slack = await ports.slack()
  const shared = withNote(message, `Shared by ${actor.name}`)
  try {
    const { channel, ts } = await slack.post(
      place.channel,
      shared,
      place.thread === undefined ? {} : { thread: place.thread },
    )
    await noteStanding(channel, `share#${job.id}`, titleOf(job), ports)
    const files = [
      ...(await Promise.all((message.pictures ?? []).map(drawPicture))),
      ...(file === undefined ? [] : [file]),
    ]
    for (const one of files) await slack.upload({ channel: place.channel, thread: place.thread ?? ts }, one)
  } catch (error) {
    await tell(job, renderRefusal(asRefusal(error)), ports)
  }
}

const titleOf = ({ line, actor }: QueryJob): string => `${line.trim()}, shared by ${actor.name}`

/** Sends the pictures of an answer. The answer was already sent, so a failure only adds a message. */
const sendPictures = async (job: QueryJob, pictures: readonly Picture[], ports: FollowPorts): Promise<void> => {
  const slack = await ports.slack()
  try {
    const channel = await slack.directMessage(job.actor.user)
    for (const picture of pictures) await slack.upload({ channel }, await drawPicture(picture))
  } catch (error) {
    const { text } = asRefusal(error)
    await tell(job, renderRefusal(refuse(`The picture could not be sent. ${text}`)), ports)
  }
}

const drawPicture = async (picture: Picture) => {
  const { draw } = await import('../../kit/pictures/draw.ts')
  const { name, title, alt } = picture
  return { name, title, alt, bytes: draw(picture) }
}

/**
 * Sends the file of an answer to the requester's direct messages, because a file cannot be ephemeral. It follows the
 * first block of the answer.
 */
const sendFile = async ({ actor }: QueryJob, { message, file }: Answered, ports: FollowPorts): Promise<Rendered> => {
  if (file === undefined) return message
  const slack = await ports.slack()
  const [head, ...rest] = message.blocks
  const about = { text: message.text, blocks: head === undefined ? rest : [head] }
  const { channel, ts } = await slack.post(actor.user, about)
  await slack.upload({ channel, thread: ts }, file)
  return renderSent(file.name)
}

const follow = async (job: QueryJob, asked: FollowAsked, ports: FollowPorts, endsAt: number): Promise<void> => {
  const begun = await startFollowMessage(job, asked, ports).catch(asRefusal)
  if (begun === undefined) return
  await tell(job, isRefusal(begun) ? renderRefusal(begun) : begun, ports)
  if (!isRefusal(begun))
    await runFollow({ kind: 'follow', follow: job.id, holder: 1 }, ports, endsAt - Date.parse(ports.now()))
}

/** Posts the message of a log follow; undefined if the same request has already started it. */
const startFollowMessage = async (
  job: QueryJob,
  { minutes, sinceMs, isShared, ...asked }: FollowAsked,
  ports: FollowPorts,
): Promise<Rendered | Refusal | undefined> => {
  const { id, actor, place } = job
  if ((await ports.store.get(followKey(id))) !== undefined) return undefined
  const config = await ports.config()
  const tooMany = refuseTooManyFollows(await countFollows(actor.user, config, ports), config)
  if (tooMany !== undefined) return tooMany
  const slack = await ports.slack()
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
  const { isWhole: _, ...message } = renderFollow(follow, { sources: [], isLive: false, sessions: 'left out' })
  const thread = isShared && place.thread !== undefined ? { thread: place.thread } : {}
  const posted = await slack.post(isShared ? place.channel : actor.user, message, thread)
  if (isShared) await noteStanding(posted.channel, `share#${id}`, titleOf(job), ports)
  if (await startFollow({ ...follow, posted }, ports)) return renderFollowStarted(follow, isShared)
  await slack.remove(posted)
  return undefined
}

const asRefusal = (error: unknown): Refusal => {
  if (!(error instanceof RemoteError)) throw error
  return refuse(`Request failed: ${error.message}.`, stepAfter(error))
}

export const renderQuery = async ({ command, values, read, own }: Prepared<AnyQuery>): Promise<Answered | Refusal> => {
  const state = await command.load(values, read, own)
  if (isRefusal(state)) return state
  const file = command.file?.(state, values)
  const rendered = chartOnRequest(command.render(state, values), values['chart'] === true, own)
  const message = values['explain'] === true ? withCallCounts(rendered, read.calls()) : rendered
  return { message, ...(file !== undefined && { file }) }
}

/** Pictures are sent on request only. Without the request, a button makes it: the same line with `--chart`. */
const chartOnRequest = ({ pictures = [], ...message }: Rendered, isRequested: boolean, { again }: Asker): Rendered => {
  if (isRequested) return pictures.length === 0 ? withNote(message, NO_CHART) : { ...message, pictures }
  const offers = pictures.length === 0 ? [] : clickable([{ label: 'Show Chart', invocation: again({ chart: true }) }])
  return offers.reduce(
    (shown, { label, invocation }) => withButton(shown, { label, action: 'run:chart', value: invocation }),
    message,
  )
}

const NO_CHART = 'There is nothing to draw in a chart.'
