// Finds the ECS service that a request names by namespace, dimension and resource.

import type { Autoscaling } from '../../../world/autoscaling/autoscaling.ts'
import type { Target } from '../../../world/autoscaling/state.ts'
import type { Place } from '../../../world/place.ts'
import type { Call } from '../../wire/service.ts'
import { invalid, targetNotRegistered } from './errors.ts'

export const DIMENSION = 'ecs:service:DesiredCount'

const RESOURCE = /^service\/[\w-]{1,255}\/[\w-]{1,255}$/

const unsupported = () => invalid('Unsupported service namespace, resource type or scalable dimension')

export const placeOf = ({ caller, region }: Call): Place => ({ account: caller.account, region })

type Named = {
  readonly ServiceNamespace?: string | undefined
  readonly ResourceId?: string | undefined
  readonly ScalableDimension?: string | undefined
}

/** Validates a request that changes something, and returns its resource id. */
export const resourceOf = ({ ServiceNamespace, ResourceId = '', ScalableDimension }: Named): string => {
  if (ServiceNamespace !== 'ecs' || ScalableDimension !== DIMENSION || !RESOURCE.test(ResourceId)) throw unsupported()
  return ResourceId
}

type ListRequest = Named & { readonly ResourceIds?: readonly string[] | undefined }

/**
 * The resource filter of a list request. Returns undefined for all resources, and an empty list for a namespace that has no
 * resources in the sandbox.
 */
export const filterOf = (request: ListRequest): readonly string[] | undefined => {
  const { ServiceNamespace, ScalableDimension, ResourceId, ResourceIds } = request
  const named = ResourceIds ?? (ResourceId === undefined ? [] : [ResourceId])
  if (ScalableDimension !== undefined && named.length === 0)
    throw invalid(
      `${'ResourceIds' in request ? 'ResourceIds' : 'ResourceId'} must be specified when ScalableDimension is specified`,
    )
  if (ServiceNamespace !== 'ecs') return []
  if (ScalableDimension !== undefined && ScalableDimension !== DIMENSION) throw unsupported()
  if (named.some(id => !RESOURCE.test(id))) throw unsupported()
  return named.length === 0 ? undefined : named
}

export const expectTarget = (
  autoscaling: Autoscaling,
  input: Named,
  call: Call,
  refuse: (resourceId: string) => Error = targetNotRegistered,
): Target => {
  const resourceId = resourceOf(input)
  const target = autoscaling.targetAt(placeOf(call), resourceId)
  if (!target) throw refuse(resourceId)
  return target
}

/** The scalable targets in the caller's account and region that a request lists. */
export const targetsIn = (autoscaling: Autoscaling, request: ListRequest, call: Call): readonly Target[] => {
  const filter = filterOf(request)
  const { account, region } = placeOf(call)
  return autoscaling
    .targets()
    .filter(target => target.account === account && target.region === region)
    .filter(({ resourceId }) => filter?.includes(resourceId) ?? true)
    .toSorted((a, b) => (a.resourceId < b.resourceId ? -1 : 1))
}
