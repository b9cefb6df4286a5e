// The cluster `release`: a service for each deployment strategy. One service has a PAUSE hook, and the newest deployment
// of one service fails.

import type { DeploymentConfiguration } from '@aws-sdk/client-ecs'
import type { Autoscaling } from './autoscaling/autoscaling.ts'
import type { Fleet } from './fleet.ts'
import type { Recipe } from './recipes.ts'
import { addService, fargate, prod } from './seed.ts'
import type { Service } from './state.ts'

/** The name of the alarm that `web-rolling` watches. */
const ERRORS = 'web-rolling-errors'

type Release = { readonly recipe: Recipe; readonly configuration: DeploymentConfiguration }

const shifting = (name: string): Recipe => ({ name, desired: 2, older: 1, isBalanced: true, shiftsTraffic: true })

const releases: readonly Release[] = [
  { recipe: shifting('web-blue-green'), configuration: { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 10 } },
  {
    recipe: shifting('web-linear'),
    configuration: {
      strategy: 'LINEAR',
      bakeTimeInMinutes: 5,
      linearConfiguration: { stepPercent: 25, stepBakeTimeInMinutes: 2 },
    },
  },
  {
    recipe: shifting('web-canary'),
    configuration: {
      strategy: 'CANARY',
      bakeTimeInMinutes: 5,
      canaryConfiguration: { canaryPercent: 10, canaryBakeTimeInMinutes: 5 },
    },
  },
  {
    recipe: { name: 'web-rolling', desired: 2, older: 1, isBalanced: true },
    configuration: {
      strategy: 'ROLLING',
      deploymentCircuitBreaker: { enable: true, rollback: true },
      lifecycleHooks: [
        {
          targetType: 'PAUSE',
          lifecycleStages: ['PRE_SCALE_UP'],
          timeoutConfiguration: { timeoutInMinutes: 120, action: 'ROLLBACK' },
        },
      ],
    },
  },
  { recipe: { name: 'web-bad', desired: 2 }, configuration: { strategy: 'ROLLING' } },
]

/** Starts a deployment whose image does not exist. The tasks of the previous deployment keep running. */
const deployBadly = (fleet: Fleet, service: Service) => {
  const [deployment] = service.deployments
  if (deployment === undefined) return
  const { spec } = deployment.revision
  const { input, registeredBy } = spec.taskDefinition
  const containerDefinitions = (input.containerDefinitions ?? []).map(container => ({
    ...container,
    ...(container.image !== undefined && { image: container.image.replace(/:[^:/]+$/, ':v2') }),
  }))
  const taskDefinition = fleet.registerTaskDefinition(service.cluster, { ...input, containerDefinitions }, registeredBy)
  fleet.knobs.failImage(containerDefinitions[0]?.image ?? '', 'pull')
  fleet.deploy(service, { ...spec, taskDefinition })
}

/** Adds an alarm that fails deployments of a service. The sandbox does not have its metric, so only a call sets its state. */
const watchErrors = (autoscaling: Autoscaling, service: Service) => {
  service.deploymentConfiguration = {
    ...service.deploymentConfiguration,
    alarms: { alarmNames: [ERRORS], enable: true, rollback: true },
  }
  const alarm = autoscaling.putAlarm(service.cluster, {
    AlarmName: ERRORS,
    Namespace: 'AWS/ApplicationELB',
    MetricName: 'HTTPCode_Target_5XX_Count',
    Dimensions: [{ Name: 'TargetGroup', Value: 'targetgroup/web-rolling/6d0ecf831eec9f09' }],
    Statistic: 'Sum',
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 10,
    ComparisonOperator: 'GreaterThanThreshold',
  })
  autoscaling.setAlarmState(
    alarm,
    'OK',
    'Threshold Crossed: 1 datapoint [0.0] was not greater than the threshold (10.0).',
  )
}

/**
 * Adds the cluster to prod in us-east-1 and, if `autoscaling` is given, an alarm that `web-rolling` watches. This does not
 * change the times and ids of other services.
 */
export const seedRelease = (fleet: Fleet, autoscaling?: Autoscaling): void =>
  fleet.aside(() => {
    const place = { account: prod.account, region: 'us-east-1' }
    const cluster = fleet.createCluster(place, 'release', fargate)
    for (const { recipe, configuration } of releases)
      addService(fleet, cluster, recipe, {
        deploymentConfiguration: { maximumPercent: 200, minimumHealthyPercent: 100, ...configuration },
      })
    const rolling = cluster.services.get('web-rolling')
    if (rolling && autoscaling) watchErrors(autoscaling, rolling)
    const bad = cluster.services.get('web-bad')
    if (bad) deployBadly(fleet, bad)
  })
