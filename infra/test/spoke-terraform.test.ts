// What Terraform makes is what the plain template makes: its expressions are filled in, and the results compared.
import { describe, expect, it } from 'vitest'
import { spokeTemplate } from '../spoke-template.ts'
import { spokeTerraform } from '../spoke-terraform.ts'

const CLOUDFORMATION: Readonly<Record<string, string>> = {
  'AWS::AccountId': '444455556666',
  'AWS::Partition': 'aws',
  Hub: '111122223333',
  HubRegion: 'us-east-1',
}
const TERRAFORM: Readonly<Record<string, string>> = {
  'data.aws_caller_identity.current.account_id': '444455556666',
  'data.aws_partition.current.partition': 'aws',
  'var.hub': '111122223333',
  'var.hub_region': 'us-east-1',
}

/** Does what Terraform does with a text: `$${` is literal, `${…}` an expression. References stay. */
const evaluated = (text: string): string =>
  text.replaceAll(/(\$?)\$\{([^}]+)\}/g, (all, escaped: string, name: string) =>
    escaped === '$' ? `\${${name}}` : (TERRAFORM[name] ?? all),
  )

/** Does what CloudFormation does with `Fn::Sub`. */
const resolved = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(resolved)
  if (value === null || typeof value !== 'object') return value
  const sub = (value as { 'Fn::Sub'?: string })['Fn::Sub']
  if (sub !== undefined)
    return sub.replaceAll(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) =>
      literal === '!' ? `\${${name}}` : (CLOUDFORMATION[name] ?? ''),
    )
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolved(inner)]))
}

type Properties = Readonly<Record<string, unknown>>
const ofTemplate = (type: string): readonly Properties[] =>
  Object.values(spokeTemplate().Resources as Readonly<Record<string, { Type: string; Properties: Properties }>>)
    .filter(({ Type }) => Type === type)
    .map(({ Properties }) => resolved(Properties) as Properties)

const { resource, variable } = spokeTerraform()
const ofTerraform = (type: string): readonly Record<string, string>[] =>
  Object.values(resource[type] ?? {}) as readonly Record<string, string>[]
const parsed = (text = 'null'): unknown => JSON.parse(evaluated(text))

describe('the module for Terraform', () => {
  it('has the same policies', () => {
    expect(ofTerraform('aws_iam_policy').map(({ name, policy }) => [name, parsed(policy)])).toEqual(
      ofTemplate('AWS::IAM::ManagedPolicy').map(one => [one['ManagedPolicyName'], one['PolicyDocument']]),
    )
  })

  it('has the same roles, with their trust, policies and boundaries', () => {
    const roles = ofTemplate('AWS::IAM::Role')
    expect(
      ofTerraform('aws_iam_role').map(role => [
        role['name'],
        parsed(role['assume_role_policy']),
        role['max_session_duration'],
        role['permissions_boundary'] !== undefined,
      ]),
    ).toEqual(
      roles.map(role => [
        role['RoleName'],
        role['AssumeRolePolicyDocument'],
        role['MaxSessionDuration'],
        role['PermissionsBoundary'] !== undefined,
      ]),
    )
    for (const { name, permissions_boundary: boundary = '' } of ofTerraform('aws_iam_role')) {
      const id = /^\$\{aws_iam_policy\.(\w+)\[0\]\.arn\}$/.exec(boundary)?.[1] ?? ''
      const policy = (resource['aws_iam_policy'] as Record<string, { name: string }>)[id]
      if (boundary !== '') expect(policy?.name).toBe(`${name}-boundary`)
    }
    expect(ofTerraform('aws_iam_role_policy').map(({ name, policy }) => [name, parsed(policy)])).toEqual(
      roles.flatMap(({ Policies }) =>
        (Policies as readonly Properties[]).map(one => [one['PolicyName'], one['PolicyDocument']]),
      ),
    )
  })

  it('has the same rules and targets', () => {
    const rules = ofTemplate('AWS::Events::Rule')
    expect(ofTerraform('aws_cloudwatch_event_rule').map(one => [one['name'], parsed(one['event_pattern'])])).toEqual(
      rules.map(one => [one['Name'], one['EventPattern']]),
    )
    expect(
      ofTerraform('aws_cloudwatch_event_target').map(one => [
        one['target_id'],
        evaluated(one['arn'] ?? ''),
        evaluated(one['role_arn'] ?? ''),
      ]),
    ).toEqual(
      rules.flatMap(({ Targets }) =>
        (Targets as readonly Properties[]).map(one => [one['Id'], one['Arn'], one['RoleArn']]),
      ),
    )
  })

  it('uses only its own variables, and leaves no variable of IAM to Terraform', () => {
    const texts = JSON.stringify(resource).match(/(?<!\$)\$\{[^}]+\}/g) ?? []
    const known =
      /^\$\{(data\.aws_(caller_identity|partition)\.current\.\w+|var\.\w+( \? 1 : 0)?|aws_\w+\.\w+(\[0\])?\.\w+)\}$/
    expect(texts.filter(text => !known.test(text))).toEqual([])
    const used = new Set(texts.flatMap(text => /var\.(\w+)/.exec(text)?.[1] ?? []))
    expect([...used].toSorted()).toEqual(Object.keys(variable).toSorted())
  })
})
