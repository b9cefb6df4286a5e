// The argument kind for a capacity provider strategy: `fargate=1:2 spot=3` is weight 1 with a base of 2 on FARGATE, and
// weight 3 on FARGATE_SPOT. Limits: ECS API reference, CapacityProviderStrategyItem.

import type { StrategyItem } from '../../../model/ecs.ts'
import { isProblem, type Problem, problem } from '../../../model/errors.ts'
import { type Kind, withoutMarks } from './kind.ts'

export const LAUNCH_TYPES = ['FARGATE', 'EC2', 'EXTERNAL'] as const

export type StrategyText =
  | { readonly kind: 'providers'; readonly items: readonly StrategyItem[] }
  | { readonly kind: 'preset'; readonly name: string }
  | { readonly kind: 'launch type'; readonly launchType: (typeof LAUNCH_TYPES)[number] }

const SHORT_NAMES: ReadonlyMap<string, string> = new Map([
  ['fargate', 'FARGATE'],
  ['spot', 'FARGATE_SPOT'],
  ['fargate_spot', 'FARGATE_SPOT'],
])

/** The full name of `fargate` and `spot`; other names stay. */
export const providerName = (name: string): string => SHORT_NAMES.get(name.toLowerCase()) ?? name

const MOST_PROVIDERS = 20
const MOST_WEIGHT = 1_000
const MOST_BASE = 100_000

const HELP = 'Write providers with weight and base, such as `fargate=1:2 spot=3`, or a preset such as `on-demand`.'

const parseItem = (word: string): StrategyItem | Problem => {
  const [, name = '', weightText = '', baseText = '0'] = /^([\w-]{1,255})=(\d{1,9})(?::(\d{1,9}))?$/.exec(word) ?? []
  if (name === '') return problem(`\`${word.slice(0, 50)}\` is not a provider with its weight.`, HELP)
  const [weight, base] = [Number(weightText), Number(baseText)]
  if (weight > MOST_WEIGHT) return problem(`The weight ${weight} is more than ECS allows (1,000).`, HELP)
  if (base > MOST_BASE) return problem(`The base ${base} is more than ECS allows (100,000).`, HELP)
  return { provider: providerName(name), weight, base }
}

const problemOf = (items: readonly StrategyItem[]): Problem | undefined => {
  if (items.length > MOST_PROVIDERS)
    return problem(`These are ${items.length} providers; ECS allows ${MOST_PROVIDERS} in a strategy.`)
  const twice = items.find(({ provider }, at) => items.findIndex(one => one.provider === provider) < at)
  if (twice !== undefined) return problem(`\`${twice.provider}\` is given twice.`, 'Keep one of them.')
  if (items.filter(({ base }) => base > 0).length > 1)
    return problem('Two providers have a base; ECS allows a base on one.', HELP)
  if (items.every(({ weight }) => weight === 0) && (items.length > 1 || items[0]?.base === 0))
    return problem(
      'All weights are 0: no task could start beyond the base.',
      'Give one provider a weight of 1 or more.',
    )
  return undefined
}

const parseLaunchType = (name: string): StrategyText | Problem => {
  const launchType = LAUNCH_TYPES.find(one => one === name.toUpperCase())
  return launchType === undefined
    ? problem(`\`${name.slice(0, 50)}\` is not a launch type.`, `Write one of ${LAUNCH_TYPES.join(', ')}.`)
    : { kind: 'launch type', launchType }
}

const parse = (text: string): StrategyText | Problem => {
  const words = text.trim().split(/\s+/)
  const [first = ''] = words
  const [, launchType] = /^launch-type=(.+)$/i.exec(first) ?? []
  if (words.length === 1 && launchType !== undefined) return parseLaunchType(launchType)
  if (words.length === 1 && /^[a-z][a-z0-9-]{0,30}$/.test(first)) return { kind: 'preset', name: first }
  const items: StrategyItem[] = []
  for (const word of words) {
    const item = parseItem(word)
    if (isProblem(item)) return item
    items.push(item)
  }
  return problemOf(items) ?? { kind: 'providers', items }
}

const shortOf = (provider: string): string =>
  provider === 'FARGATE' ? 'fargate' : provider === 'FARGATE_SPOT' ? 'spot' : provider

export const printItems = (items: readonly StrategyItem[]): string =>
  items.map(({ provider, weight, base }) => `${shortOf(provider)}=${weight}${base === 0 ? '' : `:${base}`}`).join(' ')

const print = (given: StrategyText): string => {
  switch (given.kind) {
    case 'providers':
      return printItems(given.items)
    case 'preset':
      return given.name
    case 'launch type':
      return `launch-type=${given.launchType.toLowerCase()}`
  }
}

export const strategy: Kind<StrategyText> = {
  usage: '<strategy>',
  example: 'fargate=1:2 spot=3',
  help: withoutMarks(HELP),
  parse,
  print,
}
