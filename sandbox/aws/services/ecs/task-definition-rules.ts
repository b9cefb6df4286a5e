// Validates RegisterTaskDefinition. Source: ECS developer guide, task definition parameters for Fargate.

import type { ContainerDefinition, RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs'
import { clientError } from './errors.ts'

const range = (from: number, to: number, step: number) =>
  Array.from({ length: (to - from) / step + 1 }, (_, n) => from + n * step)

/** The memory sizes in MiB that Fargate allows for each CPU size. */
const fargateSizes: Readonly<Record<number, readonly number[]>> = {
  256: [512, 1_024, 2_048],
  512: range(1_024, 4_096, 1_024),
  1024: range(2_048, 8_192, 1_024),
  2048: range(4_096, 16_384, 1_024),
  4096: range(8_192, 30_720, 1_024),
  8192: range(16_384, 61_440, 4_096),
  16384: range(32_768, 122_880, 8_192),
}

/** Converts a size such as `1 vCPU` or `2 GB` to CPU units or MiB. */
export const unitsOf = (text: string | undefined): number | undefined => {
  if (text === undefined) return undefined
  const [, amount, unit = ''] = /^([\d.]+)\s*(vcpu|gb)?$/i.exec(text.trim()) ?? []
  if (amount === undefined) return Number.NaN
  return unit === '' ? Number(amount) : Number(amount) * 1_024
}

const checkFargate = ({ cpu, memory, networkMode }: RegisterTaskDefinitionRequest) => {
  if (networkMode !== 'awsvpc') throw clientError('Fargate only supports network mode ‘awsvpc’.')
  if (cpu === undefined) throw clientError("Fargate requires that 'cpu' be defined at the task level.")
  if (memory === undefined) throw clientError("Fargate requires that 'memory' be defined at the task level.")
  if (!fargateSizes[unitsOf(cpu) ?? 0]?.includes(unitsOf(memory) ?? 0))
    throw clientError(
      `No Fargate configuration exists for given values: ${unitsOf(cpu)} CPU, ${unitsOf(memory)} memory. See the Amazon ECS documentation for the valid values.`,
    )
}

const checkContainer = ({ name, image, memory, memoryReservation }: ContainerDefinition, hasTaskMemory: boolean) => {
  if (!name) throw clientError('Container.name should not be null or empty.')
  if (!image) throw clientError('Container.image should not be null or empty.')
  if (!hasTaskMemory && memory === undefined && memoryReservation === undefined)
    throw clientError(
      `Invalid setting for container '${name}'. At least one of 'memory' or 'memoryReservation' must be specified.`,
    )
}

export const checkTaskDefinition = (input: RegisterTaskDefinitionRequest): void => {
  const { family = '', containerDefinitions = [], requiresCompatibilities = [] } = input
  if (!/^[\w-]{1,255}$/.test(family))
    throw clientError('Family contains invalid characters. Only letters, numbers, underscores and hyphens are allowed.')
  if (containerDefinitions.length === 0) throw clientError('Container list cannot be empty.')
  for (const container of containerDefinitions) checkContainer(container, input.memory !== undefined)
  const names = containerDefinitions.map(({ name }) => name)
  if (new Set(names).size < names.length) throw clientError('Container names must be unique.')
  if (!containerDefinitions.some(({ essential = true }) => essential))
    throw clientError('At least one essential container must be specified.')
  if (requiresCompatibilities.includes('FARGATE')) checkFargate(input)
}
