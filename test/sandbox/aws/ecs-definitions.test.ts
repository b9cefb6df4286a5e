import {
  type ContainerDefinition,
  DescribeTaskDefinitionCommand,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
} from '@aws-sdk/client-ecs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkTaskDefinition } from '../../../sandbox/aws/services/ecs/task-definition-rules.ts'
import { seedWorld } from '../../../sandbox/world/seed.ts'
import { seedRelease } from '../../../sandbox/world/seed-release.ts'
import { type Peer, refusal, startPeer } from './peer.ts'

let peer: Peer
beforeAll(async () => {
  peer = await startPeer()
})
afterAll(() => peer.aws.close())

const ECR = '111122223333.dkr.ecr.us-east-1.amazonaws.com/job:v1'
const app: ContainerDefinition = { name: 'app', image: 'job:v1' }

const register = (input: Partial<RegisterTaskDefinitionCommandInput> = {}) => {
  peer.aws.throttle.reset()
  return peer.ecs.send(
    new RegisterTaskDefinitionCommand({
      family: 'job',
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '256',
      memory: '512',
      containerDefinitions: [app],
      ...input,
    }),
  )
}

const containers = (...containerDefinitions: Partial<ContainerDefinition>[]) => ({
  containerDefinitions: containerDefinitions.map(container => ({ ...app, ...container })),
})

test('every seeded task definition can be registered again', () => {
  seedWorld(peer.fleet)
  seedRelease(peer.fleet, peer.aws.autoscaling)
  const all = [...peer.fleet.sites.values()].flatMap(({ taskDefinitions }) => [...taskDefinitions.values()].flat())
  expect(all.length).toBeGreaterThan(20)
  for (const { input } of all) expect(() => checkTaskDefinition(input)).not.toThrow()
})

test.each([
  ['0.25 vCPU', '0.5 GB'],
  ['2048', '4096'],
  ['8192', '16384'],
  ['16 vCPU', '120 GB'],
])('Fargate has %s with %s', async (cpu, memory) => {
  expect(await refusal(register({ cpu, memory }))).toBe('not refused')
})

