import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Check, evaluate, type Policies } from '../../../../sandbox/aws/iam/evaluate.ts'
import { size } from '../../../seed.ts'
import { aCheck, somePolicies } from './generated.ts'
import { allow, decisionOf, deny, fences, policy, variable } from './policies.ts'
import { simulate } from './simulator.ts'

const service = 'arn:aws:ecs:us-east-1:111122223333:service/web/orders-api'
const task = 'arn:aws:ecs:us-east-1:111122223333:task/web/abc'
const cluster = 'arn:aws:ecs:us-east-1:111122223333:cluster/web'
const role = 'arn:aws:iam::111122223333:role/quarterdeck-operator'

const check = (action: string, resource: string, context: Check['context'] = {}): Check => ({
  action,
  resource,
  context,
})
const only = (...statements: object[]): Policies => ({ identity: [policy(...statements)] })

const scale: Policies = {
  identity: [policy(allow('ecs:*'))],
  session: policy(allow('ecs:UpdateService', service, fences), allow('ecs:DescribeServices', service)),
}
const personal = only(
  allow('ecs:ExecuteCommand', 'arn:aws:ecs:*:*:cluster/*'),
  allow('ecs:ExecuteCommand', 'arn:aws:ecs:*:*:task/*', {
    StringEquals: { 'aws:ResourceTag/quarterdeck:exec': variable('aws:PrincipalTag/corporateId') },
    Null: { 'aws:PrincipalTag/corporateId': 'false' },
  }),
)
const session = 'arn:aws:ssm:us-east-1:111122223333:session/ecs-execute-command-abc'
const execKey = 'arn:aws:kms:us-east-1:111122223333:key/7d0f7c0e'
const channel = only(
  allow(['ssm:ResumeSession', 'ssm:TerminateSession'], session),
  allow('ssm:DescribeSessions'),
  allow('ssmmessages:OpenDataChannel'),
  allow('kms:GenerateDataKey', execKey, {
    StringEquals: { 'kms:EncryptionContext:aws:ssm:TargetId': 'ecs:web_abc_abc-1' },
    'ForAllValues:StringEquals': { 'kms:EncryptionContextKeys': ['aws:ssm:SessionId', 'aws:ssm:TargetId'] },
  }),
)
const onlySourced = only(
  allow('ecs:ExecuteCommand', 'arn:aws:ecs:*:*:task/*', {
    StringEquals: { 'aws:ResourceTag/quarterdeck:exec': variable('aws:SourceIdentity'), 'ecs:container-name': 'app' },
  }),
)
const dataKey = (target: string) =>
  check('kms:GenerateDataKey', execKey, {
    'kms:EncryptionContext:aws:ssm:SessionId': 'ecs-execute-command-abc',
    'kms:EncryptionContext:aws:ssm:TargetId': target,
    'kms:EncryptionContextKeys': ['aws:ssm:SessionId', 'aws:ssm:TargetId'],
  })
const pass = only(
  allow('iam:PassRole', 'arn:aws:iam::111122223333:role/orders-api-task', {
    StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' },
  }),
)
const tags = only(
  allow('ecs:TagResource'),
  deny('ecs:TagResource', '*', { 'ForAnyValue:StringLike': { 'aws:TagKeys': 'quarterdeck:*' } }),
)
const assume = only(
  allow('sts:AssumeRole', role, {
    StringLike: { 'sts:RoleSessionName': 'U*', 'sts:SourceIdentity': '*' },
    'ForAllValues:StringEquals': { 'aws:TagKeys': ['operation', 'approvers'] },
  }),
)
const votes = only(
  allow('dynamodb:PutItem', 'arn:aws:dynamodb:*:*:table/quarterdeck', {
    'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['approval#*'] },
  }),
)
const put = (keys: readonly string[]) =>
  check('dynamodb:PutItem', 'arn:aws:dynamodb:us-east-1:111122223333:table/quarterdeck', {
    'dynamodb:LeadingKeys': keys,
  })
const providers = only(
  allow('ecs:PutClusterCapacityProviders', cluster, {
    'ForAllValues:ArnLike': { 'ecs:capacity-provider': 'arn:aws:ecs:*:*:capacity-provider/FARGATE*' },
  }),
)

const scalable = 'arn:aws:application-autoscaling:us-east-1:111122223333:scalable-target/0ec5a1'
const bounds: Policies = {
  identity: [
    policy(
      allow('application-autoscaling:RegisterScalableTarget', '*', {
        StringEquals: {
          'application-autoscaling:service-namespace': 'ecs',
          'application-autoscaling:scalable-dimension': 'ecs:service:DesiredCount',
        },
      }),
      allow('application-autoscaling:Describe*'),
    ),
  ],
  session: policy(
    allow('application-autoscaling:RegisterScalableTarget', scalable),
    allow('application-autoscaling:Describe*'),
  ),
}
const registering = (resource: string, namespace = 'ecs', dimension = 'ecs:service:DesiredCount') =>
  check('application-autoscaling:RegisterScalableTarget', resource, {
    'application-autoscaling:service-namespace': namespace,
    'application-autoscaling:scalable-dimension': dimension,
  })

