// The cluster `release`: a service of each deployment strategy, one with a gate, and one whose newest deployment is bad.

import type { DeploymentConfiguration } from '@aws-sdk/client-ecs'
import type { Fleet } from './fleet.ts'
import type { Recipe } from './recipes.ts'
import { addService, fargate, prod } from './seed.ts'
import type { Service } from './state.ts'

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

/** Starts a deployment whose image does not exist. The tasks of the good one keep running. */
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

/** Adds the cluster to prod in us-east-1. The times and ids of other services do not depend on it. */
export const seedRelease = (fleet: Fleet): void =>
  fleet.aside(() => {
    const cluster = fleet.createCluster({ account: prod.account, region: 'us-east-1' }, 'release', fargate)
    for (const { recipe, configuration } of releases)
      addService(fleet, cluster, recipe, {
        deploymentConfiguration: { maximumPercent: 200, minimumHealthyPercent: 100, ...configuration },
      })
    const bad = cluster.services.get('web-bad')
    if (bad) deployBadly(fleet, bad)
  })
