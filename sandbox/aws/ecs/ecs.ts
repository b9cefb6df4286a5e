// Amazon ECS, put together from its parts.

import * as client from '@aws-sdk/client-ecs'
import type { Fleet } from '../../world/fleet.ts'
import { awsJson } from '../protocol.ts'
import type { AwsService } from '../service.ts'
import { clusterOperations } from './clusters.ts'
import { containerInstanceOperations } from './container-instances.ts'
import { missingMember } from './errors.ts'
import { expressOperations } from './express.ts'
import { ecsResources } from './resources.ts'
import { serviceDeploymentOperations } from './service-deployments.ts'
import { serviceOperations } from './services.ts'
import { tagOperations } from './tags.ts'
import { taskDefinitionOperations } from './task-definitions.ts'
import { taskOperations } from './tasks.ts'

export const createEcs = (fleet: Fleet): AwsService => ({
  name: 'ecs',
  protocol: awsJson({ version: '1.1', target: 'AmazonEC2ContainerServiceV20141113', client, missing: missingMember }),
  operations: {
    ...clusterOperations(fleet),
    ...containerInstanceOperations(fleet),
    ...serviceOperations(fleet),
    ...expressOperations(fleet),
    ...taskOperations(fleet),
    ...taskDefinitionOperations(fleet),
    ...serviceDeploymentOperations(fleet),
    ...tagOperations(fleet),
  },
  resources: ecsResources(fleet),
})
