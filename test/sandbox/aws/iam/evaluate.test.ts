import { describe, expect, test } from 'vitest'
import type { Context } from '../../../../sandbox/aws/iam/context.ts'
import { type Check, evaluate, type Policies } from '../../../../sandbox/aws/iam/evaluate.ts'
import { UnsupportedPolicy } from '../../../../sandbox/aws/iam/policy.ts'
import { allow, decisionOf, deny, policy, variable } from './policies.ts'
import { simulate } from './simulator.ts'

const service = 'arn:aws:ecs:us-east-1:111122223333:service/web/orders-api'
const scale = (context: Context = {}): Check => ({ action: 'ecs:UpdateService', resource: service, context })

/** Our decision, which is also the simulator's. */
const decided = async (policies: Policies, check: Check): Promise<string> => {
  const decision = decisionOf(evaluate(policies, check))
  expect(await simulate(policies, check)).toBe(decision)
  return decision
}

const verdict = (statement: object, check: Check = scale()): Promise<string> =>
  decided({ identity: [policy(statement)] }, check)

test.each<[string, Policies, string]>([
  ['nothing', { identity: [] }, 'implicit-deny by identity policy'],
  ['an allow', { identity: [policy(allow('ecs:*'))] }, 'allowed'],
  ['an allow of something else', { identity: [policy(allow('ssm:*'))] }, 'implicit-deny by identity policy'],
  ['a deny beside an allow', { identity: [policy(allow('*'), deny('ecs:*'))] }, 'explicit-deny by identity policy'],
  ['a session policy that allows', { identity: [policy(allow('*'))], session: policy(allow('ecs:*')) }, 'allowed'],
  [
    'a silent session policy',
    { identity: [policy(allow('*'))], session: policy(allow('ssm:*')) },
    'implicit-deny by session policy',
  ],
  [
    'an empty session policy',
    { identity: [policy(allow('*'))], session: { Version: '2012-10-17', Statement: [] } },
    'implicit-deny by session policy',
  ],
  [
    'a session policy wider than the role',
    { identity: [policy(allow('ssm:*'))], session: policy(allow('*')) },
    'implicit-deny by identity policy',
  ],
  [
    'a silent boundary',
    { identity: [policy(allow('*'))], boundary: policy(allow('ssm:*')), session: policy(allow('ssm:*')) },
    'implicit-deny by permissions boundary',
  ],
  [
    'a deny of the session under a silent role',
    { identity: [], session: policy(deny('ecs:*')) },
    'explicit-deny by session policy',
  ],
  [
    'a deny of the boundary',
    { identity: [policy(allow('*'))], boundary: policy(allow('*'), deny('ecs:Update*')) },
    'explicit-deny by permissions boundary',
  ],
])('%s decides', async (_, policies, decision) => {
  expect(await decided(policies, scale())).toBe(decision)
})

test.each<[string | readonly string[], boolean]>([
  ['ecs:UpdateService', true],
  ['ECS:updateservice', true],
  ['ecs:Update*', true],
  ['ecs:?pdateService', true],
  ['*', true],
  [['ssm:GetParameter', 'ecs:UpdateService'], true],
  ['ecs:Update', false],
  ['ec2:UpdateService', false],
])('the action %s is %s', async (Action, isAllowed) => {
  expect((await verdict({ Effect: 'Allow', Action, Resource: '*' })) === 'allowed').toBe(isAllowed)
  expect((await verdict({ Effect: 'Allow', NotAction: Action, Resource: '*' })) === 'allowed').toBe(!isAllowed)
})

test.each<[string | readonly string[], boolean]>([
  [service, true],
  ['*', true],
  ['arn:aws:ecs:*:111122223333:service/web/*', true],
  ['arn:aws:ecs:us-east-1:111122223333:*', true],
  ['arn:aws:ecs:us-east-?:111122223333:service/*/orders-api', true],
  [['arn:aws:ecs:us-east-1:111122223333:service/web/checkout', service], true],
  ['arn:aws:ecs:us-east-1:111122223333:service/web/orders', false],
  ['arn:aws:ecs:us-east-1:111122223333:service/web/Orders-api', false],
  ['arn:aws:ecs:us-east-1:444455556666:service/web/orders-api', false],
])('the resource %s is %s', async (Resource, isAllowed) => {
  expect((await verdict({ Effect: 'Allow', Action: '*', Resource })) === 'allowed').toBe(isAllowed)
  expect((await verdict({ Effect: 'Allow', Action: '*', NotResource: Resource })) === 'allowed').toBe(!isAllowed)
})

