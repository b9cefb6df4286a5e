// Pure: the size that a service gets: a recommendation or what the line says, and the split over the containers.

import { plainName } from '../../../kit/messages/text.ts'
import { isRefusal, type Refusal, refuse } from '../../../model/errors.ts'
import type { ContainerSize, DefinitionBase } from '../../../model/service-detail.ts'
import { isFargateSize, isWindowsSize, sizeHint, sizeProblem } from '../fargate-sizes.ts'
import { sizeText } from '../findings.ts'
import type { Projected, Size, SizeAdvice, SizeOption } from '../reads.ts'

/** The options of the line. `option`: the number of a recommendation, from 1. */
export type AskedSize = {
  readonly option?: number | undefined
  readonly cpu?: number | undefined
  readonly memory?: number | undefined
  readonly containers?: readonly ContainerSize[] | undefined
}

/** `option`: the recommendation, if the task gets its size. `containers`: all of the task, after the change. */
export type Resize = {
  readonly from: Size
  readonly to: Size
  readonly option?: SizeOption
  readonly before: readonly ContainerSize[]
  readonly containers: readonly ContainerSize[]
  readonly peaks: Peaks
}

/** The projected peaks, in percent of the new size; undefined where unknown. */
export type Peaks = { readonly cpu?: Projected; readonly memory?: Projected }

type Base = Pick<DefinitionBase, 'cpu' | 'memory' | 'sizes' | 'isWindows'>

export const resizeOf = (advice: SizeAdvice, base: Base, asked: AskedSize): Resize | Refusal => {
  const option = optionOf(advice, asked)
  if (isRefusal(option)) return option
  const from: Size = { cpu: Number(base.cpu ?? 0), memory: Number(base.memory ?? 0) }
  const to: Size = { cpu: asked.cpu ?? option.cpu, memory: asked.memory ?? option.memory }
  const refused = refuseSize(to, base) ?? refuseNames(asked, base)
  if (refused !== undefined) return refused
  const isOption = to.cpu === option.cpu && to.memory === option.memory
  const recommended = isOption ? option.containers : []
  const containers = base.sizes.map(size => containerOf(size, asked, recommended, { from, to }))
  const wrong = refuseSplit(to, containers)
  if (wrong !== undefined) return wrong
  if (isSame(from, to, base.sizes, containers))
    return refuse(`The tasks have this size already: ${sizeText(to)}.`, 'Nothing to change.')
  return {
    ...{ from, to, containers, before: base.sizes },
    ...(isOption && { option }),
    peaks: isOption ? peaksOf(option) : scaledPeaks(advice, from, to),
  }
}

const optionOf = ({ options }: SizeAdvice, { option = 1 }: AskedSize): SizeOption | Refusal =>
  options[option - 1] ??
  refuse(
    options.length === 0
      ? 'Compute Optimizer recommends no size.'
      : `There is no recommendation ${option}: Compute Optimizer gives ${options.length === 1 ? 'one' : options.length}.`,
    options.length === 0 ? 'Change it with your pipeline.' : 'Leave out `--option`.',
  )

const refuseSize = (to: Size, { isWindows }: Base): Refusal | undefined => {
  if (!isFargateSize(to)) return refuse(`Fargate has no size of ${sizeText(to)}.`, sizeHint(to))
  return isWindows && !isWindowsSize(to)
    ? refuse(`Fargate has no size of ${sizeText(to)} for Windows.`, 'Windows tasks have 1, 2 or 4 vCPU.')
    : undefined
}

