// Moves deployments through their steps. A step ends if its hooks have succeeded, its time is over, and the new tasks
// run as far as the step needs them.

import { wantedOf } from './bounds.ts'
import type { Engine } from './context.ts'
import { courseOf, hasStages } from './course.ts'
import { isOver } from './deployments.ts'
import { hasOpenHook, openHooks } from './hooks.ts'
import { type Course, type Deployment, isHealthy, isPending, type Service, tasksOf } from './state.ts'

const isScaledUp = (service: Service, deployment: Deployment): boolean => {
  const tasks = tasksOf(service, deployment)
  return tasks.filter(isHealthy).length === wantedOf(service) && !tasks.some(isPending)
}

const enter = (engine: Engine, { record }: Deployment, course: Course) => {
  course.index += 1
  course.since = engine.clock.now()
  const step = course.steps[course.index]
  if (step === undefined) return
  record.stage = step.stage
  record.updatedAt = course.since
  if (step.weights) record.weights = step.weights
  openHooks(engine, record, step.stage)
}

/** The milliseconds until the current step may end: 0 if it may end now, undefined if it waits for something else. */
const restOf = (engine: Engine, service: Service, deployment: Deployment, course: Course): number | undefined => {
  const { record } = deployment
  const step = course.steps[course.index]
  if (step === undefined) return 0
  if (hasOpenHook(record)) return undefined
  if (step.stage === 'SCALE_UP' && !isScaledUp(service, deployment)) return undefined
  return Math.max(0, course.since + (step.lasts ?? 0) - engine.clock.now())
}

/** Moves the newest deployment of a service as far as it can go. Returns the milliseconds until it can go further. */
export const advance = (engine: Engine, service: Service): number | undefined => {
  const [deployment] = service.deployments
  if (!deployment || deployment.isRollback || isOver(deployment.record)) return undefined
  const { record } = deployment
  if (!hasStages(record.configuration)) return undefined
  record.course ??= courseOf(record, engine.clock.now(), service.deployments.length > 2)
  const { course } = record
  while (course.index < course.steps.length - 1) {
    const rest = restOf(engine, service, deployment, course)
    if (rest !== 0) return rest
    enter(engine, deployment, course)
  }
  return undefined
}