test.each<[string, Policies, Check, string]>([
  ['bounds of the target', bounds, registering(scalable), 'allowed'],
  ['bounds of another target', bounds, registering(scalable.replace('a1', 'b2')), 'implicit-deny by session policy'],
  [
    'bounds of something else than a service',
    bounds,
    registering(scalable, 'dynamodb', 'dynamodb:table:ReadCapacityUnits'),
    'implicit-deny by identity policy',
  ],
  ['looking at activities', bounds, check('application-autoscaling:DescribeScalingActivities', '*'), 'allowed'],
  [
    'a policy that was not asked for',
    bounds,
    check('application-autoscaling:PutScalingPolicy', scalable),
    'implicit-deny by identity policy',
  ],
  ['a plain scale', scale, check('ecs:UpdateService', service, { 'ecs:cluster': cluster }), 'allowed'],
  ['reading the service', scale, check('ecs:DescribeServices', service), 'allowed'],
  [
    'a deploy',
    scale,
    check('ecs:UpdateService', service, {
      'ecs:task-definition': 'arn:aws:ecs:us-east-1:111122223333:task-definition/a:1',
    }),
    'implicit-deny by session policy',
  ],
  [
    'opening exec',
    scale,
    check('ecs:UpdateService', service, { 'ecs:enable-execute-command': 'true' }),
    'implicit-deny by session policy',
  ],
  [
    'another subnet',
    scale,
    check('ecs:UpdateService', service, { 'ecs:subnet': ['subnet-1'] }),
    'implicit-deny by session policy',
  ],
  [
    'another provider',
    scale,
    check('ecs:UpdateService', service, {
      'ecs:capacity-provider': ['arn:aws:ecs:us-east-1:111122223333:capacity-provider/FARGATE'],
    }),
    'implicit-deny by session policy',
  ],
  ['another service', scale, check('ecs:UpdateService', `${service}-2`), 'implicit-deny by session policy'],
  ['stopping a task', scale, check('ecs:StopTask', task), 'implicit-deny by session policy'],
  [
    'exec by the grantee',
    personal,
    check('ecs:ExecuteCommand', task, {
      'aws:ResourceTag/quarterdeck:exec': 'ada',
      'aws:PrincipalTag/corporateId': 'ada',
    }),
    'allowed',
  ],
  [
    'exec by another',
    personal,
    check('ecs:ExecuteCommand', task, {
      'aws:ResourceTag/quarterdeck:exec': 'ada',
      'aws:PrincipalTag/corporateId': 'eve',
    }),
    'implicit-deny by identity policy',
  ],
  [
    'exec without a grant',
    personal,
    check('ecs:ExecuteCommand', task, { 'aws:PrincipalTag/corporateId': 'ada' }),
    'implicit-deny by identity policy',
  ],
  [
    'exec by nobody',
    personal,
    check('ecs:ExecuteCommand', task, { 'aws:ResourceTag/quarterdeck:exec': 'ada' }),
    'implicit-deny by identity policy',
  ],
  [
    'exec by a source identity',
    onlySourced,
    check('ecs:ExecuteCommand', task, {
      'aws:ResourceTag/quarterdeck:exec': 'ada',
      'aws:SourceIdentity': 'ada',
      'ecs:container-name': 'app',
    }),
    'allowed',
  ],
  [
    'exec by a source identity in another container',
    onlySourced,
    check('ecs:ExecuteCommand', task, {
      'aws:ResourceTag/quarterdeck:exec': 'ada',
      'aws:SourceIdentity': 'ada',
      'ecs:container-name': 'envoy',
    }),
    'implicit-deny by identity policy',
  ],
  ['resuming the session', channel, check('ssm:ResumeSession', session), 'allowed'],
  ['ending another', channel, check('ssm:TerminateSession', `${session}d`), 'implicit-deny by identity policy'],
  ['listing sessions', channel, check('ssm:DescribeSessions', '*'), 'allowed'],
  ['opening a channel', channel, check('ssmmessages:OpenDataChannel', '*'), 'allowed'],
  ['a data key without a context', channel, check('kms:GenerateDataKey', execKey), 'implicit-deny by identity policy'],
  [
    'passing the role',
    pass,
    check('iam:PassRole', 'arn:aws:iam::111122223333:role/orders-api-task', {
      'iam:PassedToService': 'ecs-tasks.amazonaws.com',
    }),
    'allowed',
  ],
  [
    'passing it to another service',
    pass,
    check('iam:PassRole', 'arn:aws:iam::111122223333:role/orders-api-task', {
      'iam:PassedToService': 'ec2.amazonaws.com',
    }),
    'implicit-deny by identity policy',
  ],
  [
    'passing another role',
    pass,
    check('iam:PassRole', 'arn:aws:iam::111122223333:role/admin', { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' }),
    'implicit-deny by identity policy',
  ],
  ['a tag of one’s own', tags, check('ecs:TagResource', service, { 'aws:TagKeys': ['team'] }), 'allowed'],
  [
    'a tag of the bot',
    tags,
    check('ecs:TagResource', service, { 'aws:TagKeys': ['team', 'quarterdeck:exec'] }),
    'explicit-deny by identity policy',
  ],
  [
    'a named session',
    assume,
    check('sts:AssumeRole', role, {
      'sts:RoleSessionName': 'U1.op',
      'sts:SourceIdentity': 'ada',
      'aws:TagKeys': ['operation'],
    }),
    'allowed',
  ],
  [
    'a session of nobody',
    assume,
    check('sts:AssumeRole', role, { 'sts:RoleSessionName': 'U1.op' }),
    'implicit-deny by identity policy',
  ],
  [
    'a session with other tags',
    assume,
    check('sts:AssumeRole', role, {
      'sts:RoleSessionName': 'U1.op',
      'sts:SourceIdentity': 'ada',
      'aws:TagKeys': ['team'],
    }),
    'implicit-deny by identity policy',
  ],
  ['a vote', votes, put(['approval#1']), 'allowed'],
  ['a vote and more', votes, put(['approval#1', 'audit#1']), 'implicit-deny by identity policy'],
  [
    'allowed providers',
    providers,
    check('ecs:PutClusterCapacityProviders', cluster, {
      'ecs:capacity-provider': ['FARGATE', 'FARGATE_SPOT'].map(
        name => `arn:aws:ecs:us-east-1:111122223333:capacity-provider/${name}`,
      ),
    }),
    'allowed',
  ],
  [
    'other providers',
    providers,
    check('ecs:PutClusterCapacityProviders', cluster, {
      'ecs:capacity-provider': ['arn:aws:ecs:us-east-1:111122223333:capacity-provider/mine'],
    }),
    'implicit-deny by identity policy',
  ],
])('%s is decided as the simulator decides it', async (_, policies, asked, expected) => {
  expect(decisionOf(evaluate(policies, asked))).toBe(expected)
  expect(await simulate(policies, asked)).toBe(expected)
})

// The simulator (0.1.173) knows no key that ends in a name of the caller's own.
test.each<[string, Check, string]>([
  ['for the task', dataKey('ecs:web_abc_abc-1'), 'allowed'],
  ['for another task', dataKey('ecs:web_def_def-1'), 'implicit-deny by identity policy'],
])('a data key %s is decided by the encryption context', async (_, asked, expected) => {
  expect(decisionOf(evaluate(channel, asked))).toBe(expected)
  await expect(simulate(channel, asked)).rejects.toThrow('has no keys kms:EncryptionContext')
})

test('whatever the policies, the simulator decides alike', async () => {
  const seen = new Map<string, number>()
  await fc.assert(
    fc.asyncProperty(somePolicies, aCheck, async (policies, asked) => {
      const ours = decisionOf(evaluate(policies, asked))
      seen.set(ours, (seen.get(ours) ?? 0) + 1)
      expect(ours).toBe(await simulate(policies, asked))
    }),
    { numRuns: size(1_000), seed: 20_261_122 },
  )
  expect([...seen.keys()].sort()).toEqual([
    'allowed',
    'explicit-deny by identity policy',
    'explicit-deny by permissions boundary',
    'explicit-deny by session policy',
    'implicit-deny by identity policy',
    'implicit-deny by permissions boundary',
    'implicit-deny by session policy',
  ])
})

// IAM user guide, "Policy variables with no value": inverted operators match, and a NotResource with such a variable
// leaves nothing out. The simulator (0.1.173) says in both cases that the statement does not apply.
test.each<[string, object, string, string]>([
  [
    'a negated operator',
    deny('ecs:*', '*', { StringNotEquals: { 'aws:ResourceTag/team': variable('aws:PrincipalTag/team') } }),
    'explicit-deny by identity policy',
    'allowed',
  ],
  [
    'NotResource',
    {
      Effect: 'Deny',
      Action: '*',
      NotResource: `arn:aws:ecs:us-east-1:111122223333:service/web/${variable('aws:PrincipalTag/team')}`,
    },
    'explicit-deny by identity policy',
    'allowed',
  ],
])('where %s meets a variable without a value, we follow AWS and not the simulator', async (_, guard, ours, theirs) => {
  const policies = only(allow('*'), guard)
  const asked = check('ecs:UpdateService', service, { 'aws:ResourceTag/team': 'orders' })
  expect(decisionOf(evaluate(policies, asked))).toBe(ours)
  expect(await simulate(policies, asked)).toBe(theirs)
})