test('a resource with a variable without a value is like nothing', async () => {
  const nobody = `arn:aws:ecs:us-east-1:111122223333:service/web/${variable('aws:PrincipalTag/missing')}`
  expect(await verdict(allow('*', nobody))).toBe('implicit-deny by identity policy')
})

test('a call about nothing in particular is allowed by * alone', async () => {
  const list: Check = { action: 'ecs:ListClusters', resource: '*', context: {} }
  expect(await verdict(allow('ecs:ListClusters'), list)).toBe('allowed')
  expect(await verdict(allow('ecs:ListClusters', 'arn:aws:ecs:*:*:cluster/*'), list)).toMatch(/^implicit-deny/)
})

const context: Context = {
  'ecs:cluster': 'arn:aws:ecs:us-east-1:111122223333:cluster/web',
  'aws:PrincipalTag/team': 'orders',
  'aws:ResourceTag/team': 'orders',
  'aws:ResourceTag/odd': 'a*',
  'ecs:task-cpu': '1024',
  'ecs:auto-assign-public-ip': 'false',
  'aws:TagKeys': ['team', 'stage'],
  'ecs:subnet': [],
}

describe('a condition', () => {
  test.each<[string, string, string | readonly string[] | boolean | number, boolean]>([
    ['StringEquals', 'aws:ResourceTag/team', 'orders', true],
    ['StringEquals', 'AWS:resourcetag/TEAM', 'orders', true],
    ['StringEquals', 'aws:ResourceTag/team', 'Orders', false],
    ['StringEquals', 'aws:ResourceTag/team', ['x', 'orders'], true],
    ['StringEquals', 'aws:ResourceTag/team', 'order*', false],
    ['StringEquals', 'aws:ResourceTag/none', 'orders', false],
    ['StringEqualsIfExists', 'aws:ResourceTag/none', 'orders', true],
    ['StringEqualsIfExists', 'aws:ResourceTag/team', 'x', false],
    ['StringNotEquals', 'aws:ResourceTag/team', ['x', 'orders'], false],
    ['StringNotEquals', 'aws:ResourceTag/team', ['x', 'y'], true],
    ['StringNotEquals', 'aws:ResourceTag/none', 'x', true],
    ['StringEqualsIgnoreCase', 'aws:ResourceTag/team', 'ORDERS', true],
    ['StringLike', 'aws:ResourceTag/team', 'o?ders*', true],
    ['StringLike', 'aws:ResourceTag/team', 'rders*', false],
    ['StringLike', 'aws:ResourceTag/odd', `a${variable('*')}`, true],
    ['StringLike', 'aws:ResourceTag/team', `o${variable('*')}`, false],
    ['StringNotLike', 'aws:ResourceTag/team', 'x*', true],
    ['StringEquals', 'aws:ResourceTag/team', variable('aws:PrincipalTag/team'), true],
    ['StringEquals', 'aws:ResourceTag/team', variable('aws:PrincipalTag/none'), false],
    ['StringEquals', 'aws:ResourceTag/team', variable('aws:PrincipalTag/none', 'orders'), true],
    ['StringEquals', 'aws:ResourceTag/team', variable('aws:TagKeys'), false],
    ['ArnLike', 'ecs:cluster', 'arn:aws:ecs:*:*:cluster/w*', true],
    ['ArnEquals', 'ecs:cluster', 'arn:aws:ecs:*:111122223333:cluster/web', true],
    ['ArnNotLike', 'ecs:cluster', 'arn:aws:ecs:*:*:cluster/jobs', true],
    ['ArnLike', 'ecs:cluster', 'arn:aws:ecs:*:cluster/web:x:y', false],
    ['Null', 'ecs:task-definition', 'true', true],
    ['Null', 'ecs:task-definition', true, true],
    ['Null', 'ecs:task-cpu', 'true', false],
    ['Null', 'ecs:task-cpu', 'false', true],
    ['Null', 'ecs:subnet', 'true', true],
    ['Bool', 'ecs:auto-assign-public-ip', 'false', true],
    ['Bool', 'ecs:auto-assign-public-ip', false, true],
    ['Bool', 'ecs:auto-assign-public-ip', 'true', false],
    ['NumericEquals', 'ecs:task-cpu', 1024, true],
    ['NumericEquals', 'ecs:task-cpu', '1024.0', true],
    ['NumericLessThan', 'ecs:task-cpu', '1024', false],
    ['NumericLessThanEquals', 'ecs:task-cpu', '1024', true],
    ['NumericGreaterThan', 'ecs:task-cpu', '512', true],
    ['NumericGreaterThanEquals', 'ecs:task-cpu', '2048', false],
    ['NumericNotEquals', 'ecs:task-cpu', '512', true],
    ['ForAllValues:StringEquals', 'aws:TagKeys', ['team', 'stage', 'x'], true],
    ['ForAllValues:StringEquals', 'aws:TagKeys', ['team'], false],
    ['ForAllValues:StringEquals', 'aws:none', ['team'], true],
    ['ForAllValues:StringNotEquals', 'aws:TagKeys', ['x'], true],
    ['ForAnyValue:StringLike', 'aws:TagKeys', ['st*'], true],
    ['ForAnyValue:StringLike', 'aws:TagKeys', ['x*'], false],
    ['ForAnyValue:StringLike', 'aws:none', ['x*'], false],
    ['ForAnyValue:StringLike', 'aws:ResourceTag/team', ['orders'], true],
    ['StringEquals', 'aws:TagKeys', 'team', false],
    ['StringNotEquals', 'aws:TagKeys', 'x', false],
  ])('%s of %s with %j is %s', async (operator, key, value, isTrue) => {
    const statement = { ...allow('*'), Condition: { [operator]: { [key]: value } } }
    expect((await verdict(statement, scale(context))) === 'allowed').toBe(isTrue)
  })

  test('of several, all must hold', async () => {
    const both = (team: string) => ({
      ...allow('*'),
      Condition: {
        StringEquals: { 'aws:ResourceTag/team': team, 'aws:PrincipalTag/team': 'orders' },
        Null: { 'ecs:subnet': 'true' },
      },
    })
    expect(await verdict(both('orders'), scale(context))).toBe('allowed')
    expect(await verdict(both('x'), scale(context))).toBe('implicit-deny by identity policy')
  })

  test('a variable without a value is equal to nothing, so that a deny unless equal applies', () => {
    const guard = {
      ...deny('*'),
      Condition: { StringNotEquals: { 'aws:ResourceTag/team': variable('aws:PrincipalTag/team') } },
    }
    const policies = { identity: [policy(allow('*'), guard)] }
    const check = scale({ 'aws:ResourceTag/team': 'orders' })
    expect(decisionOf(evaluate(policies, check))).toBe('explicit-deny by identity policy')
    expect(decisionOf(evaluate(policies, scale(context)))).toBe('allowed')
  })
})

