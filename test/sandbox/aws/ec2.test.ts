// The sandbox's EC2 and its container instances at the wire, asked by the SDK's clients.
import {
  DescribeImagesCommand,
  DescribeSubnetsCommand,
  DescribeVpcEndpointsCommand,
  EC2Client,
} from '@aws-sdk/client-ec2'
import {
  DescribeContainerInstancesCommand,
  DescribeTasksCommand,
  ECSClient,
  ListTasksCommand,
} from '@aws-sdk/client-ecs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createAws } from '../../../sandbox/aws/aws.ts'
import { localUser } from '../../../sandbox/aws/wire/credentials.ts'
import { Clock } from '../../../sandbox/world/clock.ts'
import { createFleet } from '../../../sandbox/world/fleet.ts'
import { seedWorld } from '../../../sandbox/world/seed.ts'

const clock = new Clock({ start: Date.parse('2026-11-22T03:00:00Z'), speed: 0 })
const fleet = createFleet({ clock })
seedWorld(fleet)
const aws = createAws({ clock, fleet })
let ec2: EC2Client
let ecs: ECSClient
beforeAll(async () => {
  await aws.listen()
  const settings = {
    endpoint: aws.url,
    region: 'us-east-1',
    credentials: localUser,
    systemClockOffset: clock.now() - Date.now(),
  }
  ec2 = new EC2Client(settings)
  ecs = new ECSClient(settings)
})
afterAll(() => aws.close())

const jobs = () => {
  const cluster = fleet.site({ account: '111122223333', region: 'us-east-1' }).clusters.get('jobs')
  if (cluster === undefined) throw new Error('no jobs')
  return cluster
}
const byId = (...Values: string[]) =>
  new DescribeImagesCommand({ Filters: [{ Name: 'image-id', Values }], IncludeDeprecated: true })
const old = () => jobs().hosts[2]?.ami?.id ?? ''

test('images of hosts have the day that they were made, and one that is gone hides no other', async () => {
  const { Images } = await ec2.send(byId(old(), 'ami-0123456789abcdef0'))
  expect(Images).toMatchObject([{ ImageId: old(), CreationDate: '2026-04-26T03:00:00.000Z' }])
})

test('after two years an image is deprecated, and shown only when asked for', async () => {
  const [host] = jobs().hosts
  const before = host?.ami
  Object.assign(host ?? {}, { ami: { id: 'ami-0old', createdAt: clock.now() - 800 * 86_400_000 } })
  const filter = { Filters: [{ Name: 'image-id', Values: ['ami-0old'] }] }
  expect((await ec2.send(new DescribeImagesCommand(filter))).Images).toEqual([])
  expect((await ec2.send(byId('ami-0old'))).Images).toHaveLength(1)
  Object.assign(host ?? {}, { ami: before })
})

test('an image asked for by its id has to be there', async () => {
  await expect(ec2.send(new DescribeImagesCommand({ ImageIds: ['ami-0123456789abcdef0'] }))).rejects.toMatchObject({
    name: 'InvalidAMIID.NotFound',
    message: "The image id '[ami-0123456789abcdef0]' does not exist",
  })
})

test('other filters and other actions are refused, in the shape that EC2 gives errors', async () => {
  const bad = new DescribeImagesCommand({ Filters: [{ Name: 'colour', Values: ['blue'] }] })
  await expect(ec2.send(bad)).rejects.toMatchObject({ name: 'InvalidParameterValue' })
})

test('a container instance has its agent, its image, and the room that its tasks leave', async () => {
  const { taskArns = [] } = await ecs.send(new ListTasksCommand({ cluster: 'jobs', serviceName: 'log-shipper' }))
  const { tasks = [] } = await ecs.send(new DescribeTasksCommand({ cluster: 'jobs', tasks: taskArns }))
  const arns = tasks.flatMap(({ containerInstanceArn }) => containerInstanceArn ?? [])
  expect(new Set(arns).size).toBe(3)
  const { containerInstances = [], failures } = await ecs.send(
    new DescribeContainerInstancesCommand({ cluster: 'jobs', containerInstances: [...arns, 'nowhere'] }),
  )
  expect(failures).toMatchObject([{ reason: 'MISSING' }])
  expect(containerInstances[0]).toMatchObject({
    ec2InstanceId: expect.stringMatching(/^i-0[0-9a-f]{16}$/),
    status: 'ACTIVE',
    agentConnected: true,
    runningTasksCount: 1,
  })
  const amount = (name: string) =>
    containerInstances[0]?.remainingResources?.find(one => one.name === name)?.integerValue
  expect([amount('CPU'), amount('MEMORY')]).toEqual([2_048 - 512, 7_764 - 1_024])
  await expect(
    ecs.send(new DescribeContainerInstancesCommand({ cluster: 'jobs', containerInstances: [] })),
  ).rejects.toMatchObject({ message: 'Container instances cannot be empty.' })
})

test('subnets of tasks are in a VPC, whose interface endpoints are those that somebody made', async () => {
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({ SubnetIds: ['subnet-0a1b2c3d4e5f60718'] }))
  const vpc = Subnets[0]?.VpcId ?? ''
  expect(vpc).toMatch(/^vpc-0/)
  const inVpc = (...Values: string[]) =>
    new DescribeVpcEndpointsCommand({
      Filters: [
        { Name: 'vpc-id', Values },
        { Name: 'vpc-endpoint-type', Values: ['Interface'] },
      ],
    })
  expect((await ec2.send(inVpc(vpc))).VpcEndpoints).toEqual([])
  aws.networks.endpoints.add('ecr.api')
  expect((await ec2.send(inVpc(vpc))).VpcEndpoints).toMatchObject([
    { ServiceName: 'com.amazonaws.us-east-1.ecr.api', VpcEndpointType: 'Interface', VpcId: vpc },
  ])
  expect((await ec2.send(inVpc('vpc-other'))).VpcEndpoints).toEqual([])
})

test('a subnet that is not there, and a filter that nobody knows', async () => {
  await expect(ec2.send(new DescribeSubnetsCommand({ SubnetIds: ['subnet-0'] }))).rejects.toMatchObject({
    name: 'InvalidSubnetID.NotFound',
  })
  const odd = new DescribeVpcEndpointsCommand({ Filters: [{ Name: 'colour', Values: ['red'] }] })
  await expect(ec2.send(odd)).rejects.toMatchObject({ name: 'InvalidParameterValue' })
})
