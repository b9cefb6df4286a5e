// Converts container instances to the format of the API. Source: ECS API reference, ContainerInstance.

import type { ContainerInstance, DescribeContainerInstancesRequest, Resource } from '@aws-sdk/client-ecs'
import type { Fleet } from '../../../world/fleet.ts'
import { leftOn } from '../../../world/hosts.ts'
import { type Cluster, type Host, isAlive, isPending } from '../../../world/state.ts'
import type { Call, Operation } from '../../wire/service.ts'
import { invalid } from './errors.ts'
import { expectCluster, missing, siteOf } from './find.ts'

const MOST = 100

const resourcesOf = ({ cpu, memory }: { readonly cpu: number; readonly memory: number }): Resource[] => [
  { name: 'CPU', type: 'INTEGER', doubleValue: 0, longValue: 0, integerValue: cpu },
  { name: 'MEMORY', type: 'INTEGER', doubleValue: 0, longValue: 0, integerValue: memory },
  { name: 'PORTS', type: 'STRINGSET', stringSetValue: ['22', '2376', '2375', '51678', '51679'] },
  { name: 'PORTS_UDP', type: 'STRINGSET', stringSetValue: [] },
]

const attributesOf = ({ ami, zone, instanceType }: Host) =>
  ami === undefined
    ? [{ name: 'ecs.os-type', value: 'linux' }]
    : [
        { name: 'ecs.ami-id', value: ami.id },
        { name: 'ecs.availability-zone', value: zone },
        { name: 'ecs.instance-type', value: instanceType },
        { name: 'ecs.os-type', value: 'linux' },
      ]

const view = (cluster: Cluster, host: Host): ContainerInstance => {
  const tasks = [...cluster.tasks.values()].filter(task => task.host === host && isAlive(task))
  return {
    containerInstanceArn: host.arn,
    ec2InstanceId: host.instanceId,
    version: 1,
    versionInfo: { agentVersion: host.agentVersion, agentHash: '6f8e1d1a', dockerVersion: 'DockerVersion: 25.0.8' },
    remainingResources: resourcesOf(leftOn(host, tasks)),
    registeredResources: resourcesOf(host),
    status: host.status,
    agentConnected: host.agentConnected,
    runningTasksCount: tasks.filter(task => !isPending(task)).length,
    pendingTasksCount: tasks.filter(isPending).length,
    attributes: attributesOf(host),
    registeredAt: new Date(host.registeredAt),
    attachments: [],
    tags: [],
  }
}

const describe = (fleet: Fleet, input: DescribeContainerInstancesRequest, call: Call) => {
  const site = siteOf(fleet, call)
  const { containerInstances: given = [] } = input
  if (given.length === 0) throw invalid('Container instances cannot be empty.')
  if (given.length > MOST) throw invalid(`containerInstances can have at most ${MOST} items.`)
  const cluster = expectCluster(site, input.cluster)
  const found = given.map(id => cluster.hosts.find(host => host.arn === id || host.id === id))
  return {
    containerInstances: found.flatMap(host => (host === undefined ? [] : [view(cluster, host)])),
    failures: given
      .filter((_, at) => found[at] === undefined)
      .map(id => missing(site, 'container-instance', id.startsWith('arn:') ? id : `${cluster.name}/${id}`)),
  }
}

export const containerInstanceOperations = (fleet: Fleet) =>
  ({
    DescribeContainerInstances: (input: DescribeContainerInstancesRequest, call) => describe(fleet, input, call),
  }) satisfies Record<string, Operation>
