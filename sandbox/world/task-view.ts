// Converts a task to the format of DescribeTasks and of task events.

import type { Attachment, Container, ContainerDefinition, ManagedAgent, Task as TaskView } from '@aws-sdk/client-ecs'
import { hasHealthCheck, type Task } from './state.ts'

export const date = (time: number | undefined): Date | undefined => (time === undefined ? undefined : new Date(time))

/** The IP address of a task, derived from the task id. It never changes. */
export const addressOf = ({ id }: Task) =>
  `10.0.${Number.parseInt(id.slice(0, 2), 16)}.${(Number.parseInt(id.slice(2, 4), 16) % 254) + 1}`

const attachmentOf = (task: Task): Attachment => {
  const address = addressOf(task)
  const isStopped = task.lastStatus === 'STOPPED'
  return {
    id: `${task.id.slice(0, 8)}-${task.id.slice(8, 12)}-4${task.id.slice(13, 16)}-a${task.id.slice(17, 20)}-${task.id.slice(20)}`,
    type: 'ElasticNetworkInterface',
    status: isStopped ? 'DELETED' : task.lastStatus === 'PROVISIONING' ? 'PRECREATED' : 'ATTACHED',
    details: [
      { name: 'subnetId', value: `subnet-0${task.zone.slice(-1)}1b2c3d4e5f60718` },
      { name: 'networkInterfaceId', value: `eni-0${task.id.slice(0, 16)}` },
      { name: 'macAddress', value: `0a:${(task.id.slice(4, 14).match(/../g) ?? []).join(':')}` },
      { name: 'privateDnsName', value: `ip-${address.replaceAll('.', '-')}.ec2.internal` },
      { name: 'privateIPv4Address', value: address },
    ],
  }
}

const containerStatus = ({ lastStatus }: Task) => {
  if (lastStatus === 'RUNNING' || lastStatus === 'DEACTIVATING' || lastStatus === 'STOPPING') return 'RUNNING'
  return lastStatus === 'STOPPED' || lastStatus === 'DEPROVISIONING' ? 'STOPPED' : 'PENDING'
}

/** The digest of an image: the digest in the image name or, without one, a digest derived from the name. */
export const digestOf = (image: string): string => {
  const pinned = /@(sha256:[0-9a-f]{64})$/.exec(image)?.[1]
  if (pinned !== undefined) return pinned
  let hash = 0x811c9dc5
  const words = Array.from({ length: 8 }, (_, salt) => {
    for (const char of `${salt}${image}`) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193) >>> 0
    return hash.toString(16).padStart(8, '0')
  })
  return `sha256:${words.join('')}`
}

/** Docker's id of a container. `index`: the index of the container in the task definition. */
export const runtimeIdOf = ({ id }: Task, index: number): string => `${id}-${1_000_000_000 + index}`

/** The proxy container of Service Connect. The format of its name was seen in the field; part of the name is random. */
const proxyOf = (task: Task): readonly ContainerDefinition[] => {
  const isConnected = task.service?.deployments.some(
    ({ id, revision }) => id === task.startedBy && revision.spec.serviceConnect?.enabled === true,
  )
  return isConnected ? [{ name: `ecs-service-connect-${task.id.slice(0, 6)}`, image: 'aws-ecs-service-connect' }] : []
}

/** The containers of a task, in ECS's order: those of the task definition, then those that ECS adds. */
export const containerDefinitionsOf = (task: Task): readonly ContainerDefinition[] => [
  ...(task.definition.input.containerDefinitions ?? []),
  ...proxyOf(task),
]

/** The exec agent of a task's containers, if ECS Exec is enabled. */
export const execAgentOf = (task: Task): ManagedAgent | undefined => {
  if (!task.executeCommand || task.startedAt === undefined) return undefined
  const name = 'ExecuteCommandAgent' as const
  return { name, lastStatus: containerStatus(task), lastStartedAt: new Date(task.startedAt), ...task.execAgent }
}

