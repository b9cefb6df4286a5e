// The types of the simulated ECS: plain records that refer to each other. Times are epoch milliseconds of world time.

import type {
  CapacityProviderStrategyItem,
  ClusterConfiguration,
  ClusterSetting,
  DeploymentConfiguration,
  DeploymentLifecycleHook,
  DeploymentLifecycleHookAction,
  DeploymentLifecycleHookStage,
  DeploymentLifecycleHookStatus,
  ExpressGatewayServiceScalingMetric,
  HealthStatus,
  LaunchType,
  LoadBalancer,
  NetworkConfiguration,
  RegisterTaskDefinitionRequest,
  SchedulingStrategy,
  ServiceConnectConfiguration,
  ServiceDeploymentLifecycleStage,
  ServiceDeploymentStatus,
  ServiceRegistry,
  TaskStopCode,
  VpcLatticeConfiguration,
} from '@aws-sdk/client-ecs'
import type { Timer } from './clock.ts'

export type Host = {
  readonly id: string
  readonly arn: string
  /** The instance id: `i-…` for EC2, or `mi-…` (Systems Manager's id) for ECS Anywhere. */
  readonly instanceId: string
  readonly zone: string
  readonly registeredAt: number
  readonly instanceType: string
  /** The CPU units and MiB of memory that ECS may allocate. */
  readonly cpu: number
  readonly memory: number
  status: 'ACTIVE' | 'DRAINING'
  agentConnected: boolean
  agentVersion: string
  /** The AMI; absent if the machine is not an EC2 instance. */
  ami?: { readonly id: string; readonly createdAt: number }
}

export type Tags = Record<string, string>

export type TaskDefinition = {
  readonly arn: string
  readonly family: string
  readonly revision: number
  readonly account: string
  readonly region: string
  status: 'ACTIVE' | 'INACTIVE'
  readonly registeredAt: number
  readonly registeredBy: string
  deregisteredAt?: number
  readonly input: RegisterTaskDefinitionRequest
  tags: Tags
}

export type Cluster = {
  readonly arn: string
  readonly name: string
  readonly account: string
  readonly region: string
  status: 'ACTIVE' | 'INACTIVE'
  settings: ClusterSetting[]
  readonly configuration?: ClusterConfiguration
  tags: Tags
  capacityProviders: string[]
  defaultStrategy: CapacityProviderStrategyItem[]
  /** When the update of the capacity provider attachments ends, in epoch milliseconds; absent when no update runs. */
  attachingUntil?: number
  /** The container instances of the cluster. A DAEMON service runs one task on each. */
  readonly hosts: readonly Host[]
  readonly services: Map<string, Service>
  readonly tasks: Map<string, Task>
}

/** The content of a service revision. A change of any field starts a deployment. */
export type Spec = {
  readonly taskDefinition: TaskDefinition
  readonly launchType?: LaunchType
  readonly capacityProviderStrategy: readonly CapacityProviderStrategyItem[]
  readonly platformVersion?: string
  readonly networkConfiguration?: NetworkConfiguration
  readonly loadBalancers: readonly LoadBalancer[]
  readonly serviceRegistries: readonly ServiceRegistry[]
  readonly serviceConnect?: ServiceConnectConfiguration
  readonly lattice?: readonly VpcLatticeConfiguration[]
}

export type Revision = {
  readonly arn: string
  readonly service: Service
  readonly spec: Spec
  readonly createdAt: number
}

/** The stage of a deployment. The SDK has two enums of stages; some stages are only in the enum for hooks. */
export type Stage = ServiceDeploymentLifecycleStage | DeploymentLifecycleHookStage

/** One run of a lifecycle hook at one stage of a deployment. If a stage occurs again, a new run with a new id starts. */
export type HookRun = {
  readonly id: string
  readonly stage: Stage
  readonly hook: DeploymentLifecycleHook
  status: DeploymentLifecycleHookStatus
  readonly expiresAt: number
  readonly timeoutAction: DeploymentLifecycleHookAction
  timer?: Timer
}

/** The percentages of test and production traffic for the new revision. The older revision gets the remaining traffic. */
export type Weights = { readonly test: number; readonly production: number }

