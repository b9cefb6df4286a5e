// Pure: plans a switch of a service's capacity. ECS replaces every task, because weights steer launches only.

import { cardLine, REVERTS_BY_ITSELF } from '../../engine/cards/card-line.ts'
import type { Line, NewPlan, Risk } from '../../engine/change/plan.ts'
import { worse } from '../../engine/change/risk.ts'
import { capacityValue, inOrder } from '../../engine/leases/holding.ts'
import { durationWords, printDuration } from '../../kit/language/kinds/duration.ts'
import { printItems } from '../../kit/language/kinds/strategy.ts'
import { fullName } from '../../kit/language/target.ts'
import { tasks } from '../../model/scaling-words.ts'
import { costChange, costOfSplit, dollars, PRICED_AT, SPOT_PRICED_AT } from '../cost/prices.ts'
import { imageTagParts, UNCOMPARED } from '../deployments/image-tags.ts'
import { preemptedLosses } from '../deployments/in-progress.ts'
import { REPLACEMENT, replacedLoss, riskOfReplacement } from '../deployments/replacement.ts'
import { primaryOf } from '../deployments/rollout.ts'
import { revertWarning } from '../managed-by/revert-warning.ts'
import { setStrategy } from './capacity-calls.ts'
import { spotWarnings } from './lint-strategy.ts'
import type { Capacity } from './load-capacity.ts'
import type { VcpuRoom } from './reads.ts'
import { droughtLoss, spotRisk } from './spot-risk.ts'
import {
  FARGATE,
  isCertain,
  predictSplit,
  providerText,
  SPOT,
  type Split,
  type Strategy,
  shortProvider,
  splitText,
  spotTasks,
  strategyText,
} from './strategy.ts'

/** What is set: a strategy, or the launch type with which the service was created. */
export type Wanted =
  | { readonly kind: 'strategy'; readonly strategy: Strategy }
  | { readonly kind: 'launch type'; readonly launchType: string }

/** `minutes`: of a temporary change. `after`: the predicted split. */
type Switch = {
  readonly images: Images
  readonly state: Capacity
  readonly wanted: Wanted
  readonly minutes?: number
  readonly after: Split
  readonly count: number
}

type Images = ReturnType<typeof imageTagParts>

export const planSwitch = (state: Capacity, wanted: Wanted, minutes?: number): NewPlan => {
  const { service } = state.service.detail
  const { ref, desired } = service
  const change = {
    images: imageTagParts(state.tags ?? UNCOMPARED, riskOfReplacement(service)),
    state,
    wanted,
    after: splitAfter(wanted, desired),
    count: desired,
    ...(minutes !== undefined && { minutes }),
  }
  const before = wordsBefore(state)
  return {
    kind: 'plan',
    command: 'capacity set',
    also: ['restart'],
    role: 'deployer',
    invocation: `capacity set ${fullName(ref)} ${typed(wanted)}${minutes === undefined ? '' : ` --for ${printDuration(minutes)}`}`,
    target: ref,
    title: `${titleOf(change)}${minutes === undefined ? '' : ` for ${printDuration(minutes)}`}`,
    changes: [
      { what: 'Capacity', from: before, to: words(wanted) },
      { what: 'Tasks', from: splitText(state.split), to: predictionText(change) },
      ...change.images.changes,
    ],
    risk: riskOf(change),
    size: desired,
    tasks: desired,
    losses: lossesOf(change),
    undo: minutes === undefined ? undoOf(state) : REVERTS_BY_ITSELF,
    ...costParts(change),
    consequences: consequencesOf(change),
    stop: `rollback ${fullName(ref)}`,
    ...(minutes === undefined ? takeBackOf(state) : leaseParts(change, minutes)),
    offers: [],
    calls: [setStrategy(ref, wanted.kind === 'strategy' ? wanted.strategy : [])],
    binds: {
      createdAt: service.createdAt,
      deployment: primaryOf(service)?.id ?? '',
      revision: service.taskDefinition,
      capacity: before,
      ...change.images.binds,
    },
    drifts: { 'desired tasks': desired },
  }
}

