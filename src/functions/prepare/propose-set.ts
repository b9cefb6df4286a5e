// Plans a change of many services: each is judged by the rules, those that are refused are left out and named, and the
// strictest rule decides about the set. Each service is planned in full, and judged again, when its turn comes.

import type { AnyMutation, Many } from '../../commands/command.ts'
import { cardLine } from '../../engine/cards/card-line.ts'
import type { Now } from '../../engine/change/now.ts'
import type { NewPlan, Plan, Risk } from '../../engine/change/plan.ts'
import { worse } from '../../engine/change/risk.ts'
import { fits } from '../../engine/rules/access.ts'
import type { Config } from '../../engine/rules/config.ts'
import { type ChangeRequest, judge, type Verdict } from '../../engine/rules/judge.ts'
import { withRaisedRisk } from '../../engine/rules/raise-risk.ts'
import { countPeople } from '../../engine/rules/voters.ts'
import { primaryOf } from '../../features/deployments/rollout.ts'
import type { ServiceSet } from '../../features/services/find-set.ts'
import { fullName } from '../../kit/language/target.ts'
import { plain } from '../../kit/messages/markup.ts'
import { plainName } from '../../kit/messages/text.ts'
import type { Service } from '../../model/ecs.ts'
import { isRefusal, type Refusal, refuse } from '../../model/errors.ts'
import { tasks } from '../../model/scaling-words.ts'
import type { Prepared } from './prepare.ts'
import type { Proposal } from './proposal.ts'

/** One service of the set, as the rules judge it. */
type Judged = { readonly service: Service; readonly plan: Plan; readonly verdict: Verdict }
type LeftOut = { readonly name: string; readonly why: string }

type Asking = { readonly asked: ChangeRequest; readonly isDryRun: boolean; readonly reason?: string }

export const proposeSet = async (
  prepared: Prepared<AnyMutation>,
  set: ServiceSet,
  { asked, isDryRun, reason }: Asking,
): Promise<Proposal | Refusal> => {
  const { command, values, read, own } = prepared
  const { many } = command
  if (many === undefined) return refuse(`\`${command.name}\` changes one service at a time.`, 'Name one service.')
  if (asked.isBreakGlass) return refuse('Breaking glass changes one service.', 'Write its full name.')
  const { config, facts } = own
  const services = await read.servicesOf(set.refs)
  const halted = facts.halted ?? (services[0] && (await read.halted(services[0].ref)))
  const inputs = { ...facts, ...(halted !== undefined && { halted }) }
  const judged: Judged[] = []
  const leftOut: LeftOut[] = missingOf(set, services)
  for (const service of services) {
    const found = judgeOne(command, many, service, asked, config, inputs)
    if (isRefusal(found)) leftOut.push({ name: fullName(service.ref), why: plain(found.text) })
    else judged.push(found)
  }
  const refusal = refuseSet(set, judged, leftOut, config)
  if (refusal !== undefined) return refusal
  const verdict = strictest(judged, config)
  if (isRefusal(verdict)) return verdict
  const line = (service: Service) => many.lineFor(service.ref, values, own)
  const included = many.included?.(values, own) ?? []
  const plan = planSet({ command, many, set, judged, leftOut, included, line, at: facts.now })
  return {
    kind: 'proposal',
    plan: { ...plan, invocation: own.again({ 'dry-run': undefined, reason: undefined }) },
    verdict,
    isDryRun,
    isBreakGlass: asked.isBreakGlass,
    configVersion: config.version,
    ...(reason !== undefined && { reason }),
  }
}

const missingOf = ({ refs }: ServiceSet, services: readonly Service[]): LeftOut[] => {
  const found = new Set(services.map(({ ref }) => ref.arn))
  return refs.filter(({ arn }) => !found.has(arn)).map(ref => ({ name: fullName(ref), why: 'It no longer exists.' }))
}

