// The operations on tags of clusters, services, tasks and task definitions.

import type { ListTagsForResourceRequest, TagResourceRequest, UntagResourceRequest } from '@aws-sdk/client-ecs'
import type { Fleet, Site } from '../../../world/fleet.ts'
import type { Cluster, Tags } from '../../../world/state.ts'
import type { Call, Operation } from '../../wire/service.ts'
import { clusterNotFound, invalid } from './errors.ts'
import { findCluster, findProvider, findService, findTask, findTaskDefinition, siteOf } from './find.ts'
import { tagsFrom, viewTags } from './views.ts'

type Tagged = { tags: Tags }

const within = (site: Site, cluster: Cluster, kind: string, arn: string): Tagged | undefined => {
  if (kind === 'service') return findService(site, cluster, arn)
  return kind === 'task' ? findTask(site, cluster, arn) : undefined
}

const unclustered = (site: Site, kind: string, arn: string): Tagged | undefined => {
  if (kind === 'task-definition') return findTaskDefinition(site, arn)
  return kind === 'capacity-provider' ? findProvider(site, arn) : undefined
}

const taggedBy = (site: Site, arn: string): Tagged => {
  const [, kind = '', path = ''] = /^arn:aws:ecs:[^:]*:\d*:([^/]+)\/(.+)$/.exec(arn) ?? []
  if (kind === '') throw invalid(`Invalid identifier: ${arn}`)
  const [clusterName = ''] = path.split('/')
  const cluster = findCluster(site, kind === 'cluster' ? arn : clusterName)
  if (kind === 'cluster' && !cluster) throw clusterNotFound()
  if (kind === 'cluster' && cluster) return cluster
  const found = unclustered(site, kind, arn) ?? (cluster && within(site, cluster, kind, arn))
  if (!found) throw invalid(`The specified ${kind} was not found. Specify a valid ${kind} and try again.`)
  return found
}

const isReserved = (key: string): boolean => /^aws:/i.test(key)

/** TagResource. A request may contain tags that ECS itself set; they do not count towards the limit. */
const tag = (fleet: Fleet, input: TagResourceRequest, call: Call) => {
  const tagged = taggedBy(siteOf(fleet, call), input.resourceArn ?? '')
  const added = tagsFrom(input.tags)
  const tags = { ...tagged.tags, ...added }
  if (Object.keys(added).some(isReserved))
    throw invalid('Tag keys cannot start with aws:. Specify a different tag key and try again.')
  if (Object.keys(tags).filter(key => !isReserved(key)).length > 50)
    throw invalid('Too many tags. The maximum number of tags per resource is 50.')
  tagged.tags = tags
  return {}
}

const untag = (fleet: Fleet, input: UntagResourceRequest, call: Call) => {
  const tagged = taggedBy(siteOf(fleet, call), input.resourceArn ?? '')
  tagged.tags = Object.fromEntries(Object.entries(tagged.tags).filter(([key]) => !input.tagKeys?.includes(key)))
  return {}
}

const listTags = (fleet: Fleet, input: ListTagsForResourceRequest, call: Call) => ({
  tags: viewTags(taggedBy(siteOf(fleet, call), input.resourceArn ?? '').tags),
})

export const tagOperations = (fleet: Fleet) =>
  ({
    TagResource: (input: TagResourceRequest, call) => tag(fleet, input, call),
    UntagResource: (input: UntagResourceRequest, call) => untag(fleet, input, call),
    ListTagsForResource: (input: ListTagsForResourceRequest, call) => listTags(fleet, input, call),
  }) satisfies Record<string, Operation>
