// Renders /ecs cost for one service: what it costs, the finding, and what Spot and Graviton would save.

import { printSplit } from '../../kit/language/kinds/size.ts'
import { fullName } from '../../kit/language/target.ts'
import { buttons, context, cut, list, plain, richText, section } from '../../kit/messages/markup.ts'
import { placeLine } from '../../kit/messages/place-line.ts'
import { countWords, plainName, wholeName } from '../../kit/messages/text.ts'
import type { Block, Rendered } from '../../model/ports/message.ts'
import type { ContainerSize } from '../../model/service-detail.ts'
import { splitText, tasksIn } from '../capacity/strategy.ts'
import { isUnused, stopOffer, useText } from './apply/use.ts'
import type { Estimate } from './estimates.ts'
import { sizeProblem } from './fargate-sizes.ts'
import { capped, isStandby, moneyText, ownerOf, sizeText } from './findings.ts'
import type { ServiceCost } from './load-service-cost.ts'
import { whyNoAdvice } from './no-advice.ts'
import { dollars, PRICED_AT, SPOT_PRICED_AT } from './prices.ts'
import type { Saving } from './reads.ts'
import { daysText, moneyRow, peakText, reasonText, sizeRows } from './render-size.ts'
import { alone, armImages, bestTogether, costNow, serviceEstimates, whyNoSpot } from './service-estimates.ts'
import { snoozeText } from './snooze.ts'

const MOST_UNREAD = 3

export const renderServiceCost = (state: ServiceCost): Rendered => {
  const { ref } = state.service.detail.service
  const head = headOf(state)
  return {
    text: plain(head),
    blocks: [
      richText(section(head)),
      placeLine(ref),
      richText(list(rowsOf(state).map(row => cut(row, 440)))),
      ...notesOf(state).map(context),
      choices(state),
    ],
  }
}

const headOf = (state: ServiceCost): string => {
  const { service, idle, size } = state
  const name = `*${wholeName(service.detail.service.ref.service)}*`
  const cost = costNow(state)
  const costs = cost === undefined ? '' : ` of about ${dollars(cost.usd)} a month`
  if (idle !== undefined && looksIdle(state))
    return `${name} looks idle: scaling to 0 saves ${savingText(state, idle.saving, costs)}`
  const [option] = size?.options ?? []
  if (size?.finding === 'Underprovisioned') return `${name} is too small: ${reasonText(size)}`
  if (size?.finding === 'Overprovisioned' && option !== undefined && sizeProblem(option) === undefined)
    return `${name} is too large${state.isStale ? ' (out of date)' : ''}: ${sizeText(option)} saves ${savingText(state, option.saving, costs)}`
  const best = serviceEstimates(state).find(one => !needsImages(state, one))
  if (best !== undefined) return `${name}: ${partsText(best)} could save about ${dollars(best.saves)} a month${costs}`
  return cost === undefined
    ? `${name}: its cost is not known`
    : `${name} costs about ${dollars(cost.usd)} a month; no saving found`
}

/** Whether it has no load, and nothing is known to have used it. */
const looksIdle = ({ idle, use }: ServiceCost): boolean =>
  idle !== undefined && (use === undefined || use.used.length === 0)

const hasFinding = ({ idle, size }: ServiceCost): boolean =>
  idle !== undefined || (size !== undefined && size.finding !== 'Optimized' && size.options.length > 0)

/** A saving is never more than the service costs. */
const savingText = (state: ServiceCost, given: Saving | undefined, costs: string): string => {
  const saving = capped(given)
  if (saving === undefined) return `an unknown amount${costs}`
  const cost = costNow(state)
  const isTooMuch = cost !== undefined && saving.money.currency === 'USD' && saving.money.amount > cost.usd
  const amount = isTooMuch ? cost.usd : saving.money.amount
  return `about ${moneyText({ ...saving.money, amount })}${saving.money.currency === 'USD' ? costs : ' a month'}`
}

const rowsOf = (state: ServiceCost): readonly string[] => [
  costRow(state),
  ...idleRows(state),
  ...(looksIdle(state) ? [] : [...sizeRows(state), ...estimateRows(state)]),
  ...(state.snooze === undefined ? [] : [`*Snooze* ${snoozeText(state.snooze, state.now)}`]),
  ...ownerRow(state),
]

const costRow = (state: ServiceCost): string => {
  const cost = costNow(state)
  const { split, isPartial, service } = state
  const tasks = `${splitText(split)}${isPartial ? ' (by its strategy)' : ''}, ${sizeText(service.fit)} each`
  if (cost === undefined) return `*Cost* unknown: prices are known for Fargate on Linux only. Runs ${tasks}`
  return `*Cost* ${cost.isEstimated ? 'about ' : ''}${dollars(cost.usd)} a month for ${tasks}; vCPU and memory at list price`
}

const idleRows = (state: ServiceCost): readonly string[] => {
  const { idle, use, service } = state
  if (idle === undefined) return []
  const peaks = peakText(idle.cpuPeak, idle.memoryPeak)
  return [
    `*Idle* ${peaks}${daysText(idle.lookBackDays)}. Compute Optimizer does not see requests or queues`,
    ...(use === undefined ? [] : [`*Use* ${useText(use)}`]),
    ...(isStandby(service.detail.service.tags) ? ['*Standby* its tags say that it stands by: keep it'] : []),
    ...(looksIdle(state) ? moneyRow(idle) : []),
  ]
}

