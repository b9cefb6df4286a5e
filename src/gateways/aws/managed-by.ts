// Reads from CloudFormation which tool manages a service. If CloudFormation does not know, uses the service's tags.
import { CloudFormationClient, GetTemplateCommand, ListStackResourcesCommand } from '@aws-sdk/client-cloudformation'
import type { Config } from '../../engine/rules/config.ts'
import {
  type Provenance,
  provenanceOf,
  type Stack,
  stackOf,
  type Tags,
  type Undone,
} from '../../features/managed-by/managed-by.ts'
import { accountOf } from '../../model/account.ts'
import type { ServiceRef } from '../../model/ecs.ts'
import { pages } from './ecs/pages.ts'
import type { Sessions } from './identity/sessions.ts'

/** Finds the tool that manages the service; undefined if nothing is known. Never rejects. */
export type ReadProvenance = (ref: ServiceRef, tags: Tags, undone?: Undone) => Promise<Provenance | undefined>

/** The timeout. The result is only additional information, so it must not delay the answer. */
const TIMEOUT_MS = 10_000

export const createProvenance = (config: Config, sessions: Pick<Sessions, 'credentials'>): ReadProvenance => {
  const clientOf = async (ref: ServiceRef) =>
    new CloudFormationClient({
      region: ref.region,
      maxAttempts: 2,
      credentials: await sessions.credentials(accountOf(config, ref)),
    })
  return async (ref, tags, undone = 'DesiredCount') => {
    const stack = stackOf(tags)
    const known = provenanceOf(tags, undone)
    if (stack === undefined || known?.kind === 'copilot') return known
    const template = await clientOf(ref)
      .then(client => readTemplate(client, ref, stack))
      .catch(() => undefined)
    return template === undefined ? known : provenanceOf(tags, undone, template)
  }
}

const readTemplate = async (client: CloudFormationClient, ref: ServiceRef, stack: Stack) => {
  const options = { abortSignal: AbortSignal.timeout(TIMEOUT_MS) }
  const logicalId = stack.logicalId ?? (await findLogicalId(client, ref, stack, options))
  if (logicalId === undefined) return undefined
  const { TemplateBody } = await client.send(new GetTemplateCommand({ StackName: stack.id }), options)
  return TemplateBody === undefined ? undefined : { text: TemplateBody, logicalId }
}

/** Finds the logical id of the service in its stack. The physical id of an ECS service is its ARN. */
const findLogicalId = async (
  client: CloudFormationClient,
  { arn }: ServiceRef,
  { id }: Stack,
  options: { readonly abortSignal: AbortSignal },
): Promise<string | undefined> => {
  const found = await pages(async NextToken => {
    const { StackResourceSummaries = [], NextToken: next } = await client.send(
      new ListStackResourcesCommand({ StackName: id, ...(NextToken !== undefined && { NextToken }) }),
      options,
    )
    const items = StackResourceSummaries.filter(({ PhysicalResourceId }) => PhysicalResourceId === arn)
    return { items, next: items.length > 0 ? undefined : next }
  })
  return found[0]?.LogicalResourceId
}