describe('a task definition', () => {
  test.each<[string, Partial<RegisterTaskDefinitionCommandInput>, string | RegExp]>([
    ['of a family with a dot', { family: 'a.b' }, /^Family contains invalid characters/],
    [
      'of 9 GB with half a vCPU',
      { cpu: '512', memory: '9216' },
      /^No Fargate configuration exists for given values: 512 CPU, 9216/,
    ],
    ['of 12 GB with 8 vCPU', { cpu: '8192', memory: '12288' }, /^No Fargate configuration exists/],
    [
      'without a size',
      { memory: undefined, ...containers({ memory: 100 }) },
      "Fargate requires that 'memory' be defined at the task level.",
    ],
    ['with a size in words', { cpu: 'much', requiresCompatibilities: [] }, /^Invalid 'cpu' setting for task: much/],
    ['without a name for a container', containers({ name: '' }), 'Container.name should not be null or empty.'],
    ['without an image', containers({ image: '' }), 'Container.image should not be null or empty.'],
    ['with a space in a name', containers({ name: 'a b' }), /^Container.name contains invalid characters/],
    ['with an image that is none', containers({ image: 'a b' }), /^Container.image 'a b' is not valid/],
    ['with the same name twice', containers({}, {}), 'Container names must be unique.'],
    ['with nothing essential', containers({ essential: false }), 'At least one essential container must be specified.'],
    ['of a role that is none', { taskRoleArn: 'arn:aws:iam::1:user/x' }, 'Role is not valid'],
    ['of an execution role that is none', { executionRoleArn: 'a role' }, 'Role is not valid'],
    [
      'of ARM on Windows',
      { runtimePlatform: { cpuArchitecture: 'ARM64', operatingSystemFamily: 'WINDOWS_SERVER_2022_CORE' } },
      /does not support the CPU architecture ARM64/,
    ],
    [
      'of an unknown architecture',
      { runtimePlatform: { cpuArchitecture: 'Z80' as 'ARM64' } },
      /^cpuArchitecture should be one of/,
    ],
    [
      'with another host port',
      containers({ portMappings: [{ containerPort: 80, hostPort: 8080 }] }),
      'When networkMode=awsvpc, the host ports and container ports in port mappings must match.',
    ],
    ['with a port too high', containers({ portMappings: [{ containerPort: 65_536 }] }), /Port 65536 must be between/],
    [
      'with a port twice',
      containers({ portMappings: [{ containerPort: 80 }] }, { name: 'b', portMappings: [{ containerPort: 80 }] }),
      /^The host port 80\/tcp is used by more than one/,
    ],
    [
      'with a port name twice',
      containers({
        portMappings: [
          { name: 'http', containerPort: 80 },
          { name: 'http', containerPort: 81 },
        ],
      }),
      /^The port mapping name 'http' is used more than once/,
    ],
    [
      'that waits for a container that is not there',
      containers({ dependsOn: [{ containerName: 'db', condition: 'START' }] }),
      /depends on the container 'db', which does not exist/,
    ],
    [
      'that waits for itself',
      containers({ dependsOn: [{ containerName: 'app', condition: 'START' }] }),
      /depends on the container 'app', which does not exist or is the same/,
    ],
    [
      'that waits in a circle',
      containers(
        { dependsOn: [{ containerName: 'b', condition: 'START' }] },
        { name: 'b', dependsOn: [{ containerName: 'app', condition: 'START' }] },
      ),
      /Its dependencies are a cycle/,
    ],
    [
      'that waits for the health of what has none',
      containers({ dependsOn: [{ containerName: 'b', condition: 'HEALTHY' }] }, { name: 'b' }),
      /which has no health check/,
    ],
    [
      'that waits for the end of an essential container',
      containers({ dependsOn: [{ containerName: 'b', condition: 'SUCCESS' }] }, { name: 'b' }),
      /cannot be set on the essential container 'b'/,
    ],
    [
      'with secrets and no execution role',
      containers({ secrets: [{ name: 'A', valueFrom: 'a' }] }),
      "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.",
    ],
    [
      'with a secret from elsewhere',
      { executionRoleArn: 'ecs', ...containers({ secrets: [{ name: 'A', valueFrom: 'https://secrets?a=b' }] }) },
      /The secret 'A' must name a secret/,
    ],
    [
      'with a secret named as a variable',
      {
        executionRoleArn: 'ecs',
        ...containers({ environment: [{ name: 'A', value: 'b' }], secrets: [{ name: 'A', valueFrom: 'a' }] }),
      },
      "The secret name must be unique and not shared with any new or existing environment variables set on the container, such as 'A'.",
    ],
    ['with a secret from nowhere', containers({ secrets: [{ name: 'A' } as never] }), 'ValueFrom cannot be empty.'],
    [
      'of a private image and no execution role',
      containers({ image: ECR }),
      'Fargate requires task definition to have execution role ARN to support ECR images.',
    ],
    [
      'with a log group and no execution role',
      containers({ logConfiguration: { logDriver: 'awslogs' } }),
      'Fargate requires task definition to have execution role ARN to support log driver awslogs.',
    ],
    ['that is privileged', containers({ privileged: true }), /^Fargate does not support 'privileged'/],
    ['of too many containers', containers(...Array.from({ length: 11 }, (_, n) => ({ name: `c${n}` }))), /at most 10/],
    ['with more memory in a container', containers({ memory: 1_024 }), /must not exceed the memory of the task/],
    ['with more memory in all containers', containers({ memory: 300 }, { name: 'b', memory: 300 }), /must not exceed/],
    ['with more cpu in all containers', containers({ cpu: 200 }, { name: 'b', cpu: 200 }), /The cpu of the containers/],
    [
      'with less memory than is reserved',
      containers({ memory: 100, memoryReservation: 200 }),
      /must not be greater than/,
    ],
    [
      'with a health check too often',
      containers({ healthCheck: { command: ['CMD', 'x'], interval: 1 } }),
      /interval must be/,
    ],
    [
      'with a volume that is not there',
      containers({ mountPoints: [{ sourceVolume: 'v' }] }),
      /The volume 'v' does not exist/,
    ],
    ['with a volume twice', { volumes: [{ name: 'v' }, { name: 'v' }] }, 'Volume names must be unique.'],
    ['with little storage', { ephemeralStorage: { sizeInGiB: 20 } }, /between 21 and 200 GiB/],
    [
      'of more than 64 KiB',
      containers({ command: ['x'.repeat(66_000)] }),
      /^Actual length: '\d+'\. Max allowed length is '65536' bytes\.$/,
    ],
  ])('%s is refused', async (_, input, text) => {
    const refused = await refusal(register(input))
    const [code, ...words] = refused.split(': ')
    expect(code).toBe('ClientException')
    if (typeof text === 'string') expect(words.join(': ')).toBe(text)
    else expect(words.join(': ')).toMatch(text)
  })
})

test('what the SDK does not know yet is kept', async () => {
  const newer = <T extends object>(given: T): T => ({ ...given, dreams: { of: ['sheep'] } })
  const bodies: string[] = []
  const client = peer.ecs
  client.middlewareStack.add(
    next => async args => {
      const request = args.request as { body: string | Uint8Array; headers: Record<string, string> }
      const body = JSON.parse(new TextDecoder().decode(request.body as Uint8Array))
      if (body.containerDefinitions) {
        body.containerDefinitions = body.containerDefinitions.map(newer)
        request.body = JSON.stringify(newer(body))
        request.headers['content-length'] = String(Buffer.byteLength(request.body))
      }
      return next(args)
    },
    { step: 'build', name: 'newer', priority: 'low' },
  )
  client.middlewareStack.add(
    next => async args => {
      const answered = await next(args)
      const { body } = answered.response as { body: AsyncIterable<Uint8Array> }
      const chunks: Uint8Array[] = []
      for await (const chunk of body) chunks.push(chunk)
      const text = Buffer.concat(chunks)
      bodies.push(text.toString('utf8'))
      Object.assign(answered.response as object, { body: text })
      return answered
    },
    { step: 'deserialize', name: 'spy', priority: 'low' },
  )
  await register({ family: 'newer' })
  await client.send(new DescribeTaskDefinitionCommand({ taskDefinition: 'newer' }))
  client.middlewareStack.remove('newer')
  client.middlewareStack.remove('spy')
  expect(bodies).toHaveLength(2)
  for (const body of bodies) {
    const { taskDefinition } = JSON.parse(body)
    expect(taskDefinition.dreams).toEqual({ of: ['sheep'] })
    expect(taskDefinition.containerDefinitions[0].dreams).toEqual({ of: ['sheep'] })
    expect(taskDefinition.registeredAt).toEqual(expect.any(Number))
  }
})
