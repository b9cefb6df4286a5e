// Validates the containers of RegisterTaskDefinition. Sources: ECS API reference, ContainerDefinition, PortMapping, Secret,
// ContainerDependency and HealthCheck; ECS developer guide, task definition parameters. Error texts are guesses, except
// those that a comment marks as AWS's own.

import type {
  ContainerDefinition,
  ContainerDependency,
  HealthCheck,
  PortMapping,
  RegisterTaskDefinitionRequest,
} from '@aws-sdk/client-ecs'
import { clientError } from './errors.ts'

const setting = (name: string, problem: string) => clientError(`Invalid setting for container '${name}'. ${problem}`)

const checkNames = ({ name = '', image = '' }: ContainerDefinition) => {
  if (!name) throw clientError('Container.name should not be null or empty.')
  if (!image) throw clientError('Container.image should not be null or empty.')
  if (!/^[\w-]{1,255}$/.test(name))
    throw clientError(
      'Container.name contains invalid characters. Only letters, numbers, underscores and hyphens are allowed.',
    )
  if (image.length > 255 || !/^[\w.\-/:@#]+$/.test(image)) throw clientError(`Container.image '${image}' is not valid.`)
}

const checkMemory = ({ name = '', memory, memoryReservation }: ContainerDefinition, taskMemory: number | undefined) => {
  if (taskMemory === undefined && memory === undefined && memoryReservation === undefined)
    throw setting(name, "At least one of 'memory' or 'memoryReservation' must be specified.")
  for (const given of [memory, memoryReservation])
    if (given !== undefined && given < 6) throw setting(name, "'memory' must be at least 6 MiB.")
  if (memory !== undefined && memoryReservation !== undefined && memoryReservation > memory)
    throw setting(name, "'memoryReservation' must not be greater than 'memory'.")
  if (taskMemory !== undefined && (memory ?? memoryReservation ?? 0) > taskMemory)
    throw setting(name, 'The memory of the container must not exceed the memory of the task.')
}

const checkPort = (port: number | undefined, name: string) => {
  if (port !== undefined && (port < 0 || port > 65_535))
    throw setting(name, `Port ${port} must be between 0 and 65535.`)
}

const checkPorts = ({ name = '', portMappings = [] }: ContainerDefinition, networkMode: string) => {
  for (const { containerPort, hostPort, containerPortRange } of portMappings) {
    checkPort(containerPort, name)
    checkPort(hostPort, name)
    if (containerPort === undefined && containerPortRange === undefined)
      throw setting(name, "A port mapping must have 'containerPort' or 'containerPortRange'.")
    // The text of this error is AWS's own.
    if (networkMode === 'awsvpc' && hostPort !== undefined && hostPort !== containerPort)
      throw clientError('When networkMode=awsvpc, the host ports and container ports in port mappings must match.')
  }
}

type Held = { readonly name: string; readonly mapping: PortMapping }

const twice = (keys: readonly (string | undefined)[]): string | undefined =>
  keys.find((key, index) => key !== undefined && keys.indexOf(key) < index)

/** Checks that no port is used twice. With `awsvpc` and `host`, all containers of a task share one network. */
const checkSharedPorts = (containers: readonly ContainerDefinition[], networkMode: string) => {
  const held: readonly Held[] = containers.flatMap(({ name = '', portMappings = [] }) =>
    portMappings.map(mapping => ({ name, mapping })),
  )
  const named = twice(held.map(({ mapping }) => mapping.name))
  if (named !== undefined) throw clientError(`The port mapping name '${named}' is used more than once.`)
  const taken = twice(
    held.map(({ mapping: { containerPort, hostPort, protocol = 'tcp' } }) => {
      const port = networkMode === 'bridge' ? hostPort || undefined : containerPort
      return port === undefined ? undefined : `${port}/${protocol}`
    }),
  )
  if (taken !== undefined) throw clientError(`The host port ${taken} is used by more than one port mapping.`)
}

const SECRET =
  /^(?:arn:aws[\w-]*:secretsmanager:[\w-]+:\d{12}:secret:.+|arn:aws[\w-]*:ssm:[\w-]+:\d{12}:parameter\/.+|\/?[\w.\-/]+)$/

const checkSecrets = ({ name = '', secrets = [], environment = [] }: ContainerDefinition, role: string | undefined) => {
  // The text of this error is AWS's own.
  if (secrets.length > 0 && !role)
    throw clientError(
      "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.",
    )
  for (const secret of secrets)
    if (!SECRET.test(secret.valueFrom ?? ''))
      throw setting(name, `The secret '${secret.name}' must name a secret of Secrets Manager or a parameter.`)
  const shared = twice([...environment, ...secrets].map(variable => variable.name))
  // The text of this error is AWS's own. Two plain variables with the same name are accepted by ECS.
  if (shared !== undefined && secrets.some(secret => secret.name === shared))
    throw clientError(
      `The secret name must be unique and not shared with any new or existing environment variables set on the container, such as '${shared}'.`,
    )
}

const RANGES: readonly (readonly [Exclude<keyof HealthCheck, 'command'>, number, number])[] = [
  ['interval', 5, 300],
  ['timeout', 2, 60],
  ['retries', 1, 10],
  ['startPeriod', 0, 300],
]

const checkHealth = ({ name = '', healthCheck }: ContainerDefinition) => {
  if (!healthCheck) return
  if (!['CMD', 'CMD-SHELL', 'NONE'].includes(healthCheck.command?.[0] ?? ''))
    throw setting(name, 'The health check command must start with CMD, CMD-SHELL or NONE.')
  for (const [key, low, high] of RANGES) {
    const value = healthCheck[key]
    if (value !== undefined && (value < low || value > high))
      throw setting(name, `The health check ${key} must be between ${low} and ${high}.`)
  }
}

type Containers = ReadonlyMap<string, ContainerDefinition>

const checkDependency = (name: string, { containerName = '', condition }: ContainerDependency, all: Containers) => {
  const needed = all.get(containerName)
  if (!needed || containerName === name)
    throw setting(name, `It depends on the container '${containerName}', which does not exist or is the same.`)
  if (condition === 'HEALTHY' && !needed.healthCheck)
    throw setting(name, `It waits until '${containerName}' is HEALTHY, which has no health check.`)
  if ((condition === 'COMPLETE' || condition === 'SUCCESS') && (needed.essential ?? true))
    throw setting(name, `The condition ${condition} cannot be set on the essential container '${containerName}'.`)
}

const hasCycle = (name: string, all: Containers, path: readonly string[] = []): boolean =>
  path.includes(name) ||
  (all.get(name)?.dependsOn ?? []).some(({ containerName = '' }) => hasCycle(containerName, all, [...path, name]))

const checkReferences = (container: ContainerDefinition, all: Containers, volumes: readonly (string | undefined)[]) => {
  const { name = '', dependsOn = [], mountPoints = [], volumesFrom = [] } = container
  for (const dependency of dependsOn) checkDependency(name, dependency, all)
  if (hasCycle(name, all)) throw setting(name, 'Its dependencies are a cycle.')
  for (const { sourceVolume } of mountPoints)
    if (!volumes.includes(sourceVolume)) throw setting(name, `The volume '${sourceVolume}' does not exist.`)
  for (const { sourceContainer = '' } of volumesFrom)
    if (!all.has(sourceContainer)) throw setting(name, `The container '${sourceContainer}' does not exist.`)
}

/** Checks the containers of a task definition. `memory`: the memory of the task in MiB. */
export const checkContainers = (input: RegisterTaskDefinitionRequest, memory: number | undefined): void => {
  const { containerDefinitions: containers = [], networkMode = 'bridge', executionRoleArn, volumes = [] } = input
  if (containers.length === 0) throw clientError('Container list cannot be empty.')
  if (containers.length > 10) throw clientError('A task definition can have at most 10 containers.')
  for (const container of containers) {
    checkNames(container)
    checkMemory(container, memory)
    checkPorts(container, networkMode)
    checkSecrets(container, executionRoleArn)
    checkHealth(container)
  }
  if (twice(containers.map(({ name }) => name)) !== undefined) throw clientError('Container names must be unique.')
  const all = new Map(containers.map(container => [container.name ?? '', container]))
  for (const container of containers)
    checkReferences(
      container,
      all,
      volumes.map(({ name }) => name),
    )
  checkSharedPorts(containers, networkMode)
  if (!containers.some(({ essential = true }) => essential))
    throw clientError('At least one essential container must be specified.')
}
