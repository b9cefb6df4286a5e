// Which problems a channel sees, and which services of them: what its subscriptions cover, and their owners may see.

import { loadGroupsAlone } from '../../../engine/rules/load-rule-inputs.ts'
import type { RuleInputs } from '../../../engine/rules/rule-inputs.ts'
import type { View } from '../../../features/incidents/problems/headline.ts'
import { refOfArn } from '../../../features/incidents/problems/notice.ts'
import { kindsOf, type Problem } from '../../../features/incidents/problems/problem.ts'
import {
  type ConfiguredSubscription,
  configuredCovers,
  covers,
  type Subscription,
  wants,
} from '../../../features/incidents/problems/subscription.ts'
import { redactKept } from '../../../features/logs/redaction.ts'
import { readTags, SERVICE_TAGS } from '../../../features/services/service-index.ts'
import type { ServiceRef } from '../../../model/ecs.ts'
import type { Item } from '../../../model/ports/store.ts'
import type { Board, TellerPorts } from './board.ts'

type Tags = ReadonlyMap<string, Readonly<Record<string, string>>>
export type Rules = { readonly inputs: RuleInputs; readonly tags: Tags }

export const loadRules = async (board: Board, ports: TellerPorts): Promise<Rules> => {
  const { config, subscriptions } = board
  const hasTags =
    config.subscriptions.some(({ tag }) => tag !== undefined) ||
    subscriptions.some(({ value }) => value.subject.kind === 'tag')
  const [inputs, tags] = await Promise.all([
    loadGroupsAlone(config, ports),
    hasTags ? ports.store.list(SERVICE_TAGS).then(readTags) : new Map(),
  ])
  return { inputs, tags }
}

/** The subscriptions of one channel. */
export type Subscribed = {
  readonly channel: string
  readonly configured: readonly ConfiguredSubscription[]
  readonly people: readonly Item<Subscription>[]
}

export const byChannel = ({ config, subscriptions }: Board): readonly Subscribed[] => {
  const channels = [...config.subscriptions, ...subscriptions.map(({ value }) => value)].map(({ channel }) => channel)
  return [...new Set(channels)].map(channel => ({
    channel,
    configured: config.subscriptions.filter(one => one.channel === channel),
    people: subscriptions.filter(({ value }) => value.channel === channel),
  }))
}

/** A problem of so many services is critical. This is our choice. */
const WIDE = 3

/** `used`: the subscriptions of people that cover one of the services. */
export type Seen = View & { readonly used: readonly Item<Subscription>[] }

export const viewsOf = (subscribed: Subscribed, board: Board, rules: Rules): readonly Seen[] =>
  [...board.problems.values()]
    .filter(({ problem }) => problem.state !== 'watched')
    .flatMap(({ problem }) => {
      const view = viewOf(problem, subscribed, board, rules)
      return view.refs.length === 0 ? [] : [{ ...view, problem: redactKept(view.problem, board) }]
    })

const viewOf = (problem: Problem, { configured, people }: Subscribed, { config }: Board, rules: Rules): Seen => {
  const arns = Object.keys(problem.parts)
  const known = arns.flatMap(arn => refOfArn(arn, config.accounts) ?? [])
  const isTold = (ref: ServiceRef): boolean =>
    people.some(({ value }) => covers(value, ref, { config, ...rules })) ||
    configured.some(one => configuredCovers(one, ref, { config, tags: rules.tags }))
  const told = known.filter(isTold)
  const isWide = told.length >= WIDE
  const used = new Set<Item<Subscription>>()
  const isSeen = (ref: ServiceRef): boolean => {
    const kinds = kindsOf(problem, [ref.arn])
    const own = people.filter(({ value }) => wants(value, kinds, isWide) && covers(value, ref, { config, ...rules }))
    for (const one of own) used.add(one)
    return (
      own.length > 0 ||
      configured.some(one => wants(one, kinds, isWide) && configuredCovers(one, ref, { config, tags: rules.tags }))
    )
  }
  const refs = told.filter(isSeen)
  const tasksOf = ({ arn }: ServiceRef): number => problem.parts[arn]?.tasks ?? 0
  // Of the services that did not fit, nobody knows which they are.
  const { more, ...counted } = problem
  const isWhole = told.length === arns.length
  return {
    problem: isWhole ? problem : counted,
    refs: refs.toSorted((a, b) => tasksOf(b) - tasksOf(a)),
    used: [...used],
  }
}