const refuseNames = ({ containers = [] }: AskedSize, { sizes }: Base): Refusal | undefined => {
  const unknown = containers.find(({ name }) => !sizes.some(one => one.name === name))
  return unknown === undefined
    ? undefined
    : refuse(
        `The tasks have no container \`${plainName(unknown.name)}\`.`,
        `They have ${sizes.map(({ name }) => `\`${plainName(name)}\``).join(', ')}.`,
      )
}

type Member = 'cpu' | 'memory' | 'reservation'

/**
 * The size of a container: as the line says, else as recommended, else its share of the new task. A recommendation adds no limit
 * that the container does not have. A reservation is never above the limit.
 */
const containerOf = (
  size: ContainerSize,
  { containers: asked = [] }: AskedSize,
  recommended: readonly ContainerSize[],
  { from, to }: Pick<Resize, 'from' | 'to'>,
): ContainerSize => {
  const [own, given] = [asked, recommended].map(all => all.find(({ name }) => name === size.name))
  const amountOf = (member: Member): number | undefined => {
    const now = size[member]
    if (own?.[member] !== undefined || now === undefined || now === 0) return own?.[member] ?? now
    const of = member === 'cpu' ? 'cpu' : 'memory'
    return given?.[member] ?? (from[of] === 0 ? now : Math.floor((now * to[of]) / from[of]))
  }
  const [cpu, memory, reservation] = [amountOf('cpu'), amountOf('memory'), amountOf('reservation')]
  const isOwn = own?.reservation !== undefined
  return {
    name: size.name,
    ...(cpu !== undefined && { cpu }),
    ...(memory !== undefined && { memory }),
    ...(reservation !== undefined && {
      reservation: memory === undefined || isOwn ? reservation : Math.min(reservation, memory),
    }),
  }
}

/** Docker's smallest limit. Source: ECS API reference, ContainerDefinition. */
const LEAST_MIB = 6

const refuseSplit = (to: Size, containers: readonly ContainerSize[]): Refusal | undefined => {
  const hint = `The task has ${to.cpu} CPU units and ${to.memory} MiB: name each container with \`--containers\`.`
  const problem = sizeProblem({ ...to, containers })
  if (problem !== undefined) return refuse(`This split does not add up: ${problem}.`, hint)
  const large = containers.find(({ memory = 0 }) => memory > to.memory)
  if (large !== undefined)
    return refuse(`The limit of \`${plainName(large.name)}\` is above the memory of the task.`, hint)
  const reserved = containers.find(({ memory, reservation = 0 }) => memory !== undefined && reservation > memory)
  if (reserved !== undefined)
    return refuse(`The reservation of \`${plainName(reserved.name)}\` is above its limit.`, hint)
  const small = containers.find(
    ({ memory = LEAST_MIB, reservation = LEAST_MIB }) => memory < LEAST_MIB || reservation < LEAST_MIB,
  )
  return small === undefined
    ? undefined
    : refuse(`\`${plainName(small.name)}\` would get less than the ${LEAST_MIB} MiB that a container needs.`, hint)
}

const isSame = (from: Size, to: Size, before: readonly ContainerSize[], after: readonly ContainerSize[]): boolean =>
  from.cpu === to.cpu && from.memory === to.memory && changedContainers(before, after).length === 0

/** The containers whose size changes, with what they have now. */
export const changedContainers = (
  before: readonly ContainerSize[],
  after: readonly ContainerSize[],
): readonly { readonly from: ContainerSize; readonly to: ContainerSize }[] =>
  after.flatMap((to, at) => {
    const from = before[at] ?? { name: to.name }
    const isEqual = from.cpu === to.cpu && from.memory === to.memory && from.reservation === to.reservation
    return isEqual ? [] : [{ from, to }]
  })

const peaksOf = ({ cpuPeak, memoryPeak }: SizeOption): Peaks => ({
  ...(cpuPeak !== undefined && { cpu: cpuPeak }),
  ...(memoryPeak !== undefined && { memory: memoryPeak }),
})

/** Of a size that Compute Optimizer did not project: the measured peak, as a share of the new size. */
const scaledPeaks = ({ cpuPeak, memoryPeak }: SizeAdvice, from: Size, to: Size): Peaks => {
  const scaled = (peak: number, before: number, after: number): Projected => {
    const value = (peak * before) / after
    return { low: value, high: value }
  }
  return {
    ...(cpuPeak !== undefined && from.cpu > 0 && { cpu: scaled(cpuPeak, from.cpu, to.cpu) }),
    ...(memoryPeak !== undefined && from.memory > 0 && { memory: scaled(memoryPeak, from.memory, to.memory) }),
  }
}
