// The numbers that the scheduler keeps to: how many tasks, how few, how many, and how many failures.

import type { Service } from './state.ts'

export const wantedOf = (service: Service): number => {
  if (service.status !== 'ACTIVE') return 0
  return service.schedulingStrategy === 'DAEMON' ? service.cluster.hosts.length : service.desired
}

/** How many must stay healthy, and how many there may be, while a deployment rolls. */
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

/** Failures that trip the circuit breaker. */
export const thresholdOf = (service: Service): number => {
  const { type = 'BOUNDED_PERCENT', value = 50 } =
    service.deploymentConfiguration.deploymentCircuitBreaker?.thresholdConfiguration ?? {}
  if (type === 'COUNT') return value
  const share = Math.ceil((service.desired * value) / 100)
  return type === 'UNBOUNDED_PERCENT' ? Math.max(1, share) : clamp(share, 3, 200)
}
