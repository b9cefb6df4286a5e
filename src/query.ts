// The story of one read: prepare, load, render, and answer the asker alone, or with `--share` everybody in the channel.
// Pictures cannot be ephemeral: they go to the asker's direct message, or below what was shared.
import { answerAsker } from './answering.ts'
import type { Picture, Rendered } from './command.ts'
import type { Config } from './config.ts'
import { isRefusal, PeerError, type Refusal, refuse } from './errors.ts'
import type { QueryJob } from './job.ts'
import { withNote } from './messages/markup.ts'
import { renderRefusal } from './messages/refusal.ts'
import { prepare, renderQuery } from './planning.ts'
import type { Ports } from './ports.ts'
import { refuseToShare } from './sharing.ts'

export const answerQuery = async (job: QueryJob, ports: Ports): Promise<void> => {
  const answer = await findAnswer(job, ports).catch(inOurWords)
  if (isRefusal(answer)) return tell(job, renderRefusal(answer), ports)
  const { rendered, isShared } = answer
  if (isShared) return share(job, rendered, ports)
  const { pictures = [] } = rendered
  await tell(job, pictures.length === 0 ? rendered : withNote(rendered, WHERE), ports)
  if (pictures.length > 0) await sendPictures(job, pictures, ports)
}

const WHERE = 'The picture of it is in your direct messages with Quarterdeck; --share shows both to this channel.'

type Found = { readonly rendered: Rendered; readonly isShared: boolean }

const findAnswer = async ({ line, actor, place }: QueryJob, ports: Ports): Promise<Found | Refusal> => {
  const prepared = await prepare('query', { line, actor, purpose: 'query', ports, channel: place.channel })
  if (isRefusal(prepared)) return prepared
  const isShared = prepared.values['share'] === true
  const no = isShared ? await mayNotShare(place.channel, prepared.own.config, ports) : undefined
  if (no !== undefined) return no
  const rendered = await renderQuery(prepared)
  return isRefusal(rendered) ? rendered : { rendered, isShared }
}

const mayNotShare = async (channel: string, config: Config, ports: Ports): Promise<Refusal | undefined> =>
  refuseToShare(channel, config, await ports.slack())

const tell = async (job: QueryJob, message: Rendered, ports: Ports): Promise<void> =>
  answerAsker(job, await ports.slack(), message)

const share = async (job: QueryJob, rendered: Rendered, ports: Ports): Promise<void> => {
  const { actor, place } = job
  const slack = await ports.slack()
  const message = withNote(rendered, `Shared by ${actor.name}`)
  try {
    const { ts } = await slack.post(place.channel, message, place.thread === undefined ? {} : { thread: place.thread })
    for (const picture of rendered.pictures ?? [])
      await slack.upload({ channel: place.channel, thread: place.thread ?? ts }, await drawn(picture))
  } catch (error) {
    await tell(job, renderRefusal(inOurWords(error)), ports)
  }
}

/** The answer has been given: a picture that cannot be sent is said, and nothing is lost by it. */
const sendPictures = async (job: QueryJob, pictures: readonly Picture[], ports: Ports): Promise<void> => {
  const slack = await ports.slack()
  try {
    const channel = await slack.directMessage(job.actor.user)
    for (const picture of pictures) await slack.upload({ channel }, await drawn(picture))
  } catch (error) {
    const { text } = inOurWords(error)
    await tell(job, renderRefusal(refuse(`The picture could not be sent. ${text}`)), ports)
  }
}

const drawn = async (picture: Picture) => {
  const { draw } = await import('./pictures/draw.ts')
  const { name, title, alt } = picture
  return { name, title, alt, bytes: draw(picture) }
}

const inOurWords = (error: unknown): Refusal => {
  if (!(error instanceof PeerError)) throw error
  return refuse(`That did not work: ${error.message}.`, error.passing ? 'Try again in a minute.' : undefined)
}
