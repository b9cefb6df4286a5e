// Renders the part of /ecs cost about the size of a service: the finding, the recommended size, and what it saves.

import { countWords, plainName } from '../../kit/messages/text.ts'
import type { ContainerSize } from '../../model/service-detail.ts'
import { sizeProblem } from './fargate-sizes.ts'
import { capped, moneyText, percent, riskOf, sizeText } from './findings.ts'
import type { ServiceCost } from './load-service-cost.ts'
import type { Projected, Saving, SizeAdvice, SizeOption } from './reads.ts'

const MOST_CONTAINERS = 5

export const sizeRows = ({ size, isStale, service }: ServiceCost): readonly string[] => {
  if (size === undefined) return []
  const [option] = size.options
  const running = plainName(service.detail.service.taskDefinition, 60)
  const analysed = plainName(size.definition, 60) || 'of an unknown version'
  return [
    `*Finding* ${findingText(size)}${size.reasons.length === 0 ? '' : `: ${reasonText(size)}`}; ${analysed}${isStale ? '' : ', which runs'}`,
    ...(isStale ? [`*Out of date* ${running} runs now: wait a day for new advice`] : []),
    `*Peaks* ${peakText(size.cpuPeak, size.memoryPeak)}${daysText(size.lookBackDays)}; performance risk now ${riskWords(size.risk)}`,
    ...(option === undefined || size.finding === 'Optimized' ? [] : optionRows(size, option)),
  ]
}

const optionRows = (size: SizeAdvice, option: SizeOption): readonly string[] => {
  const problem = sizeProblem(option)
  const head = `*Recommended* ${sizeText(size)} → ${sizeText(option)} a task`
  return problem === undefined ? [head, ...effectRows(size, option)] : [`${head}. It cannot be used: ${problem}`]
}

const effectRows = (size: SizeAdvice, option: SizeOption): readonly string[] => [
  ...containerRow(size.containers, option.containers),
  `*Then* CPU peak ${projectedText(option.cpuPeak)}, memory peak ${projectedText(option.memoryPeak)}; risk ${riskOf(option.cpuPeak, option.memoryPeak)}`,
  ...moneyRow({ ...option, ...(size.source !== undefined && { source: size.source }) }),
]

/** Containers whose size changes: `app 512 → 256 CPU, 1,024 → 512 MiB`. */
const containerRow = (before: readonly ContainerSize[], after: readonly ContainerSize[]): readonly string[] => {
  const words = after.map(one => {
    const was = before.find(({ name }) => name === one.name)
    const cpu = one.cpu === undefined ? [] : [`${changeText(was?.cpu, one.cpu)} CPU`]
    const memory = one.memory === undefined ? [] : [`${changeText(was?.memory, one.memory)} MiB`]
    return `${plainName(one.name, 40)} ${[...cpu, ...memory].join(', ')}`
  })
  const more = words.length - MOST_CONTAINERS
  if (words.length === 0) return []
  return [`*Containers* ${words.slice(0, MOST_CONTAINERS).join('; ')}${more > 0 ? `; and ${more} more` : ''}`]
}

const changeText = (from: number | undefined, to: number): string =>
  from === undefined || from === to ? countWords(to) : `${countWords(from)} → ${countWords(to)}`

type Saved = { readonly saving?: Saving; readonly savingAfter?: Saving; readonly source?: string }

export const moneyRow = ({ source, ...given }: Saved): readonly string[] => {
  const [saving, savingAfter] = [capped(given.saving), capped(given.savingAfter)]
  if (saving === undefined) return ['*Saving* unknown: Compute Optimizer gives no estimate']
  const share = saving.percent === undefined ? '' : ` (${percent(saving.percent)})`
  const after = savingAfter === undefined ? '' : `, ${moneyText(savingAfter.money)} after discounts`
  const from = source === undefined ? '' : `; estimated from ${SOURCES[source] ?? plainName(source, 40)}`
  return [`*Saving* ${moneyText(saving.money)} a month${share} before discounts${after}${from}`]
}

const SOURCES: Readonly<Record<string, string>> = {
  PublicPricing: 'public prices',
  CostExplorerRightsizing: 'Cost Explorer',
  CostOptimizationHub: 'Cost Optimization Hub',
}

const findingText = ({ finding }: SizeAdvice): string => FINDINGS[finding] ?? (plainName(finding, 40) || 'unknown')

const FINDINGS: Readonly<Record<string, string>> = {
  Optimized: 'its size fits',
  Overprovisioned: 'too large',
  Underprovisioned: 'too small',
}

export const reasonText = ({ reasons }: SizeAdvice): string =>
  reasons.map(code => REASONS[code] ?? plainName(code, 40)).join(', ') || 'no reason given'

const REASONS: Readonly<Record<string, string>> = {
  CPUOverprovisioned: 'more CPU than it uses',
  CPUUnderprovisioned: 'too little CPU',
  MemoryOverprovisioned: 'more memory than it uses',
  MemoryUnderprovisioned: 'too little memory',
}

const riskWords = (risk = 'unknown'): string => plainName(risk.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase(), 20)

export const peakText = (cpu: number | undefined, memory: number | undefined): string =>
  `CPU ${cpu === undefined ? 'unknown' : percent(cpu)}, memory ${memory === undefined ? 'unknown' : percent(memory)}`

const projectedText = (peak: Projected | undefined): string =>
  peak === undefined ? 'unknown' : `${percent(peak.low)} to ${percent(peak.high)}`

export const daysText = (days: number | undefined): string => (days === undefined ? '' : ` in ${days} days`)
