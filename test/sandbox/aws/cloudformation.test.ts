import {
  DescribeStackResourcesCommand,
  type DescribeStackResourcesCommandInput,
  DescribeStacksCommand,
  GetTemplateCommand,
} from '@aws-sdk/client-cloudformation'
import { AssumeRoleCommand } from '@aws-sdk/client-sts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { account, clientsOf, type Peer, place, refusal, startPeer } from './peer.ts'

let peer: Peer
let id: string
const serviceArn = `arn:aws:ecs:us-east-1:${account}:service/web/catalog-api`
const template = 'Resources:\n  Service:\n    Type: AWS::ECS::Service # <&>\n    Properties: { DesiredCount: 4 }\n'

beforeAll(async () => {
  peer = await startPeer({ iam: true })
  const resources = [
    { logicalId: 'Cluster', physicalId: 'web', type: 'AWS::ECS::Cluster' },
    { logicalId: 'Service', physicalId: serviceArn, type: 'AWS::ECS::Service' },
  ]
  id = peer.fleet.stacks.add(place, { name: 'catalog', template, resources, tags: { team: 'catalog' } }).id
})
afterAll(() => peer.aws.close())

const resources = (input: DescribeStackResourcesCommandInput) =>
  peer.cloudformation.send(new DescribeStackResourcesCommand(input))
const getTemplate = (StackName: string, TemplateStage?: 'Original' | 'Processed') =>
  peer.cloudformation.send(new GetTemplateCommand({ StackName, ...(TemplateStage && { TemplateStage }) }))

test('a stack is found by name and by id', async () => {
  for (const StackName of ['catalog', id]) {
    const { Stacks } = await peer.cloudformation.send(new DescribeStacksCommand({ StackName }))
    expect(Stacks).toMatchObject([
      {
        StackId: id,
        StackName: 'catalog',
        StackStatus: 'CREATE_COMPLETE',
        CreationTime: expect.any(Date),
        Tags: [{ Key: 'team', Value: 'catalog' }],
      },
    ])
  }
  expect((await peer.cloudformation.send(new DescribeStacksCommand({}))).Stacks).toHaveLength(1)
})

test('what a service belongs to is found by the service’s ARN, with all of the stack', async () => {
  const { StackResources = [] } = await resources({ PhysicalResourceId: serviceArn })
  expect(StackResources.map(({ LogicalResourceId }) => LogicalResourceId)).toEqual(['Cluster', 'Service'])
  expect(StackResources[1]).toMatchObject({
    StackId: id,
    PhysicalResourceId: serviceArn,
    ResourceType: 'AWS::ECS::Service',
    ResourceStatus: 'CREATE_COMPLETE',
  })
  expect((await resources({ StackName: 'catalog', LogicalResourceId: 'Service' })).StackResources).toHaveLength(1)
})

test('the template comes back as it was uploaded, at both stages', async () => {
  for (const stage of [undefined, 'Original', 'Processed'] as const)
    expect(await getTemplate('catalog', stage)).toMatchObject({
      TemplateBody: template,
      StagesAvailable: ['Original', 'Processed'],
    })
})

test('what is not there is said in AWS’s words', async () => {
  expect(await refusal(getTemplate('none'))).toBe('ValidationError: Stack with id none does not exist')
  expect(await refusal(peer.cloudformation.send(new DescribeStacksCommand({ StackName: 'none' })))).toBe(
    'ValidationError: Stack with id none does not exist',
  )
  expect(await refusal(resources({ StackName: 'none' }))).toBe('ValidationError: Stack with id none does not exist')
  expect(await refusal(resources({ PhysicalResourceId: 'web-2' }))).toBe(
    'ValidationError: Stack for web-2 does not exist',
  )
  expect(await refusal(resources({}))).toMatch(/^ValidationError: /)
})

test('a stack is of one account and region', async () => {
  expect(peer.fleet.stacks.find({ account, region: 'eu-west-1' }, 'catalog')).toBeUndefined()
  peer.fleet.stacks.add({ account, region: 'eu-west-1' }, { name: 'elsewhere', template, resources: [] })
  expect(await refusal(getTemplate('elsewhere'))).toBe('ValidationError: Stack with id elsewhere does not exist')
})

test('IAM: by the stack’s ARN, or, for a physical id, by everything', async () => {
  const statement = {
    Effect: 'Allow',
    Action: 'cloudformation:*',
    Resource: `arn:aws:cloudformation:*:${account}:stack/catalog/*`,
  }
  const { arn } = peer.aws.roles.add({
    account,
    name: 'viewer',
    trustPolicy: { Version: '2012-10-17', Statement: { Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' } },
    policies: [{ Version: '2012-10-17', Statement: statement }],
  })
  const { Credentials } = await peer.sts.send(new AssumeRoleCommand({ RoleArn: arn, RoleSessionName: 'U1' }))
  const { cloudformation } = clientsOf(peer.aws.url, {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
  })
  expect((await cloudformation.send(new GetTemplateCommand({ StackName: 'catalog' }))).TemplateBody).toBe(template)
  expect(await refusal(cloudformation.send(new GetTemplateCommand({ StackName: 'other' })))).toMatch(
    /^AccessDenied: .* not authorized to perform: cloudformation:GetTemplate on resource: .*:stack\/other\/\*/,
  )
  expect(
    await refusal(cloudformation.send(new DescribeStackResourcesCommand({ PhysicalResourceId: serviceArn }))),
  ).toMatch(/^AccessDenied: .* cloudformation:DescribeStackResources on resource: \*/)
})
