// Requests and policies as the product uses them, in all the combinations that fast-check makes of them.

import fc from 'fast-check'
import type { ContextValue } from '../../../../sandbox/aws/iam/context.ts'
import type { Check, Policies } from '../../../../sandbox/aws/iam/evaluate.ts'
import { policy, variable } from './policies.ts'

const arn = (service: string, path: string) => `arn:aws:${service}:us-east-1:111122223333:${path}`
const service = arn('ecs', 'service/web/orders-api')
const task = arn('ecs', 'task/web/0123456789abcdef')
const table = arn('dynamodb', 'table/quarterdeck')
const role = 'arn:aws:iam::111122223333:role/quarterdeck-operator'
const execution = arn('lambda', 'function:quarterdeck-operation:3/durable-execution/op-1/9')
const parameter = arn('ssm', 'parameter/quarterdeck/config')

/** Keys that the service authorization reference gives to each action, with values to choose from. */
const keys: Readonly<Record<string, readonly ContextValue[]>> = {
  'ecs:cluster': [arn('ecs', 'cluster/web'), arn('ecs', 'cluster/jobs')],
  'ecs:task-definition': [arn('ecs', 'task-definition/orders-api:6')],
  'ecs:capacity-provider': [
    [arn('ecs', 'capacity-provider/FARGATE')],
    ['FARGATE', 'FARGATE_SPOT'].map(n => arn('ecs', `capacity-provider/${n}`)),
  ],
  'ecs:enable-execute-command': ['true', 'false'],
  'ecs:subnet': [['subnet-1'], ['subnet-1', 'subnet-2']],
  'ecs:auto-assign-public-ip': ['true', 'false'],
  'ecs:task-cpu': ['256', '1024'],
  'ecs:privileged': ['true', 'false'],
  'ecs:container-name': ['app', 'envoy'],
  'ecs:CreateAction': ['RegisterTaskDefinition', 'CreateService'],
  'iam:PassedToService': ['ecs-tasks.amazonaws.com', 'ecs.amazonaws.com'],
  'sts:SourceIdentity': ['ada@example.com', 'eve'],
  'sts:RoleSessionName': ['U1.op-1', 'quarterdeck-query'],
  'sts:TransitiveTagKeys': [['operation']],
  'dynamodb:LeadingKeys': [['lock#1'], ['lock#1', 'audit#1']],
  'aws:TagKeys': [['operation'], ['operation', 'quarterdeck:exec']],
  'aws:RequestTag/operation': ['op-1', 'op*'],
  'aws:ResourceTag/team': ['orders', 'search', 'o.d(er)s'],
}
const globals: Readonly<Record<string, readonly ContextValue[]>> = {
  'aws:PrincipalTag/team': ['orders', 'search', '*', 'o.d(er)s'],
  'aws:PrincipalArn': [role, 'arn:aws:iam::111122223333:role/quarterdeck-viewer'],
  'aws:PrincipalAccount': ['111122223333'],
  'aws:SourceIdentity': ['ada@example.com'],
  'aws:RequestedRegion': ['us-east-1', 'eu-west-1'],
  'aws:userid': ['AROA1:U1.op-1'],
}

