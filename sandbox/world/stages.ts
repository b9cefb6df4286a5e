// Moves deployments through their steps. A step ends when its hooks have succeeded, its duration is over, and the number
// of new tasks that the step needs is running.

import { wantedOf } from './bounds.ts'
import type { Engine } from './context.ts'
import { courseOf, hasStages, isRolling } from './course.ts'
import { cancelDeployment, isOver } from './deployments.ts'
import { hasOpenHook, openHooks } from './hooks.ts'
import {
  type Course,
  type Deployment,
  type DeploymentRecord,
  isHealthy,
  isPending,
  type Service,
  tasksOf,
} from './state.ts'

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

/** The milliseconds until the current step may end: 0 if now, undefined if the step waits for a hook or for tasks. */
const restOf = (engine: Engine, service: Service, deployment: Deployment, course: Course): number | undefined => {
  const { record } = deployment
  const step = course.steps[course.index]
  if (step === undefined) return 0
  if (hasOpenHook(record)) return undefined
  if (step.stage === 'SCALE_UP' && !isScaledUp(service, deployment)) return undefined
  return Math.max(0, course.since + (step.lasts ?? 0) - engine.clock.now())
}

/** The maximum duration of SCALE_UP and of a deployment (ECS developer guide, service quotas). PAUSE hooks have timeouts. */
const LONGEST_STAGE = 24 * 3_600_000
const LONGEST = 30 * 24 * 3_600_000

/** AWS's text for listener rules that do not have both target groups. */
const BAD_NETWORK =
  'Service deployment rolled back because of invalid networking configuration. Both targetGroup and alternateTargetGroup must be associated with the productionListenerRule or testListenerRule.'

const hasBadNetwork = ({ knobs }: Engine, { target, configuration }: DeploymentRecord): boolean =>
  !isRolling(configuration) &&
  target.spec.loadBalancers.some(
    ({ targetGroupArn, advancedConfiguration: { alternateTargetGroupArn, productionListenerRule } = {} }) =>
      targetGroupArn === alternateTargetGroupArn || knobs.isDetached(productionListenerRule),
  )

/** The text of the rollback if a deployment cannot continue; undefined if it can. The texts about time are guesses. */
const reasonAgainst = (
  engine: Engine,
  record: DeploymentRecord,
  { since, steps, index }: Course,
): string | undefined => {
  const now = engine.clock.now()
  if (hasBadNetwork(engine, record)) return BAD_NETWORK
  if (now >= record.startedAt + LONGEST) return 'Service deployment rolled back because it took more than 30 days.'
  const isLong = steps[index]?.stage === 'SCALE_UP' && now >= since + LONGEST_STAGE
  return isLong ? 'Service deployment rolled back because the stage SCALE_UP took more than 24 hours.' : undefined
}

/** The milliseconds until SCALE_UP exceeds its maximum duration; undefined at other stages, which wait for hooks. */
const stageRest = ({ clock }: Engine, { since, steps, index }: Course): number | undefined =>
  steps[index]?.stage === 'SCALE_UP' ? Math.max(0, since + LONGEST_STAGE - clock.now()) : undefined

/**
 * Moves the newest deployment of a service through all steps that can end now. Returns the milliseconds until the next
 * step may end; undefined if that step waits for a hook, or if there is no next step.
 */
export const advance = (engine: Engine, service: Service): number | undefined => {
  const [deployment] = service.deployments
  if (!deployment || deployment.isRollback || isOver(deployment.record)) return undefined
  const { record } = deployment
  if (!hasStages(record.configuration)) return undefined
  record.course ??= courseOf(record, engine.clock.now(), service.deployments.length > 2)
  const { course } = record
  const reason = reasonAgainst(engine, record, course)
  if (reason !== undefined) {
    cancelDeployment(engine, record, reason)
    return 0
  }
  while (course.index < course.steps.length - 1) {
    const rest = restOf(engine, service, deployment, course)
    if (rest !== 0) return rest ?? stageRest(engine, course)
    enter(engine, deployment, course)
  }
  return undefined
}
