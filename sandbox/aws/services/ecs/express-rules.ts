// The defaults and the validation of Express services.

import type {
  CreateExpressGatewayServiceRequest,
  ExpressGatewayScalingTarget,
  RegisterTaskDefinitionRequest,
} from '@aws-sdk/client-ecs'
import type { ScalingTarget, ServiceSettings } from '../../../world/state.ts'
import { invalid } from './errors.ts'

// The sources of these defaults are AmazonECS/latest/developerguide/express-service-work and the API reference.

export const defaultStrategy = [{ capacityProvider: 'FARGATE', base: 1, weight: 1 }]

export const defaultSettings: ServiceSettings = {
  availabilityZoneRebalancing: 'ENABLED',
  enableECSManagedTags: true,
  propagateTags: 'SERVICE',
  healthCheckGracePeriodSeconds: 300,
}

export const defaultTarget: ScalingTarget = {
  minTaskCount: 1,
  maxTaskCount: 20,
  autoScalingMetric: 'AVERAGE_CPU',
  autoScalingTargetValue: 60,
}

/** Merges the scaling settings of a request into the previous ones. */
export const mergeTarget = (before: ScalingTarget, update: ExpressGatewayScalingTarget = {}): ScalingTarget => {
  const target = {
    minTaskCount: update.minTaskCount ?? before.minTaskCount,
    maxTaskCount: update.maxTaskCount ?? before.maxTaskCount,
    autoScalingMetric: update.autoScalingMetric ?? before.autoScalingMetric,
    autoScalingTargetValue: update.autoScalingTargetValue ?? before.autoScalingTargetValue,
  }
  checkScalingTarget(target)
  return target
}

const checkScalingTarget = ({ minTaskCount, maxTaskCount, autoScalingTargetValue }: ScalingTarget): void => {
  if (minTaskCount < 0 || maxTaskCount < 0) throw invalid('Task counts cannot be negative.')
  if (minTaskCount > maxTaskCount) throw invalid('minTaskCount must be less than or equal to maxTaskCount.')
  if (autoScalingTargetValue < 1) throw invalid('autoScalingTargetValue must be at least 1.')
}

/**
 * The task definition of an Express service. Its only container is called `Main` (ECS API reference,
 * CreateExpressGatewayService, taskDefinitionArn).
 */
export const definitionOf = (
  name: string,
  input: CreateExpressGatewayServiceRequest,
): RegisterTaskDefinitionRequest => ({
  family: name,
  networkMode: 'awsvpc',
  requiresCompatibilities: ['FARGATE'],
  cpu: input.cpu ?? '256',
  memory: input.memory ?? '512',
  executionRoleArn: input.executionRoleArn,
  taskRoleArn: input.taskRoleArn,
  runtimePlatform: { cpuArchitecture: input.cpuArchitecture ?? 'X86_64', operatingSystemFamily: 'LINUX' },
  containerDefinitions: [
    {
      name: 'Main',
      image: input.primaryContainer?.image,
      essential: true,
      portMappings: [{ containerPort: input.primaryContainer?.containerPort ?? 80, protocol: 'tcp' }],
      environment: input.primaryContainer?.environment,
      secrets: input.primaryContainer?.secrets,
      command: input.primaryContainer?.command,
    },
  ],
})
