import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import {
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  StopTaskCommand,
  UpdateServiceCommand,
  type UpdateServiceCommandInput,
} from '@aws-sdk/client-ecs'
import { GetParameterCommand } from '@aws-sdk/client-ssm'
import { AssumeRoleCommand, type AssumeRoleCommandInput, GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import { AwsClient } from 'aws4fetch'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createAuthorize } from '../../../../sandbox/aws/iam/authorize.ts'
import { account, aService, clientsOf, type Peer, refusal, region, startPeer } from '../peer.ts'
import { allow, deny, fences, policy } from './policies.ts'

const spoke = '444455556666'
const arn = (path: string, owner: string = account) => `arn:aws:ecs:${region}:${owner}:${path}`
const roleArn = (name: string, owner: string = account) => `arn:aws:iam::${owner}:role/${name}`
const bot = `arn:aws:sts::${account}:assumed-role/quarterdeck-operation/quarterdeck-operation`

/** Lets the operation function in, named and tagged. */
const trust = policy(
  {
    Effect: 'Allow',
    Principal: { AWS: roleArn('quarterdeck-operation') },
    Action: 'sts:AssumeRole',
    Condition: { StringLike: { 'sts:RoleSessionName': 'U*', 'sts:SourceIdentity': '*' } },
  },
  {
    Effect: 'Allow',
    Principal: { AWS: roleArn('quarterdeck-operation') },
    Action: ['sts:SetSourceIdentity', 'sts:TagSession'],
  },
)

let peer: Peer
type Clients = ReturnType<typeof clientsOf>
let operation: Clients

/** A function in its container: a session of its own role. */
const functionOf = (name: string): Clients => {
  const { credentials, roles, url } = peer.aws
  return clientsOf(
    url,
    credentials.issue({
      account,
      arn: `arn:aws:sts::${account}:assumed-role/${name}/${name}`,
      roleArn: roleArn(name),
      userId: `${roles.find(roleArn(name))?.id}:${name}`,
    }),
  )
}

beforeAll(async () => {
  peer = await startPeer({
    iam: true,
    extraServices: [
      {
        name: 'lambda',
        actionOf: () => 'Invoke',
        answer: async () => ({ status: 202, body: '' }),
      },
    ],
  })
  for (const name of ['orders-api', 'checkout']) aService(peer, name, { tags: { team: name } })
  const { roles } = peer.aws
  const assume = ['sts:AssumeRole', 'sts:SetSourceIdentity', 'sts:TagSession']
  roles.add({
    account,
    name: 'quarterdeck-operation',
    trustPolicy: policy({ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }),
    policies: [
      policy(
        allow(assume, 'arn:aws:iam::*:role/quarterdeck-*'),
        allow('ssm:GetParameter', `arn:aws:ssm:${region}:${account}:parameter/quarterdeck/*`),
        allow('lambda:InvokeFunction', `arn:aws:lambda:${region}:${account}:function:quarterdeck-query`),
        allow(['dynamodb:GetItem', 'dynamodb:PutItem'], `arn:aws:dynamodb:${region}:${account}:table/quarterdeck`, {
          'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': 'lock#*' },
          Null: { 'dynamodb:LeadingKeys': 'false' },
        }),
      ),
    ],
  })
  roles.add({
    account,
    name: 'quarterdeck-query',
    trustPolicy: trust,
    policies: [policy(allow('sts:AssumeRole', 'arn:aws:iam::*:role/quarterdeck-*'))],
  })
  const reads = ['ecs:Describe*', 'ecs:List*']
  const operator = {
    trustPolicy: trust,
    policies: [policy(allow([...reads, 'ecs:UpdateService', 'ecs:StopTask', 'ecs:RegisterTaskDefinition']))],
  }
  roles.add({ account, name: 'quarterdeck-operator', ...operator })
  roles.add({ account: spoke, name: 'quarterdeck-operator', ...operator })
  roles.add({ account, name: 'quarterdeck-viewer', trustPolicy: trust, policies: [policy(allow(reads))] })
  roles.add({
    account,
    name: 'quarterdeck-bounded',
    trustPolicy: trust,
    policies: [policy(allow('*'))],
    boundary: policy(allow(reads), deny('ecs:DescribeTaskDefinition')),
  })
  operation = functionOf('quarterdeck-operation')
})
afterAll(() => peer.aws.close())

