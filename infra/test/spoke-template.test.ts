// The plain template deploys what the CDK stacks deploy, and the guard reaches an organization.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { App } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { afterAll, describe, expect, it } from 'vitest'
import { EventsStack } from '../events.ts'
import { OrganizationStack } from '../organization.ts'
import { tagGuard } from '../people.ts'
import { SpokeStack } from '../spoke-stack.ts'
import { spokeTemplate } from '../spoke-template.ts'

const HUB = '111122223333'
const ACCOUNT = '444455556666'
const REGION = 'us-east-1'

const folder = mkdtempSync(join(tmpdir(), 'quarterdeck-spoke-'))
afterAll(() => rmSync(folder, { recursive: true }))
const anApp = () => new App({ outdir: mkdtempSync(join(folder, 'cdk.out-')) })

type Resource = { readonly Type: string; readonly Condition?: string; readonly Properties: Record<string, unknown> }

const VALUES: Readonly<Record<string, string>> = {
  'AWS::AccountId': ACCOUNT,
  'AWS::Partition': 'aws',
  Hub: HUB,
  HubRegion: REGION,
}

/** Does what CloudFormation does with `Fn::Sub`. */
const resolved = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(resolved)
  if (value === null || typeof value !== 'object') return value
  const sub = (value as { 'Fn::Sub'?: string })['Fn::Sub']
  if (sub !== undefined)
    return sub.replaceAll(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) =>
      literal === '!' ? `\${${name}}` : (VALUES[name] ?? `unknown ${name}`),
    )
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolved(inner)]))
}

const plain = Object.values(spokeTemplate().Resources) as readonly Resource[]
const ofType = (type: string) => plain.filter(({ Type }) => Type === type).map(({ Properties }) => resolved(Properties))

/** The resources of a stack as its template has them, without CDK's references. */
const inStack = (template: Template, type: string) =>
  Object.values(template.findResources(type)).map(resource => resource['Properties'] as Record<string, unknown>)

const byName = (key: string) => (a: unknown, b: unknown) =>
  String((a as Record<string, unknown>)[key]) < String((b as Record<string, unknown>)[key]) ? -1 : 1

describe('the plain template of an account', () => {
  const spoke = Template.fromStack(
    new SpokeStack(anApp(), 'spoke', { account: ACCOUNT, region: REGION, hub: HUB, hubRegion: REGION }),
  )
  const events = Template.fromStack(
    new EventsStack(anApp(), 'events', { account: ACCOUNT, region: REGION, hub: HUB, hubRegion: REGION }),
  )
  const withoutReference = ({ PermissionsBoundary, ...role }: Record<string, unknown>) => ({
    ...role,
    hasBoundary: PermissionsBoundary !== undefined,
  })

  it('has the same roles, boundaries and policies as the stack', () => {
    const roles = ofType('AWS::IAM::Role').map(role => withoutReference(role as Record<string, unknown>))
    expect(roles.toSorted(byName('RoleName'))).toEqual(
      inStack(spoke, 'AWS::IAM::Role').map(withoutReference).toSorted(byName('RoleName')),
    )
    const policies = inStack(spoke, 'AWS::IAM::ManagedPolicy').map(({ Path: _, Description, ...policy }) => ({
      ...policy,
      ...(Description !== '' && { Description }),
    }))
    const described = ofType('AWS::IAM::ManagedPolicy').map(policy => ({ ...(policy as object) }))
    expect(described.toSorted(byName('ManagedPolicyName'))).toEqual(policies.toSorted(byName('ManagedPolicyName')))
  })

  it('has the same rules as the stack of a region', () => {
    const rules = inStack(events, 'AWS::Events::Rule').map(({ State: _, ...rule }) => rule)
    expect(ofType('AWS::Events::Rule').toSorted(byName('Name'))).toEqual(rules.toSorted(byName('Name')))
  })

  it('makes roles and policies in one region only, and rules in each', () => {
    expect(plain.filter(({ Condition }) => Condition !== 'HasRoles').map(({ Type }) => Type)).toEqual(
      plain.filter(({ Type }) => Type === 'AWS::Events::Rule').map(({ Type }) => Type),
    )
  })

  it('names no account, needs no bootstrap, and is small enough for a StackSet', () => {
    const text = JSON.stringify(spokeTemplate())
    expect(text).not.toMatch(/\d{12}/)
    expect(text).not.toMatch(/BootstrapVersion|cdk-|hub-region/)
    expect(Buffer.byteLength(text)).toBeLessThan(51_200)
    for (const { Properties } of plain.filter(({ Type }) => Type === 'AWS::IAM::ManagedPolicy'))
      expect(JSON.stringify(Properties['PolicyDocument']).replaceAll(/\s/g, '').length).toBeLessThan(6_144)
  })

  it('refuses a hub that is no account', () => {
    const { Hub, HubRegion } = spokeTemplate().Parameters
    expect(new RegExp(`^(?:${Hub.AllowedPattern})$`).test('11112222333')).toBe(false)
    expect(new RegExp(`^(?:${Hub.AllowedPattern})$`).test(HUB)).toBe(true)
    expect(new RegExp(`^(?:${HubRegion.AllowedPattern})$`).test('us-gov-east-1')).toBe(true)
  })
})

describe('the guard', () => {
  it('is a service control policy for the given targets, within its size', () => {
    const stack = new OrganizationStack(anApp(), 'guard', {
      account: HUB,
      region: REGION,
      targets: ['ou-ab12-34567890'],
    })
    const [policy] = inStack(Template.fromStack(stack), 'AWS::Organizations::Policy')
    expect(policy).toMatchObject({
      Type: 'SERVICE_CONTROL_POLICY',
      Content: tagGuard({ partition: 'aws' }),
      TargetIds: ['ou-ab12-34567890'],
    })
    expect(JSON.stringify(policy?.['Content']).length).toBeLessThan(5_120)
  })
})
