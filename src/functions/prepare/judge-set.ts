// Judges the services of a change set by the rules, each alone and all together. The strictest rule decides about the set.

import type { AnyMutation, Many } from '../../commands/command.ts'
import type { Readers } from '../../commands/readers.ts'
import type { Plan } from '../../engine/change/plan.ts'
import { fitsOrCould } from '../../engine/rules/access.ts'
import { joinRules } from '../../engine/rules/approval-rules.ts'
import type { Asker } from '../../engine/rules/asker.ts'
import type { Config } from '../../engine/rules/config.ts'
import { type ChangeRequest, judge, type Verdict } from '../../engine/rules/judge.ts'
import { withRaisedRisk } from '../../engine/rules/raise-risk.ts'
import { togetherScope } from '../../engine/rules/teams/teams.ts'
import { countPeople, mayVote } from '../../engine/rules/voters.ts'
import { fullName } from '../../kit/language/target.ts'
import { plain } from '../../kit/messages/markup.ts'
import { groupBy } from '../../model/batches.ts'
import type { Service, ServiceRef } from '../../model/ecs.ts'
import { isRefusal, type Refusal, refuse } from '../../model/errors.ts'
import { tasks } from '../../model/scaling-words.ts'
import type { Prepared } from './prepare.ts'

/** One service of the set, as the rules judge it. */
export type Judged = { readonly service: Service; readonly plan: Plan; readonly verdict: Verdict }
export type LeftOut = { readonly ref: ServiceRef; readonly why: string }

export type JudgedSet = { readonly judged: readonly Judged[]; readonly leftOut: readonly LeftOut[] }

type Weighed = Omit<Judged, 'verdict'>

/** A service that the rules refuse changes nothing, so the others are judged without it. */
export const judgeSet = async (
  { command, values, read, own }: Prepared<AnyMutation>,
  many: Many<unknown>,
  refs: readonly ServiceRef[],
  asked: ChangeRequest,
): Promise<JudgedSet> => {
  const services = await read.servicesOf(refs)
  const halts = await haltsOf(services, read)
  const leftOut = missingOf(refs, services)
  const passed = <One extends object>(service: Service, found: One | Refusal): readonly One[] => {
    if (!isRefusal(found)) return [found]
    leftOut.push({ ref: service.ref, why: plain(found.text) })
    return []
  }
  const judgeAll = (together: readonly Weighed[]): readonly (readonly [Weighed, Verdict | Refusal])[] =>
    together.map(one => [one, judgeOne(one, together, asked, own, halts)])
  const weighed = services.flatMap(service =>
    passed(service, weigh(service, many.weigh(service, values, own), command, own)),
  )
  const alone = weighed.flatMap(one =>
    judgeAll([one]).flatMap(([, verdict]) => passed(one.service, isRefusal(verdict) ? verdict : one)),
  )
  const judged = judgeAll(alone).flatMap(([one, verdict]) =>
    passed(one.service, isRefusal(verdict) ? verdict : { ...one, verdict }),
  )
  return { judged, leftOut }
}

/** Why changes are halted, by account and region. */
type Halts = ReadonlyMap<string, string>

const placeOf = ({ ref }: Service): string => `${ref.accountId} ${ref.region}`

const haltsOf = async (services: readonly Service[], read: Pick<Readers, 'halted'>): Promise<Halts> => {
  const found = await Promise.all(
    groupBy(services, placeOf).map(async ([one]) => [placeOf(one), await read.halted(one.ref)] as const),
  )
  return new Map(found.flatMap(([place, why]) => (why === undefined ? [] : [[place, why] as const])))
}

const missingOf = (refs: readonly ServiceRef[], services: readonly Service[]): LeftOut[] => {
  const found = new Set(services.map(({ ref }) => ref.arn))
  return refs.filter(({ arn }) => !found.has(arn)).map(ref => ({ ref, why: 'It no longer exists.' }))
}

const weigh = (
  service: Service,
  weight: ReturnType<Many<unknown>['weigh']>,
  { name }: AnyMutation,
  { config, facts }: Asker,
): Weighed | Refusal =>
  isRefusal(weight) ? weight : { service, plan: withRaisedRisk({ ...bare(name, service), ...weight }, config, facts) }

const judgeOne = (
  { service, plan }: Weighed,
  together: readonly Weighed[],
  asked: ChangeRequest,
  { config, facts }: Asker,
  halts: Halts,
): Verdict | Refusal => {
  const halted = facts.halted ?? halts.get(placeOf(service))
  const inputs = { ...facts, together: together.map(one => one.plan), ...(halted !== undefined && { halted }) }
  return judge(plan, asked, config, inputs)
}

/** What the rules read of a plan. */
const bare = (command: string, { ref, desired }: Service): Plan => ({
  kind: 'plan',
  command,
  invocation: '',
  target: ref,
  title: '',
  changes: [],
  risk: { level: 'low', reasons: [] },
  size: desired,
  tasks: desired,
  consequences: [],
  offers: [],
  calls: [],
  binds: {},
  drifts: {},
})

/** Why no service of the set can be changed, or why they cannot be changed together: a ceiling limits their sum, too. */
export const refuseSet = ({ judged, leftOut }: JudgedSet, words: string, config: Config): Refusal | undefined => {
  if (judged.length === 0)
    return leftOut.length === 0
      ? refuse(`There is nothing to change in the services ${words}.`)
      : refuse(`None of the ${leftOut.length} services ${words} can be changed: ${leftOutText(leftOut)}`)
  for (const ceiling of config.ceilings) {
    const sum = judged
      .filter(({ service }) => fitsOrCould(togetherScope(ceiling, config), service.ref, config))
      .reduce((all, { plan }) => all + plan.tasks, 0)
    if (sum > ceiling.tasks)
      return refuse(
        `${tasks(sum)} together are over the ceiling of ${ceiling.tasks} that is set here.`,
        'Name fewer services at once.',
      )
  }
  return undefined
}

export const leftOutText = (leftOut: readonly LeftOut[]): string =>
  leftOut
    .slice(0, 3)
    .map(({ ref, why }) => `\`${fullName(ref)}\` ${why}`)
    .join(' ')

/** People who may approve each service, also those that need no approval, by the strictest rules of all. */
export const strictest = (judged: readonly Judged[], { config, facts, who }: Asker): Verdict | Refusal => {
  const joined = joinRules(judged.flatMap(({ verdict }) => (verdict.kind === 'consent' ? [verdict] : [])))
  if (joined === undefined) return judged[0]?.verdict ?? refuse('There is nothing to change.')
  const { rule, approvers: named } = joined
  // A service that needs no approval is changed by the same vote.
  const mayVoteOnAll = (user: string): boolean =>
    judged.every(({ plan }) => mayVote({ team: config.team, user, name: user }, rule, plan, who.actor, config, facts))
  const approvers = named.filter(mayVoteOnAll)
  if (countPeople(approvers, config) < rule.approvals)
    return refuse(
      `This needs ${rule.approvals} people who may approve each of the ${judged.length} services, and ${approvers.length} can now.`,
      'Name services that the same people approve.',
    )
  return approvers.length === named.length ? joined : { ...joined, approvers, rule: { ...rule, approvers } }
}
