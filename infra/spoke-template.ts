// The spoke as one plain CloudFormation template, for StackSets and for people who do not use CDK. It contains the same documents
// as spoke-stack.ts and events.ts. CloudFormation sets account and region; parameters set the hub.
import { EVENT_BUS, FORWARDER, forwardRole, RULES } from './event-rules.ts'
import { HALT_POLICY, haltPolicy } from './halt.ts'
import { peoplePolicy } from './people.ts'
import type { Role } from './policy.ts'
import { spokeRoles } from './spoke-roles.ts'
import { HALT_DESCRIPTION, PEOPLE_DESCRIPTION } from './spoke-stack.ts'

/** Placeholders in the documents. In the template, values of CloudFormation replace them. */
const ACCOUNT = '000000000001'
const HUB = '000000000002'
const HUB_REGION = 'hub-region-1'
const PLACEHOLDERS: Readonly<Record<string, string>> = {
  [ACCOUNT]: `\${AWS::AccountId}`,
  [HUB]: `\${Hub}`,
  [HUB_REGION]: `\${HubRegion}`,
}

/** A value of a template. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

/**
 * Replaces each text that contains a placeholder with `Fn::Sub`. A variable of IAM in such a text is escaped (`${!…}`), so that
 * CloudFormation does not replace it.
 */
const filled = (value: unknown): Json => {
  if (typeof value === 'string') return filledText(value)
  if (Array.isArray(value)) return value.map(filled)
  if (value === null || typeof value !== 'object') return value as Json
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, filled(inner)]))
}

/** The start of a variable of IAM or CloudFormation in a text. */
const VARIABLE = `\${`

const filledText = (text: string): Json => {
  const found = Object.entries(PLACEHOLDERS).filter(([placeholder]) => text.includes(placeholder))
  if (found.length === 0) return text
  const escaped = text.replaceAll(VARIABLE, `${VARIABLE}!`)
  return { 'Fn::Sub': found.reduce((all, [placeholder, by]) => all.replaceAll(placeholder, by), escaped) }
}

const nameOf = (text: string): string => text.replaceAll(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase())

/** The condition of resources that exist once. IAM is global, so only the stack in the region for the roles creates them. */
const once = { Condition: 'HasRoles' } as const

const managed = (name: string, document: unknown, description?: string) => ({
  ...once,
  Type: 'AWS::IAM::ManagedPolicy',
  Properties: {
    ManagedPolicyName: name,
    ...(description !== undefined && { Description: description }),
    PolicyDocument: filled(document),
  },
})

const roleResources = ({ name, boundary, ...role }: Role): Record<string, object> => {
  const id = nameOf(name)
  return {
    ...(boundary !== undefined && { [`${id}Boundary`]: managed(`${name}-boundary`, boundary) }),
    [id]: {
      ...once,
      Type: 'AWS::IAM::Role',
      Properties: {
        RoleName: name,
        AssumeRolePolicyDocument: filled(role.trustPolicy),
        Policies: role.policies.map((document, at) => ({
          PolicyName: `${name}-${at + 1}`,
          PolicyDocument: filled(document),
        })),
        MaxSessionDuration: role.maxSessionSeconds,
        ...(boundary !== undefined && { PermissionsBoundary: { Ref: `${id}Boundary` } }),
      },
    },
  }
}

const rule = ([name, pattern]: readonly [string, object]) => [
  `Rule${nameOf(name)}`,
  {
    Type: 'AWS::Events::Rule',
    Properties: {
      Name: `quarterdeck-${name}`,
      EventPattern: pattern,
      Targets: [
        {
          Id: 'hub',
          Arn: { 'Fn::Sub': `arn:\${AWS::Partition}:events:\${HubRegion}:\${Hub}:event-bus/${EVENT_BUS}` },
          RoleArn: { 'Fn::Sub': `arn:\${AWS::Partition}:iam::\${AWS::AccountId}:role/${FORWARDER}` },
        },
      ],
    },
  },
]

const parameter = (Description: string, AllowedPattern: string) => ({ Type: 'String', Description, AllowedPattern })

/** The template as an object. Deploy it in each region that is used. Only its stack in `RolesRegion` creates the roles. */
export const spokeTemplate = () => ({
  AWSTemplateFormatVersion: '2010-09-09',
  Description: 'Quarterdeck: roles for the hub, and the events that it needs',
  Parameters: {
    Hub: parameter('The account id of the hub', '\\d{12}'),
    HubRegion: parameter('The region of the hub', '[a-z]{2}(-[a-z]+)+-\\d'),
    RolesRegion: parameter('The region whose stack makes the roles', '[a-z]{2}(-[a-z]+)+-\\d'),
  },
  Conditions: { HasRoles: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, { Ref: 'RolesRegion' }] } },
  Resources: {
    ...Object.assign(
      {},
      ...[
        ...spokeRoles({ account: ACCOUNT, hub: HUB }),
        forwardRole({ account: ACCOUNT, hub: HUB, hubRegion: HUB_REGION }),
      ].map(roleResources),
    ),
    People: managed('quarterdeck-people', peoplePolicy({ partition: 'aws', account: ACCOUNT }), PEOPLE_DESCRIPTION),
    Halt: managed(HALT_POLICY, haltPolicy(), HALT_DESCRIPTION),
    ...Object.fromEntries(Object.entries(RULES).map(rule)),
  },
})

if (import.meta.main) process.stdout.write(`${JSON.stringify(spokeTemplate())}\n`)