/** One step of a deployment. LINEAR and CANARY deployments have several steps at the same stage. */
export type Step = {
  readonly stage: Stage
  readonly weights?: Weights
  /** The minimum duration in milliseconds. */
  readonly lasts?: number
}

/** The steps of a deployment. `index`: the current step. `since`: when the current step started. */
export type Course = { readonly steps: readonly Step[]; index: number; since: number }

/** The ServiceDeployment resource: the history of one deployment, including its rollback. */
export type DeploymentRecord = {
  readonly arn: string
  readonly service: Service
  readonly createdAt: number
  startedAt: number
  finishedAt?: number
  stoppedAt?: number
  updatedAt: number
  status: ServiceDeploymentStatus
  statusReason?: string
  readonly source?: Revision
  readonly target: Revision
  /** The deployment configuration of the service when the deployment started. */
  readonly configuration: DeploymentConfiguration
  /** The steps; absent for a ROLLING deployment without lifecycle hooks. */
  course?: Course
  stage?: Stage
  weights?: Weights
  hooks: HookRun[]
  rollback?: { readonly reason: string; readonly startedAt: number; readonly revision: Revision }
  /** The task counts of each revision when the deployment finished. */
  final?: readonly RevisionCounts[]
  failureCount: number
  breakerTriggered: boolean
  /** The threshold of the circuit breaker when the deployment ended. */
  threshold?: number
  /** The alarms that the deployment watches; absent if it watches none. */
  readonly alarms?: { readonly names: readonly string[]; readonly isIgnored: boolean; readonly triggered: string[] }
  /** The end of the wait of a ROLLING deployment after its tasks have been replaced. */
  bakesUntil?: number
}

export type RevisionCounts = {
  readonly arn: string
  readonly requested: number
  readonly running: number
  readonly pending: number
}

export type Deployment = {
  readonly id: string
  status: 'PRIMARY' | 'ACTIVE'
  readonly revision: Revision
  readonly record: DeploymentRecord
  readonly createdAt: number
  updatedAt: number
  /** The number of failed task starts. After a task has run, the number is always 0 (ECS API reference, Deployment). */
  failedTasks: number
  hasRun: boolean
  /** The failures that the circuit breaker counts: since the last healthy task or, by its setting, since the start. */
  failures: number
  rolloutState: 'IN_PROGRESS' | 'COMPLETED' | 'FAILED'
  rolloutStateReason: string
  readonly isRollback: boolean
  /** The number of tasks that the deployment launched by weight, not for a base, by capacity provider. Never decreases. */
  readonly launches: Map<string, number>
}

type ServiceEvent = { readonly id: string; readonly at: number; readonly message: string }

export type ServiceSettings = {
  readonly enableExecuteCommand?: boolean
  readonly enableECSManagedTags?: boolean
  readonly propagateTags?: string
  readonly healthCheckGracePeriodSeconds?: number
  readonly availabilityZoneRebalancing?: string
  readonly placementConstraints?: readonly object[]
  readonly placementStrategy?: readonly object[]
}

/** The minimum and maximum number of tasks of an Express service, and the metric by which it scales. */
export type ScalingTarget = {
  readonly minTaskCount: number
  readonly maxTaskCount: number
  readonly autoScalingMetric: ExpressGatewayServiceScalingMetric
  readonly autoScalingTargetValue: number
}

/** The fields that only an Express service has. */
export type Express = {
  readonly infrastructureRoleArn: string
  healthCheckPath: string
  scalingTarget: ScalingTarget
  updatedAt: number
}

