// Pure: finds the tool that manages a service and may revert a change, from the service's tags and its CloudFormation
// template.
import { findLine, type Undone } from './template-line.ts'

export type { Undone } from './template-line.ts'

export type Tags = Readonly<Record<string, string>>

export type Provenance = {
  readonly kind: 'cloudformation' | 'cdk' | 'terraform' | 'copilot'
  /** The name of the stack, construct path, Terraform module or Copilot service. */
  readonly name: string
  /** The place in the tool's source that sets the value; at most 120 characters, with our markup. */
  readonly line?: string
  /**
   * Whether the tool's next update of the service reverts the change; absent if unknown. CloudFormation compares a new
   * template with its last template, not with the service, so any update of the service sets the value.
   */
  readonly undoes?: boolean
}

export type Stack = { readonly name: string; readonly id: string; readonly logicalId?: string }

/**
 * The stack that created the service. Its tags can be trusted, because only AWS can set tags that begin with `aws:`.
 */
export const stackOf = (tags: Tags): Stack | undefined => {
  const name = tags['aws:cloudformation:stack-name']
  if (name === undefined) return undefined
  const logicalId = tags['aws:cloudformation:logical-id']
  return { name, id: tags['aws:cloudformation:stack-id'] ?? name, ...(logicalId !== undefined && { logicalId }) }
}

/**
 * The managing tool, with its source line. `template`: the template of the service's stack, and the service's logical
 * id in it.
 */
export const provenanceOf = (
  tags: Tags,
  undone: Undone,
  template?: { readonly text: string; readonly logicalId: string },
): Provenance | undefined => byCopilot(tags, undone) ?? byStack(tags, undone, template) ?? byTerraform(tags, undone)

/** Removes markup from a tag and limits its length, because tags are untrusted input. */
const plain = (text: string): string => text.replaceAll(/[^\w./:@ -]/g, '').slice(0, 60)

const clipped = (line: string): string => (line.length <= 120 ? line : `${line.slice(0, 119)}…`)

const inManifest: Readonly<Partial<Record<Undone, string>>> = {
  DesiredCount: 'count',
  MinCapacity: 'count.range',
  MaxCapacity: 'count.range',
}

/** A service that AWS Copilot manages. Copilot generates its templates, so people set the count in its manifest. */
const byCopilot = (tags: Tags, undone: Undone): Provenance | undefined => {
  const service = plain(tags['copilot-service'] ?? '')
  if (service === '') return undefined
  const names = [tags['copilot-application'], tags['copilot-environment'], service]
  const key = inManifest[undone]
  return {
    kind: 'copilot',
    name: names.flatMap(name => (name === undefined ? [] : [plain(name)])).join('/'),
    ...(key !== undefined && { line: clipped(`\`${key}\` in copilot/${service}/manifest.yml`) }),
  }
}

const byStack = (
  tags: Tags,
  undone: Undone,
  template: { readonly text: string; readonly logicalId: string } | undefined,
): Provenance | undefined => {
  const stack = stackOf(tags)
  if (stack === undefined) return undefined
  const name = plain(stack.name)
  const found = template && findLine(template.text, template.logicalId, undone)
  if (found === undefined) return { kind: 'cloudformation', name }
  const { line, text, construct } = found
  return {
    ...(construct === undefined ? { kind: 'cloudformation', name } : { kind: 'cdk', name: construct }),
    ...(line !== undefined && { line: clipped(`${name}, template line ${line}: \`${text}\``) }),
    undoes: line !== undefined,
  }
}

const inTerraform: Readonly<Record<Undone, string>> = {
  CapacityProviderStrategy: '`capacity_provider_strategy` of `aws_ecs_service`',
  DesiredCount: '`desired_count` of `aws_ecs_service`',
  TaskDefinition: '`task_definition` of `aws_ecs_service`',
  MinCapacity: '`min_capacity` of `aws_appautoscaling_target`',
  MaxCapacity: '`max_capacity` of `aws_appautoscaling_target`',
  MinTaskCount: '`min_task_count` of `aws_ecs_express_gateway_service`',
  MaxTaskCount: '`max_task_count` of `aws_ecs_express_gateway_service`',
}

/** A service that Terraform manages, recognised by tags that people commonly set: Terraform itself sets none. */
const byTerraform = (tags: Tags, undone: Undone): Provenance | undefined => {
  const entries = Object.entries(tags).map(
    ([key, value]) => [key.toLowerCase().replaceAll(/[^a-z]/g, ''), value] as const,
  )
  if (!entries.some(([key, value]) => isTerraform(key, value))) return undefined
  const module = entries.find(([key, value]) => isModule.test(key) && plain(value) !== '')?.[1] ?? 'Terraform'
  return {
    kind: 'terraform',
    name: plain(module),
    line: `${inTerraform[undone]}, unless \`ignore_changes\` names it`,
  }
}

const isModule = /^(terraform|tf)(module|workspace|stack|state|repo|repository|path|project)$/

const isTerraform = (key: string, value: string): boolean => {
  if (isModule.test(key)) return true
  if (key === 'terraform') return !/^(false|no|0)$/i.test(value)
  return (
    /^(managed(by|with)|provision(edby|er)|createdby|deployedby|iac|iactool)$/.test(key) &&
    /terraform|tofu/i.test(value)
  )
}
