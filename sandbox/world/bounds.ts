// The limits that ECS's scheduler observes: minimum and maximum tasks of a deployment, and the threshold of the circuit
// breaker.

import type { Service } from './state.ts'

export const wantedOf = (service: Service): number => {
  if (service.status !== 'ACTIVE') return 0
  return service.schedulingStrategy === 'DAEMON' ? service.cluster.hosts.length : service.desired
}

/** The minimum number of healthy tasks and the maximum number of tasks during a deployment. */
export const boundsOf = (service: Service): { readonly least: number; readonly most: number } => {
  const isDaemon = service.schedulingStrategy === 'DAEMON'
  const { minimumHealthyPercent = isDaemon ? 0 : 100, maximumPercent = isDaemon ? 100 : 200 } =
    service.deploymentConfiguration
  const wanted = wantedOf(service)
  return {
    least: Math.ceil((wanted * minimumHealthyPercent) / 100),
    most: Math.max(Math.floor((wanted * maximumPercent) / 100), 1),
  }
}

const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value))

/** The number of failures at which the circuit breaker triggers. */
export const thresholdOf = (service: Service): number => {
  const { type = 'BOUNDED_PERCENT', value = 50 } =
    service.deploymentConfiguration.deploymentCircuitBreaker?.thresholdConfiguration ?? {}
  if (type === 'COUNT') return value
  const share = Math.ceil((service.desired * value) / 100)
  return type === 'UNBOUNDED_PERCENT' ? Math.max(1, share) : clamp(share, 3, 200)
}