test.each<[string, unknown]>([
  ['the condition operator DateLessThan', policy({ ...allow('*'), Condition: { DateLessThan: { 'aws:x': 'y' } } })],
  ['the condition operator IpAddress', policy({ ...allow('*'), Condition: { IpAddress: { 'aws:SourceIp': 'y' } } })],
  [
    'the condition operator ForAnyValue:StringLikeIfExists',
    policy({ ...allow('*'), Condition: { 'ForAnyValue:StringLikeIfExists': { 'aws:TagKeys': 'y' } } }),
  ],
  ['the condition operator constructor', policy({ ...allow('*'), Condition: { constructor: { a: 'y' } } })],
  ['the element Principal', policy({ ...allow('*'), Principal: '*' })],
  ['the element Effects', policy({ ...allow('*'), Effects: 'Allow' })],
  ['the effect "allow"', policy({ Effect: 'allow', Action: '*', Resource: '*' })],
  ['a statement with 0 of Resource', policy({ Effect: 'Allow', Action: '*' })],
  ['a statement with 2 of Action', policy({ ...allow('*'), NotAction: 'a:b' })],
  ['the action ecs', policy(allow('ecs'))],
  ['the resource arn:aws:ecs:*', policy(allow('*', 'arn:aws:ecs:*'))],
  ['the resource arn:aws:ecs:*:*:ser*/web', policy(allow('*', 'arn:aws:ecs:*:*:ser*/web'))],
  ['the ARN web', policy({ ...allow('*'), Condition: { ArnLike: { 'ecs:cluster': 'web' } } })],
  ['the number many', policy({ ...allow('*'), Condition: { NumericEquals: { 'ecs:task-cpu': 'many' } } })],
  ['Null with yes', policy({ ...allow('*'), Condition: { Null: { 'ecs:task-cpu': 'yes' } } })],
  ['the version "2008-10-17"', { Version: '2008-10-17', Statement: [allow('*')] }],
  ['a policy without Statement', { Version: '2012-10-17' }],
  ['the policy: "text"', 'text'],
])('%s is not guessed at', (what, document) => {
  const run = () => evaluate({ identity: [document] }, scale(context))
  expect(run).toThrow(UnsupportedPolicy)
  expect(run).toThrow(`The sandbox's IAM does not know ${what}`)
})