/** The return replaces every task again. It needs no other approval, so the card says it. */
const leaseParts = ({ state, wanted, count }: Switch, minutes: number): Pick<NewPlan, 'lease' | 'included'> => {
  const { service } = state.service.detail
  const strategy = wanted.kind === 'strategy' ? inOrder(wanted.strategy) : []
  return {
    lease: {
      holding: { kind: 'capacity', strategy },
      minutes,
      found: capacityValue(service),
      origin: { service: service.createdAt },
    },
    included: [
      cardLine(`returns after ${durationWords(minutes)}; replaces ${count === 1 ? 'the task' : `all ${count}`} again`),
    ],
  }
}

const splitAfter = (wanted: Wanted, count: number): Split =>
  wanted.kind === 'strategy' ? predictSplit(wanted.strategy, count) : new Map([[wanted.launchType, count]])

const typed = (wanted: Wanted): string =>
  wanted.kind === 'strategy' ? printItems(wanted.strategy) : `launch-type=${wanted.launchType.toLowerCase()}`

const words = (wanted: Wanted): string =>
  wanted.kind === 'strategy' ? strategyText(wanted.strategy) : `launch type ${wanted.launchType}`

/** The strategy or the launch type that the service has now. */
export const wordsBefore = ({ service }: Capacity): string => {
  const { strategy } = service.detail.service
  return strategy === undefined ? `launch type ${service.launchType ?? 'unknown'}` : strategyText(strategy)
}

/** Never exact: AWS documents base and weight, not the rounding. */
const predictionText = ({ wanted, after, count }: Switch): string => {
  const text = splitText(after)
  return count === 0 || wanted.kind === 'launch type' || isCertain(wanted.strategy) ? text : `about ${text} (±1 each)`
}

const titleOf = ({ state, wanted, after, count }: Switch): string => {
  const name = `*${state.service.detail.service.ref.service}*`
  const [spotBefore, spotAfter] = [spotTasks(state.split), spotTasks(after)]
  const about = wanted.kind === 'strategy' && !isCertain(wanted.strategy) ? 'about ' : ''
  if (spotAfter > 0 && spotAfter !== spotBefore)
    return `Move ${about}${spotAfter} of ${count} ${name} tasks to Spot (now ${spotBefore})`
  if (spotBefore > 0 && spotAfter === 0 && after.has(FARGATE))
    return `Move ${name} on demand, ${spotBefore} of ${count} tasks off Spot`
  const [first = ''] = [...after].toSorted(([, a], [, b]) => b - a).map(([provider]) => provider)
  return wanted.kind === 'strategy' && wanted.strategy.length > 1
    ? `Switch the capacity of ${name}, ${splitText(after, shortProvider)}`
    : `Switch the capacity of ${name} to ${wanted.kind === 'strategy' ? shortProvider(first) : words(wanted)}`
}

const sizeOf = ({ state, count }: Switch) => ({ count, most: state.mostTasks })

const strategyOf = ({ wanted }: Switch): Strategy => (wanted.kind === 'strategy' ? wanted.strategy : [])

const riskOf = (change: Switch): Risk => {
  const { risk } = change.images
  const spot = spotRisk(strategyOf(change), sizeOf(change))
  return spot === undefined ? risk : worse(risk, spot)
}

const lossesOf = (change: Switch): readonly Line[] => {
  const { state, count, images } = change
  const { service } = state.service.detail
  const strategy = strategyOf(change)
  const base = strategy.find(item => item.base >= count && count > 0 && strategy.length > 1)
  const minutes = state.lastMinutes === undefined ? '' : `, ~${state.lastMinutes} min`
  return [
    ...preemptedLosses(state.preempted),
    ...strategyLosses(change),
    ...images.losses,
    ...quotaLosses(change),
    ...spotWarnings(state, strategy),
    `${replacedLoss(service)}${minutes}`,
    ...(base === undefined
      ? []
      : [`The base of ${base.base} takes all ${tasks(count)}: ${providerText(base.provider)}`]),
  ].map(line => (typeof line === 'string' ? cardLine(line) : line))
}

/** The strategy as it is typed, unless the title says all of it: with one provider, weight and base mean nothing. */
const strategyLosses = (change: Switch): readonly string[] => {
  const strategy = strategyOf(change)
  const [first] = strategy
  const dry = droughtLoss(strategy, sizeOf(change))
  if (dry !== undefined) return [dry]
  const isInTitle = first && strategy.length === 1 && shortProvider(first.provider) === providerText(first.provider)
  return first === undefined || isInTitle ? [] : [`Capacity: ${printItems(strategy)}`]
}

