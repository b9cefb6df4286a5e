// What the decision function knows of subscriptions: who may subscribe where, and how the changes are stored.

import type { SettingChange } from '../../commands/command.ts'
import type { Ports } from '../../commands/ports.ts'
import { accessOf } from '../../engine/rules/access.ts'
import type { Asker } from '../../engine/rules/asker.ts'
import { maySeePlace } from '../../engine/rules/place-access.ts'
import { isSamePerson } from '../../engine/rules/voters.ts'
import { cardKey, type ProblemCard } from '../../features/incidents/problems/card.ts'
import { refOfArn } from '../../features/incidents/problems/notice.ts'
import { type Problem, problemKey } from '../../features/incidents/problems/problem.ts'
import {
  configuredCovers,
  covers,
  isAbout,
  SUBSCRIPTIONS,
  type Subscription,
  subjectText,
  subscriptionKey,
} from '../../features/incidents/problems/subscription.ts'
import { readTags, SERVICE_TAGS } from '../../features/services/service-index.ts'
import { isTagged } from '../../kit/language/kinds/problems.ts'
import { plainName } from '../../kit/messages/text.ts'
import type { ServiceRef } from '../../model/ecs.ts'
import { type Refusal, refuse } from '../../model/errors.ts'
import type { Audience } from '../../model/ports/slack.ts'

/** The channel's subscriptions that the actor may see. */
export const subscriptionsIn = async (
  channel: string,
  { who, config, facts }: Asker,
  { store }: Ports,
): Promise<readonly Subscription[]> => {
  const items = await store.list<Subscription>(SUBSCRIPTIONS, { prefix: `${channel} ` })
  return items
    .map(({ value }) => value)
    .filter(
      ({ subject, by }) =>
        subject.kind === 'tag' || by.user === who.actor.user || maySeePlace(who.actor, subject.place, config, facts),
    )
}

const READERS: Readonly<Record<Exclude<Audience, 'own people'>, string>> = {
  'another company': 'People of other companies read this channel, so problems are not posted here.',
  guests: 'Guests read this channel, so problems are not posted here.',
  'too many to tell': 'This channel has too many members to check for guests.',
  unknown: 'Slack does not say whether everybody in this channel belongs to your company.',
  'not a channel': 'Quarterdeck is not in this channel, so it cannot post here.',
}

/** Why this channel cannot be subscribed. `index`: the services that the actor may view. */
export const refuseToSubscribe = async (
  where: unknown,
  channel: string,
  index: readonly ServiceRef[],
  { config }: Asker,
  ports: Ports,
): Promise<Refusal | undefined> => {
  if (isTagged(where)) {
    const { key, value } = where.tag
    const tags = readTags(await ports.store.list(SERVICE_TAGS))
    if (!index.some(({ arn }) => tags.get(arn)?.[key] === value))
      return refuse(`No service that you may view is tagged *${plainName(`${key}=${value}`)}*.`)
  }
  if (config.sharing.trusted.includes(channel)) return undefined
  const readers = await (await ports.slack()).audience(channel)
  if (readers === 'own people') return undefined
  return refuse(READERS[readers], readers === 'not a channel' ? 'Invite it: `/invite @quarterdeck`.' : undefined)
}

/** Why somebody may not snooze the card: it shows services that they may not view. */
export const refuseToSnooze = async (
  problem: unknown,
  channel: string,
  asker: Asker,
  { store }: Ports,
): Promise<Refusal | undefined> => {
  const unknown = refuse('No problem in this channel has that id.')
  const card = await store.get<ProblemCard>(cardKey({ channel, id: String(problem) }))
  if (card === undefined) return unknown
  const problems = await Promise.all(
    card.value.ids.slice(0, MOST_PROBLEMS).map(id => store.get<Problem>(problemKey({ id }))),
  )
  const arns = new Set(problems.flatMap(item => Object.keys(item?.value.parts ?? {})))
  if (arns.size === 0) return unknown
  const told = await toldIn(channel, [...arns], asker, store)
  return told.every(ref => maySee(ref, asker)) ? undefined : refuse('You may not view each service of this problem.')
}