export type Service = {
  readonly arn: string
  readonly name: string
  readonly cluster: Cluster
  readonly createdAt: number
  readonly createdBy: string
  readonly schedulingStrategy: SchedulingStrategy
  readonly deploymentController: 'ECS' | 'CODE_DEPLOY' | 'EXTERNAL'
  /** The launch type at creation. The service may change back only to this launch type. */
  readonly originalLaunchType?: LaunchType
  status: 'ACTIVE' | 'DRAINING' | 'INACTIVE'
  desired: number
  deploymentConfiguration: DeploymentConfiguration
  settings: ServiceSettings
  tags: Tags
  /** The deployments, the primary one first. */
  deployments: Deployment[]
  /** The revision to which a failed deployment rolls back. */
  lastCompleted?: { readonly revision: Revision; readonly deploymentId: string }
  /** The service events, newest first, at most 100. */
  events: ServiceEvent[]
  readonly tasks: Set<Task>
  /** The Express Mode settings; absent if Amazon ECS does not manage the service with Express Mode. */
  readonly express?: Express
  readonly scheduler: SchedulerState
}

/** The scheduler's state of a service between two evaluations. */
type SchedulerState = {
  timer?: Timer
  /** When the timer of the next evaluation is due. */
  dueAt: number
  isSteady: boolean
  /** The number of consecutive failed task starts. */
  failures: number
  notBefore: number
  /** The launch tokens, and when they were last refilled. */
  tokens: number
  countedAt: number
  lastComplaint?: string
}

export type TaskStatus =
  | 'PROVISIONING'
  | 'PENDING'
  | 'ACTIVATING'
  | 'RUNNING'
  | 'DEACTIVATING'
  | 'STOPPING'
  | 'DEPROVISIONING'
  | 'STOPPED'

export type Task = {
  readonly id: string
  readonly arn: string
  readonly cluster: Cluster
  readonly service?: Service
  /** The revision that the task runs. The task belongs to the service's deployment with that revision. */
  readonly revision?: Revision
  deploymentId?: string
  readonly startedBy?: string
  /** The group that RunTask names; absent for a task of a service. */
  readonly group?: string
  /** The commands that RunTask overrides, by the name of the container. */
  readonly commands?: Readonly<Record<string, readonly string[]>>
  readonly definition: TaskDefinition
  readonly launchType: LaunchType
  readonly capacityProvider?: string
  readonly platformVersion?: string
  readonly zone: string
  /** The container instance of the task, if it does not run on Fargate. */
  readonly host?: Host
  executeCommand: boolean
  /** The state of the task's exec agents; absent if these agents run normally. */
  execAgent?: { readonly lastStatus: 'PENDING' | 'STOPPED'; readonly reason?: string }
  tags: Tags
  lastStatus: TaskStatus
  desiredStatus: 'RUNNING' | 'STOPPED'
  health: HealthStatus
  /** Whether a simulated failure will end the task soon. Such a task never counts as healthy. */
  isDoomed: boolean
  readonly createdAt: number
  pullStartedAt?: number
  pullStoppedAt?: number
  startedAt?: number
  stoppingAt?: number
  executionStoppedAt?: number
  stoppedAt?: number
  stopCode?: TaskStopCode
  stoppedReason?: string
  exitCode?: number
  containerReason?: string
  /** A version number that each state change increments, as in task events. */
  version: number
  /** The time until which the task is protected from scale-in. */
  protectedUntil?: number
  timer?: Timer
}

export const isAlive = (task: Task): boolean => task.desiredStatus === 'RUNNING' && task.lastStatus !== 'STOPPED'
export const isRunning = (task: Task): boolean => task.lastStatus === 'RUNNING' && task.desiredStatus === 'RUNNING'
const starting: readonly TaskStatus[] = ['PROVISIONING', 'PENDING', 'ACTIVATING']
export const isPending = (task: Task): boolean => task.desiredStatus === 'RUNNING' && starting.includes(task.lastStatus)
/** Whether a task is running and passes its container health checks, if it has any. */
export const isHealthy = (task: Task): boolean =>
  isRunning(task) && !task.isDoomed && (task.health === 'HEALTHY' || !hasHealthCheck(task.definition))
export const isProtected = (task: Task, now: number): boolean => (task.protectedUntil ?? 0) > now

export const hasHealthCheck = ({ input }: TaskDefinition): boolean =>
  input.containerDefinitions?.some(({ healthCheck }) => healthCheck !== undefined) ?? false

export const tasksOf = (service: Service, deployment: Deployment): Task[] =>
  [...service.tasks].filter(task => task.deploymentId === deployment.id)
