// The steps that a deployment goes through. Sources: ECS API reference, ServiceDeployment, LinearConfiguration and
// CanaryConfiguration; ECS developer guide, blue/green, linear and canary deployments, and pause lifecycle hooks.

import type { DeploymentConfiguration } from '@aws-sdk/client-ecs'
import type { Course, Deployment, DeploymentRecord, Service, Spec, Step } from './state.ts'

const MINUTE = 60_000

/** How long it takes to move traffic. A Network Load Balancer needs about ten minutes (ECS developer guide). */
const SHIFT = 5_000
const NETWORK_SHIFT = 10 * MINUTE

export const isRolling = ({ strategy = 'ROLLING' }: DeploymentConfiguration): boolean => strategy === 'ROLLING'

/** Whether ECS moves the traffic of a service. If not, the service may still be BLUE_GREEN: only its tasks change then. */
const movesTraffic = ({ loadBalancers, serviceConnect }: Spec): boolean =>
  loadBalancers.some(({ advancedConfiguration }) => advancedConfiguration !== undefined) ||
  serviceConnect?.enabled === true

const shiftTime = ({ loadBalancers }: Spec): number =>
  loadBalancers.some(({ advancedConfiguration }) => advancedConfiguration?.productionListenerRule?.includes('/net/'))
    ? NETWORK_SHIFT
    : SHIFT

/** A share of production traffic in percent, and the minutes before the next share. */
type Share = { readonly percent: number; readonly bake: number }

const linear = ({ stepPercent = 10, stepBakeTimeInMinutes: bake = 6 }): readonly Share[] =>
  Array.from({ length: Math.ceil(100 / stepPercent) }, (_, n) => {
    const percent = Math.min(100, Math.round((n + 1) * stepPercent * 10) / 10)
    return { percent, bake: percent === 100 ? 0 : bake }
  })

const canary = ({ canaryPercent: percent = 5, canaryBakeTimeInMinutes: bake = 10 }): readonly Share[] =>
  percent === 100 ? [whole] : [{ percent, bake }, whole]

const whole: Share = { percent: 100, bake: 0 }

const sharesOf = ({ strategy, linearConfiguration, canaryConfiguration }: DeploymentConfiguration) => {
  if (strategy === 'LINEAR') return linear(linearConfiguration ?? {})
  return strategy === 'CANARY' ? canary(canaryConfiguration ?? {}) : [whole]
}

const trafficSteps = ({ target, configuration }: DeploymentRecord): readonly Step[] => {
  const isMoving = movesTraffic(target.spec)
  const lasts = isMoving ? shiftTime(target.spec) : 0
  const weights = (test: number, production: number) => (isMoving ? { weights: { test, production } } : {})
  return [
    { stage: 'TEST_TRAFFIC_SHIFT', lasts, ...weights(100, 0) },
    { stage: 'POST_TEST_TRAFFIC_SHIFT' },
    ...sharesOf(configuration).flatMap(({ percent, bake }): readonly Step[] => [
      { stage: 'PRE_PRODUCTION_TRAFFIC_SHIFT' },
      { stage: 'PRODUCTION_TRAFFIC_SHIFT', lasts: lasts + bake * MINUTE, ...weights(100, percent) },
    ]),
    { stage: 'POST_PRODUCTION_TRAFFIC_SHIFT' },
    { stage: 'BAKE_TIME', lasts: (configuration.bakeTimeInMinutes ?? 0) * MINUTE },
  ]
}

/** Whether a deployment goes through stages. A ROLLING deployment without hooks only replaces the tasks. */
export const hasStages = (configuration: DeploymentConfiguration): boolean =>
  !isRolling(configuration) || (configuration.lifecycleHooks?.length ?? 0) > 0

/** Returns the steps of a new deployment. `now`: epoch milliseconds. `isReconciling`: begins with RECONCILE_SERVICE. */
export const courseOf = (record: DeploymentRecord, now: number, isReconciling: boolean): Course => {
  const rolls = isRolling(record.configuration)
  const steps: readonly Step[] = [
    ...(isReconciling ? [{ stage: 'RECONCILE_SERVICE' } as const] : []),
    {
      stage: 'PRE_SCALE_UP',
      ...(!rolls && movesTraffic(record.target.spec) && { weights: { test: 0, production: 0 } }),
    },
    { stage: 'SCALE_UP' },
    { stage: 'POST_SCALE_UP' },
    ...(rolls ? [] : trafficSteps(record)),
    { stage: 'CLEAN_UP' },
  ]
  return { steps, index: -1, since: now }
}

const isPast = ({ steps, index }: Course, stage: Step['stage']) =>
  index >= steps.findIndex(step => step.stage === stage)

/** Whether the tasks of a deployment may start. If it has stages, its tasks wait for SCALE_UP, except in a rollback. */
export const mayScaleUp = ({ record: { course }, isRollback }: Deployment): boolean =>
  course === undefined || isRollback || isPast(course, 'SCALE_UP')

/** Whether a deployment has stages, is not a rollback, and is before its last stage. It may have failed already. */
export const isUnderway = ({ record: { course }, isRollback, rolloutState }: Deployment): boolean =>
  course !== undefined && !isRollback && rolloutState !== 'COMPLETED' && course.index < course.steps.length - 1

/**
 * The older deployment whose tasks still run during a newer deployment; undefined if there is none. A ROLLING deployment
 * keeps these tasks until it scales up, other deployments until CLEAN_UP.
 */
export const keptIn = ({ deployments: [primary, ...older] }: Service): Deployment | undefined => {
  if (primary === undefined || !isUnderway(primary)) return undefined
  if (isRolling(primary.record.configuration) && mayScaleUp(primary)) return undefined
  return older.find(({ revision }) => revision === primary.record.source)
}
