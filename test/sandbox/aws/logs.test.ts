import {
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  type FilterLogEventsCommandInput,
  GetLogEventsCommand,
  type GetLogEventsCommandInput,
} from '@aws-sdk/client-cloudwatch-logs'
import { AssumeRoleCommand } from '@aws-sdk/client-sts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { localUser } from '../../../sandbox/aws/wire/credentials.ts'
import type { Service } from '../../../sandbox/world/state.ts'
import { account, aService, awsvpc, clientsOf, type Peer, place, refusal, startPeer } from './peer.ts'

let peer: Peer
let service: Service
const MINUTE = 60_000

const logged = ({ fleet }: Pick<Peer, 'fleet'>, family: string, options: Record<string, string> = {}) =>
  fleet.registerTaskDefinition(
    place,
    {
      family,
      requiresCompatibilities: ['FARGATE'],
      cpu: '256',
      memory: '512',
      containerDefinitions: [
        {
          name: 'app',
          image: `${family}:v1`,
          logConfiguration: {
            logDriver: 'awslogs',
            options: {
              'awslogs-group': `/ecs/${family}`,
              'awslogs-region': 'us-east-1',
              'awslogs-stream-prefix': 'ecs',
              ...options,
            },
          },
        },
      ],
    },
    localUser.arn,
  )

beforeAll(async () => {
  peer = await startPeer()
  service = aService(peer, 'orders-api', {
    spec: {
      taskDefinition: logged(peer, 'orders-api'),
      launchType: 'FARGATE',
      capacityProviderStrategy: [],
      platformVersion: 'LATEST',
      networkConfiguration: awsvpc,
      loadBalancers: [],
      serviceRegistries: [],
    },
    age: 3,
  })
  const quiet = peer.aws.logs.create(place, '/quiet')
  for (let n = 0; n < 5; n += 1) peer.aws.logs.append(quiet, 'a', `line ${n}`, peer.clock.now() - (5 - n) * MINUTE)
  peer.aws.logs.append(quiet, 'b', '{"level":"error","status":503,"user":{"id":7}}', peer.clock.now() - 3 * MINUTE - 1)
})
afterAll(() => peer.aws.close())

const filter = async (input: Partial<FilterLogEventsCommandInput> = {}) => {
  peer.aws.throttle.reset()
  return peer.logs.send(new FilterLogEventsCommand({ logGroupName: '/quiet', ...input }))
}
const messages = async (input: Partial<FilterLogEventsCommandInput> = {}) =>
  (await filter(input)).events?.map(({ message }) => message)
const get = (input: Partial<GetLogEventsCommandInput> = {}) =>
  peer.logs.send(new GetLogEventsCommand({ logGroupName: '/quiet', logStreamName: 'a', ...input }))

describe('groups and streams', () => {
  test('a group is there for each that a task definition names', async () => {
    const { logGroups = [] } = await peer.logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: '/ecs' }))
    expect(logGroups).toMatchObject([
      { logGroupName: '/ecs/orders-api', arn: `arn:aws:logs:us-east-1:${account}:log-group:/ecs/orders-api:*` },
    ])
  })

  test('a stream is there for each container that ran', async () => {
    const { logStreams = [] } = await peer.logs.send(
      new DescribeLogStreamsCommand({ logGroupName: '/ecs/orders-api', logStreamNamePrefix: 'ecs/app/' }),
    )
    expect(logStreams.map(({ logStreamName }) => logStreamName)).toEqual(
      [...service.tasks].map(({ id }) => `ecs/app/${id}`).toSorted(),
    )
  })

  test('come in pages', async () => {
    const first = await peer.logs.send(new DescribeLogStreamsCommand({ logGroupName: '/quiet', limit: 1 }))
    const second = await peer.logs.send(
      new DescribeLogStreamsCommand({ logGroupName: '/quiet', limit: 1, nextToken: first.nextToken }),
    )
    expect(
      [first, second].flatMap(({ logStreams = [] }) => logStreams.map(({ logStreamName }) => logStreamName)),
    ).toEqual(['a', 'b'])
    expect(second.nextToken).toBeUndefined()
  })

  test('what is wrong is said', async () => {
    const streams = (input: object) =>
      refusal(peer.logs.send(new DescribeLogStreamsCommand({ logGroupName: '/quiet', ...input })))
    expect(await streams({ logGroupName: '/none' })).toBe(
      'ResourceNotFoundException: The specified log group does not exist.',
    )
    expect(await streams({ orderBy: 'LastEventTime', logStreamNamePrefix: 'a' })).toBe(
      'InvalidParameterException: Cannot order by LastEventTime with a logStreamNamePrefix.',
    )
    expect(await streams({ limit: 51 })).toMatch(/^InvalidParameterException: 1 validation error detected/)
  })
})

