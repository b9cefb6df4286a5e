// Decides what each channel is told: a card for each problem, one card for what is too much, and updates in place. At most
// one message a channel in each look.

import { logError } from '../../../engine/jobs/log-error.ts'
import { mayUpdate } from '../../../engine/jobs/update-budget.ts'
import { CARDS, cardKey, type ProblemCard } from '../../../features/incidents/problems/card.ts'
import type { Item } from '../../../model/ports/store.ts'
import type { Board, Memo, TellerPorts } from './board.ts'
import { endSubscriptions, isActiveOwner } from './end-subscriptions.ts'
import { isDue, postCard, shownOf, updateCard } from './post-card.ts'
import { byChannel, loadRules, type Rules, type Seen, type Subscribed, viewsOf } from './views.ts'

/** The cards of one channel that are posted within ten minutes. What is more shares one card. */
const MOST_CARDS = 6
const STORM_MS = 10 * 60_000
/** A card that shows a running problem is updated at most so often. */
const UPDATE_MS = 10_000

export const hasUntold = async ({ store }: TellerPorts): Promise<boolean> =>
  (await store.list<ProblemCard>(CARDS)).some(({ value }) => value.posted === undefined)

/** Returns whether all channels are told. One that Slack refuses for a while counts as told. */
export const tellChannels = async (board: Board, memo: Memo, ports: TellerPorts): Promise<boolean> => {
  const cards = await ports.store.list<ProblemCard>(CARDS)
  if (board.problems.size === 0 && cards.length === 0) return true
  const rules = await loadRules(board, ports)
  const isTold = await Promise.all(
    byChannel(board).map(async subscribed => {
      try {
        return await tellChannel(subscribed, { board, rules, cards, memo }, ports)
      } catch (error) {
        logError('problems', subscribed.channel, error)
        return true
      }
    }),
  )
  return isTold.every(one => one)
}

type Telling = {
  readonly board: Board
  readonly rules: Rules
  readonly cards: readonly Item<ProblemCard>[]
  readonly memo: Memo
}

const tellChannel = async (given: Subscribed, telling: Telling, ports: TellerPorts): Promise<boolean> => {
  const { board, rules, memo } = telling
  const right = await endSubscriptions(given, { board, rules, memo }, ports)
  const subscribed = { ...given, people: right }
  const views = new Map(viewsOf(subscribed, board, rules).map(view => [view.problem.id, view]))
  const own = telling.cards.filter(({ value }) => value.channel === given.channel)
  const known = new Set(own.flatMap(({ value }) => value.ids))
  const snoozed = snoozedKeys(own, board, ports.now())
  const isNew = ({ problem }: Seen): boolean =>
    problem.state === 'open' && !known.has(problem.id) && !snoozed.has(problem.key)
  const fresh = [...views.values()].filter(isNew).toSorted((a, b) => (a.problem.first < b.problem.first ? -1 : 1))
  const cards = fresh.length === 0 ? own : await withNew(given.channel, fresh, own, ports)
  const next = nextOf(cards, views, ports.now())
  if (next === undefined) return !isWaiting(cards, views, ports.now())
  if (!(await hasActiveOwners(next.views, memo, ports))) return false
  if (next.card.value.posted === undefined) {
    await postCard(next.card, next.views, board.config, ports)
    return false
  }
  const isOver = next.views.every(({ problem }) => problem.state === 'closed')
  if (await mayUpdate(ports.store, ports.now(), isOver ? 'vote' : 'progress'))
    await updateCard(next.card, next.views, ports)
  return false
}

/** What somebody snoozed gets no new card either. */
const snoozedKeys = (own: readonly Item<ProblemCard>[], { problems }: Board, now: string): ReadonlySet<string> =>
  new Set(
    own
      .filter(({ value }) => (value.snoozedUntil ?? '') > now)
      .flatMap(({ value }) => value.ids.flatMap(id => problems.get(id)?.problem.key ?? [])),
  )

