// The ECS resources that a call names, as IAM evaluates them: an ARN, tags and condition keys.

import type { Fleet } from '../../world/fleet.ts'
import type { Tags, TaskDefinition } from '../../world/state.ts'
import { findTaskDefinition, siteOf } from '../services/ecs/find.ts'
import type { Call } from '../wire/service.ts'
import { type Context, tagKeys } from './context.ts'

/** A resource to check: its ARN and its condition keys. */
export type Thing = { readonly arn: string; readonly context: Context }

export type Things = ReturnType<typeof thingsOf>

const arnParts = /^arn:aws:ecs:([^:]*):(\d*):([^/]+)\/(.+)$/

/** Finds the resources of a call. For a missing resource, returns the ARN that it would have, and no tags. */
export const thingsOf = (fleet: Fleet, call: Call) => {
  const here = { account: call.caller.account, region: call.region }
  const input = call.input as { readonly cluster?: string }
  const clusterArn = arnAt('cluster', input.cluster ?? 'default')
  const [, region = here.region, account = here.account, , clusterName = ''] = arnParts.exec(clusterArn) ?? []

  function arnAt(kind: string, name: string, place = here): string {
    return name.startsWith('arn:') ? name : `arn:aws:ecs:${place.region}:${place.account}:${kind}/${name}`
  }
  const thing = (arn: string, more: Context = {}): Thing => {
    const tags = tagsOf(fleet, arn)
    return { arn, context: { ...tagKeys('aws:ResourceTag', tags), ...tagKeys('ecs:ResourceTag', tags), ...more } }
  }
  const inCluster = (kind: string, name: string): Thing =>
    thing(arnAt(kind, name.startsWith('arn:') ? name : `${clusterName}/${name}`, { account, region }), {
      'ecs:cluster': clusterArn,
    })
  /**
   * The resource for the ARN of a service deployment or service revision, which contains the names of its cluster and
   * service.
   */
  const history = (arn: string): readonly Thing[] => {
    const [, itsRegion = '', itsAccount = '', , path = ''] = arnParts.exec(arn) ?? []
    const [cluster = '', service = ''] = path.split('/')
    const place = { region: itsRegion, account: itsAccount }
    const serviceArn = arnAt('service', `${cluster}/${service}`, place)
    const keys = { 'ecs:cluster': arnAt('cluster', cluster, place) }
    return [thing(serviceArn, keys), thing(arn, { ...keys, 'ecs:service': serviceArn })]
  }
  return {
    call,
    clusterArn,
    cluster: (name = clusterArn): Thing => thing(arnAt('cluster', name)),
    service: (name: string): Thing => inCluster('service', name),
    task: (id: string): Thing => inCluster('task', id),
    containerInstance: (id: string): Thing => inCluster('container-instance', id),
    capacityProvider: (name: string): Thing => thing(arnAt('capacity-provider', name)),
    /** All revisions of a family. Before a revision is registered, its number is not known. */
    family: (name: string): Thing => thing(arnAt('task-definition', `${name}:*`)),
    history,
    any: (arn: string): Thing => thing(arn),
    nothing: { arn: '*', context: {} } satisfies Thing,
    arnAt,
    definition: (name: string): TaskDefinition | undefined => findTaskDefinition(siteOf(fleet, call), name),
    /** The ARN of a role. A request gives a role by its ARN or, in the caller's account, by its name. */
    roleArn: (role: string): string => (role.startsWith('arn:') ? role : `arn:aws:iam::${here.account}:role/${role}`),
  }
}

const tagsOf = (fleet: Fleet, arn: string): Tags | undefined => {
  const [, region = '', account = '', kind, path = ''] = arnParts.exec(arn) ?? []
  const site = fleet.sites.get(`${account}/${region}`)
  const [first = '', second = ''] = path.split('/')
  if (!site) return undefined
  if (kind === 'capacity-provider') return site.capacityProviders.get(path)?.tags
  if (kind === 'cluster') return site.clusters.get(first)?.tags
  if (kind === 'service') return site.clusters.get(first)?.services.get(second)?.tags
  if (kind === 'task') return site.clusters.get(first)?.tasks.get(second)?.tags
  return kind === 'task-definition' ? findTaskDefinition(site, arn)?.tags : undefined
}
