// The API of Amazon ECS, composed from its operations.

import * as client from '@aws-sdk/client-ecs'
import type { Exec } from '../../../ssm/exec.ts'
import type { Fleet } from '../../../world/fleet.ts'
import rules from '../../wire/constraints/ecs.json' with { type: 'json' }
import { awsJson } from '../../wire/protocol.ts'
import type { AwsService } from '../../wire/service.ts'
import { capacityProviderOperations } from './capacity-providers.ts'
import { clusterOperations } from './clusters.ts'
import { containerInstanceOperations } from './container-instances.ts'
import { refuseModel } from './errors.ts'
import { executeOperations } from './execute-command.ts'
import { expressOperations } from './express.ts'
import { ecsResources } from './resources.ts'
import { serviceDeploymentOperations } from './service-deployments.ts'
import { serviceOperations } from './services.ts'
import { tagOperations } from './tags.ts'
import { taskDefinitionOperations } from './task-definitions.ts'
import { taskOperations } from './tasks.ts'

export const createEcs = (fleet: Fleet, exec: Exec): AwsService => ({
  name: 'ecs',
  protocol: awsJson({
    version: '1.1',
    target: 'AmazonEC2ContainerServiceV20141113',
    client,
    rules,
    newer: ['RegisterTaskDefinition', 'DescribeTaskDefinition'],
    refuse: refuseModel,
  }),
  operations: {
    ...capacityProviderOperations(fleet),
    ...clusterOperations(fleet),
    ...containerInstanceOperations(fleet),
    ...serviceOperations(fleet),
    ...expressOperations(fleet),
    ...taskOperations(fleet),
    ...taskDefinitionOperations(fleet),
    ...serviceDeploymentOperations(fleet),
    ...tagOperations(fleet),
    ...executeOperations(fleet, exec),
  },
  resources: ecsResources(fleet),
})