describe('FilterLogEvents', () => {
  test('gives lines of all streams in the order of time, or the latest first', async () => {
    const all = ['line 0', 'line 1', expect.stringContaining('503'), 'line 2', 'line 3', 'line 4']
    expect(await messages()).toEqual(all)
    expect(await messages({ startFromHead: false, startTime: peer.clock.now() - 20 * MINUTE })).toEqual(
      all.toReversed(),
    )
    expect(await messages({ logStreamNames: ['a'] })).toHaveLength(5)
    expect(await messages({ logStreamNamePrefix: 'b' })).toHaveLength(1)
  })

  test('start and end are both within', async () => {
    const [startTime, endTime] = [peer.clock.now() - 4 * MINUTE, peer.clock.now() - 2 * MINUTE]
    expect(await messages({ startTime, endTime, logStreamNames: ['a'] })).toEqual(['line 1', 'line 2', 'line 3'])
  })

  test.each([true, false])('pages lose nothing and repeat nothing, from the head: %s', async startFromHead => {
    const seen: (string | undefined)[] = []
    let nextToken: string | undefined
    const startTime = peer.clock.now() - 20 * MINUTE
    do {
      const page = await filter({ limit: 2, startFromHead, startTime, ...(nextToken !== undefined && { nextToken }) })
      expect(page.events?.length).toBeLessThanOrEqual(2)
      seen.push(...(page.events ?? []).map(({ eventId }) => eventId))
      nextToken = page.nextToken
    } while (nextToken !== undefined)
    expect(seen).toHaveLength(6)
    expect(new Set(seen).size).toBe(6)
    expect(startFromHead ? seen : seen.toReversed()).toEqual(seen.toSorted())
  })

  test('a page may be empty and carry a token', async () => {
    peer.aws.logKnobs.emptyPages = 1
    const { events, nextToken } = await filter()
    expect(events).toEqual([])
    expect(nextToken).toBeDefined()
    expect((await filter({ nextToken })).events).toHaveLength(6)
  })

  test('what a service writes reads the same twice, and nothing ticks for it', async () => {
    const before = peer.clock.next()
    const input = { logGroupName: '/ecs/orders-api', startTime: peer.clock.now() - 15 * MINUTE }
    const once = await messages(input)
    expect(once?.length).toBeGreaterThan(100)
    expect(await messages(input)).toEqual(once)
    expect(peer.clock.next()).toBe(before)
  })

  test('an endless range comes in pages that look at so much each', async () => {
    const { events = [], nextToken } = await filter({ logGroupName: '/ecs/orders-api', filterPattern: 'nowhere' })
    expect(events).toEqual([])
    expect(nextToken).toBeDefined()
  })

  test.each<[string, readonly string[]]>([
    ['line', ['line 0', 'line 1', 'line 2', 'line 3', 'line 4']],
    ['"line 3"', ['line 3']],
    ['line -0 -1 -2', ['line 3', 'line 4']],
    ['?"line 1" ?"line 4"', ['line 1', 'line 4']],
    ['%line [34]%', ['line 3', 'line 4']],
    ['Line', []],
    ['{ $.level = "error" && $.status >= 500 }', ['{"level":"error","status":503,"user":{"id":7}}']],
    ['{ ($.level = "warn") || ($.user.id = 7) }', ['{"level":"error","status":503,"user":{"id":7}}']],
    ['{ $.status = 5* && $.other NOT EXISTS }', ['{"level":"error","status":503,"user":{"id":7}}']],
    ['{ $.level != "error" }', []],
    ['', ['line 0', 'line 1', '{"level":"error","status":503,"user":{"id":7}}', 'line 2', 'line 3', 'line 4']],
  ])('the pattern %s', async (filterPattern, found) => {
    expect(await messages({ filterPattern })).toEqual(found)
  })

  test.each([
    ['/foo', "Invalid character(s) in term '/'"],
    ['a:b', "Invalid character(s) in term ':'"],
    ['"open', 'Invalid filter pattern'],
    ['{ $.level = "error"', "If a filter pattern starts with '{' it must end with '}'"],
    ['{ $.level }', 'Invalid filter pattern'],
    ['{ $."a-b" = 1 }', "Invalid character(s) in term '$'"],
    ['{ ($.level = "error" }', 'Invalid filter pattern'],
  ])('the pattern %s is refused', async (filterPattern, words) => {
    expect(await refusal(filter({ filterPattern }))).toBe(`InvalidParameterException: ${words}`)
  })

  test.each<[Partial<FilterLogEventsCommandInput>, string]>([
    [{ logGroupName: '/none' }, 'ResourceNotFoundException: The specified log group does not exist.'],
    [{ logStreamNames: ['none'] }, 'ResourceNotFoundException: The specified log stream does not exist.'],
    [{ logStreamNames: ['a'], logStreamNamePrefix: 'a' }, 'InvalidParameterException: LogStreamNames and'],
    [{ logStreamNames: Array.from({ length: 101 }, (_, n) => `${n}`) }, 'InvalidParameterException: 1 validation'],
    [{ limit: 10_001 }, 'InvalidParameterException: 1 validation'],
    [{ startTime: 2, endTime: 1 }, 'InvalidParameterException: End time'],
    [{ startFromHead: false, startTime: 0 }, 'InvalidParameterException: startFromHead'],
    [{ logGroupIdentifier: '/quiet' }, 'InvalidParameterException: You must include either'],
    [{ nextToken: 'nonsense' }, 'InvalidParameterException: The specified nextToken is invalid.'],
  ])('refuses %j', async (input, words) => {
    expect(await refusal(filter(input))).toContain(words)
  })

  test('is throttled at 25 a second in us-east-1', async () => {
    peer.aws.throttle.reset()
    const answers = await Promise.all(
      Array.from({ length: 26 }, () => refusal(peer.logs.send(new FilterLogEventsCommand({ logGroupName: '/quiet' })))),
    )
    expect(answers.filter(answer => answer === 'ThrottlingException: Rate exceeded')).toHaveLength(1)
  })
})

