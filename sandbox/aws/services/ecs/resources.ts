// The ARNs of the resources that an ECS call affects, for authorization.

import type { Fleet } from '../../../world/fleet.ts'
import type { Call, Resource } from '../../wire/service.ts'
import { findCluster, findTaskDefinition, siteOf } from './find.ts'

type Names = {
  readonly cluster?: string
  readonly service?: string
  readonly serviceName?: string
  readonly services?: readonly string[]
  readonly task?: string
  readonly tasks?: readonly string[]
  readonly taskDefinition?: string
  readonly resourceArn?: string
  readonly serviceDeploymentArn?: string
  readonly serviceDeploymentArns?: readonly string[]
  readonly serviceRevisionArns?: readonly string[]
}

const onCluster: readonly string[] = ['DescribeClusters', 'ListServices', 'ListTasks', 'PutClusterCapacityProviders']

/** The resources of a call. For a missing resource, returns the ARN that the resource would have. */
export const ecsResources =
  (fleet: Fleet) =>
  (call: Call): readonly Resource[] => {
    const site = siteOf(fleet, call)
    const input = call.input as Names & { readonly clusters?: readonly string[] }
    const arnOf = (kind: string, path: string) =>
      path.startsWith('arn:') ? path : `arn:aws:ecs:${site.region}:${site.account}:${kind}/${path}`
    const clusterName = (input.cluster ?? 'default').replace(/^arn:.*\//, '')
    const cluster = findCluster(site, clusterName)
    const inCluster = (kind: string, name: string): Resource => {
      const arn = name.startsWith('arn:') ? name : arnOf(kind, `${clusterName}/${name}`)
      const service = kind === 'service' && cluster?.services.get(arn.split('/').at(-1) ?? '')
      return { arn, ...(service && { tags: service.tags }) }
    }
    const clusterResource = (name: string): Resource => {
      const found = findCluster(site, name)
      return { arn: found?.arn ?? arnOf('cluster', name), ...(found && { tags: found.tags }) }
    }
    const services = [input.service, input.serviceName, ...(input.services ?? [])].filter(name => name !== undefined)
    const tasks = [input.task, ...(input.tasks ?? [])].filter(id => id !== undefined)
    const arns = [
      input.resourceArn,
      input.serviceDeploymentArn,
      ...(input.serviceDeploymentArns ?? []),
      ...(input.serviceRevisionArns ?? []),
    ]
    return [
      ...services.map(name => inCluster('service', name)),
      ...tasks.map(id => inCluster('task', id)),
      ...arns.filter(arn => arn !== undefined).map(arn => ({ arn })),
      ...(onCluster.includes(call.action) ? (input.clusters ?? [clusterName]).map(clusterResource) : []),
      ...definitionOf(),
    ]

    function definitionOf(): Resource[] {
      if (input.taskDefinition === undefined || services.length > 0) return []
      const found = findTaskDefinition(site, input.taskDefinition)
      return [{ arn: found?.arn ?? arnOf('task-definition', input.taskDefinition) }]
    }
  }
