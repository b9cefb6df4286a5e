// Sends the ECS calls of a plan.
import {
  ContinueServiceDeploymentCommand,
  type ContinueServiceDeploymentCommandInput,
  type ECSClient,
  PutClusterCapacityProvidersCommand,
  type PutClusterCapacityProvidersCommandInput,
  RunTaskCommand,
  type RunTaskCommandInput,
  type RunTaskCommandOutput,
  StopServiceDeploymentCommand,
  type StopServiceDeploymentCommandInput,
  StopTaskCommand,
  type StopTaskCommandInput,
  TagResourceCommand,
  type TagResourceCommandInput,
  UntagResourceCommand,
  type UntagResourceCommandInput,
  UpdateExpressGatewayServiceCommand,
  type UpdateExpressGatewayServiceCommandInput,
  UpdateServiceCommand,
  type UpdateServiceCommandInput,
} from '@aws-sdk/client-ecs'
import type { EcsCall } from '../../../engine/change/plan.ts'
import type { JsonObject } from '../../../model/json.ts'

/** Sends an ECS call of a plan unchanged. */
export const sendEcs = (client: ECSClient, { action, input }: EcsCall) => {
  switch (action) {
    case 'UpdateService':
      return client.send(new UpdateServiceCommand(input as unknown as UpdateServiceCommandInput))
    case 'PutClusterCapacityProviders':
      return client.send(
        new PutClusterCapacityProvidersCommand(input as unknown as PutClusterCapacityProvidersCommandInput),
      )
    case 'TagResource':
      return client.send(new TagResourceCommand(input as unknown as TagResourceCommandInput))
    case 'UntagResource':
      return client.send(new UntagResourceCommand(input as unknown as UntagResourceCommandInput))
    case 'ContinueServiceDeployment':
      return client.send(
        new ContinueServiceDeploymentCommand(input as unknown as ContinueServiceDeploymentCommandInput),
      )
    case 'StopServiceDeployment':
      return client.send(new StopServiceDeploymentCommand(input as unknown as StopServiceDeploymentCommandInput))
    case 'StopTask':
      return client.send(new StopTaskCommand(input as unknown as StopTaskCommandInput))
    case 'RunTask':
      return client.send(new RunTaskCommand(input as unknown as RunTaskCommandInput))
    case 'UpdateExpressGatewayService':
      return client.send(
        new UpdateExpressGatewayServiceCommand(input as unknown as UpdateExpressGatewayServiceCommandInput),
      )
  }
}

/** Reduces an answer of RunTask to the fields that are needed: the task ARNs, and reason and detail of each failure. */
export const answerOfRun = ({ tasks = [], failures = [] }: Partial<RunTaskCommandOutput>): JsonObject => ({
  tasks: tasks.map(({ taskArn = '' }) => ({ taskArn })),
  failures: failures.map(({ reason = '', detail = '' }) => ({ reason, detail })),
})
