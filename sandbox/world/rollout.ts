// The service scheduler of ECS. It evaluates a service after every change, and starts and stops tasks until the service
// is steady.

import { thresholdOf, wantedOf } from './bounds.ts'
import { addServiceEvent, addServiceEventOnce, type Engine } from './context.ts'
import { isRolling, isUnderway } from './course.ts'
import { completeDeployment, failDeployment, retireDeployments } from './deployments.ts'
import type { Ending } from './failures.ts'
import { launch, recheck } from './launching.ts'
import { advance } from './stages.ts'
import { type Deployment, isHealthy, isPending, type Service, type Task, tasksOf } from './state.ts'
import { stopOld, stopSurplus } from './stopping.ts'

/** Schedules an evaluation of a service after this many milliseconds, unless one is due earlier. */
export const touch = (engine: Engine, service: Service, ms = engine.random.between(700, 1_500)): void => {
  if (service.status === 'INACTIVE') return
  const { scheduler } = service
  const at = engine.clock.now() + ms
  if (scheduler.timer && scheduler.dueAt <= at) return
  scheduler.timer?.cancel()
  scheduler.dueAt = at
  scheduler.timer = engine.clock.at(at, () => {
    delete scheduler.timer
    evaluate(engine, service)
    engine.changed(service)
  })
}

const evaluate = (engine: Engine, service: Service) => {
  const stageMs = advance(engine, service)
  if (stageMs !== undefined) touch(engine, service, stageMs)
  const isSurplusKept = stopSurplus(engine, service)
  const isOldKept = stopOld(engine, service)
  const nextMs = launch(engine, service) ?? (isSurplusKept || isOldKept ? recheck : undefined)
  if (nextMs !== undefined) touch(engine, service, nextMs)
  settle(engine, service)
}

const settle = (engine: Engine, service: Service) => {
  retireDeployments(service)
  if (service.status === 'DRAINING') return drain(service)
  const [primary] = service.deployments
  if (!primary || service.deployments.length > 1 || service.scheduler.isSteady) return
  const tasks = tasksOf(service, primary)
  if (tasks.filter(isHealthy).length !== wantedOf(service) || tasks.some(isPending)) return
  if (primary.rolloutState === 'FAILED' || isUnderway(primary) || isBaking(engine, service, primary)) return
  service.scheduler.isSteady = true
  delete service.scheduler.lastComplaint
  if (primary.rolloutState === 'IN_PROGRESS') completeDeployment(engine, service, primary)
  addServiceEvent(engine, service, 'has reached a steady state.')
  engine.emitter.serviceAction(service, 'SERVICE_STEADY_STATE')
}

/** How long ECS watches alarms after the older tasks have stopped: "less than 5 minutes" (ECS developer guide). */
const ALARM_BAKE = 4 * 60_000

/** Whether a ROLLING deployment has replaced its tasks and is in its bake time, or still watches alarms. */
const isBaking = (engine: Engine, service: Service, { record, isRollback, rolloutState }: Deployment): boolean => {
  if (isRollback || rolloutState !== 'IN_PROGRESS' || !isRolling(record.configuration)) return false
  const bake = (record.configuration.bakeTimeInMinutes ?? 0) * 60_000
  const lasts = Math.max(bake, record.alarms?.isIgnored === false ? ALARM_BAKE : 0)
  if (lasts === 0) return false
  record.bakesUntil ??= engine.clock.now() + lasts
  const rest = record.bakesUntil - engine.clock.now()
  if (rest > 0) touch(engine, service, rest)
  return rest > 0
}

const drain = (service: Service) => {
  if ([...service.tasks].some(({ lastStatus }) => lastStatus !== 'STOPPED')) return
  service.status = 'INACTIVE'
  service.deployments = []
}

/**
 * Counts a failure and delays the next task starts. The delay begins when the consecutive failures reach the desired
 * number of tasks, but at least 3. ECS doubles the delay after each further failure.
 */
const backOff = (engine: Engine, service: Service) => {
  const { scheduler } = service
  scheduler.failures += 1
  const extra = scheduler.failures - Math.max(3, wantedOf(service))
  if (extra < 0) return
  scheduler.notBefore = engine.clock.now() + Math.min(27 * 60_000, 15_000 * 2 ** Math.min(extra, 10))
  addServiceEventOnce(
    engine,
    service,
    'is unable to consistently start tasks successfully. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.',
  )
  engine.emitter.serviceAction(service, 'SERVICE_TASK_START_IMPAIRED')
}

/** Called when a task of the service ends without a request to stop it. */
export const taskFailed = (engine: Engine, service: Service, task: Task, { stoppedReason }: Ending): void => {
  service.scheduler.isSteady = false
  if (stoppedReason.includes('health checks'))
    addServiceEvent(engine, service, `(task ${task.id}) failed container health checks.`)
  touch(engine, service)
  const [primary] = service.deployments
  if (!task.isDoomed || !primary || task.deploymentId !== primary.id) return
  backOff(engine, service)
  if (!primary.hasRun) primary.failedTasks += 1
  primary.updatedAt = engine.clock.now()
  if (primary.rolloutState !== 'IN_PROGRESS') return
  primary.failures += 1
  if (!primary.isRollback) primary.record.failureCount += 1
  const isBreaking =
    service.deploymentConfiguration.deploymentCircuitBreaker?.enable && isRolling(primary.record.configuration)
  if (isBreaking && primary.failures >= thresholdOf(service)) failDeployment(engine, service, primary)
}

/** Resets the number of consecutive failures after a task has become healthy. */
const recovered = (service: Service, task: Task) => {
  const [primary] = service.deployments
  if (!primary || task.deploymentId !== primary.id) return
  service.scheduler.failures = 0
  if (primary.rolloutState !== 'IN_PROGRESS') return
  primary.hasRun = true
  primary.failedTasks = 0
  const isReset = service.deploymentConfiguration.deploymentCircuitBreaker?.resetOnHealthyTask ?? true
  if (!isReset) return
  primary.failures = 0
  if (!primary.isRollback) primary.record.failureCount = 0
}

export const taskChanged = (engine: Engine, service: Service, task: Task): void => {
  if (task.lastStatus === 'STOPPED') service.tasks.delete(task)
  if (isHealthy(task)) recovered(service, task)
  touch(engine, service)
}
