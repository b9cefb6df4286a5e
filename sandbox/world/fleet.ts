// The simulated ECS (the fleet): clusters, services and tasks by account and region, and the scheduler that changes
// them.

import type { StateValue } from '@aws-sdk/client-cloudwatch'
import type { DeploymentLifecycleHookAction, RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs'
import type { Clock } from './clock.ts'
import type { Context, Engine, Site } from './context.ts'
import { alarmBecame } from './deployment-alarms.ts'
import { beginDeployment, endDeployment, stopDeployment } from './deployments.ts'
import { createEmitter } from './events.ts'
import { createKnobs } from './failures.ts'
import { answerHook } from './hooks.ts'
import {
  createCluster,
  createService,
  type NewCluster,
  type NewService,
  registerTaskDefinition,
  siteAt,
} from './making.ts'
import type { Place } from './place.ts'
import { makeProvider, type NewProvider, type Provider } from './providers.ts'
import { createQuotas, type Purchase, usedVcpus } from './quotas.ts'
import { createRandom } from './random.ts'
import { taskChanged, taskFailed, touch } from './rollout.ts'
import { createStacks } from './stacks.ts'
import { type NewTasks, runTasks, type Started } from './standalone.ts'
import {
  type Cluster,
  type DeploymentRecord,
  type HookRun,
  isAlive,
  type Service,
  type Spec,
  type Task,
} from './state.ts'
import { createTaskLife } from './task-life.ts'

export type { Site } from './context.ts'
export type { NewService } from './making.ts'
export type { Place } from './place.ts'

/** How long stopped tasks stay visible, in milliseconds: one hour. */
const shownAfterStop = 3_600_000

export type Fleet = ReturnType<typeof createFleet>

const createEngine = (clock: Clock, seed: number): Engine => {
  const random = createRandom(seed)
  const watchers = new Set<(service: Service) => void>()
  const context: Context = {
    clock,
    random,
    emitter: createEmitter(clock, random),
    knobs: createKnobs(),
    quotas: createQuotas(),
    sites: new Map(),
    records: new Map(),
    revisions: new Map(),
    alarmStates: new Map(),
    watchers,
    changed: service => {
      for (const watch of watchers) watch(service)
    },
  }
  const engine: Engine = {
    ...context,
    wake: service => touch(engine, service),
    life: createTaskLife({
      ...context,
      changed: task => {
        if (!task.service) return
        taskChanged(engine, task.service, task)
        context.changed(task.service)
      },
      failed: (task, ending) => task.service && taskFailed(engine, task.service, task, ending),
    }),
  }
  return engine
}

/** The tasks of a cluster, without those that stopped over an hour ago. */
const tasksIn = (cluster: Cluster, now: number): readonly Task[] => {
  for (const { id, stoppedAt } of cluster.tasks.values())
    if (stoppedAt !== undefined && stoppedAt < now - shownAfterStop) cluster.tasks.delete(id)
  return [...cluster.tasks.values()]
}

export const createFleet = ({ clock, seed = 1 }: { clock: Clock; seed?: number }) => {
  const engine = createEngine(clock, seed)
  const { knobs, quotas, sites, records, revisions, emitter, life } = engine
  return {
    clock,
    knobs,
    quotas,
    /** The CloudFormation stacks. The simulated ECS does not read these stacks. */
    stacks: createStacks(clock),
    sites,
    records,
    revisions,
    onEvent: emitter.onEvent,
    /** Runs a function. The random numbers after this call are the same as without this call. */
    aside: engine.random.aside,
    /** Adds a listener that is called for every service whose tasks or deployments may have changed. */
    onChange: (watch: (service: Service) => void): void => void engine.watchers.add(watch),

    site: (place: Place): Site => siteAt(engine, place),
    createCluster: (place: Place, name: string, more?: NewCluster) => createCluster(engine, place, name, more),
    /** Adds an active capacity provider. A provider of Managed Instances is attached to its cluster. */
    addProvider: (place: Place, input: NewProvider): Provider => {
      const site = siteAt(engine, place)
      const provider = makeProvider(site, input)
      const cluster = input.cluster === undefined ? undefined : site.clusters.get(input.cluster)
      if (cluster) cluster.capacityProviders = [...cluster.capacityProviders, provider.name]
      return provider
    },
    registerTaskDefinition: (place: Place, input: RegisterTaskDefinitionRequest, by: string) =>
      registerTaskDefinition(engine, place, input, by),
    createService: (cluster: Cluster, input: NewService): Service => {
      const service = createService(engine, cluster, input)
      if (!input.isSettled) touch(engine, service)
      return service
    },

    /** Schedules an evaluation of the service soon. Must be called after every change of the desired state. */
    touch: (service: Service): void => touch(engine, service),
    /**
     * Sets the desired count of a service for autoscaling. This sends an EventBridge event; a change of the count by a person
     * sends none.
     */
    autoscale: (service: Service, desired: number): void => {
      service.desired = desired
      emitter.serviceAction(service, 'SERVICE_DESIRED_COUNT_UPDATED', { desiredCount: desired })
      touch(engine, service)
    },
    /** Starts a new deployment, which replaces the running tasks. */
    deploy: (service: Service, spec: Spec): void => {
      beginDeployment(engine, service, spec)
      touch(engine, service)
    },
    /** Starts to drain a service. Its deployment ends, and so do the hooks that wait. */
    deleteService: (service: Service): void => {
      endDeployment(engine, service, 'Service deployment was stopped because the service was deleted.')
      service.status = 'DRAINING'
      service.desired = 0
      touch(engine, service)
    },
    stopDeployment: (record: DeploymentRecord): void => {
      stopDeployment(engine, record)
      touch(engine, record.service)
    },
    /** Informs ECS of the new state of an alarm. `state`: undefined if the alarm was deleted. */
    alarmBecame: (place: Place, name: string, state: StateValue | undefined): void =>
      alarmBecame(engine, place, name, state),
    /** Answers a PAUSE hook, as ContinueServiceDeployment does. */
    answerHook: (record: DeploymentRecord, run: HookRun, action: DeploymentLifecycleHookAction): void =>
      answerHook(engine, record, run, action),

    /** Starts tasks that no service owns. */
    runTasks: (cluster: Cluster, input: NewTasks): Started => runTasks(engine, cluster, input),
    stopTask: (task: Task, reason: string): void =>
      life.stop(task, { stopCode: 'UserInitiated', stoppedReason: reason }),
    /** Interrupts a Spot task: sends a warning, and later SIGTERM. The task stops within two minutes. */
    interruptSpot: (task: Task): void =>
      life.stop(task, { stopCode: 'SpotInterruption', stoppedReason: 'Your Spot Task was interrupted.' }, 20),

    tasksIn: (cluster: Cluster): readonly Task[] => tasksIn(cluster, clock.now()),
    clusterNames: (): readonly string[] => [...sites.values()].flatMap(({ clusters }) => [...clusters.keys()]),
    /** The number of Fargate vCPUs that run in an account and region. */
    usage: (place: Place, purchase: Purchase): number =>
      usedVcpus(
        [...siteAt(engine, place).clusters.values()].flatMap(({ tasks }) => [...tasks.values()]),
        purchase,
      ),
    /** All Spot tasks that are running. */
    spotTasks: (): readonly Task[] =>
      [...sites.values()]
        .flatMap(({ clusters }) => [...clusters.values()])
        .flatMap(({ tasks }) => [...tasks.values()])
        .filter(task => task.capacityProvider === 'FARGATE_SPOT' && isAlive(task)),
  }
}
