// The session of "scale orders-api", assumed as the operation assumes it, against everything else that somebody who got
// hold of it might try; and the roles that only read.
import {
  DescribeServicesCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  StopServiceDeploymentCommand,
  StopTaskCommand,
  UpdateExpressGatewayServiceCommand,
  type UpdateExpressGatewayServiceCommandInput,
  UpdateServiceCommand,
  type UpdateServiceCommandInput,
} from '@aws-sdk/client-ecs'
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { scale } from '../../../src/commands/scale/scale.ts'
import { sessionPolicy } from '../../../src/engine/change/session-policy.ts'
import { setExpressBounds } from '../../../src/features/scaling/scaling-calls.ts'
import { isRefusal } from '../../../src/model/errors.ts'
import { aRef, aScaling } from '../../builders.ts'
import { aWorld, type World } from '../world.ts'

let world: World
beforeAll(async () => {
  world = await aWorld()
})
afterAll(() => world.stop())

const plan = scale.plan({ count: { kind: 'exactly', tasks: 6 } }, aScaling())
const policy = isRefusal(plan) ? plan : sessionPolicy(plan.calls)

/** What the function's own role may hold, and what it assumes from there. */
const assume = async (
  fn: string,
  role: string,
  more: { readonly Policy?: string; readonly SourceIdentity?: string } = {},
) => {
  const {
    accessKeyId,
    secretAccessKey,
    sessionToken = '',
  } = world.aws.credentials.issue({
    account: '111122223333',
    arn: `arn:aws:sts::111122223333:assumed-role/quarterdeck-${fn}/quarterdeck-${fn}`,
    roleArn: `arn:aws:iam::111122223333:role/quarterdeck-${fn}`,
    userId: `AROA:quarterdeck-${fn}`,
  })
  const sts = new STSClient({
    endpoint: world.aws.url,
    region: 'us-east-1',
    credentials: { accessKeyId, secretAccessKey, sessionToken },
    systemClockOffset: world.clock.now() - Date.now(),
  })
  const { Credentials } = await sts.send(
    new AssumeRoleCommand({
      RoleArn: `arn:aws:iam::${role}`,
      RoleSessionName: 'U0REQUEST-op1',
      SourceIdentity: 'requester@example.com',
      Tags: [
        { Key: 'quarterdeck:operation', Value: 'op1' },
        ...(/(operator|deployer)$/.test(role) ? [{ Key: 'quarterdeck:approvers', Value: 'U0APPROVE' }] : []),
      ],
      ...more,
    }),
  )
  return new ECSClient({
    endpoint: world.aws.url,
    region: 'us-east-1',
    systemClockOffset: world.clock.now() - Date.now(),
    credentials: {
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
      sessionToken: Credentials?.SessionToken ?? '',
    },
  })
}

const ORDERS = 'arn:aws:ecs:us-east-1:111122223333:service/web/orders-api'
const update = (input: Partial<UpdateServiceCommandInput>) =>
  new UpdateServiceCommand({ cluster: 'web', service: ORDERS, ...input })
const writer = () => assume('operation', '111122223333:role/quarterdeck-operator', { Policy: String(policy) })

test('the session can make its plan’s call', async () => {
  const { service } = await (await writer()).send(update({ desiredCount: 6 }))
  expect(service?.desiredCount).toBe(6)
})

describe('and nothing else', () => {
  test.each<[string, Partial<UpdateServiceCommandInput>]>([
    ['another service', { service: 'arn:aws:ecs:us-east-1:111122223333:service/web/checkout', desiredCount: 6 }],
    ['another revision', { taskDefinition: 'orders-api:1' }],
    ['exec switched on', { enableExecuteCommand: true }],
    [
      'another network',
      { networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'], assignPublicIp: 'ENABLED' } } },
    ],
    [
      'other capacity',
      { capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }], forceNewDeployment: true },
    ],
    ['its tags on tasks', { propagateTags: 'SERVICE' }],
    ['ECS’s tags on tasks', { enableECSManagedTags: true }],
    ['Service Connect', { serviceConnectConfiguration: { enabled: true } }],
    [
      'Service Connect in another namespace',
      {
        serviceConnectConfiguration: {
          enabled: true,
          namespace: 'arn:aws:servicediscovery:us-east-1:111122223333:namespace/ns-0123456789abcdef',
        },
      },
    ],
    ['VPC Lattice', { vpcLatticeConfigurations: [] }],
    ['EBS volumes', { volumeConfigurations: [] }],
  ])('%s is denied', async (_, input) => {
    await expect((await writer()).send(update(input))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('ecs:UpdateService'),
    })
  })

  test('other actions are denied', async () => {
    const client = await writer()
    const [task] = world.service().tasks
    await expect(client.send(new StopTaskCommand({ cluster: 'web', task: task?.arn ?? '' }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    })
    await expect(
      client.send(
        new RegisterTaskDefinitionCommand({ family: 'x', containerDefinitions: [{ name: 'a', image: 'b' }] }),
      ),
    ).rejects.toMatchObject({ name: 'AccessDeniedException' })
  })
})

