// Validates RegisterTaskDefinition. Source: ECS developer guide, task definition parameters for Fargate.

import type { RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs'
import { checkContainers } from './container-rules.ts'
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

/** The images of Amazon ECR, which Fargate pulls with the execution role. */
const isPrivateImage = (image = '') => /^\d{12}\.dkr\.ecr\./.test(image)

/** Checks that there is an execution role if Fargate needs one. The texts are AWS's own. */
const checkExecutionRole = ({ executionRoleArn, containerDefinitions = [] }: RegisterTaskDefinitionRequest) => {
  if (executionRoleArn) return
  if (containerDefinitions.some(({ image }) => isPrivateImage(image)))
    throw clientError('Fargate requires task definition to have execution role ARN to support ECR images.')
  if (containerDefinitions.some(({ logConfiguration }) => logConfiguration?.logDriver === 'awslogs'))
    throw clientError('Fargate requires task definition to have execution role ARN to support log driver awslogs.')
}

const checkFargate = (input: RegisterTaskDefinitionRequest) => {
  const { cpu, memory, networkMode, containerDefinitions = [], ephemeralStorage } = input
  if (networkMode !== 'awsvpc') throw clientError('Fargate only supports network mode ‘awsvpc’.')
  if (cpu === undefined) throw clientError("Fargate requires that 'cpu' be defined at the task level.")
  if (memory === undefined) throw clientError("Fargate requires that 'memory' be defined at the task level.")
  if (!fargateSizes[unitsOf(cpu) ?? 0]?.includes(unitsOf(memory) ?? 0))
    throw clientError(
      `No Fargate configuration exists for given values: ${unitsOf(cpu)} CPU, ${unitsOf(memory)} memory. See the Amazon ECS documentation for the valid values.`,
    )
  checkExecutionRole(input)
  // The texts of these errors are guesses.
  const privileged = containerDefinitions.find(container => container.privileged)
  if (privileged) throw clientError(`Fargate does not support 'privileged' in container '${privileged.name}'.`)
  const { sizeInGiB = 21 } = ephemeralStorage ?? {}
  if (sizeInGiB < 21 || sizeInGiB > 200) throw clientError('The ephemeral storage size must be between 21 and 200 GiB.')
}

/** A role in a request: an ARN, or a name in the caller's account. */
const ROLE = /^(?:arn:aws[\w-]*:iam::\d{12}:role\/[\w+=,.@\-/]+|[\w+=,.@-]{1,64})$/

const checkRoles = ({ taskRoleArn, executionRoleArn }: RegisterTaskDefinitionRequest) => {
  for (const role of [taskRoleArn, executionRoleArn])
    if (role && !ROLE.test(role)) throw clientError('Role is not valid')
}

/** Checks the sizes of the task against those of its containers. The texts are guesses. */
const checkSizes = ({ cpu, memory, containerDefinitions = [] }: RegisterTaskDefinitionRequest) => {
  const [units, mebibytes] = [unitsOf(cpu), unitsOf(memory)]
  if (Number.isNaN(units)) throw clientError(`Invalid 'cpu' setting for task: ${cpu}`)
  if (Number.isNaN(mebibytes)) throw clientError(`Invalid 'memory' setting for task: ${memory}`)
  const sum = (values: readonly (number | undefined)[]) => values.reduce<number>((total, value = 0) => total + value, 0)
  if (units !== undefined && sum(containerDefinitions.map(container => container.cpu)) > units)
    throw clientError(`The cpu of the containers must not exceed the cpu of the task: ${units}.`)
  if (mebibytes !== undefined && sum(containerDefinitions.map(one => one.memory ?? one.memoryReservation)) > mebibytes)
    throw clientError(`The memory of the containers must not exceed the memory of the task: ${mebibytes}.`)
}

const checkVolumes = ({ volumes = [] }: RegisterTaskDefinitionRequest) => {
  const names = volumes.map(({ name }) => name)
  if (names.some(name => !/^[\w-]{1,255}$/.test(name ?? '')))
    throw clientError('Volume.name contains invalid characters.')
  if (new Set(names).size < names.length) throw clientError('Volume names must be unique.')
}

const checkPlatform = ({ runtimePlatform = {} }: RegisterTaskDefinitionRequest) => {
  const { cpuArchitecture, operatingSystemFamily: family = 'LINUX' } = runtimePlatform
  if (cpuArchitecture === 'ARM64' && family !== 'LINUX')
    throw clientError(`The operating system family ${family} does not support the CPU architecture ARM64.`)
}

/** The maximum size of a task definition in bytes (ECS developer guide, service quotas). */
const MOST_BYTES = 65_536

export const checkTaskDefinition = (input: RegisterTaskDefinitionRequest): void => {
  const { family = '', requiresCompatibilities = [] } = input
  const { length } = Buffer.from(JSON.stringify(input))
  if (length > MOST_BYTES) throw clientError(`Actual length: '${length}'. Max allowed length is '${MOST_BYTES}' bytes.`)
  if (!/^[\w-]{1,255}$/.test(family))
    throw clientError('Family contains invalid characters. Only letters, numbers, underscores and hyphens are allowed.')
  checkContainers(input, unitsOf(input.memory))
  checkSizes(input)
  checkVolumes(input)
  checkRoles(input)
  checkPlatform(input)
  if (requiresCompatibilities.includes('FARGATE')) checkFargate(input)
}
