// Posts and updates the card of a problem. A post is claimed in the store before, and found by its metadata after: it is
// made at most once.

import { createHash } from 'node:crypto'
import { noteStanding } from '../../../engine/change/records.ts'
import { logError } from '../../../engine/jobs/log-error.ts'
import type { Config } from '../../../engine/rules/config.ts'
import type { ProblemCard } from '../../../features/incidents/problems/card.ts'
import type { FailedLines } from '../../../features/incidents/problems/failed-logs.ts'
import { headlineText, partsOf } from '../../../features/incidents/problems/headline.ts'
import { renderBundle, renderMoreLines, renderProblem } from '../../../features/incidents/problems/render-problem.ts'
import { cut } from '../../../kit/messages/markup.ts'
import { RemoteError } from '../../../model/errors.ts'
import type { Rendered } from '../../../model/ports/message.ts'
import type { Posted } from '../../../model/ports/slack.ts'
import type { Item } from '../../../model/ports/store.ts'
import type { TellerPorts } from './board.ts'
import { differenceOf, failedIn, linesOf } from './evidence.ts'
import { tellUnposted } from './tell-unposted.ts'
import type { Seen } from './views.ts'

/** A post that was claimed longer ago has been made, or never will be. */
const CLAIM_MS = 60_000
const RETRY_MS = 60_000
const REFUSED_MS = 15 * 60_000
/** A card that is posted later than this says so. */
const LATE_MINUTES = 5
const CARD_SECONDS = 30 * 86_400
/** Longer than a closed problem is stored. */
const OVER_SECONDS = 7 * 3_600

/** Whether a card may be posted or updated now. */
export const isDue = ({ posted, claimedAt, retryAt = '' }: ProblemCard, now: string): boolean =>
  retryAt <= now &&
  (posted !== undefined || claimedAt === undefined || Date.parse(now) - Date.parse(claimedAt) >= CLAIM_MS)

export const shownOf = (card: ProblemCard, views: readonly Seen[]): { message: Rendered; hash: string } => {
  const [view] = views
  const message =
    card.isBundle === true || view === undefined ? renderBundle(views) : renderProblem(view, toldOf(card, view))
  return { message, hash: createHash('sha256').update(JSON.stringify(message)).digest('hex').slice(0, 16) }
}

/** The lines and the difference are shown as long as the channel may see the service that they are of. */
const toldOf = (card: ProblemCard, { refs }: Seen): ProblemCard => {
  const { lines, difference, ...rest } = card
  return card.about === undefined || refs.some(({ arn }) => arn === card.about) ? card : rest
}

type Saved = Item<ProblemCard> | undefined

const save = async (
  item: Item<ProblemCard>,
  value: ProblemCard,
  { store, now }: TellerPorts,
  isOver = false,
): Promise<Saved> => {
  const until = Math.floor(Date.parse(now()) / 1_000) + (isOver ? OVER_SECONDS : CARD_SECONDS)
  const isStored = await store.replace(item.key, value, item.version, until)
  return isStored ? { key: item.key, value, version: item.version + 1 } : undefined
}

export const postCard = async (
  item: Item<ProblemCard>,
  views: readonly Seen[],
  config: Config,
  ports: TellerPorts,
): Promise<void> => {
  const wasClaimed = item.value.claimedAt !== undefined
  // What an earlier try has read may be of a service that the channel may no longer see.
  const { lines: _, difference: __, about: ___, ...unread } = item.value
  const about = failedIn(unread, views)?.ref.arn
  const failed = await linesOf(unread, views, config, ports)
  const difference = await differenceOf(unread, views, config, ports)
  const late = lateOf(views, ports.now())
  const claimed = await save(
    item,
    {
      ...unread,
      claimedAt: ports.now(),
      ...(about !== undefined && { about }),
      ...(late !== undefined && { lateMinutes: late }),
      ...(failed !== undefined && { lines: failed.decisive }),
      ...(difference !== undefined && { difference }),
    },
    ports,
  )
  if (claimed === undefined) return
  try {
    const slack = await ports.slack()
    const { channel, id } = claimed.value
    const mark = { operation: id, what: 'card' } as const
    const earlier = wasClaimed ? await slack.find(channel, mark) : undefined
    const { message, hash } = shownOf(claimed.value, views)
    const posted = earlier ?? (await slack.post(channel, message, { mark }))
    await save(
      claimed,
      { ...claimed.value, posted, toldAt: ports.now(), ...(earlier === undefined && { hash }) },
      ports,
    )
    const [view] = views
    if (view !== undefined) await noteStanding(posted.channel, `problem#${id}`, cut(headlineText(view), 200), ports)
    if (failed !== undefined) await postMore(posted, failed, views, ports)
  } catch (error) {
    await postpone(claimed, error, views, config, ports)
  }
}

/** The rest of the lines in the thread; without them the card still stands. */
const postMore = async (
  { channel, ts }: Posted,
  { all, decisive }: FailedLines,
  views: readonly Seen[],
  ports: TellerPorts,
): Promise<void> => {
  const failed = failedOf(views)
  if (failed === undefined || all.length <= decisive.length) return
  const slack = await ports.slack()
  await slack
    .post(channel, renderMoreLines(all, failed.id), { thread: ts })
    .catch((error: unknown) => logError('problem', channel, error))
}

const failedOf = (views: readonly Seen[]) => {
  const [view] = views
  return view === undefined ? undefined : partsOf(view).find(part => part.failed !== undefined)?.failed
}

const lateOf = (views: readonly Seen[], now: string): number | undefined => {
  const first = views.map(({ problem }) => problem.first).toSorted()[0] ?? now
  const minutes = Math.floor((Date.parse(now) - Date.parse(first)) / 60_000)
  return minutes >= LATE_MINUTES ? minutes : undefined
}

/** Slack took no message: it is tried again later, and somebody is told where nobody would see it. */
const postpone = async (
  item: Item<ProblemCard>,
  error: unknown,
  views: readonly Seen[],
  config: Config,
  ports: TellerPorts,
): Promise<void> => {
  logError('problem', item.value.channel, error)
  const isRefused = error instanceof RemoteError && !error.passing
  const wait = isRefused ? REFUSED_MS : RETRY_MS
  const retryAt = new Date(Date.parse(ports.now()) + wait).toISOString()
  const { claimedAt, ...unclaimed } = item.value
  await save(item, { ...(isRefused ? unclaimed : { ...unclaimed, ...(claimedAt && { claimedAt }) }), retryAt }, ports)
  if (isRefused) await tellUnposted(item.value.channel, error, views, config, ports)
}

export const updateCard = async (
  item: Item<ProblemCard>,
  views: readonly Seen[],
  ports: TellerPorts,
): Promise<void> => {
  const { posted } = item.value
  if (posted === undefined) return
  const { message, hash } = shownOf(item.value, views)
  const slack = await ports.slack()
  try {
    await slack.update(posted, message)
    const isOver = views.every(({ problem }) => problem.state === 'closed')
    await save(item, { ...item.value, hash, toldAt: ports.now() }, ports, isOver)
  } catch (error) {
    logError('problem', posted.channel, error)
    // A message that was deleted is not updated again.
    const isGone = error instanceof RemoteError && /message_not_found|cant_update/.test(error.code)
    const wait = error instanceof RemoteError && !error.passing ? REFUSED_MS : RETRY_MS
    const retryAt = new Date(Date.parse(ports.now()) + wait).toISOString()
    await save(item, { ...item.value, retryAt, ...(isGone && { hash }) }, ports)
  }
}
