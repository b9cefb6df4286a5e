// Registers a revision of a task definition that differs from its base only in images or sizes.
import {
  type ECSClient,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
} from '@aws-sdk/client-ecs'
import type { RegistrationCall } from '../../../engine/change/plan.ts'
import type { Answer } from '../../../engine/change/ports.ts'
import { hashOf, withPatch } from '../../../features/deployments/definition-patch.ts'
import { RemoteError } from '../../../model/errors.ts'
import { describe } from './definition-base.ts'
import { sendRaw } from './raw-json.ts'

/**
 * Registers the revision. `viewer`: the client that reads the base definition again. This is necessary because plans and
 * records do not contain the values of the definition.
 */
export const registerDefinition = async (
  client: ECSClient,
  viewer: ECSClient,
  { input: patch }: RegistrationCall,
): Promise<Answer> => {
  const { base, hash } = patch
  const described = await describe(viewer, base)
  if (described === undefined || hashOf(described) !== hash) throw changed(base)
  const input = withPatch(described, patch)
  if (input === undefined) throw changed(base)
  const command = new RegisterTaskDefinitionCommand(input as unknown as RegisterTaskDefinitionCommandInput)
  const { taskDefinition, $metadata } = await sendRaw(client, command, input)
  const registered = taskDefinition?.taskDefinitionArn
  return { requestId: $metadata.requestId ?? '', ...(registered !== undefined && { registered }) }
}

const changed = (base: string): RemoteError =>
  new RemoteError(`nothing was registered: ${base.split('/').at(-1)} is not what was approved`, {
    code: 'DefinitionChanged',
    passing: false,
  })
