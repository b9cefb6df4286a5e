// Subscriptions of channels to problems: those that people made, which are in the store, and those of the
// configuration.

import { accessOf, fits, isColleague } from '../../../engine/rules/access.ts'
import type { Config } from '../../../engine/rules/config.ts'
import { maySeePlace, seenAccounts } from '../../../engine/rules/place-access.ts'
import type { RuleInputs } from '../../../engine/rules/rule-inputs.ts'
import { tag } from '../../../kit/language/kinds/text.ts'
import type { Place } from '../../../kit/language/place.ts'
import { SEVERITIES, type Severity } from '../../../kit/language/severity.ts'
import { plainName } from '../../../kit/messages/text.ts'
import type { Actor, ServiceRef } from '../../../model/ecs.ts'
import type { Key } from '../../../model/ports/store.ts'
import { isWithin } from '../../services/places.ts'
import { type ProblemKind, SEVERITY_OF } from './kinds.ts'

export type Subject =
  | { readonly kind: 'place'; readonly place: Place }
  | { readonly kind: 'tag'; readonly key: string; readonly value: string }

/** A subscription that a person made. `kinds`: the kinds of problems; absent for all kinds. */
export type Subscription = {
  readonly channel: string
  readonly subject: Subject
  readonly kinds?: readonly ProblemKind[]
  readonly minSeverity?: Severity
  readonly by: Actor
  readonly at: string
}

export type ConfiguredSubscription = Config['subscriptions'][number]

export const SUBSCRIPTIONS = 'subscriptions'

export const subjectText = (subject: Subject): string =>
  subject.kind === 'tag' ? `tag:${tag.print(subject)}` : subject.place.name

export const subscriptionKey = ({ channel, subject }: Pick<Subscription, 'channel' | 'subject'>): Key => ({
  pk: SUBSCRIPTIONS,
  sk: `${channel} ${subjectText(subject)}`,
})

/** A subscription in words, such as `prod.us-east-1/web: crash, memory, high and above`. */
export const subscriptionText = ({
  subject,
  kinds,
  minSeverity,
}: Pick<Subscription, 'subject' | 'kinds' | 'minSeverity'>): string =>
  `${plainName(subjectText(subject), 200)}: ${kinds === undefined ? 'all problems' : kinds.join(', ')}${minSeverity === undefined ? '' : `, ${minSeverity} and above`}`

type Tags = ReadonlyMap<string, Readonly<Record<string, string>>>

export const isAbout = (subject: Subject, ref: ServiceRef, tags: Tags): boolean =>
  subject.kind === 'place' ? isWithin(ref, subject.place) : tags.get(ref.arn)?.[subject.key] === subject.value

/** Whether the subscription is about the service and the person who made the subscription may view the service. */
export const covers = (
  { subject, by }: Subscription,
  ref: ServiceRef,
  { config, inputs, tags }: { readonly config: Config; readonly inputs: RuleInputs; readonly tags: Tags },
): boolean => isAbout(subject, ref, tags) && accessOf(by, 'viewer', ref, config, inputs).kind === 'allowed'

export const configuredCovers = (
  { tag: wanted, ...scope }: ConfiguredSubscription,
  ref: ServiceRef,
  { config, tags }: { readonly config: Config; readonly tags: Tags },
): boolean => {
  if (!fits(scope, ref, config)) return false
  if (wanted === undefined) return true
  const [, key = '', value = ''] = /^([^=]+)=(.*)$/.exec(wanted) ?? []
  return tags.get(ref.arn)?.[key] === value
}

/**
 * The subscriptions of the configuration, each limited to the accounts that the person may see. A subscription without
 * any such account is left out.
 */
export const configuredFor = (actor: Actor, config: Config, inputs: RuleInputs): readonly ConfiguredSubscription[] => {
  const seen = new Set(seenAccounts(actor, config, inputs).map(({ name }) => name))
  return config.subscriptions.flatMap(one => {
    if (one.accounts === undefined) return [one]
    const accounts = one.accounts.filter(name => seen.has(name))
    return accounts.length === 0 ? [] : [{ ...one, accounts }]
  })
}

/** Whether the person who made the subscription may still see any service that it is about. */
export const hasRight = ({ subject, by }: Subscription, config: Config, inputs: RuleInputs): boolean =>
  isColleague(by, config) &&
  Object.hasOwn(config.people, by.user) &&
  (subject.kind === 'tag' || maySeePlace(by, subject.place, config, inputs))

/** Whether the subscription is about problems of one of these kinds. `severity`: of the problem. */
export const wants = (
  {
    kinds,
    minSeverity,
  }: { readonly kinds?: readonly string[] | undefined; readonly minSeverity?: Severity | undefined },
  of: readonly ProblemKind[],
  isWide: boolean,
): boolean =>
  of.some(
    kind =>
      (kinds === undefined || kinds.includes(kind)) &&
      (minSeverity === undefined ||
        SEVERITIES.indexOf(isWide ? 'critical' : SEVERITY_OF[kind]) <= SEVERITIES.indexOf(minSeverity)),
  )