const fenced = [
  'ecs:task-definition',
  'ecs:capacity-provider',
  'ecs:enable-execute-command',
  'ecs:subnet',
  'ecs:auto-assign-public-ip',
  'ecs:task-cpu',
]
const calls: readonly (readonly [action: string, resource: string, keys: readonly string[]])[] = [
  ['ecs:UpdateService', service, ['ecs:cluster', 'aws:ResourceTag/team', ...fenced]],
  ['ecs:DescribeServices', service, ['ecs:cluster', 'aws:ResourceTag/team']],
  ['ecs:StopTask', task, ['ecs:cluster', 'aws:ResourceTag/team']],
  ['ecs:ExecuteCommand', task, ['ecs:cluster', 'ecs:container-name', 'aws:ResourceTag/team']],
  ['ecs:ExecuteCommand', arn('ecs', 'cluster/web'), ['ecs:cluster', 'ecs:container-name', 'aws:ResourceTag/team']],
  ['ecs:PutClusterCapacityProviders', arn('ecs', 'cluster/web'), ['ecs:capacity-provider']],
  [
    'ecs:RegisterTaskDefinition',
    arn('ecs', 'task-definition/orders-api:7'),
    ['ecs:privileged', 'ecs:task-cpu', 'aws:TagKeys'],
  ],
  ['ecs:TagResource', service, ['ecs:CreateAction', 'aws:TagKeys', 'aws:RequestTag/operation']],
  ['ecs:StopServiceDeployment', arn('ecs', 'service-deployment/web/orders-api/1'), ['ecs:cluster']],
  ['ecs:ListServices', '*', ['ecs:cluster']],
  ['ecs:DescribeTaskDefinition', '*', []],
  ['iam:PassRole', 'arn:aws:iam::111122223333:role/orders-api-task', ['iam:PassedToService']],
  [
    'sts:AssumeRole',
    role,
    ['sts:SourceIdentity', 'sts:RoleSessionName', 'sts:TransitiveTagKeys', 'aws:TagKeys', 'aws:RequestTag/operation'],
  ],
  ['sts:TagSession', role, ['aws:TagKeys', 'aws:RequestTag/operation', 'sts:TransitiveTagKeys']],
  ['ssm:GetParameters', parameter, []],
  ['dynamodb:PutItem', table, ['dynamodb:LeadingKeys']],
  ['lambda:InvokeFunction', arn('lambda', 'function:quarterdeck-operation:live'), []],
  ['lambda:SendDurableExecutionCallbackSuccess', execution, []],
]

const actions = [
  ...new Set(calls.flatMap(([action]) => [action, `${action.split(':')[0]}:*`, `${action.slice(0, -3)}*`])),
  '*',
]
const resources = [
  ...new Set(calls.map(([, resource]) => resource)),
  '*',
  '*',
  arn('ecs', 'service/web/*'),
  'arn:aws:ecs:*:*:service/*/orders-???',
  arn('ecs', '*'),
  'arn:aws:ecs:us-east-1:444455556666:service/web/*',
  'arn:aws:iam::*:role/*',
  arn('lambda', 'function:quarterdeck-operation:*/durable-execution/*'),
  arn('lambda', 'function:quarterdeck-operation:*'),
]

const personalResource = arn('ecs', `service/web/${variable('aws:PrincipalTag/team')}-api`)

const context = (names: readonly string[]): fc.Arbitrary<Check['context']> => {
  const known: Readonly<Record<string, readonly ContextValue[]>> = {
    ...Object.fromEntries(names.map(name => [name, keys[name] ?? []])),
    ...globals,
  }
  const pairs = Object.entries(known).map(([name, values]) =>
    fc.option(fc.constantFrom(...values).map(value => [name, value] as const)),
  )
  return fc.tuple(...pairs).map(made => Object.fromEntries(made.filter(pair => pair !== null)))
}

export const aCheck: fc.Arbitrary<Check> = fc
  .constantFrom(...calls)
  .chain(([action, resource, names]) => context(names).map(made => ({ action, resource, context: made })))

const texts = ['op*', 'ord?rs', 'FARGATE', 'subnet-1', 'lock#*', 'U1.*', 'quarterdeck:*', '*']
const arns = [
  'arn:aws:ecs:*:*:cluster/web',
  'arn:aws:ecs:*:*:capacity-provider/FARGATE',
  'arn:aws:iam::*:role/quarterdeck-*',
]
const spoken = [...new Set([...Object.values(keys), ...Object.values(globals)].flat(2))]
const plain = fc.constantFrom(...spoken, ...texts)
const withVariables = fc.oneof(
  { weight: 4, arbitrary: plain },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      variable('aws:PrincipalTag/team'),
      variable('aws:TagKeys'),
      variable('aws:PrincipalTag/none', 'orders'),
    ),
  },
)
const isArn = (text: string) => text.startsWith('arn:')

const some = <T>(value: fc.Arbitrary<T>) => fc.oneof(value, fc.array(value, { minLength: 1, maxLength: 3 }))

