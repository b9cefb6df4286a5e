// Chooses among the services that a name could mean: by the channel's defaults, or by buttons for the asker.

import type { Config } from '../../engine/rules/config.ts'
import { isProduction } from '../../engine/rules/config.ts'
import { maySeePlace } from '../../engine/rules/place-access.ts'
import type { RuleInputs } from '../../engine/rules/rule-inputs.ts'
import type { Invocation } from '../../kit/language/invocation.ts'
import { fullName, printTarget, type Target, targetOffers } from '../../kit/language/target.ts'
import { accountOf } from '../../model/account.ts'
import type { Actor, ServiceRef } from '../../model/ecs.ts'
import { type Refusal, refuse } from '../../model/errors.ts'
import type { Store } from '../../model/ports/store.ts'
import { type ChannelDefaults, hereKey, isElsewhere, isFavourite, preferredIn } from './channel-defaults.ts'
import { compare, oldPlaces, unreadPlaces } from './compared-places.ts'
import { isWithin } from './places.ts'
import type { ServiceReads } from './reads.ts'
import type { ServiceIndex } from './service-index.ts'

export type Finding = {
  readonly actor: Actor
  readonly config: Config
  readonly facts: RuleInputs
  readonly read: Pick<ServiceReads, 'index' | 'service' | 'servicesOf' | 'secretsOf' | 'taskOwners'>
  readonly store: Pick<Store, 'get'>
  readonly invocation: Invocation
  /** Prints an invocation as canonical text. */
  readonly print: (invocation: Invocation) => string
  readonly isMutation: boolean
  /** Whether the command acts on one task. The id of a task then suffices as the target. */
  readonly takesTask: boolean
  /**
   * The channel whose defaults resolve bare names; absent when a plan is made again, because its target is then fully
   * qualified.
   */
  readonly channel?: string
}

/**
 * The service, and the task and container that the target names. `note`: a note for the asker about places that could
 * not be compared.
 */
export type Found = {
  readonly kind: 'found'
  readonly service: ServiceRef
  readonly task?: string
  readonly container?: string
  readonly note?: string
}

export const foundService = (service: ServiceRef, task?: string, note?: string): Found => ({
  kind: 'found',
  service,
  ...(task !== undefined && { task }),
  ...(note !== undefined && { note }),
})

/** Returns a function that prints the same invocation with the full name of a given service. */
export const invocationFor =
  ({ invocation, print }: Finding, { task, container }: Partial<Target>) =>
  ({ account, region, cluster, service }: ServiceRef): string => {
    const inFull = { account, region, cluster, service, ...(task && { task }), ...(container && { container }) }
    const named = 'place' in invocation.values ? { place: { text: printTarget(inFull) } } : { service: inFull }
    return print({ ...invocation, values: { ...invocation.values, ...named } })
  }

const loadDefaults = async ({ channel, store }: Finding): Promise<ChannelDefaults | undefined> =>
  channel === undefined ? undefined : (await store.get<ChannelDefaults>(hereKey(channel)))?.value

/**
 * Accepts the only service with the typed name. If the service is outside the channel's defaults, a change by bare name
 * is refused, and the answer offers the full name.
 */
export const onlyOne = async (
  target: Target,
  ref: ServiceRef,
  index: ServiceIndex,
  finding: Finding,
): Promise<Found | Refusal> => {
  const isBare = target.account === undefined && target.cluster === undefined
  const defaults = await loadDefaults(finding)
  if (!finding.isMutation || !isBare || !isElsewhere(ref, defaults))
    return accept(target, ref, index, finding, defaults)
  const { actor, config, facts } = finding
  const place = defaults?.place && maySeePlace(actor, defaults.place, config, facts) ? defaults.place : undefined
  return refuse(
    `*${ref.service}* is not in ${place === undefined ? '' : `\`${place.name}\`, `}this channel’s default${place === undefined ? ' place' : ''}.`,
    `Did you mean \`${fullName(ref)}\`?`,
    targetOffers([ref], invocationFor(finding, target)),
  )
}

export const oneOf = async (
  target: Target,
  refs: readonly ServiceRef[],
  index: ServiceIndex,
  finding: Finding,
): Promise<Found | Refusal> => {
  const defaults = await loadDefaults(finding)
  const preferred = preferredIn(refs, defaults)
  const [first, second] = preferred
  if (first !== undefined && second === undefined) return accept(target, first, index, finding, defaults)
  const likeliestFirst = [...preferred, ...refs.filter(ref => !preferred.includes(ref))]
  return refuse(ambiguityText(target, refs), 'Which one?', targetOffers(likeliestFirst, invocationFor(finding, target)))
}

const ambiguityText = ({ cluster, service }: Target, refs: readonly ServiceRef[]): string =>
  cluster !== undefined && refs.some(ref => ref.cluster !== cluster)
    ? `*${cluster}* is both a cluster and an account: it matches ${refs.length} services.`
    : `${refs.length} services are named *${service}*.`

/**
 * Accepts a service for a change only if every place that its name could mean was compared; a query gets a note
 * instead. With break-glass in production, always asks for the full name.
 */
export const accept = (
  target: Target,
  ref: ServiceRef,
  index: ServiceIndex,
  finding: Finding,
  defaults?: ChannelDefaults,
): Found | Refusal => {
  const { facts, isMutation, config, invocation } = finding
  const offers = targetOffers([ref], invocationFor(finding, target))
  if (invocation.values['break-glass'] === true && isProduction(accountOf(config, ref)))
    return refuse('Breaking glass in production needs the full name.', `Did you mean \`${fullName(ref)}\`?`, offers)
  if (defaults !== undefined && isFavourite(defaults, ref)) return foundService(ref, target.task)
  const within = defaults?.place !== undefined && isWithin(ref, defaults.place) ? defaults.place : undefined
  const { unread, old } = compare(target, index, facts.now, within)
  if (unread.length === 0)
    return foundService(ref, target.task, old.length === 0 || !isMutation ? undefined : oldPlaces(old, facts.now))
  const missed = `${unreadPlaces(unread)}.`
  if (!isMutation)
    return foundService(ref, target.task, `${missed} A service named ${ref.service} could be there, too.`)
  return refuse(
    `*${ref.service}* is in \`${fullName(ref)}\`, but could be elsewhere, too: ${missed}`,
    `Did you mean \`${fullName(ref)}\`?`,
    offers,
  )
}