/** A tag that moved means the new image then, too. */
const undoOf = (state: Capacity): string => {
  const { strategy, desired } = state.service.detail.service
  const minutes = state.lastMinutes === undefined ? '' : `, ~${state.lastMinutes} min`
  const back =
    strategy === undefined ? `launch type ${state.service.launchType ?? 'unknown'} again` : 'the earlier strategy again'
  if ((state.tags?.moved ?? []).length > 0) return `${back}; the new image stays`
  return desired === 0 ? back : `${back}; replaces ${desired === 1 ? 'the task' : `all ${desired}`}${minutes}`
}

const takeBackOf = ({ service }: Capacity): { readonly takeBack?: string } => {
  const { strategy, ref } = service.detail.service
  if (strategy !== undefined) return { takeBack: `capacity set ${fullName(ref)} ${printItems(strategy)}` }
  return service.launchType === undefined
    ? {}
    : { takeBack: `capacity set ${fullName(ref)} launch-type=${service.launchType.toLowerCase()}` }
}

/**
 * Tasks that the quota keeps from starting. During the deployment new tasks run beside old ones, as far as the maximum
 * percent allows.
 */
const quotaLosses = ({ state, after, count }: Switch): readonly string[] => {
  const { split, rooms, service } = state
  const { mostPercent = 200 } = service.detail.service
  const beside = Math.max(0, Math.floor((count * mostPercent) / 100) - count)
  return (
    [
      [FARGATE, rooms.onDemand, 'Fargate'],
      [SPOT, rooms.spot, 'Fargate Spot'],
    ] as const
  ).flatMap(([provider, room, name]) => {
    const fresh = after.get(provider) ?? 0
    const peak = Math.max(Math.min(fresh, beside), fresh - (split.get(provider) ?? 0))
    const fit = startable(room, service.fit.cpu / 1_024, peak)
    return fit >= peak ? [] : [`Only ${fit} of ${tasks(peak)} can start: ${name} quota of ${room.quota} vCPUs`]
  })
}

const startable = ({ quota, used = 0 }: VcpuRoom, each: number, wanted: number): number =>
  quota === undefined || each === 0 ? wanted : Math.max(0, Math.min(wanted, Math.floor((quota - used) / each)))

const costParts = (change: Switch): Pick<NewPlan, 'cost' | 'details'> => {
  const { images } = change
  const costs = costsOf(change)
  return costs === undefined
    ? { details: images.details }
    : { cost: costs.cost, details: [...images.details, costs.detail] }
}

/** Where the prices of all tasks are known. */
const costsOf = ({ state, after }: Switch) => {
  const { service, split } = state
  const { region } = service.detail.service.ref
  const [before, then] = [costOfSplit(region, split, service.fit), costOfSplit(region, after, service.fit)]
  if (before === undefined || then === undefined) return undefined
  const estimated = before.isEstimated || then.isEstimated ? ', partly estimated' : ''
  return {
    cost: `About ${costChange(before, then)}`,
    detail: `Cost: ${dollars(before.usd)}/h → about ${dollars(then.usd)}/h. Prices of ${PRICED_AT}, Spot of ${SPOT_PRICED_AT}${estimated}.`,
  }
}

const consequencesOf = ({ state, wanted, after, minutes }: Switch): readonly string[] => {
  const { service, managed } = state
  return [
    REPLACEMENT,
    'Weights steer where tasks start. ECS moves no running task later, so the split may drift.',
    ...(wanted.kind === 'launch type'
      ? [`ECS accepts this only if the service was created with the launch type ${wanted.launchType}.`]
      : []),
    ...(spotTasks(after) > 0
      ? ['Where Spot has no capacity, Fargate starts no task on demand instead: tasks wait until Spot returns.']
      : []),
    ...(service.detail.isRebalancing ? ['Availability Zone rebalancing is on: it also starts and stops tasks.'] : []),
    ...(service.detail.service.strategy === undefined && isFromStack(state)
      ? ['In CloudFormation and CDK, the same switch from a launch type to a strategy replaces the service.']
      : []),
    ...(minutes === undefined
      ? revertWarning(managed)
      : [
          'The return waits, and says so, while another deployment is in progress, changes are frozen, Fargate Spot had no capacity in the last 30 minutes, or a tag was pushed again since. It leaves a strategy that somebody else set.',
        ]),
  ]
}

const isFromStack = ({ service }: Capacity): boolean => 'aws:cloudformation:stack-name' in service.detail.service.tags