describe('GetLogEvents', () => {
  test('goes forward until the same token comes back', async () => {
    const first = await get({ startFromHead: true, limit: 3 })
    expect(first.events?.map(({ message }) => message)).toEqual(['line 0', 'line 1', 'line 2'])
    const second = await get({ startFromHead: true, nextToken: first.nextForwardToken })
    expect(second.events?.map(({ message }) => message)).toEqual(['line 3', 'line 4'])
    const third = await get({ startFromHead: true, nextToken: second.nextForwardToken })
    expect(third.events).toEqual([])
    expect(third.nextForwardToken).toBe(second.nextForwardToken)
  })

  test('goes backward from the latest', async () => {
    const first = await get({ limit: 2 })
    expect(first.events?.map(({ message }) => message)).toEqual(['line 3', 'line 4'])
    const second = await get({ nextToken: first.nextBackwardToken })
    expect(second.events?.map(({ message }) => message)).toEqual(['line 0', 'line 1', 'line 2'])
    expect((await get({ nextToken: second.nextBackwardToken })).nextBackwardToken).toBe(second.nextBackwardToken)
  })

  test('refuses what is not there', async () => {
    expect(await refusal(get({ logStreamName: 'none' }))).toBe(
      'ResourceNotFoundException: The specified log stream does not exist.',
    )
  })
})

test('a task says what it begins and ends with, and is still readable when the task is forgotten', async () => {
  const [task] = service.tasks
  if (task === undefined) throw new Error('no task')
  peer.fleet.stopTask(task, 'test')
  peer.clock.advance(2 * 3_600_000)
  const { events = [] } = await get({ logGroupName: '/ecs/orders-api', logStreamName: `ecs/app/${task.id}`, limit: 2 })
  expect(events.map(({ message }) => message)).toEqual(['INFO  SIGTERM received, draining', 'INFO  stopped'])
  const [fresh] = [...service.tasks].filter(({ createdAt }) => createdAt > peer.clock.now() - 3 * 3_600_000)
  const begun = await get({
    logGroupName: '/ecs/orders-api',
    logStreamName: `ecs/app/${fresh?.id}`,
    startFromHead: true,
    limit: 1,
  })
  expect(begun.events?.[0]?.message).toBe('INFO  starting orders-api')
})

test('IAM is asked about the group with a stream, and about unmasking', async () => {
  const guarded = await startPeer({ iam: true })
  const group = (end: string) => `arn:aws:logs:us-east-1:${account}:log-group:/quiet${end}`
  const allow = (Resource: string) => ({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Action: 'logs:FilterLogEvents', Resource },
  })
  guarded.aws.logs.create(place, '/quiet')
  const ask = async (resource: string, more: Partial<FilterLogEventsCommandInput> = {}) => {
    const name = `role-${Math.random()}`
    guarded.aws.roles.add({
      account,
      name,
      trustPolicy: {
        Version: '2012-10-17',
        Statement: { Effect: 'Allow', Principal: { AWS: account }, Action: 'sts:AssumeRole' },
      },
      policies: [allow(resource)],
    })
    const { Credentials } = await guarded.sts.send(
      new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${account}:role/${name}`, RoleSessionName: 'test' }),
    )
    const { logs } = clientsOf(guarded.aws.url, {
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
      sessionToken: Credentials?.SessionToken ?? '',
    })
    return refusal(logs.send(new FilterLogEventsCommand({ logGroupName: '/quiet', ...more })))
  }
  expect(await ask(group(':*'))).toBe('not refused')
  expect(await ask(group(''))).toContain(
    `is not authorized to perform: logs:FilterLogEvents on resource: ${group(':log-stream:')} because no identity-based policy allows`,
  )
  expect(await ask(group(':*'), { unmask: true })).toContain('logs:Unmask')
  await guarded.aws.close()
})
