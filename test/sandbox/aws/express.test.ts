import {
  CreateExpressGatewayServiceCommand,
  DescribeExpressGatewayServiceCommand,
  DescribeServicesCommand,
  type ExpressGatewayScalingTarget,
  ListServicesCommand,
  UpdateExpressGatewayServiceCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { account, aService, type Peer, refusal, startPeer } from './peer.ts'

let peer: Peer
beforeEach(async () => {
  peer = await startPeer()
  aService(peer, 'api')
})
afterEach(() => peer.aws.close())

const cluster = 'web'
const serviceArn = `arn:aws:ecs:us-east-1:${account}:service/web/storefront`

const create = (scalingTarget?: ExpressGatewayScalingTarget) =>
  peer.ecs.send(
    new CreateExpressGatewayServiceCommand({
      cluster,
      serviceName: 'storefront',
      infrastructureRoleArn: `arn:aws:iam::${account}:role/ecs-infrastructure`,
      executionRoleArn: `arn:aws:iam::${account}:role/ecs-execution`,
      primaryContainer: { image: 'storefront:v1', containerPort: 8080 },
      tags: [{ key: 'team', value: 'store' }],
      ...(scalingTarget && { scalingTarget }),
    }),
  )
const update = (scalingTarget: ExpressGatewayScalingTarget, arn = serviceArn) =>
  peer.ecs.send(new UpdateExpressGatewayServiceCommand({ serviceArn: arn, scalingTarget }))
const describeExpress = async (arn = serviceArn) =>
  (await peer.ecs.send(new DescribeExpressGatewayServiceCommand({ serviceArn: arn, include: ['TAGS'] }))).service
const see = async (service = 'storefront') =>
  (await peer.ecs.send(new DescribeServicesCommand({ cluster, services: [service] }))).services?.[0]

describe('an Express service', () => {
  test('has its minimum of tasks, and AWS’s defaults for what was not said', async () => {
    const { service } = await create({ minTaskCount: 2 })
    expect(service).toMatchObject({ serviceArn, status: { statusCode: 'ACTIVE' }, serviceName: 'storefront' })
    peer.clock.advance(180_000)
    expect(await see()).toMatchObject({
      desiredCount: 2,
      runningCount: 2,
      capacityProviderStrategy: [{ capacityProvider: 'FARGATE', base: 1, weight: 1 }],
      propagateTags: 'SERVICE',
    })
    expect(await describeExpress()).toMatchObject({
      tags: [{ key: 'team', value: 'store' }],
      activeConfigurations: [
        {
          cpu: '256',
          memory: '512',
          healthCheckPath: '/ping',
          primaryContainer: { image: 'storefront:v1', containerPort: 8080 },
          scalingTarget: {
            minTaskCount: 2,
            maxTaskCount: 20,
            autoScalingMetric: 'AVERAGE_CPU',
            autoScalingTargetValue: 60,
          },
        },
      ],
    })
  })

  test('is managed by ECS, and names its task definition only in its deployments', async () => {
    await create()
    const service = await see()
    expect(service?.resourceManagementType).toBe('ECS')
    expect(service?.taskDefinition).toBeUndefined()
    expect(service?.deployments?.[0]?.taskDefinition).toMatch(/task-definition\/storefront:1$/)
    expect(await see('api')).toMatchObject({ resourceManagementType: 'CUSTOMER', taskDefinition: expect.any(String) })
    const listed = await peer.ecs.send(new ListServicesCommand({ cluster, resourceManagementType: 'ECS' }))
    expect(listed.serviceArns).toEqual([serviceArn])
  })

  test('new bounds move the count into them, and start no deployment', async () => {
    await create()
    peer.clock.advance(180_000)
    const { service } = await update({ minTaskCount: 3, autoScalingTargetValue: 70 })
    expect(service?.targetConfiguration?.scalingTarget).toMatchObject({
      minTaskCount: 3,
      maxTaskCount: 20,
      autoScalingTargetValue: 70,
    })
    expect(await see()).toMatchObject({ desiredCount: 3 })
    expect((await see())?.deployments).toHaveLength(1)
    await update({ minTaskCount: 1, maxTaskCount: 2 })
    expect(await see()).toMatchObject({ desiredCount: 2 })
  })

  test('takes a count from UpdateService, but not what ECS manages', async () => {
    await create()
    await peer.ecs.send(new UpdateServiceCommand({ cluster, service: 'storefront', desiredCount: 5 }))
    expect(await see()).toMatchObject({ desiredCount: 5 })
    expect(
      await refusal(
        peer.ecs.send(
          new UpdateServiceCommand({
            cluster,
            service: 'storefront',
            deploymentConfiguration: { maximumPercent: 150, minimumHealthyPercent: 50 },
          }),
        ),
      ),
    ).toMatch(/^InvalidParameterException: .*managed by Amazon ECS/)
  })

  test('bounds that cross are refused, and services that are none', async () => {
    expect(await refusal(create({ minTaskCount: 5, maxTaskCount: 2 }))).toMatch(/^InvalidParameterException: /)
    await create()
    expect(await refusal(update({ minTaskCount: 21 }))).toMatch(/^InvalidParameterException: /)
    const other = serviceArn.replace('storefront', 'api')
    expect(await refusal(update({ minTaskCount: 1 }, other))).toBe('ServiceNotFoundException: Service not found.')
    expect(await refusal(describeExpress(other))).toMatch(/^ResourceNotFoundException: /)
  })
})
