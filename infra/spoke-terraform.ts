// The spoke for users of Terraform, as one `.tf.json` file. It is made from the CloudFormation template, so both have the same
// content.
import { type Json, spokeTemplate } from './spoke-template.ts'

/** The Terraform expressions that replace the parameters and pseudo parameters of CloudFormation. */
const EXPRESSIONS: Readonly<Record<string, string>> = {
  'AWS::AccountId': 'data.aws_caller_identity.current.account_id',
  'AWS::Partition': 'data.aws_partition.current.partition',
  Hub: 'var.hub',
  HubRegion: 'var.hub_region',
}

type Resource = { readonly Type: string; readonly Properties: Readonly<Record<string, Json>> }

/** Escapes a text for Terraform: doubles `$` in `${` and `%` in `%{`, because these start a template in Terraform. */
const literal = (text: string): string => text.replaceAll(/([$%])\{/g, '$1$1{')

const expressed = (sub: string): string =>
  sub.replaceAll(/\$\{(!?)([^}]+)\}/g, (_, isLiteral: string, name: string) => {
    if (isLiteral === '!') return `$\${${name}}`
    const { [name]: expression } = EXPRESSIONS
    if (expression === undefined) throw new Error(`no expression for ${name}`)
    return `\${${expression}}`
  })

const converted = (value: Json): Json => {
  if (typeof value === 'string') return literal(value)
  if (Array.isArray(value)) return value.map(converted)
  if (value === null || typeof value !== 'object') return value
  const sub = 'Fn::Sub' in value ? value['Fn::Sub'] : undefined
  if (typeof sub === 'string') return expressed(sub)
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, converted(inner)]))
}

/** A policy as the JSON text that IAM takes, with the expressions of Terraform in it. */
const document = (value: Json | undefined): string => JSON.stringify(converted(value ?? null))
const text = (value: Json | undefined): string => String(converted(value ?? ''))

/** The Terraform name of a resource: `QuarterdeckViewer` becomes `quarterdeck_viewer`. */
const snake = (id: string): string => id.replaceAll(/(?<=[a-z0-9])([A-Z])/g, '_$1').toLowerCase()

/** The count of resources that exist only where the roles are created, like the condition `HasRoles` of the template. */
const once = { count: `\${var.has_roles ? 1 : 0}` }

type Resources = Record<string, Record<string, object>>

const add = (all: Resources, type: string, id: string, properties: object): void => {
  all[type] = { ...all[type], [snake(id)]: properties }
}

const addRole = (all: Resources, id: string, role: Resource['Properties']): void => {
  const boundary = (role['PermissionsBoundary'] as { readonly Ref: string } | undefined)?.Ref
  add(all, 'aws_iam_role', id, {
    ...once,
    name: text(role['RoleName']),
    assume_role_policy: document(role['AssumeRolePolicyDocument']),
    max_session_duration: role['MaxSessionDuration'],
    ...(boundary !== undefined && { permissions_boundary: `\${aws_iam_policy.${snake(boundary)}[0].arn}` }),
  })
  for (const [at, policy] of (role['Policies'] as readonly Record<string, Json>[]).entries())
    add(all, 'aws_iam_role_policy', at === 0 ? id : `${id}${at + 1}`, {
      ...once,
      name: text(policy['PolicyName']),
      role: `\${aws_iam_role.${snake(id)}[0].id}`,
      policy: document(policy['PolicyDocument']),
    })
}

const addRule = (all: Resources, id: string, rule: Resource['Properties']): void => {
  const [target] = rule['Targets'] as readonly Record<string, Json>[]
  add(all, 'aws_cloudwatch_event_rule', id, { name: text(rule['Name']), event_pattern: document(rule['EventPattern']) })
  add(all, 'aws_cloudwatch_event_target', id, {
    rule: `\${aws_cloudwatch_event_rule.${snake(id)}.name}`,
    target_id: text(target?.['Id']),
    arn: text(target?.['Arn']),
    role_arn: text(target?.['RoleArn']),
  })
}

const addPolicy = (all: Resources, id: string, policy: Resource['Properties']): void =>
  add(all, 'aws_iam_policy', id, {
    ...once,
    name: text(policy['ManagedPolicyName']),
    ...(policy['Description'] !== undefined && { description: text(policy['Description']) }),
    policy: document(policy['PolicyDocument']),
  })

const ADD: Readonly<Record<string, typeof addRole>> = {
  'AWS::IAM::Role': addRole,
  'AWS::IAM::ManagedPolicy': addPolicy,
  'AWS::Events::Rule': addRule,
}

/** The configuration as an object. It is a module for one account and region; its user configures the provider. */
export const spokeTerraform = () => {
  const { Resources: resources, Description: comment } = spokeTemplate()
  const all: Resources = {}
  for (const [id, { Type, Properties }] of Object.entries(resources as Readonly<Record<string, Resource>>)) {
    const { [Type]: convert } = ADD
    if (convert === undefined) throw new Error(`no resource of Terraform for ${Type}`)
    convert(all, id, Properties)
  }
  return {
    '//': comment,
    terraform: {
      required_version: '>= 1.5',
      required_providers: { aws: { source: 'hashicorp/aws', version: '>= 5.0' } },
    },
    variable: {
      hub: { type: 'string', description: 'The account id of the hub' },
      hub_region: { type: 'string', description: 'The region of the hub' },
      has_roles: {
        type: 'bool',
        default: true,
        description: 'Whether the roles are made here: in one region of an account',
      },
    },
    data: { aws_caller_identity: { current: {} }, aws_partition: { current: {} } },
    resource: all,
  }
}

if (import.meta.main) process.stdout.write(`${JSON.stringify(spokeTerraform(), null, 2)}\n`)
