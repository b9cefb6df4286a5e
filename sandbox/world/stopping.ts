// Stops tasks for the scheduler: surplus tasks, and tasks of older deployments. Tasks of older deployments are stopped
// only while the minimum number of healthy tasks is kept.

import { boundsOf, wantedOf } from './bounds.ts'
import { addServiceEvent, addServiceEventOnce, type Engine } from './context.ts'
import { keptIn } from './course.ts'
import { isAlive, isHealthy, isProtected, isRunning, type Service, type Task, tasksOf } from './state.ts'

/** Orders tasks for stopping: first those that do not run yet, then the newest in the zone with the most tasks. */
const byExpendability = (tasks: readonly Task[]) => {
  const crowds = new Map<string, number>()
  for (const { zone } of tasks) crowds.set(zone, (crowds.get(zone) ?? 0) + 1)
  const crowd = ({ zone }: Task) => crowds.get(zone) ?? 0
  return (a: Task, b: Task): number =>
    Number(isHealthy(a)) - Number(isHealthy(b)) || crowd(b) - crowd(a) || b.createdAt - a.createdAt
}

const stopTasks = (engine: Engine, service: Service, tasks: readonly Task[]) => {
  if (tasks.length === 0) return
  service.scheduler.isSteady = false
  const draining = tasks.filter(task => isRunning(task) && task.revision?.spec.loadBalancers.length)
  if (draining.length > 0)
    addServiceEvent(engine, service, `has begun draining connections on ${draining.length} tasks.`)
  const stoppedReason = `Scaling activity initiated by (deployment ${service.deployments[0]?.id ?? 'unknown'})`
  for (const task of tasks) engine.life.stop(task, { stopCode: 'ServiceSchedulerInitiated', stoppedReason })
  const listed = tasks.map(({ id }) => `(task ${id})`).join(' ')
  addServiceEvent(engine, service, `has stopped ${tasks.length} running tasks: ${listed}.`)
}

/**
 * Adds the event about protected tasks. The text calls the deployment a task set and does not end with a period, as seen
 * in the field.
 */
const addProtectionEvent = (engine: Engine, service: Service, protectedTasks: number) =>
  addServiceEventOnce(
    engine,
    service,
    `was unable to scale in due to (reason ${protectedTasks} tasks under protection)`,
    `(service ${service.name}, taskSet ${service.deployments[0]?.id ?? 'unknown'})`,
  )

const addOldProtectionEvent = (
  engine: Engine,
  service: Service,
  deploymentId: string | undefined,
  protectedTasks: number,
) =>
  addServiceEventOnce(
    engine,
    service,
    `was unable to reach steady state because (taskSet ${deploymentId}) was unable to scale in due to (reason ${protectedTasks} tasks under protection)`,
  )

/** Stops surplus tasks. Returns whether task protection prevented the stop of some tasks. */
export const stopSurplus = (engine: Engine, service: Service): boolean => {
  const kept = keptIn(service)
  const isKept = kept !== undefined && stopSurplusOf(engine, service, kept.id)
  return stopSurplusOf(engine, service, service.deployments[0]?.id) || isKept
}

const stopSurplusOf = (engine: Engine, service: Service, deploymentId: string | undefined): boolean => {
  const alive = [...service.tasks].filter(isAlive)
  const own = alive.filter(task => task.deploymentId === deploymentId)
  const excess = own.length - wantedOf(service)
  if (excess <= 0) return false
  const isFree = (task: Task) => service.status !== 'ACTIVE' || !isProtected(task, engine.clock.now())
  const free = own.filter(isFree).sort(byExpendability(alive))
  const protectedTasks = excess - free.length
  if (protectedTasks > 0) addProtectionEvent(engine, service, protectedTasks)
  stopTasks(engine, service, free.slice(0, excess))
  return protectedTasks > 0
}

/** Stops tasks of older deployments. Returns whether task protection prevented the stop of some tasks. */
export const stopOld = (engine: Engine, service: Service): boolean => {
  const [primary, ...older] = service.deployments
  if (!primary || older.length === 0) return false
  const now = engine.clock.now()
  const alive = [...service.tasks].filter(isAlive)
  const kept = keptIn(service)?.id
  const old = alive.filter(task => task.deploymentId !== primary.id && task.deploymentId !== kept)
  let spare = alive.filter(isHealthy).length - boundsOf(service).least
  const stoppable = old
    .filter(task => !isProtected(task, now))
    .sort(byExpendability(alive))
    .filter(task => !isHealthy(task) || spare-- > 0)
  stopTasks(engine, service, stoppable)
  const protectedTasks = old.filter(task => isProtected(task, now))
  const isReplaced = tasksOf(service, primary).filter(isHealthy).length >= wantedOf(service)
  if (protectedTasks[0] !== undefined && isReplaced)
    addOldProtectionEvent(engine, service, protectedTasks[0].deploymentId, protectedTasks.length)
  return protectedTasks.length > 0
}