/** A card has one problem; one about many has no button that snoozes it. */
const MOST_PROBLEMS = 20

const maySee = (ref: ServiceRef, { who: { actor }, config, facts }: Asker): boolean =>
  accessOf(actor, 'viewer', ref, config, facts).kind === 'allowed'

/** The services that a subscription of the channel covers. */
const toldIn = async (
  channel: string,
  arns: readonly string[],
  { config, facts: inputs }: Asker,
  store: Ports['store'],
): Promise<readonly ServiceRef[]> => {
  const people = await store.list<Subscription>(SUBSCRIPTIONS, { prefix: `${channel} ` })
  const rules = { config, inputs, tags: readTags(await store.list(SERVICE_TAGS)) }
  const configured = config.subscriptions.filter(one => one.channel === channel)
  return arns
    .flatMap(arn => refOfArn(arn, config.accounts) ?? [])
    .filter(
      ref =>
        people.some(({ value }) => covers(value, ref, rules)) ||
        configured.some(one => configuredCovers(one, ref, rules)),
    )
}

/**
 * Why somebody may not replace or end a subscription: it is of another person, and covers services that they may not view.
 * `index`: all services.
 */
export const refuseToReplace = async (
  change: SettingChange,
  index: () => Promise<readonly ServiceRef[]>,
  asker: Asker,
  { store }: Ports,
): Promise<Refusal | undefined> => {
  if (change.kind !== 'subscribe' && change.kind !== 'unsubscribe') return undefined
  const key = subscriptionKey(change.kind === 'subscribe' ? change.subscription : change)
  const before = (await store.get<Subscription>(key))?.value
  if (before === undefined || isSamePerson(before.by, asker.who.actor, asker.config)) return undefined
  const tags = before.subject.kind === 'tag' ? readTags(await store.list(SERVICE_TAGS)) : new Map()
  const about = (await index()).filter(ref => isAbout(before.subject, ref, tags))
  return about.every(ref => maySee(ref, asker))
    ? undefined
    : refuse(
        `The subscription to *${plainName(subjectText(before.subject), 200)}* is of ${plainName(before.by.name, 60)}, and you may not view all that it covers.`,
      )
}

type Change = Extract<SettingChange, { kind: 'subscribe' | 'unsubscribe' | 'snooze problem' }>

export const isOfProblems = (change: SettingChange): change is Change =>
  change.kind === 'subscribe' || change.kind === 'unsubscribe' || change.kind === 'snooze problem'

/** Idempotent. */
export const applyToProblems = async (change: Change, { store }: Ports): Promise<void> => {
  if (change.kind === 'subscribe') {
    const key = subscriptionKey(change.subscription)
    const before = await store.get<Subscription>(key)
    if (before === undefined) await store.create(key, change.subscription)
    else if (before.value.at < change.subscription.at) await store.replace(key, change.subscription, before.version)
    return
  }
  if (change.kind === 'unsubscribe') {
    const before = await store.get(subscriptionKey(change))
    if (before !== undefined) await store.remove(before.key, before.version)
    return
  }
  await snooze(change, store)
}

const MAX_TRIES = 10

/** Tried again where the teller writes the card at the same time. */
const snooze = async (
  { channel, problem, until }: Extract<Change, { kind: 'snooze problem' }>,
  store: Ports['store'],
): Promise<void> => {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const card = await store.get<Readonly<Record<string, string>>>(cardKey({ channel, id: problem }))
    if (card === undefined) return
    if (await store.replace(card.key, { ...card.value, snoozedUntil: until }, card.version, untilOf(until))) return
  }
}

const CARD_SECONDS = 30 * 86_400

const untilOf = (at: string): number => Math.floor(Date.parse(at) / 1_000) + CARD_SECONDS