const estimateRows = (state: ServiceCost): readonly string[] => {
  const estimates = serviceEstimates(state)
  const [spot, graviton] = [alone(estimates, 'spot'), alone(estimates, 'graviton')]
  const best = bestTogether(estimates)
  const noSpot = whyNoSpot(state.service)
  return [
    ...(spot === undefined
      ? []
      : [
          `*Spot* about ${dollars(spot.saves)} a month: ${splitText(spot.split)}. AWS may take a Spot task with 2 minutes’ notice`,
        ]),
    ...(noSpot === undefined || costNow(state) === undefined ? [] : [`*Spot* no: ${plainName(noSpot)}`]),
    ...(graviton === undefined
      ? []
      : [`*Graviton* about ${dollars(graviton.saves)} a month; ${armImages(state).words}`]),
    ...(best === undefined
      ? []
      : [
          `*Best together* ${partsText(best)}: about ${dollars(best.usd)} a month, saves ${dollars(best.saves)}. Not the sum of the parts`,
        ]),
  ]
}

/** Whether the combination needs images that are not there, or of which it is not known. */
const needsImages = (state: ServiceCost, { parts }: Estimate): boolean =>
  parts.includes('graviton') && armImages(state).are !== 'there'

const PARTS = { size: 'the recommended size', spot: 'Spot', graviton: 'Graviton' } as const

const partsText = ({ parts }: Estimate): string => {
  const words = parts.map(part => PARTS[part])
  return words.length < 3 ? words.join(' and ') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
}

const ownerRow = ({ service }: ServiceCost): readonly string[] => {
  const { owner } = ownerOf(service.detail.service.tags)
  return owner === undefined ? [] : [`*Owner* ${plainName(owner, 60)} (by its tag)`]
}

const notesOf = (state: ServiceCost): readonly string[] => {
  const { size, idle, unread, split } = state
  const refreshed = size?.refreshedAt ?? idle?.refreshedAt
  return [
    ...whyNoAdvice(state),
    ...(refreshed === undefined ? [] : [`Compute Optimizer, made ${refreshed.slice(0, 10)}.`]),
    ...(costNow(state) === undefined
      ? []
      : [
          `Estimates: ${tasksText(tasksIn(split))} all month, list prices of ${PRICED_AT}, Spot of ${SPOT_PRICED_AT}; without discounts.`,
        ]),
    ...(applyLine(state) === undefined
      ? []
      : ['Apply asks for a new revision, a deployment and a watch that goes back by itself.']),
    ...unread.slice(0, MOST_UNREAD).map(text => `Unavailable: ${text}`),
  ]
}

/** The line that applies the recommended size; undefined where there is none. Its form shows the split. */
const applyLine = (state: ServiceCost): string | undefined => {
  const { size, isStale, service } = state
  const [option] = size?.options ?? []
  const { ref, controller, isExpress } = service.detail.service
  const mayDeploy = controller === 'ECS' && !isExpress && service.fit.compatibilities.includes('FARGATE')
  if (looksIdle(state) || option === undefined || size?.finding === 'Optimized' || isStale || !mayDeploy)
    return undefined
  if (sizeProblem(option) !== undefined) return undefined
  const line = `cost apply ${fullName(ref)}`
  const containers = option.containers.flatMap(one => setIn(one, size?.containers ?? []))
  const whole = `${line} --cpu ${option.cpu} --memory ${option.memory} --containers ${printSplit(containers)}`
  return containers.length === 0 || whole.length > MOST_LINE ? line : whole
}

/** What is recommended for a container of what is set for it now. */
const setIn = (to: ContainerSize, now: readonly ContainerSize[]): readonly ContainerSize[] => {
  const from = now.find(({ name }) => name === to.name)
  if (from === undefined) return []
  const kept = (['cpu', 'memory', 'reservation'] as const).filter(
    member => (from[member] ?? 0) > 0 && to[member] !== undefined,
  )
  return [{ name: to.name, ...Object.fromEntries(kept.map(member => [member, to[member]])) }]
}

/** Characters of a button's value that a form can show. */
const MOST_LINE = 1_000

/** Scaling an idle service to 0 is a request like any other; the card says what it stops. */
const choices = (state: ServiceCost): Block => {
  const { idle, use, service, split, autoscaling } = state
  const { ref, desired, scheduling } = service.detail.service
  const name = fullName(ref)
  const isIdle = idle !== undefined && use !== undefined && isUnused(use)
  const mayStop = isIdle && desired > 0 && scheduling === 'REPLICA'
  const apply = applyLine(state)
  const stop = stopOffer(service.detail, autoscaling)
  const moreSpot = alone(serviceEstimates(state), 'spot') !== undefined && whyNoSpot(service, true) === undefined
  return buttons('offers', [
    ...(mayStop ? [{ label: stop.label, action: 'form:0', value: stop.invocation }] : []),
    ...(apply === undefined ? [] : [{ label: 'Apply', action: 'form:4', value: apply }]),
    ...(hasFinding(state) ? [{ label: 'Snooze', action: 'form:5', value: `cost snooze ${name} --for 14d` }] : []),
    { label: 'Compare', action: 'run:1', value: `cost compare ${name}` },
    ...(moreSpot ? [{ label: 'Move to Spot', action: 'form:2', value: `capacity set ${name} spot-heavy` }] : []),
    ...(tasksIn(split) > 0 ? [{ label: 'Status', action: 'run:3', value: `status ${name}` }] : []),
  ])
}

const tasksText = (tasks: number): string => (tasks === 1 ? 'one task' : `${countWords(tasks)} tasks`)