const containersOf = (task: Task): Container[] => {
  const ended = task.lastStatus === 'STOPPED' || task.lastStatus === 'DEPROVISIONING'
  const started = task.startedAt !== undefined
  return containerDefinitionsOf(task).map((definition, index) => {
    const { name, image, cpu, memory, healthCheck } = definition
    const agent = execAgentOf(task)
    return {
      containerArn:
        task.arn.replace(':task/', ':container/') +
        `/${task.id.slice(0, 8)}-0000-4000-8000-${index.toString().padStart(12, '0')}`,
      taskArn: task.arn,
      name,
      image,
      ...(started && { imageDigest: digestOf(image ?? ''), runtimeId: runtimeIdOf(task, index) }),
      lastStatus: containerStatus(task),
      ...(ended && task.exitCode !== undefined && { exitCode: task.exitCode }),
      ...(ended && task.containerReason !== undefined && { reason: task.containerReason }),
      networkBindings: [],
      networkInterfaces: [{ attachmentId: attachmentOf(task).id, privateIpv4Address: addressOf(task) }],
      healthStatus: healthCheck ? task.health : 'UNKNOWN',
      ...(agent && { managedAgents: [agent] }),
      cpu: String(cpu ?? 0),
      ...(memory !== undefined && { memory: String(memory) }),
    }
  })
}

const timesOf = (task: Task) => ({
  createdAt: date(task.createdAt),
  connectivityAt: date(task.pullStartedAt),
  pullStartedAt: date(task.pullStartedAt),
  pullStoppedAt: date(task.pullStoppedAt),
  startedAt: date(task.startedAt),
  stoppingAt: date(task.stoppingAt),
  executionStoppedAt: date(task.executionStoppedAt),
  stoppedAt: date(task.stoppedAt),
})

export const viewTask = (task: Task, include: readonly string[] = []): TaskView => {
  const { input } = task.definition
  const isFargate = task.launchType === 'FARGATE'
  return {
    attachments: input.networkMode === 'awsvpc' ? [attachmentOf(task)] : [],
    attributes: [
      { name: 'ecs.cpu-architecture', value: input.runtimePlatform?.cpuArchitecture === 'ARM64' ? 'arm64' : 'x86_64' },
    ],
    availabilityZone: task.zone,
    ...(task.capacityProvider !== undefined && { capacityProviderName: task.capacityProvider }),
    clusterArn: task.cluster.arn,
    ...(task.host !== undefined && { containerInstanceArn: task.host.arn }),
    ...(task.pullStartedAt !== undefined && { connectivity: 'CONNECTED' as const }),
    containers: containersOf(task),
    cpu: input.cpu,
    desiredStatus: task.desiredStatus,
    enableExecuteCommand: task.executeCommand,
    group: task.service ? `service:${task.service.name}` : (task.group ?? `family:${task.definition.family}`),
    healthStatus: hasHealthCheck(task.definition) ? task.health : 'UNKNOWN',
    inferenceAccelerators: [],
    lastStatus: task.lastStatus,
    launchType: task.launchType,
    memory: input.memory,
    overrides: {
      containerOverrides: (input.containerDefinitions ?? []).map(({ name = '' }) => {
        const command = task.commands?.[name]
        return { name, ...(command && { command: [...command] }) }
      }),
      inferenceAcceleratorOverrides: [],
    },
    ...(isFargate && { platformVersion: '1.4.0', platformFamily: 'Linux' }),
    startedBy: task.startedBy,
    stopCode: task.stopCode,
    stoppedReason: task.stoppedReason,
    tags: include.includes('TAGS') ? Object.entries(task.tags).map(([key, value]) => ({ key, value })) : [],
    taskArn: task.arn,
    taskDefinitionArn: task.definition.arn,
    version: task.version,
    ...(isFargate && {
      ephemeralStorage: { sizeInGiB: 20 },
      fargateEphemeralStorage: { sizeInGiB: 20 },
    }),
    ...timesOf(task),
  }
}