describe('the session of an Express service’s bounds', () => {
  const serviceArn = 'arn:aws:ecs:us-east-1:111122223333:service/web/storefront'
  const storefront = aRef({ service: 'storefront', arn: serviceArn })
  const Policy = String(sessionPolicy([setExpressBounds(storefront, { min: 3, max: 9 })]))
  const express = () => assume('operation', '111122223333:role/quarterdeck-operator', { Policy })

  test('can set them', async () => {
    const input = { serviceArn, scalingTarget: { minTaskCount: 3, maxTaskCount: 9 } }
    expect((await (await express()).send(new UpdateExpressGatewayServiceCommand(input))).service?.serviceArn).toBe(
      serviceArn,
    )
  })

  test.each<[string, Partial<UpdateExpressGatewayServiceCommandInput>]>([
    ['another size', { cpu: '4096' }],
    ['more memory', { memory: '8192' }],
    ['another network', { networkConfiguration: { subnets: ['subnet-1'] } }],
    ['another task definition', { taskDefinitionArn: 'arn:aws:ecs:us-east-1:111122223333:task-definition/checkout:1' }],
    ['another task role', { taskRoleArn: 'arn:aws:iam::111122223333:role/orders-api-task' }],
  ])('but not %s', async (_, input) => {
    const command = new UpdateExpressGatewayServiceCommand({ serviceArn, ...input })
    await expect((await express()).send(command)).rejects.toMatchObject({ name: 'AccessDeniedException' })
  })
})

describe('the session of a rollback', () => {
  const deployer = () =>
    assume('operation', '111122223333:role/quarterdeck-deployer', {
      Policy: String(
        sessionPolicy([
          {
            service: 'ecs',
            action: 'UpdateService',
            input: { taskDefinition: 'arn:aws:ecs:us-east-1:111122223333:task-definition/orders-api:6' },
            resources: [ORDERS],
            passes: ['orders-api-task', 'ecs-execution'].map(name => `arn:aws:iam::111122223333:role/${name}`),
            repeatable: true,
          },
        ]),
      ),
    })

  test('can deploy its one task definition', async () => {
    const { service } = await (await deployer()).send(update({ taskDefinition: 'orders-api:6' }))
    expect(service?.taskDefinition).toContain('orders-api:6')
  })

  test.each<[string, Partial<UpdateServiceCommandInput>]>([
    ['another one', { taskDefinition: 'orders-api:5' }],
    ['one of other roles', { taskDefinition: 'checkout:1' }],
    ['the same in another service', { service: 'checkout', taskDefinition: 'orders-api:6' }],
    ['exec switched on with it', { taskDefinition: 'orders-api:6', enableExecuteCommand: true }],
    ['nothing of a task definition', { desiredCount: 9 }],
  ])('but not %s', async (_, input) => {
    await expect((await deployer()).send(update(input))).rejects.toMatchObject({ name: 'AccessDeniedException' })
  })

  test('nor stop a deployment', async () => {
    const [deployment] = world.service().deployments
    const stop = new StopServiceDeploymentCommand({
      serviceDeploymentArn: deployment?.record.arn,
      stopType: 'ROLLBACK',
    })
    await expect((await deployer()).send(stop)).rejects.toMatchObject({ name: 'AccessDeniedException' })
  })
})

describe('who may assume what', () => {
  test('a session of another account touches nothing of this one', async () => {
    const client = await assume('operation', '444455556666:role/quarterdeck-operator', { Policy: String(policy) })
    await expect(client.send(update({ desiredCount: 6 }))).rejects.toThrow(/not authorized|Cluster not found/)
  })

  test.each(['query', 'decision'])('the %s function cannot become a writer', async fn => {
    await expect(assume(fn, '111122223333:role/quarterdeck-operator')).rejects.toMatchObject({ name: 'AccessDenied' })
  })

  test('nobody becomes a writer as the system itself', async () => {
    await expect(
      assume('operation', '111122223333:role/quarterdeck-operator', { SourceIdentity: 'quarterdeck' }),
    ).rejects.toMatchObject({ name: 'AccessDenied' })
  })

  test('a viewer reads, and writes nothing', async () => {
    const client = await assume('query', '111122223333:role/quarterdeck-viewer')
    expect(
      (await client.send(new DescribeServicesCommand({ cluster: 'web', services: [ORDERS] }))).services,
    ).toHaveLength(1)
    await expect(client.send(update({ desiredCount: 6 }))).rejects.toMatchObject({ name: 'AccessDeniedException' })
  })
})
