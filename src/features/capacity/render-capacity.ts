// Renders /ecs capacity: where a service's tasks run, where they may run, and what that costs.

import { fullName } from '../../kit/language/target.ts'
import { buttons, context, cut, list, plain, richText, section } from '../../kit/messages/markup.ts'
import { placeLine } from '../../kit/messages/place-line.ts'
import { plainName } from '../../kit/messages/text.ts'
import type { Block, Rendered } from '../../model/ports/message.ts'
import { costOfSplit, dollars, PRICED_AT, SPOT_PRICED_AT } from '../cost/prices.ts'
import { STOPS_DAYS } from '../status/stopped-tasks.ts'
import type { Capacity } from './load-capacity.ts'
import { picturesOf } from './picture-capacity.ts'
import { wordsBefore } from './plan-capacity.ts'
import type { Provider, VcpuRoom } from './reads.ts'
import {
  isAsPredicted,
  isCertain,
  predictSplit,
  providerText,
  SPOT,
  shortProvider,
  splitText,
  tasksIn,
} from './strategy.ts'

const MOST_PROVIDERS = 10
const MOST_UNREAD = 3

export const renderCapacity = (state: Capacity): Rendered => {
  const { service } = state.service.detail
  const head = `*${service.ref.service}* runs ${splitText(state.split, shortProvider)}${state.isPartial ? ` among ${partText(state)}` : ''}`
  return {
    text: plain(head),
    ...picturesOf(state),
    blocks: [
      richText(section(head)),
      placeLine(service.ref),
      richText(list(rowsOf(state).map(row => cut(row, 440)))),
      ...state.unread.slice(0, MOST_UNREAD).map(words => context(`Unavailable: ${words}`)),
      ...choices(state),
    ],
  }
}

/** How many tasks were read, of how many. */
const partText = ({ split, service: { detail } }: Capacity): string => {
  const { running, pending } = detail.service
  return `${tasksIn(split)} of ${(running + pending).toLocaleString('en')} tasks, which were read`
}

const rowsOf = (state: Capacity): readonly string[] => [
  `*Configured* ${wordsBefore(state)}`,
  ...driftOf(state),
  `*May use* ${usableText(state.service.providers)}`,
  ...quotaRow(state),
  ...spotRow(state),
  ...placementRow(state),
  costRow(state),
]

/** Weights steer launches, so a difference is explained and no fault. */
const driftOf = ({ service, split, isPartial }: Capacity): readonly string[] => {
  const { strategy = [] } = service.detail.service
  const count = tasksIn(split)
  if (strategy.length === 0 || count === 0 || isPartial) return []
  const predicted = predictSplit(strategy, count)
  if (isAsPredicted(predicted, split)) return []
  return [
    `*Drift* a new deployment would give ${isCertain(strategy) ? '' : 'about '}${splitText(predicted)}. Weights steer where tasks start; ECS moves no running task.`,
  ]
}

const usableText = (providers: readonly Provider[]): string => {
  const usable = providers.filter(({ isAttached }) => isAttached)
  if (usable.length === 0) return 'no capacity provider: the cluster has none'
  const more = usable.length - MOST_PROVIDERS
  const names = usable
    .slice(0, MOST_PROVIDERS)
    .map(
      ({ name, status }) =>
        `${providerText(name)}${status === 'ACTIVE' ? '' : ` (${plainName(status.toLowerCase(), 40) || 'state unknown'})`}`,
    )
  return `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

const quotaRow = ({ rooms, service }: Capacity): readonly string[] => {
  if (!service.fit.compatibilities.includes('FARGATE')) return []
  return [`*Fargate quota* ${roomText(rooms.onDemand)} vCPUs on demand, ${roomText(rooms.spot)} on Spot`]
}

const roomText = ({ quota, used }: VcpuRoom): string =>
  quota === undefined ? 'unknown' : used === undefined ? `${quota}` : `${Number(used.toFixed(2))} of ${quota}`

const spotRow = ({ interruptions, split, service }: Capacity): readonly string[] => {
  const usesSpot =
    split.has(SPOT) || service.detail.service.strategy?.some(({ provider }) => provider === SPOT) === true
  if (interruptions === 0 && !usesSpot) return []
  return [
    `*Spot interruptions* ${interruptions === undefined ? 'could not be read' : `${interruptions} in ${STOPS_DAYS} days`}`,
  ]
}

const placementRow = ({ service: { detail } }: Capacity): readonly string[] => [
  ...(detail.placement.length === 0 ? [] : [`*Placement* ${detail.placement.map(text => plainName(text)).join('; ')}`]),
  ...(detail.isRebalancing ? ['*Availability Zone rebalancing* is on: it also starts and stops tasks'] : []),
]

const costRow = ({ service, split, isPartial }: Capacity): string => {
  const cost = isPartial ? undefined : costOfSplit(service.detail.service.ref.region, split, service.fit)
  if (cost === undefined) return '*Cost* unknown: prices are known for Fargate on Linux only'
  return `*Cost* ${cost.isEstimated ? 'about ' : ''}${dollars(cost.usd)}/h for vCPU and memory; prices of ${PRICED_AT}, Spot of ${SPOT_PRICED_AT}`
}

/** Where the service may use Fargate and its Spot, presets; each click starts a request. */
const choices = ({ service }: Capacity): readonly Block[] => {
  const { ref, controller, strategy = [] } = service.detail.service
  const name = fullName(ref)
  const usesSpot = strategy.some(({ provider }) => provider === SPOT)
  const hasSpot = service.providers.some(({ name: one, isAttached }) => one === SPOT && isAttached)
  const change = { action: 'form:1', value: `capacity set ${name} ${usesSpot ? 'on-demand' : 'spot-heavy'}` }
  return [
    buttons('offers', [
      { label: 'Tasks', action: 'run:0', value: `tasks ${name}` },
      ...(controller === 'ECS' && hasSpot ? [{ label: usesSpot ? 'Move On Demand' : 'Move to Spot', ...change }] : []),
    ]),
  ]
}
