// The events of ECS in the envelope of EventBridge. Source: AmazonECS/latest/developerguide/ecs_cwe_events.

import type { Clock } from './clock.ts'
import type { Random } from './random.ts'
import type { Deployment, DeploymentRecord, HookRun, Service, Task } from './state.ts'
import { viewTask } from './task-view.ts'

export type EcsEvent = {
  readonly version: '0'
  readonly id: string
  readonly 'detail-type':
    | 'ECS Task State Change'
    | 'ECS Service Action'
    | 'ECS Deployment State Change'
    | 'ECS Hook State Change'
  readonly source: 'aws.ecs'
  readonly account: string
  /** The time of the event, ISO 8601 in whole seconds. */
  readonly time: string
  readonly region: string
  readonly resources: readonly string[]
  readonly detail: Readonly<Record<string, unknown>>
}

export type ServiceAction =
  | 'SERVICE_STEADY_STATE'
  | 'SERVICE_DESIRED_COUNT_UPDATED'
  | 'SERVICE_TASK_START_IMPAIRED'
  | 'SERVICE_TASK_PLACEMENT_FAILURE'

const levelOf: Readonly<Record<ServiceAction, 'INFO' | 'WARN' | 'ERROR'>> = {
  SERVICE_STEADY_STATE: 'INFO',
  SERVICE_DESIRED_COUNT_UPDATED: 'INFO',
  SERVICE_TASK_START_IMPAIRED: 'WARN',
  SERVICE_TASK_PLACEMENT_FAILURE: 'ERROR',
}

/** A time of the world in ISO 8601, in whole seconds. */
const inSeconds = (at: number): string => new Date(at).toISOString().replace(/\.\d+Z$/, 'Z')

export type Emitter = ReturnType<typeof createEmitter>

export const createEmitter = (clock: Clock, random: Random) => {
  const listeners = new Set<(event: EcsEvent) => void>()

  const emit = (
    place: { readonly account: string; readonly region: string },
    type: EcsEvent['detail-type'],
    resource: string,
    detail: () => Readonly<Record<string, unknown>>,
  ) => {
    if (listeners.size === 0) return
    const event: EcsEvent = {
      version: '0',
      id: [8, 4, 4, 4, 12].map(random.hex).join('-'),
      'detail-type': type,
      source: 'aws.ecs',
      account: place.account,
      time: inSeconds(clock.now()),
      region: place.region,
      resources: [resource],
      detail: JSON.parse(JSON.stringify(detail())) as Record<string, unknown>,
    }
    for (const listener of listeners) listener(event)
  }

  return {
    onEvent: (listener: (event: EcsEvent) => void): (() => void) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    task: (task: Task): void =>
      emit(task.cluster, 'ECS Task State Change', task.arn, () => {
        const { healthStatus: _, tags: __, ...view } = viewTask(task)
        return { ...view, updatedAt: new Date(clock.now()) }
      }),
    serviceAction: (service: Service, eventName: ServiceAction, more: Readonly<Record<string, unknown>> = {}): void =>
      emit(service.cluster, 'ECS Service Action', service.arn, () => ({
        eventType: levelOf[eventName],
        eventName,
        clusterArn: service.cluster.arn,
        ...more,
        createdAt: new Date(clock.now()),
      })),
    deployment: (service: Service, deployment: Deployment): void =>
      emit(service.cluster, 'ECS Deployment State Change', service.arn, () => ({
        eventType: deployment.rolloutState === 'FAILED' ? 'ERROR' : 'INFO',
        eventName: `SERVICE_DEPLOYMENT_${deployment.rolloutState}`,
        deploymentId: deployment.id,
        updatedAt: new Date(deployment.updatedAt),
        reason: deployment.rolloutStateReason,
      })),
    hook: ({ arn, service }: DeploymentRecord, { id, stage, hook, status, expiresAt }: HookRun): void =>
      emit(service.cluster, 'ECS Hook State Change', arn, () => ({
        eventType: status === 'FAILED' || status === 'TIMED_OUT' ? 'ERROR' : 'INFO',
        eventName: `HOOK_${status}`,
        hookId: id,
        hookType: hook.targetType ?? 'AWS_LAMBDA',
        expiresAt: inSeconds(expiresAt),
        lifecycleStage: stage,
        clusterArn: service.cluster.arn,
        serviceArn: service.arn,
        serviceDeploymentArn: arn,
        updatedAt: new Date(clock.now()).toISOString().replace('Z', '000000Z'),
      })),
  }
}
