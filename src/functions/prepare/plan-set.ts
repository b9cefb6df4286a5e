// The plan of a change set, as data: the services in their order, and what the card says about all of them.

import type { AnyMutation, Many } from '../../commands/command.ts'
import { cardLine } from '../../engine/cards/card-line.ts'
import { isHigher, type NewPlan, type Risk } from '../../engine/change/plan.ts'
import { worse } from '../../engine/change/risk.ts'
import { primaryOf } from '../../features/deployments/rollout.ts'
import type { ServiceSet } from '../../features/services/find-set.ts'
import { nowOfSet } from '../../features/status/load-now.ts'
import { fullName } from '../../kit/language/target.ts'
import { printWord } from '../../kit/language/tokenise.ts'
import { plainName } from '../../kit/messages/text.ts'
import type { Service } from '../../model/ecs.ts'
import { tasks } from '../../model/scaling-words.ts'
import type { Judged, JudgedSet } from './judge-set.ts'

type Planned = JudgedSet & {
  readonly command: AnyMutation
  readonly many: Many<unknown>
  readonly set: ServiceSet
  /** The canonical text of the request. */
  readonly invocation: string
  readonly included: readonly string[]
  /** Lines about all services together. */
  readonly sums: readonly string[]
  readonly line: (service: Service) => string
  /** When the services were read, ISO 8601. */
  readonly at: string
  /** What else the services are bound to, by their ARNs. */
  readonly binds: ReadonlyMap<string, Readonly<Record<string, string>> | undefined>
}

const MOST_NAMED = 5

/** The canary comes first: the smallest service. Then by name. */
const inOrder = (judged: readonly Judged[]): readonly Judged[] => {
  const [canary] = judged.toSorted((a, b) => a.plan.tasks - b.plan.tasks)
  return canary === undefined ? [] : [canary, ...judged.filter(one => one !== canary)]
}

const HOW =
  'One service first, then more at a time; each is checked again, and stops none of the others. After three failures in a row, and after Stop or a halt, no further service begins. A service whose image tag was pushed again, or cannot be read, is not changed. Tags outside Amazon ECR are not compared: a new image may start.'

export const planSet = (planned: Planned): NewPlan => {
  const { command, many, set, judged, leftOut, invocation, included, line, at, binds } = planned
  const ordered = inOrder(judged)
  const count = ordered.reduce((sum, { plan }) => sum + plan.tasks, 0)
  const [canary] = ordered
  // The same for the same set, so that its lock and votes are.
  const [target] = ordered.map(({ service }) => service.ref).toSorted((a, b) => (a.arn < b.arn ? -1 : 1))
  if (canary === undefined || target === undefined) throw new Error('a change set has no service')
  return {
    kind: 'plan',
    command: command.name,
    invocation,
    target,
    title: `${many.verb} *${ordered.length} services* ${set.words}`,
    changes: [{ what: 'Services', from: `${ordered.length}`, to: many.done }],
    risk: riskOf(ordered),
    size: count,
    tasks: count,
    losses: lossesOf(planned, canary, count),
    undo: many.undo,
    ...(many.takeBack && { takeBack: many.takeBack(printWord(set.text)) }),
    included,
    consequences: [HOW],
    details: ordered.map(detailOf),
    ...(leftOut.length > 0 && {
      leftOut: leftOut.map(({ ref, why }) => ({ ref, text: `Left out: ${fullName(ref)}. ${why}` })),
    }),
    offers: [],
    calls: [],
    binds: { set: set.text, request: invocation, services: ordered.map(({ service }) => service.ref.arn).toSorted() },
    drifts: { tasks: count },
    isUnlocked: true,
    now: nowOfSet(
      ordered.map(({ service }) => service),
      at,
    ),
    members: ordered.map(({ service, plan }) => ({
      ref: service.ref,
      line: line(service),
      tasks: plan.tasks,
      risk: plan.risk.level,
      binds: {
        ...binds.get(service.ref.arn),
        createdAt: service.createdAt,
        deployment: primaryOf(service)?.id ?? '',
        revision: service.taskDefinition,
      },
    })),
  }
}

const detailOf = ({ service, plan: { tasks: count, risk } }: Judged): string => {
  const [reason] = risk.reasons
  return `${fullName(service.ref)}: ${tasks(count)}, ${risk.level} risk${risk.level === 'high' && reason !== undefined ? ` (${reason})` : ''}`
}

/** The highest class, with the reasons of the services that have it. */
const riskOf = (ordered: readonly Judged[]): Risk => {
  const { level } = ordered.map(({ plan }) => plan.risk).reduce<Risk>(worse, { level: 'low', reasons: [] })
  const reasons = ordered
    .filter(({ plan }) => plan.risk.level === level)
    .flatMap(({ plan }) => plan.risk.reasons[0] ?? [])
  return { level, reasons: [`The highest of ${ordered.length} services`, ...new Set(reasons)].slice(0, MOST_NAMED) }
}

/** First the services with a high risk and why, if not all have the same. */
const lossesOf = ({ judged, leftOut, sums }: Planned, canary: Judged, count: number): NewPlan['losses'] => {
  const named = (one: Judged, most: number) => plainName(one.service.ref.service, most)
  const dangerous = judged.filter(({ plan }) => isHigher(plan.risk.level, 'medium'))
  const [worst] = dangerous
  const largest = judged.toSorted((a, b) => b.plan.tasks - a.plan.tasks).slice(0, MOST_NAMED)
  return [
    ...(worst === undefined
      ? []
      : [
          `${dangerous.length} of ${judged.length} high risk: ${dangerous.map(one => named(one, 20)).join(', ')}`,
          worst.plan.risk.reasons[0] ?? 'see Details',
        ]),
    `Replaces ${tasks(count)}, ${named(canary, 30)} first${leftOut.length === 0 ? '' : `; ${leftOut.length} left out`}`,
    ...sums,
    `Largest: ${largest.map(one => `${named(one, 24)} ${one.plan.tasks}`).join(', ')}`,
  ].map(cardLine)
}
