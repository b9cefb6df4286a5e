// Loads a person's App Home: open approvals, temporary changes, and the favourites set in their direct messages.

import type { Ports } from '../../commands/ports.ts'
import { placeOf } from '../../engine/cards/place-of.ts'
import { operationIn, PENDING, type Pending } from '../../engine/change/open-request.ts'
import { type LeaseBook, leasesOf } from '../../engine/leases/book.ts'
import { LEASES } from '../../engine/leases/book-store.ts'
import { identify, mayView } from '../../engine/rules/access.ts'
import { loadRuleInputs } from '../../engine/rules/load-rule-inputs.ts'
import { maySeeTarget } from '../../engine/rules/place-access.ts'
import { isSamePerson, mayVote } from '../../engine/rules/voters.ts'
import { type ChannelDefaults, hereKey } from '../../features/services/channel-defaults.ts'
import { fullName } from '../../kit/language/target.ts'
import type { Actor } from '../../model/ecs.ts'
import { isRefusal, RemoteError } from '../../model/errors.ts'
import type { HomeJob } from '../../model/ports/job.ts'
import { type HomeState, renderHome, renderNoHome, type Waiting } from './render-home.ts'

export const showHome = async ({ actor, place }: HomeJob, ports: Ports): Promise<void> => {
  const blocks = await loadHome(actor, place.channel, ports)
    .then(state => (isRefusal(state) ? renderNoHome(state) : renderHome(state)))
    .catch((error: unknown) => {
      if (!(error instanceof RemoteError)) throw error
      return renderNoHome({ text: `Request failed: ${error.message}.`, hint: 'Open this tab again in a minute.' })
    })
  await (await ports.slack()).publishHome(actor.user, blocks)
}

const MAX_REQUESTS = 10

type OpenRequest = Pending & { readonly operation: string }

const loadHome = async (actor: Actor, channel: string, ports: Ports) => {
  const config = await ports.config()
  const corporateId = identify(actor, config)
  if (typeof corporateId !== 'string') return corporateId
  const facts = await loadRuleInputs(config, ports)
  const maySee = (arn: string) => maySeeTarget(arn, actor, config, facts)
  const [pending, books, here] = await Promise.all([
    ports.store.list<Pending>(PENDING),
    ports.store.list<LeaseBook>(LEASES),
    ports.store.get<ChannelDefaults>(hereKey(channel)),
  ])
  const seen = pending
    .map(({ key, value }) => ({ ...value, operation: operationIn(key) }))
    .filter(one => mayView(one, actor, config, facts))
  const mine = seen.filter(one => mayVote(actor, one, one, one.requester, config, facts))
  const own = seen.filter(({ requester }) => isSamePerson(requester, actor, config))
  const leases = books.flatMap(({ value: book }) =>
    maySee(book.target.arn)
      ? leasesOf(book).flatMap(lease => (isSamePerson(lease.holder, actor, config) ? [{ book, lease }] : []))
      : [],
  )
  const read = ports.readers(config, { actor, corporateId }, 'home')
  const favourites = (here?.value.favourites ?? []).filter(({ arn }) => maySee(arn))
  const state: HomeState = {
    now: ports.now(),
    approvable: await withLinks(mine, ports),
    unshown: Math.max(0, mine.length - MAX_REQUESTS),
    requested: await withLinks(own, ports),
    leases,
    favourites: await Promise.all(
      favourites.map(async ref => ({ ref, service: await read.service(ref).catch(() => undefined) })),
    ),
  }
  return state
}

/** The name of the service. The services of a change set are not named. */
const placeText = (pending: Pending): string => {
  if (pending.members === undefined) return fullName(pending.target)
  const { account, region, cluster } = placeOf(pending)
  return `${account} · ${region} · ${cluster}`
}

const withLinks = async (pending: readonly OpenRequest[], ports: Ports): Promise<readonly Waiting[]> => {
  const soonest = pending.toSorted((a, b) => (a.expiresAt < b.expiresAt ? -1 : 1)).slice(0, MAX_REQUESTS)
  const slack = await ports.slack()
  return Promise.all(
    soonest.map(async one => ({
      operation: one.operation,
      title: one.title,
      place: placeText(one),
      requester: one.requester,
      expiresAt: one.expiresAt,
      link: one.posted === undefined ? '' : await slack.permalink(one.posted).catch(() => ''),
    })),
  )
}
