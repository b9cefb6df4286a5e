// The seeded services of each kind of capacity, and the capacity providers that they use.

import type { Fleet } from './fleet.ts'
import type { Recipe } from './recipes.ts'
import type { Cluster } from './state.ts'

export const capacityServices: readonly Recipe[] = [
  {
    name: 'sensors-api',
    desired: 5,
    older: 1,
    strategy: [
      { capacityProvider: 'FARGATE', weight: 1, base: 1 },
      { capacityProvider: 'FARGATE_SPOT', weight: 3, base: 0 },
    ],
  },
  {
    name: 'sensors-batch',
    desired: 2,
    runsOn: 'EC2',
    strategy: [{ capacityProvider: 'sensors-pool', weight: 1, base: 0 }],
  },
  {
    name: 'sensors-models',
    desired: 2,
    runsOn: 'MANAGED_INSTANCES',
    strategy: [{ capacityProvider: 'sensors-managed', weight: 1, base: 0 }],
  },
  { name: 'sensors-cache', desired: 1, runsOn: 'EC2' },
]

/** Adds a provider with an Auto Scaling group, and one of Managed Instances. */
export const addProviders = (fleet: Fleet, cluster: Cluster): void => {
  const { account, region } = cluster
  fleet.addProvider(cluster, {
    name: 'sensors-pool',
    group: {
      autoScalingGroupArn: `arn:aws:autoscaling:${region}:${account}:autoScalingGroup:5f2b8c1d-7a40-4c55-9a0e-2d6b3e1f7c90:autoScalingGroupName/sensors-pool`,
      managedScaling: {
        status: 'ENABLED',
        targetCapacity: 100,
        minimumScalingStepSize: 1,
        maximumScalingStepSize: 10_000,
        instanceWarmupPeriod: 300,
      },
      managedTerminationProtection: 'ENABLED',
      managedDraining: 'ENABLED',
    },
  })
  cluster.capacityProviders = [...cluster.capacityProviders, 'sensors-pool']
  fleet.addProvider(cluster, {
    name: 'sensors-managed',
    cluster: cluster.name,
    managed: {
      infrastructureRoleArn: `arn:aws:iam::${account}:role/ecs-infrastructure`,
      instanceLaunchTemplate: {
        ec2InstanceProfileArn: `arn:aws:iam::${account}:instance-profile/ecs-managed`,
        networkConfiguration: { subnets: ['subnet-0a1b2c3d4e5f60718'], securityGroups: ['sg-0a1b2c3d4e5f60718'] },
        capacityOptionType: 'ON_DEMAND',
      },
      propagateTags: 'NONE',
    },
  })
}