const judgeOne = (
  { name }: AnyMutation,
  many: Many<unknown>,
  service: Service,
  asked: ChangeRequest,
  config: Config,
  inputs: Parameters<typeof judge>[3],
): Judged | Refusal => {
  const weight = many.weigh(service)
  if (isRefusal(weight)) return weight
  const plan = withRaisedRisk({ ...bare(name, service), ...weight }, config, inputs)
  const verdict = judge(plan, asked, config, inputs)
  return isRefusal(verdict) ? verdict : { service, plan, verdict }
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

/** A set of one is a change of one service. A ceiling limits what the set changes together, too. */
const refuseSet = (
  { words }: ServiceSet,
  judged: readonly Judged[],
  leftOut: readonly LeftOut[],
  config: Config,
): Refusal | undefined => {
  if (judged.length === 0)
    return refuse(
      `None of the ${leftOut.length} services ${words} can be changed: ${leftOut
        .slice(0, 3)
        .map(({ name, why }) => `\`${name}\` ${why}`)
        .join(' ')}`,
    )
  for (const ceiling of config.ceilings) {
    const sum = judged
      .filter(({ service }) => fits(ceiling, service.ref, config))
      .reduce((all, { plan }) => all + plan.tasks, 0)
    if (sum > ceiling.tasks)
      return refuse(
        `${tasks(sum)} together are over the ceiling of ${ceiling.tasks} that is set here.`,
        'Name fewer services at once.',
      )
  }
  return undefined
}

/** The rule that asks for the most approvals, from people who may approve each service. */
const strictest = (judged: readonly Judged[], config: Config): Verdict | Refusal => {
  const asking = judged.flatMap(({ verdict }) => (verdict.kind === 'consent' ? [verdict] : []))
  const [first] = asking.toSorted((a, b) => b.rule.approvals - a.rule.approvals)
  if (first === undefined) return judged[0]?.verdict ?? refuse('There is nothing to change.')
  const approvers = first.approvers.filter(one => asking.every(other => other.approvers.includes(one)))
  return countPeople(approvers, config) >= first.rule.approvals
    ? { ...first, approvers }
    : refuse(
        `This needs ${first.rule.approvals} people who may approve each of the ${judged.length} services, and ${approvers.length} can now.`,
        'Name services that the same people approve.',
      )
}

type Planned = {
  readonly command: AnyMutation
  readonly many: Many<unknown>
  readonly set: ServiceSet
  readonly judged: readonly Judged[]
  readonly leftOut: readonly LeftOut[]
  readonly included: readonly string[]
  readonly line: (service: Service) => string
  /** When the services were read, ISO 8601. */
  readonly at: string
}

const MOST_NAMED = 5

/** The canary comes first: the smallest service. Then by name. */
const inOrder = (judged: readonly Judged[]): readonly Judged[] => {
  const [canary] = judged.toSorted((a, b) => a.plan.tasks - b.plan.tasks)
  return canary === undefined ? [] : [canary, ...judged.filter(one => one !== canary)]
}

/** The sums. Load and alarms are not read: there may be 200 services. */
const nowOf = (judged: readonly Judged[], at: string): Now => {
  const sum = (of: (service: Service) => number) => judged.reduce((all, { service }) => all + of(service), 0)
  const lacking = judged.filter(({ service }) => service.running < service.desired).length
  return {
    at,
    health: lacking === 0 ? 'healthy' : `${lacking} of ${judged.length} services lack tasks`,
    tasks: { running: sum(({ running }) => running), desired: sum(({ desired }) => desired) },
    load: 'none',
    deployment: '',
  }
}

const planSet = ({ command, many, set, judged, leftOut, included, line, at }: Planned): NewPlan => {
  const ordered = inOrder(judged)
  const count = ordered.reduce((sum, { plan }) => sum + plan.tasks, 0)
  const largest = ordered.toSorted((a, b) => b.plan.tasks - a.plan.tasks).slice(0, MOST_NAMED)
  const [canary] = ordered
  // The same for the same set, so that its lock and votes are.
  const [target] = ordered.map(({ service }) => service.ref).toSorted((a, b) => (a.arn < b.arn ? -1 : 1))
  if (canary === undefined || target === undefined) throw new Error('a change set has no service')
  const noun = ordered.length === 1 ? 'service' : 'services'
  const risk = ordered.map(({ plan }) => plan.risk).reduce<Risk>(worse, { level: 'low', reasons: [] })
  return {
    kind: 'plan',
    command: command.name,
    invocation: '',
    target,
    title: `${many.verb} *${ordered.length} ${noun}* ${set.words}`,
    changes: [{ what: 'Services', from: `${ordered.length}`, to: many.done }],
    risk: { level: risk.level, reasons: [`The highest of ${ordered.length} ${noun}`] },
    size: count,
    tasks: count,
    losses: [
      `Replaces ${tasks(count)} of ${ordered.length} ${noun}, ${plainName(canary.service.ref.service, 30)} first`,
      `Largest: ${largest.map(({ service, plan }) => `${plainName(service.ref.service, 24)} ${plan.tasks}`).join(', ')}`,
      ...(leftOut.length === 0 ? [] : [`${leftOut.length} left out: see Details`]),
    ].map(cardLine),
    undo: many.undo,
    included,
    consequences: [
      'One service first, then more at a time; each is checked again, and stops none of the others. After three failures in a row, and after Stop or a halt, no further service begins. A service whose image tag was pushed again is not changed.',
    ],
    details: [
      ...ordered.map(({ service, plan }) => `${fullName(service.ref)}: ${tasks(plan.tasks)}, ${plan.risk.level} risk`),
      ...leftOut.map(({ name, why }) => `Left out: ${name}. ${why}`),
    ],
    offers: [],
    calls: [],
    binds: { set: set.text, services: ordered.map(({ service }) => service.ref.arn).toSorted() },
    drifts: { tasks: count },
    isUnlocked: true,
    now: nowOf(ordered, at),
    members: ordered.map(({ service, plan }) => ({
      ref: service.ref,
      line: line(service),
      tasks: plan.tasks,
      risk: plan.risk.level,
      binds: {
        createdAt: service.createdAt,
        deployment: primaryOf(service)?.id ?? '',
        revision: service.taskDefinition,
      },
    })),
  }
}
