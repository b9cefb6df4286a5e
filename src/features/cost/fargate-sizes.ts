// Pure: the sizes of a Fargate task on Linux, and whether its containers fit into it. Source: ECS developer guide, task CPU and
// memory.

import type { ContainerSize } from '../../model/service-detail.ts'
import type { Size } from './reads.ts'

/** By CPU units: the memory in GB, from, to and step. */
const RANGES: Readonly<Record<number, readonly [from: number, to: number, step: number]>> = {
  512: [1, 4, 1],
  1024: [2, 8, 1],
  2048: [4, 16, 1],
  4096: [8, 30, 1],
  8192: [16, 60, 4],
  16384: [32, 120, 8],
}
const LISTS: Readonly<Record<number, readonly number[]>> = { 256: [0.5, 1, 2], 32768: [60, 120, 244] }

export const isFargateSize = ({ cpu, memory }: Size): boolean => {
  const gb = memory / 1_024
  const range = RANGES[cpu]
  if (range === undefined) return LISTS[cpu]?.includes(gb) ?? false
  const [from, to, step] = range
  return gb >= from && gb <= to && (gb - from) % step === 0
}

/** Windows tasks have these CPU units alone. Source: ECS developer guide, Windows containers on Fargate. */
const ON_WINDOWS: readonly number[] = [1024, 2048, 4096]

/** Which sizes there are, for a CPU of Fargate; else its CPUs. */
export const sizeHint = ({ cpu }: Size): string => {
  const list = LISTS[cpu]
  if (list !== undefined) return `${cpu} CPU units have ${list.map(gb => gb * 1_024).join(', ')} MiB.`
  const range = RANGES[cpu]
  if (range === undefined)
    return `CPU units of Fargate are ${[...Object.keys(LISTS), ...Object.keys(RANGES)].toSorted((a, b) => Number(a) - Number(b)).join(', ')}.`
  const [from, to, step] = range
  return `${cpu} CPU units have ${from * 1_024} to ${to * 1_024} MiB, in steps of ${step * 1_024}.`
}

export const isWindowsSize = ({ cpu }: Size): boolean => ON_WINDOWS.includes(cpu)

/** What is wrong with a recommended size; undefined if it can be used. */
export const sizeProblem = (size: Size & { readonly containers: readonly ContainerSize[] }): string | undefined => {
  if (!isFargateSize(size)) return 'Fargate has no such size'
  const sumOf = (amountOf: (container: ContainerSize) => number | undefined): number =>
    size.containers.reduce((sum, container) => sum + (amountOf(container) ?? 0), 0)
  if (sumOf(({ cpu }) => cpu) > size.cpu) return 'its containers need more CPU than the task has'
  return sumOf(({ memory, reservation }) => reservation ?? memory) > size.memory
    ? 'its containers need more memory than the task has'
    : undefined
}
