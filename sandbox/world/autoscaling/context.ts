// The state that the files of the autoscaling simulation share.

import type { Fleet } from '../fleet.ts'
import type { Place } from '../place.ts'
import type { Random } from '../random.ts'
import type { Service } from '../state.ts'
import type { Meters } from './meters.ts'
import type { Alarm, Target } from './state.ts'

export type Scaling = {
  readonly fleet: Fleet
  readonly random: Random
  readonly meters: Meters
  /** Targets, keyed by `keyOf`. */
  readonly targets: Map<string, Target>
  /** Alarms, keyed by ARN. */
  readonly alarms: Map<string, Alarm>
}

export const keyOf = ({ account, region }: Place, resourceId: string): string => `${account}/${region}/${resourceId}`

export const resourceIdOf = ({ cluster, name }: Service): string => `service/${cluster.name}/${name}`

/** The current service with the name in a resource id, if it exists. */
export const serviceAt = ({ fleet }: Scaling, place: Place, resourceId: string): Service | undefined => {
  const [kind, cluster = '', name = '', ...more] = resourceId.split('/')
  if (kind !== 'service' || more.length > 0) return undefined
  return fleet.site(place).clusters.get(cluster)?.services.get(name)
}

export const activeService = (scaling: Scaling, target: Target): Service | undefined => {
  const service = serviceAt(scaling, target, target.resourceId)
  return service?.status === 'ACTIVE' ? service : undefined
}

export const uuid = ({ random }: Scaling): string => [8, 4, 4, 4, 12].map(random.hex).join('-')