/** Makes the cards of new problems; those beyond a storm's limit go into one bundle. */
const withNew = async (
  channel: string,
  fresh: readonly Seen[],
  own: readonly Item<ProblemCard>[],
  { store, now }: TellerPorts,
): Promise<readonly Item<ProblemCard>[]> => {
  const at = now()
  const since = new Date(Date.parse(at) - STORM_MS).toISOString()
  const recent = own.filter(({ value }) => value.isBundle !== true && value.madeAt >= since)
  const room = Math.max(0, MOST_CARDS - recent.length)
  const until = Math.floor(Date.parse(at) / 1_000) + CARD_SECONDS
  const made: Item<ProblemCard>[] = []
  for (const { problem } of fresh.slice(0, room)) {
    const card: ProblemCard = { channel, id: problem.id, ids: [problem.id], madeAt: at }
    if (await store.create(cardKey(card), card, until)) made.push({ key: cardKey(card), version: 1, value: card })
  }
  const ids = fresh.slice(room).map(({ problem }) => problem.id)
  if (ids.length === 0) return [...own, ...made]
  const bundle = own.find(({ value }) => value.isBundle === true && value.madeAt >= since)
  if (bundle === undefined) {
    const card: ProblemCard = { channel, id: `bundle-${ids[0]}`, ids, isBundle: true, madeAt: at }
    const isMade = await store.create(cardKey(card), card, until)
    return [...own, ...made, ...(isMade ? [{ key: cardKey(card), version: 1, value: card }] : [])]
  }
  const value: ProblemCard = { ...bundle.value, ids: [...bundle.value.ids, ...ids].slice(0, MOST_BUNDLED), madeAt: at }
  const isStored = await store.replace(bundle.key, value, bundle.version, until)
  const next = isStored ? { ...bundle, value, version: bundle.version + 1 } : bundle
  return [...own.map(item => (item === bundle ? next : item)), ...made]
}

const CARD_SECONDS = 30 * 86_400
const MOST_BUNDLED = 3_000

type Next = { readonly card: Item<ProblemCard>; readonly views: readonly Seen[] }

/** What is told next: first what was never posted, then what is over, then what was told longest ago. */
const nextOf = (
  cards: readonly Item<ProblemCard>[],
  views: ReadonlyMap<string, Seen>,
  now: string,
): Next | undefined => {
  const ready = cards
    .map(card => ({ card, views: card.value.ids.flatMap(id => views.get(id) ?? []) }))
    .filter(next => next.views.length > 0 && isDue(next.card.value, now))
  const unposted = ready.filter(({ card }) => card.value.posted === undefined)
  const [first] = unposted.toSorted((a, b) => (a.card.value.madeAt < b.card.value.madeAt ? -1 : 1))
  if (first !== undefined) return first
  return ready
    .filter(next => hasChanged(next, now))
    .toSorted(
      (a, b) => rankOf(a) - rankOf(b) || ((a.card.value.toldAt ?? '') < (b.card.value.toldAt ?? '') ? -1 : 1),
    )[0]
}

/** Whether a card that was updated a moment ago has to be updated again. */
const isWaiting = (cards: readonly Item<ProblemCard>[], views: ReadonlyMap<string, Seen>, now: string): boolean =>
  cards.some(({ value }) => {
    const { posted, retryAt = '', snoozedUntil = '', toldAt = '', hash } = value
    if (posted === undefined || retryAt > now || snoozedUntil > now) return false
    if (Date.parse(now) - Date.parse(toldAt) >= UPDATE_MS) return false
    const shown = value.ids.flatMap(id => views.get(id) ?? [])
    return shown.length > 0 && shownOf(value, shown).hash !== hash
  })

const rankOf = ({ views }: Next): number => (views.every(({ problem }) => problem.state === 'closed') ? 0 : 1)

const hasChanged = (next: Next, now: string): boolean => {
  const { hash, toldAt = '', snoozedUntil = '' } = next.card.value
  const isQuiet = rankOf(next) === 1 && (snoozedUntil > now || Date.parse(now) - Date.parse(toldAt) < UPDATE_MS)
  return !isQuiet && shownOf(next.card.value, next.views).hash !== hash
}

/** Somebody who has left Slack is told nothing. Ends the subscriptions of such people. */
const hasActiveOwners = async (views: readonly Seen[], memo: Memo, ports: TellerPorts): Promise<boolean> => {
  const used = [...new Set(views.flatMap(one => one.used))]
  const checked = await Promise.all(used.map(item => isActiveOwner(item, memo, ports)))
  return checked.every(isActive => isActive)
}