const request = (role: string, more: Partial<AssumeRoleCommandInput> = {}) =>
  new AssumeRoleCommand({ RoleArn: role, RoleSessionName: 'U1.op-1', SourceIdentity: 'ada', ...more })

const sessionOf = async (
  role: string,
  more: Partial<AssumeRoleCommandInput> = {},
  by = operation,
): Promise<Clients> => {
  const { Credentials } = await by.sts.send(request(role, more))
  const { AccessKeyId: accessKeyId = '', SecretAccessKey: secretAccessKey = '', SessionToken = '' } = Credentials ?? {}
  return clientsOf(peer.aws.url, { accessKeyId, secretAccessKey, sessionToken: SessionToken })
}

describe('a session for "scale orders-api"', () => {
  const service = arn('service/web/orders-api')
  const plan = policy(allow('ecs:UpdateService', service, fences), allow('ecs:DescribeServices', service))
  let scale: Clients
  beforeAll(async () => {
    scale = await sessionOf(roleArn('quarterdeck-operator'), { Policy: JSON.stringify(plan) })
  })
  const update = (more: Partial<UpdateServiceCommandInput> = {}) =>
    scale.ecs.send(new UpdateServiceCommand({ cluster: 'web', service: 'orders-api', ...more }))
  const session = `arn:aws:sts::${account}:assumed-role/quarterdeck-operator/U1.op-1`

  test('sets the count and reads the service', async () => {
    expect((await update({ desiredCount: 3 })).service?.desiredCount).toBe(3)
    const read = new DescribeServicesCommand({ cluster: 'web', services: ['orders-api'] })
    expect((await scale.ecs.send(read)).services?.[0]?.desiredCount).toBe(3)
  })

  test('can force a deployment: nothing in IAM tells one', async () => {
    expect((await update({ forceNewDeployment: true })).service?.serviceName).toBe('orders-api')
  })

  test.each<[string, Partial<UpdateServiceCommandInput>]>([
    ['another revision', { taskDefinition: 'orders-api:1' }],
    ['exec', { enableExecuteCommand: true }],
    ['another network', { networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-2'] } } }],
    ['another provider', { capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT' }] }],
  ])('is denied %s', async (_, more) => {
    expect(await refusal(update({ desiredCount: 4, ...more }))).toBe(
      `AccessDeniedException: User: ${session} is not authorized to perform: ecs:UpdateService on resource: ${service} because no session policy allows the ecs:UpdateService action`,
    )
  })

  test('is denied another service', async () => {
    expect(await refusal(update({ service: 'checkout', desiredCount: 3 }))).toMatch(
      /: ecs:UpdateService on resource: .*service\/web\/checkout because no session policy allows/,
    )
    const read = new DescribeServicesCommand({ cluster: 'web', services: ['orders-api', 'checkout'] })
    expect(await refusal(scale.ecs.send(read))).toMatch(/DescribeServices on resource: .*checkout because no session/)
  })

  test('is denied another account, even where its policies name it', async () => {
    const there = { cluster: arn('cluster/web', spoke), desiredCount: 3 }
    expect(await refusal(update(there))).toMatch(/:444455556666:service\/web\/orders-api because no session policy/)
    const wide = await sessionOf(roleArn('quarterdeck-operator'))
    expect(await refusal(wide.ecs.send(new UpdateServiceCommand({ service: 'orders-api', ...there })))).toMatch(
      / because no resource-based policy allows the ecs:UpdateService action$/,
    )
  })

  test('is denied to stop a task, and whatever the role itself may not do', async () => {
    expect(await refusal(scale.ecs.send(new StopTaskCommand({ cluster: 'web', task: 'a'.repeat(32) })))).toMatch(
      /: ecs:StopTask on resource: .*:task\/web\/a+ because no session policy allows the ecs:StopTask action$/,
    )
    expect(await refusal(scale.ssm.send(new GetParameterCommand({ Name: '/quarterdeck/config' })))).toMatch(
      / because no identity-based policy allows the ssm:GetParameter action$/,
    )
  })
})

test('opening a shell needs the cluster and the task, both', () => {
  const { fleet, aws } = peer
  const authorize = createAuthorize({ fleet, roles: aws.roles, autoscaling: aws.autoscaling })
  const execute = (...resources: readonly string[]) => {
    const sessionPolicy = policy(...resources.map(path => allow('ecs:ExecuteCommand', arn(path))))
    aws.roles.add({ account, name: 'quarterdeck-exec', trustPolicy: trust, policies: [policy(allow('*'))] })
    const caller = { accessKeyId: 'A', account, arn: 'me', userId: 'u', roleArn: roleArn('quarterdeck-exec') }
    const input = { cluster: 'web', task: 'abc', container: 'app' }
    const call = { service: 'ecs', action: 'ExecuteCommand', input, region, url: '/', requestId: 'r' }
    return authorize({ ...call, caller: { ...caller, sessionPolicy } }, [])?.message
  }
  expect(execute('cluster/web')).toMatch(/ecs:ExecuteCommand on resource: .*:task\/web\/abc because no session policy/)
  expect(execute('task/web/abc')).toMatch(/ecs:ExecuteCommand on resource: .*:cluster\/web because no session policy/)
  expect(execute('cluster/web', 'task/web/abc')).toBeUndefined()
  expect(execute('service/web/orders-api')).toMatch(/no session policy allows the ecs:ExecuteCommand action$/)
})

test('a session for a deploy needs to pass the roles of the task', async () => {
  const { ecs } = await sessionOf(roleArn('quarterdeck-operator'))
  const register = (taskRoleArn?: string) =>
    ecs.send(
      new RegisterTaskDefinitionCommand({
        family: 'plain',
        containerDefinitions: [{ name: 'app', image: 'plain:v2', memory: 64 }],
        ...(taskRoleArn !== undefined && { taskRoleArn }),
      }),
    )
  const denied = `not authorized to perform: iam:PassRole on resource: ${roleArn('task')} because no identity-based policy allows the iam:PassRole action`
  expect(await refusal(register(roleArn('task')))).toContain(denied)
  expect((await register()).taskDefinition?.family).toBe('plain')
  peer.fleet.registerTaskDefinition(
    { account, region },
    { family: 'roled', taskRoleArn: 'task', containerDefinitions: [] },
    bot,
  )
  const deploy = new UpdateServiceCommand({ cluster: 'web', service: 'checkout', taskDefinition: 'roled' })
  expect(await refusal(ecs.send(deploy))).toContain(denied)
})

test('a viewer reads everything and writes nothing', async () => {
  const { ecs, dynamodb } = await sessionOf(roleArn('quarterdeck-viewer'))
  expect((await ecs.send(new ListTasksCommand({ cluster: 'web' }))).taskArns).not.toEqual([])
  for (const write of [
    ecs.send(new UpdateServiceCommand({ cluster: 'web', service: 'checkout', desiredCount: 9 })),
    ecs.send(new StopTaskCommand({ cluster: 'web', task: 'a'.repeat(32) })),
    ecs.send(new RegisterTaskDefinitionCommand({ family: 'x', containerDefinitions: [] })),
    dynamodb.send(new PutItemCommand({ TableName: 'quarterdeck', Item: { pk: { S: 'lock#1' } } })),
  ])
    expect(await refusal(write)).toMatch(
      /^AccessDeniedException: User: .*quarterdeck-viewer.* because no identity-based/,
    )
})

test('a boundary caps what a role is given', async () => {
  const { ecs } = await sessionOf(roleArn('quarterdeck-bounded'))
  await ecs.send(new ListTasksCommand({ cluster: 'web' }))
  expect(await refusal(ecs.send(new UpdateServiceCommand({ cluster: 'web', service: 'checkout' })))).toMatch(
    / because no permissions boundary allows the ecs:UpdateService action$/,
  )
  expect(await refusal(ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: 'checkout' })))).toMatch(
    /on resource: \* with an explicit deny in a permissions boundary$/,
  )
})

test('policies are read as they are now, not as they were when the session began', async () => {
  const { roles } = peer.aws
  const late = { account, name: 'quarterdeck-late', trustPolicy: trust }
  roles.add(late)
  const { ecs } = await sessionOf(roleArn('quarterdeck-late'))
  const list = () => ecs.send(new ListTasksCommand({ cluster: 'web' }))
  expect(await refusal(list())).toMatch(/no identity-based policy allows the ecs:ListTasks action$/)
  roles.add({ ...late, policies: [policy(allow('ecs:ListTasks'))] })
  await list()
  roles.remove(roleArn('quarterdeck-late'))
  expect(await refusal(list())).toMatch(/no identity-based policy allows the ecs:ListTasks action$/)
})

describe('AssumeRole', () => {
  const role = roleArn('quarterdeck-viewer')
  const denied = (action: string, by = bot, resource = role) =>
    `AccessDenied: User: ${by} is not authorized to perform: ${action} on resource: ${resource}`

  test('without a source identity is denied by the trust policy', async () => {
    expect(await refusal(operation.sts.send(request(role, { SourceIdentity: undefined })))).toBe(
      denied('sts:AssumeRole'),
    )
  })

  test('under another name is denied by the trust policy', async () => {
    expect(await refusal(operation.sts.send(request(role, { RoleSessionName: 'quarterdeck-x' })))).toBe(
      denied('sts:AssumeRole'),
    )
  })

  test('with tags needs TagSession, on both sides', async () => {
    const Tags = [{ Key: 'operation', Value: 'op-1' }]
    const { ecs } = await sessionOf(role, { Tags })
    await ecs.send(new ListTasksCommand({ cluster: 'web' }))
    const silent = { ...trust, Statement: trust.Statement.slice(0, 1) }
    peer.aws.roles.add({ account, name: 'quarterdeck-untagged', trustPolicy: silent })
    const untagged = roleArn('quarterdeck-untagged')
    expect(await refusal(operation.sts.send(request(untagged, { Tags })))).toBe(
      denied('sts:SetSourceIdentity', bot, untagged),
    )
    peer.aws.roles.add({
      account,
      name: 'quarterdeck-untagged',
      trustPolicy: policy(...trust.Statement.slice(0, 1), {
        Effect: 'Allow',
        Principal: { AWS: roleArn('quarterdeck-operation') },
        Action: 'sts:SetSourceIdentity',
      }),
    })
    expect(await refusal(operation.sts.send(request(untagged, { Tags })))).toBe(denied('sts:TagSession', bot, untagged))
    await operation.sts.send(request(untagged))
  })

  test('by a function that the role does not trust is denied', async () => {
    const query = functionOf('quarterdeck-query')
    const by = `arn:aws:sts::${account}:assumed-role/quarterdeck-query/quarterdeck-query`
    expect(await refusal(query.sts.send(request(role)))).toBe(denied('sts:AssumeRole', by))
  })

  test('by a caller whose own policies do not say so is denied', async () => {
    const { sts } = await sessionOf(role)
    const by = `arn:aws:sts::${account}:assumed-role/quarterdeck-viewer/U1.op-1`
    expect(await refusal(sts.send(request(roleArn('quarterdeck-operator'))))).toBe(
      denied('sts:AssumeRole', by, roleArn('quarterdeck-operator')),
    )
  })

  test('reaches into another account by trust alone, and acts there', async () => {
    const { ecs, sts } = await sessionOf(roleArn('quarterdeck-operator', spoke))
    expect((await sts.send(new GetCallerIdentityCommand())).Account).toBe(spoke)
    expect(await refusal(ecs.send(new DescribeServicesCommand({ cluster: 'web', services: ['a'] })))).toMatch(
      /^ClusterNotFound/,
    )
    expect(
      await refusal(ecs.send(new DescribeServicesCommand({ cluster: arn('cluster/web'), services: ['orders-api'] }))),
    ).toMatch(/no resource-based policy allows the ecs:DescribeServices action$/)
  })

  test('answers 403, and everyone may ask who they are', async () => {
    const { sts } = await sessionOf(role, { Policy: JSON.stringify(policy(deny('*'))) })
    expect((await sts.send(new GetCallerIdentityCommand())).Arn).toMatch(/quarterdeck-viewer\/U1\.op-1$/)
    await refusal(sts.send(request(role)))
    expect(peer.aws.callLog.list().at(-1)).toMatchObject({ status: 403, errorCode: 'AccessDenied' })
  })

  test('chained, keeps the source identity and the transitive tags for an hour at most', async () => {
    const chain = {
      Effect: 'Allow',
      Principal: '*',
      Action: ['sts:AssumeRole', 'sts:SetSourceIdentity', 'sts:TagSession'],
    }
    const team = {
      StringEquals: { 'aws:PrincipalTag/operation': 'op-1', 'aws:SourceIdentity': 'ada' },
      Null: { 'aws:PrincipalTag/note': 'true' },
    }
    const both = [policy(allow(chain.Action), allow('ecs:ListTasks', '*', team))]
    for (const name of ['first', 'second'])
      peer.aws.roles.add({
        account,
        name: `quarterdeck-${name}`,
        trustPolicy: policy(chain),
        policies: both,
        maxSessionDuration: 43_200,
      })
    const Tags = [
      { Key: 'operation', Value: 'op-1' },
      { Key: 'note', Value: 'here' },
    ]
    const first = await sessionOf(roleArn('quarterdeck-first'), { Tags, TransitiveTagKeys: ['operation'] })
    expect(await refusal(first.ecs.send(new ListTasksCommand({ cluster: 'web' })))).toMatch(/^AccessDenied/)
    const second = await sessionOf(roleArn('quarterdeck-second'), { SourceIdentity: undefined }, first)
    await second.ecs.send(new ListTasksCommand({ cluster: 'web' }))
    const long = request(roleArn('quarterdeck-second'), { SourceIdentity: undefined, DurationSeconds: 3_601 })
    expect(await refusal(first.sts.send(long))).toMatch(/1 hour session limit for roles assumed by role chaining/)
  })
})

test('the table is open by partition key', async () => {
  const get = (key: string) =>
    operation.dynamodb.send(new GetItemCommand({ TableName: 'quarterdeck', Key: { pk: { S: key }, sk: { S: '-' } } }))
  expect(await refusal(get('audit#1'))).toBe(
    `AccessDeniedException: User: ${bot} is not authorized to perform: dynamodb:GetItem on resource: arn:aws:dynamodb:${region}:${account}:table/quarterdeck because no identity-based policy allows the dynamodb:GetItem action`,
  )
  expect(await refusal(get('lock#1'))).toMatch(/^ResourceNotFoundException/)
})

test('parameters are open by name', async () => {
  const get = (Name: string) => refusal(operation.ssm.send(new GetParameterCommand({ Name })))
  expect(await get('/quarterdeck/none')).toMatch(/^ParameterNotFound/)
  expect(await get('/other/secret')).toMatch(
    /ssm:GetParameter on resource: arn:aws:ssm:us-east-1:111122223333:parameter\/other\/secret because no identity/,
  )
})

test('functions are open by name and qualifier, and Lambda denies with 403', async () => {
  const credentials = await operation.ecs.config.credentials()
  const lambda = new AwsClient({ ...credentials, region, service: 'lambda', retries: 0 })
  const invoke = (name: string, query = '') =>
    lambda.fetch(`${peer.aws.url}/2015-03-31/functions/${name}/invocations${query}`, { method: 'POST', body: '{}' })
  expect((await invoke('quarterdeck-query')).status).toBe(202)
  for (const answer of [
    await invoke('quarterdeck-query%3Alive'),
    await invoke('quarterdeck-query', '?Qualifier=live'),
  ]) {
    expect([answer.status, answer.headers.get('x-amzn-errortype')]).toEqual([403, 'AccessDeniedException'])
    expect(await answer.json()).toEqual({
      message: `User: ${bot} is not authorized to perform: lambda:InvokeFunction on resource: arn:aws:lambda:${region}:${account}:function:quarterdeck-query:live because no identity-based policy allows the lambda:InvokeFunction action`,
    })
  }
})

test('the human at the terminal is an administrator of the hub', async () => {
  await peer.ecs.send(new UpdateServiceCommand({ cluster: 'web', service: 'checkout', desiredCount: 2 }))
  const there = new UpdateServiceCommand({ cluster: arn('cluster/web', spoke), service: 'checkout' })
  expect(await refusal(peer.ecs.send(there))).toMatch(/ because no resource-based policy allows/)
})

test('a user of no policies may do nothing', async () => {
  const { aws } = peer
  const keys = aws.credentials.issue({ account, arn: `arn:aws:iam::${account}:user/eve`, userId: 'AIDAEVE' })
  const { ecs } = clientsOf(aws.url, keys)
  expect(await refusal(ecs.send(new ListTasksCommand({ cluster: 'web' })))).toMatch(
    /^AccessDeniedException: User: arn:aws:iam::111122223333:user\/eve is not/,
  )
})

test('a policy that the sandbox does not understand breaks the call and says what it is', async () => {
  const odd = policy(allow('*', '*', { DateLessThan: { 'aws:CurrentTime': '2030-01-01T00:00:00Z' } }))
  peer.aws.roles.add({ account, name: 'quarterdeck-odd', trustPolicy: trust, policies: [odd] })
  const { ecs } = await sessionOf(roleArn('quarterdeck-odd'))
  expect(await refusal(ecs.send(new ListTasksCommand({ cluster: 'web' })))).toMatch(
    /^ServerException: The sandbox broke: .*UnsupportedPolicy: The sandbox's IAM does not know the condition operator DateLessThan/,
  )
})
