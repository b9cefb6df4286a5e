// The API of Application Auto Scaling, for ECS services only.

import * as client from '@aws-sdk/client-application-auto-scaling'
import type { Autoscaling } from '../../../world/autoscaling/autoscaling.ts'
import rules from '../../wire/constraints/application-autoscaling.json' with { type: 'json' }
import { modelError } from '../../wire/constraints.ts'
import { awsJson } from '../../wire/protocol.ts'
import type { AwsService } from '../../wire/service.ts'
import { activityOperations } from './activities.ts'
import { policyOperations } from './policies.ts'
import { scheduledOperations } from './scheduled.ts'
import { tagOperations } from './tags.ts'
import { targetOperations } from './targets.ts'

export const createApplicationAutoscaling = (autoscaling: Autoscaling): AwsService => ({
  name: 'application-autoscaling',
  protocol: awsJson({
    version: '1.1',
    target: 'AnyScaleFrontendService',
    client,
    rules,
    refuse: modelError('ValidationException'),
  }),
  operations: {
    ...targetOperations(autoscaling),
    ...policyOperations(autoscaling),
    ...scheduledOperations(autoscaling),
    ...activityOperations(autoscaling),
    ...tagOperations(autoscaling),
  },
})