/** Variables stand neither here where the operator is negated nor in NotResource: there the simulator is not as AWS documents (simulate.test.ts). */
const operators: readonly (readonly [readonly string[], fc.Arbitrary<unknown>])[] = [
  [['StringEquals', 'StringLike', 'StringEqualsIgnoreCase'], some(withVariables)],
  [['StringNotEquals', 'StringNotLike', 'StringNotEqualsIgnoreCase'], some(plain)],
  [['ArnEquals', 'ArnLike', 'ArnNotEquals', 'ArnNotLike'], some(fc.constantFrom(...spoken.filter(isArn), ...arns))],
]
const arnKeys = ['ecs:cluster', 'ecs:task-definition', 'ecs:capacity-provider', 'aws:PrincipalArn']
const numbers = [
  'NumericEquals',
  'NumericNotEquals',
  'NumericLessThan',
  'NumericLessThanEquals',
  'NumericGreaterThan',
  'NumericGreaterThanEquals',
]

const anyKey = fc.constantFrom(...Object.keys(keys), ...Object.keys(globals))
const written = (base: string) =>
  fc.constantFrom(base, base, `${base}IfExists`, `ForAllValues:${base}`, `ForAnyValue:${base}`)

const compared = fc
  .constantFrom(...operators)
  .chain(([names, values]) =>
    fc.tuple(
      fc.constantFrom(...names).chain(written),
      names.includes('ArnLike') ? fc.constantFrom(...arnKeys) : anyKey,
      values,
    ),
  )

const aCondition: fc.Arbitrary<readonly [string, string, unknown]> = fc.oneof(
  compared,
  compared,
  fc.tuple(fc.constant('Null'), anyKey, fc.constantFrom('true', 'false')),
  fc.tuple(
    fc.constantFrom('Bool', 'BoolIfExists'),
    fc.constantFrom('ecs:auto-assign-public-ip', 'ecs:privileged'),
    fc.constantFrom('true', 'false'),
  ),
  fc.tuple(
    fc.constantFrom(...numbers).chain(written),
    fc.constant('ecs:task-cpu'),
    some(fc.constantFrom('256', '512', '1024')),
  ),
)

const merged = (conditions: readonly (readonly [string, string, unknown])[]) =>
  Object.fromEntries(
    conditions.map(([operator]) => [
      operator,
      Object.fromEntries(conditions.filter(([other]) => other === operator).map(([, key, value]) => [key, value])),
    ]),
  )

const element = (name: string, values: readonly string[], wide: string) =>
  some(fc.oneof({ weight: 2, arbitrary: fc.constantFrom(...values) }, { weight: 1, arbitrary: fc.constant(wide) })).map(
    value => [name, value] as const,
  )

const anAction = fc.constantFrom('Action', 'Action', 'NotAction').chain(name => element(name, actions, '*'))

const aResource = fc.oneof(
  { weight: 3, arbitrary: element('Resource', [...resources, personalResource], '*') },
  { weight: 1, arbitrary: element('NotResource', resources, '*') },
)

const aStatement = fc
  .tuple(
    fc.constantFrom('Allow', 'Allow', 'Allow', 'Deny'),
    anAction,
    aResource,
    fc.array(aCondition, { maxLength: 2 }),
  )
  .map(([Effect, action, resource, conditions]) => ({
    Effect,
    ...Object.fromEntries([action, resource]),
    ...(conditions.length > 0 && { Condition: merged(conditions) }),
  }))

const aPolicy = fc.array(aStatement, { minLength: 1, maxLength: 3 }).map(statements => policy(...statements))

export const somePolicies: fc.Arbitrary<Policies> = fc
  .tuple(
    fc.array(aPolicy, { minLength: 1, maxLength: 2 }),
    fc.option(aPolicy, { nil: undefined, freq: 2 }),
    fc.option(aPolicy, { nil: undefined, freq: 2 }),
  )
  .map(([identity, boundary, session]) => ({
    identity,
    ...(boundary && { boundary }),
    ...(session && { session }),
  }))
