// The argument kinds of task sizes: CPU, memory, the split over containers, and the number of a recommended size.

import { isProblem, type Problem, problem } from '../../../model/errors.ts'
import type { ContainerSize } from '../../../model/service-detail.ts'
import { type Kind, wholeNumber, withoutMarks } from './kind.ts'

const UNITS_A_VCPU = 1_024
const MIB_A_GB = 1_024

/** A whole number of the small unit: plain, or in the large unit with at most three decimals. */
const amountOf = (text: string, large: RegExp, factor: number): number | undefined => {
  const [, number = ''] = /^(\d{1,6}(?:\.\d{1,3})?)\s?[a-z]+$/i.exec(text) ?? []
  const amount = large.test(text.replace(number, '').trim()) ? Number(number) * factor : wholeNumber(text)
  return amount !== undefined && Number.isInteger(amount) && amount > 0 ? amount : undefined
}

const CPU_HELP = 'Write CPU units such as `512`, or `0.5vcpu`.'

export const cpu: Kind<number> = {
  usage: '<cpu>',
  example: '512',
  help: withoutMarks(CPU_HELP),
  parse: text =>
    amountOf(text, /^vcpus?$/i, UNITS_A_VCPU) ?? problem(`\`${text.slice(0, 50)}\` is not an amount of CPU.`, CPU_HELP),
  print: units => `${units}`,
}

const MEMORY_HELP = 'Write MiB such as `1024`, or `1gb`.'

export const memory: Kind<number> = {
  usage: '<memory>',
  example: '1024',
  help: withoutMarks(MEMORY_HELP),
  parse: text =>
    amountOf(text, /^gi?b$/i, MIB_A_GB) ?? problem(`\`${text.slice(0, 50)}\` is not an amount of memory.`, MEMORY_HELP),
  print: mib => `${mib}`,
}

const SPLIT_HELP = 'Write CPU units and MiB of each container: `app=256:512,envoy=128:256`.'
/** The maximum number of containers of a task definition (ECS service quotas). */
const MOST_CONTAINERS = 10

/**
 * Parses the size of a container: `app=256:512`, or `app=256:512:256` with a reservation. An empty part keeps its
 * current value.
 */
const parseContainer = (text: string): ContainerSize | Problem => {
  const found = /^([\w-]{1,255})=(\d{0,6}):(\d{0,6})(?::(\d{1,6}))?$/.exec(text.trim())
  if (found === null) return problem(`\`${text.slice(0, 50)}\` is not a container with its size.`, SPLIT_HELP)
  const [, name = '', units = '', mib = '', reserved = ''] = found
  return {
    name,
    ...(units !== '' && { cpu: Number(units) }),
    ...(mib !== '' && { memory: Number(mib) }),
    ...(reserved !== '' && { reservation: Number(reserved) }),
  }
}

const parseSplit = (text: string): readonly ContainerSize[] | Problem => {
  const items: ContainerSize[] = []
  for (const part of text.split(',')) {
    const item = parseContainer(part)
    if (isProblem(item)) return item
    items.push(item)
  }
  if (items.length > MOST_CONTAINERS)
    return problem(`These are ${items.length} containers; ECS allows ${MOST_CONTAINERS} in a task.`)
  const twice = items.find(({ name }, at) => items.findIndex(one => one.name === name) < at)
  return twice === undefined ? items : problem(`\`${twice.name}\` is given twice.`, 'Keep one of them.')
}

export const printSplit = (items: readonly ContainerSize[]): string =>
  items
    .map(
      ({ name, cpu: units = '', memory: mib = '', reservation }) =>
        `${name}=${units}:${mib}${reservation === undefined ? '' : `:${reservation}`}`,
    )
    .join(',')

export const split: Kind<readonly ContainerSize[]> = {
  usage: '<name=cpu:memory,…>',
  example: 'app=256:512,envoy=128:256',
  help: withoutMarks(SPLIT_HELP),
  parse: parseSplit,
  print: printSplit,
}

export const option: Kind<number> = {
  usage: '<number>',
  example: '1',
  parse: text => {
    const number = wholeNumber(text)
    return number !== undefined && number >= 1
      ? number
      : problem(`\`${text.slice(0, 50)}\` is not the number of a recommendation.`, 'Write 1, 2 or 3.')
  },
  print: number => `${number}`,
}
