// Finds the clusters, services, tasks and task definitions that a request names by name or ARN.

import type { Fleet, Site } from '../../../world/fleet.ts'
import type { Provider } from '../../../world/providers.ts'
import type { Cluster, Service, Task, TaskDefinition } from '../../../world/state.ts'
import type { Call } from '../../wire/service.ts'
import { clientError, clusterNotFound, invalid, serviceNotFound } from './errors.ts'

export const siteOf = (fleet: Fleet, { caller, region }: Call): Site => fleet.site({ account: caller.account, region })

const arn = /^arn:aws:ecs:([^:]*):(\d*):([^/]+)\/(.+)$/

/** The path of an ARN of the given kind in the caller's account and region; undefined for other ARNs. */
const pathOf = (site: Site, kind: string, given: string): string | undefined => {
  const [, region, account, found, path] = arn.exec(given) ?? []
  return region === site.region && account === site.account && found === kind ? path : undefined
}

const isArn = (given: string) => given.startsWith('arn:')

export const findCluster = (site: Site, given = 'default'): Cluster | undefined =>
  site.clusters.get(isArn(given) ? (pathOf(site, 'cluster', given) ?? '') : given)

export const expectCluster = (site: Site, given?: string): Cluster => {
  const cluster = findCluster(site, given)
  if (cluster?.status !== 'ACTIVE') throw clusterNotFound()
  return cluster
}

/** The name in an ARN; a plain name is returned unchanged. Throws if the ARN contains a cluster that was not requested. */
const nameIn = (cluster: Cluster, site: Site, kind: string, given: string): string => {
  if (!isArn(given)) return given
  const [clusterName, name, ...more] = (pathOf(site, kind, given) ?? '').split('/')
  if (clusterName === undefined || name === undefined || more.length > 0) return ''
  if (clusterName !== cluster.name)
    throw invalid(`Invalid identifier: Identifier is for cluster ${clusterName}. Your cluster is ${cluster.name}`)
  return name
}

/** Finds a capacity provider by name or ARN. */
export const findProvider = (site: Site, given: string): Provider | undefined =>
  site.capacityProviders.get(isArn(given) ? (pathOf(site, 'capacity-provider', given) ?? '') : given)

export const findService = (site: Site, cluster: Cluster, given: string): Service | undefined =>
  cluster.services.get(nameIn(cluster, site, 'service', given))

export const expectService = (site: Site, cluster: Cluster, given: string): Service => {
  const service = findService(site, cluster, given)
  if (!service || service.status === 'INACTIVE') throw serviceNotFound()
  return service
}

export const findTask = (site: Site, cluster: Cluster, given: string): Task | undefined => {
  const id = nameIn(cluster, site, 'task', given)
  if (!isArn(given) && id.length !== 32 && id.length !== 36) throw invalid('taskId length should be one of [32,36]')
  return cluster.tasks.get(id)
}

/** Finds a task definition by `family`, `family:3` or an ARN. A family alone means its newest active revision. */
export const findTaskDefinition = (site: Site, given: string): TaskDefinition | undefined => {
  const name = isArn(given) ? (pathOf(site, 'task-definition', given) ?? '') : given
  const [family = '', revision] = name.split(':')
  const known = site.taskDefinitions.get(family) ?? []
  if (revision === undefined) return known.findLast(({ status }) => status === 'ACTIVE')
  return known.find(definition => String(definition.revision) === revision)
}

export const expectActiveTaskDefinition = (site: Site, given: string): TaskDefinition => {
  const definition = findTaskDefinition(site, given)
  if (!definition) throw clientError('TaskDefinition not found.')
  if (definition.status !== 'ACTIVE') throw clientError('TaskDefinition is inactive')
  return definition
}

export const missing = (site: Site, kind: string, given: string) => ({
  arn: isArn(given) ? given : `arn:aws:ecs:${site.region}:${site.account}:${kind}/${given}`,
  reason: 'MISSING',
})
