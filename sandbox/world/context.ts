// The state that the files of the ECS simulation share: clock, random numbers, settings and sites.

import type { AlarmStates } from './alarm-states.ts'
import type { Clock } from './clock.ts'
import type { Emitter } from './events.ts'
import type { Knobs } from './failures.ts'
import type { Place } from './place.ts'
import type { Provider } from './providers.ts'
import type { Quotas } from './quotas.ts'
import type { Random } from './random.ts'
import type { Cluster, DeploymentRecord, Revision, Service, TaskDefinition } from './state.ts'
import type { TaskLife } from './task-life.ts'

/** A site: one region of one account. */
export type Site = Place & {
  readonly clusters: Map<string, Cluster>
  /** Task definitions by family, oldest revision first. */
  readonly taskDefinitions: Map<string, TaskDefinition[]>
  /** Capacity providers by name, also those of Fargate and those that were deleted. */
  readonly capacityProviders: Map<string, Provider>
}

export type Context = {
  readonly clock: Clock
  readonly random: Random
  readonly emitter: Emitter
  readonly knobs: Knobs
  readonly quotas: Quotas
  readonly sites: Map<string, Site>
  readonly records: Map<string, DeploymentRecord>
  readonly revisions: Map<string, Revision>
  readonly alarmStates: AlarmStates
  readonly watchers: Set<(service: Service) => void>
  /** Notifies listeners that tasks or deployments of the service may have changed. */
  readonly changed: (service: Service) => void
}

export type Engine = Context & {
  readonly life: TaskLife
  /** Evaluates a service soon. */
  readonly wake: (service: Service) => void
}

/** Adds an event to a service, which keeps the newest 100. */
export const addServiceEvent = (
  { clock, random }: Context,
  service: Service,
  message: string,
  who = `(service ${service.name})`,
): void => {
  const id = [8, 4, 4, 4, 12].map(random.hex).join('-')
  service.events.unshift({ id, at: clock.now(), message: `${who} ${message}` })
  if (service.events.length > 100) service.events.length = 100
}

/** Adds an event to a service. The same message is not added again until the service has been steady. */
export const addServiceEventOnce = (context: Context, service: Service, message: string, who?: string): void => {
  if (service.scheduler.lastComplaint === message) return
  service.scheduler.lastComplaint = message
  addServiceEvent(context, service, message, who)
}
