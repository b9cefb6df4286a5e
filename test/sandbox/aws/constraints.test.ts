// The constraints of AWS's models, checked on requests of real clients and on plain inputs.

import { readdirSync, readFileSync } from 'node:fs'
import * as autoscaling from '@aws-sdk/client-application-auto-scaling'
import {
  CreateServiceCommand,
  DescribeTasksCommand,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  TagResourceCommand,
} from '@aws-sdk/client-ecs'
import { GetParametersCommand } from '@aws-sdk/client-ssm'
import { AssumeRoleCommand } from '@aws-sdk/client-sts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { demandFrom, modelError, type Rules } from '../../../sandbox/aws/wire/constraints.ts'
import { localUser } from '../../../sandbox/aws/wire/credentials.ts'
import { type Peer, refusal, region, startPeer } from './peer.ts'

const folder = new URL('../../../sandbox/aws/wire/constraints/', import.meta.url)
const files = readdirSync(folder)
const rulesIn = (file: string) => JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Rules

test.each(files)('%s: every pattern compiles', file => {
  const rules = rulesIn(file)
  const demand = demandFrom({ rules, refuse: modelError('ValidationException') })
  const samples = Object.entries(rules).flatMap(([action, members]) =>
    Object.keys(members).map(path => ({ action, path })),
  )
  expect(samples.length).toBeGreaterThan(0)
  for (const action of Object.keys(rules))
    try {
      demand(action, {})
    } catch (error) {
      expect(error).toMatchObject({ name: 'ValidationException' })
    }
})

describe('an input', () => {
  const rules: Rules = {
    Put: {
      '.': { required: ['Name'] },
      Name: { min: 2, max: 4, pattern: '[a-z]+' },
      Kind: { enum: ['A', 'B'], name: 'Kinds' },
      Count: { min: 1, max: 3 },
      'Tags[]': { required: ['Key'] },
      'Tags[].Key': { max: 3 },
      'Words[]': { max: 2, pattern: '[a-z]*' },
      'Map{key}': { max: 2 },
      'Map{}': { max: 2 },
      Printed: { pattern: '\\p{Print}+' },
      Named: { pattern: '[\\p{L}]*' },
    },
  }
  const demand = demandFrom({
    rules,
    client: { Kinds: { a: 'A', b: 'B', c: 'C' } },
    refuse: modelError('ValidationException'),
  })
  const said = (input: Readonly<Record<string, unknown>>): string => {
    try {
      demand('Put', { Name: 'ab', ...input })
      return ''
    } catch (error) {
      return (error as Error).message
    }
  }
  const one = (value: string, at: string, must: string) =>
    `1 validation error detected: Value ${value} at '${at}' failed to satisfy constraint: ${must}`

  test.each<[string, Readonly<Record<string, unknown>>, string]>([
    ['a missing member', { Name: undefined }, one('null', 'name', 'Member must not be null')],
    ['a short text', { Name: 'a' }, one("'a'", 'name', 'Member must have length greater than or equal to 2')],
    ['a long text', { Name: 'abcde' }, one("'abcde'", 'name', 'Member must have length less than or equal to 4')],
    ['part of a text', { Name: 'ab1' }, one("'ab1'", 'name', 'Member must satisfy regular expression pattern: [a-z]+')],
    ['an unknown word', { Kind: 'D' }, one("'D'", 'kind', 'Member must satisfy enum value set: [A, B, C]')],
    ['a small number', { Count: 0 }, one("'0'", 'count', 'Member must have value greater than or equal to 1')],
    ['a large number', { Count: 4 }, one("'4'", 'count', 'Member must have value less than or equal to 3')],
    [
      'a structure in a list',
      { Tags: [{ Key: 'a' }, {}] },
      one('null', 'tags.2.member.key', 'Member must not be null'),
    ],
    [
      'a text in a list',
      { Words: ['a', 'B'] },
      one(
        "'[a, B]'",
        'words',
        'Member must satisfy constraint: [Member must have length less than or equal to 2, Member must satisfy regular expression pattern: [a-z]*]',
      ),
    ],
    [
      'a key',
      { Map: { abc: 'a' } },
      one("'{abc=a}'", 'map', 'Map keys must satisfy constraint: [Member must have length less than or equal to 2]'),
    ],
    [
      'a value',
      { Map: { a: 'abc' } },
      one("'{a=abc}'", 'map', 'Map value must satisfy constraint: [Member must have length less than or equal to 2]'),
    ],
    [
      'a control character',
      { Printed: 'a\tb' },
      one("'a\tb'", 'printed', 'Member must satisfy regular expression pattern: \\p{Print}+'),
    ],
  ])('is refused with %s', (_, input, message) => {
    expect(said(input)).toBe(message)
  })

  test('with several faults is refused with all of them', () => {
    expect(said({ Count: 9, Kind: 'D' })).toMatch(/^2 validation errors detected: Value 'D' at 'kind' .*; Value '9' at/)
  })

  test('that fits is not refused, also with values that only the SDK knows', () => {
    expect(said({ Kind: 'C', Count: 3, Tags: [{ Key: 'abc' }], Words: [], Map: { a: '' }, Named: 'ä' })).toBe('')
    expect(said({ Kind: null, Words: undefined })).toBe('')
  })
})

describe('a request', () => {
  let peer: Peer
  beforeAll(async () => {
    peer = await startPeer()
  })
  afterAll(() => peer.aws.close())

  const capacityProviderStrategy = (weight: number, base = 0) => [{ capacityProvider: 'FARGATE', weight, base }]
  const create = (more: object) =>
    peer.ecs.send(new CreateServiceCommand({ serviceName: 'api', taskDefinition: 'api', desiredCount: 1, ...more }))

  test.each<[object, string]>([
    [{ capacityProviderStrategy: capacityProviderStrategy(1_001) }, 'The weight value must be between 0 and 1000.'],
    [
      { capacityProviderStrategy: capacityProviderStrategy(1, 100_001) },
      'The base value must be between 0 and 100000.',
    ],
    [{ launchType: 'LAMBDA' }, 'launchType should be one of [EC2,FARGATE,EXTERNAL,MANAGED_INSTANCES]'],
    [{ deploymentConfiguration: { alarms: {} } }, 'AlarmNames cannot be empty.'],
  ])('of ECS with %o is refused', async (more, message) => {
    expect(await refusal(create(more))).toBe(`InvalidParameterException: ${message}`)
  })

  test('of ECS is checked before its names are looked up, in the service’s own error', async () => {
    expect(await refusal(peer.ecs.send(new DescribeTasksCommand({ cluster: 'none', tasks: undefined as never })))).toBe(
      'InvalidParameterException: Tasks cannot be empty.',
    )
    expect(
      await refusal(peer.ecs.send(new ListTasksCommand({ cluster: 'none', desiredStatus: 'GONE' as never }))),
    ).toBe('InvalidParameterException: desiredStatus should be one of [RUNNING,PENDING,STOPPED]')
    const register = new RegisterTaskDefinitionCommand({
      family: 'api',
      networkMode: 'wifi' as never,
      containerDefinitions: [],
    })
    expect(await refusal(peer.ecs.send(register))).toBe(
      'ClientException: networkMode should be one of [bridge,host,awsvpc,none]',
    )
    const tag = new TagResourceCommand({ resourceArn: 'x', tags: [{ key: 'a;b', value: '' }] })
    expect(await refusal(peer.ecs.send(tag))).toMatch(/^InvalidParameterException: Value 'a;b' at 'tags.1.member.key'/)
  })

  test('of the query protocol and of Systems Manager', async () => {
    const assume = new AssumeRoleCommand({ RoleArn: 'arn:aws:iam::111122223333:role/a', RoleSessionName: 'a b' })
    expect(await refusal(peer.sts.send(assume))).toBe(
      "ValidationError: 1 validation error detected: Value 'a b' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*",
    )
    expect(await refusal(peer.ssm.send(new GetParametersCommand({ Names: [] })))).toBe(
      "ValidationException: 1 validation error detected: Value '[]' at 'names' failed to satisfy constraint: Member must have length greater than or equal to 1",
    )
  })

  test('of Application Auto Scaling', async () => {
    const client = new autoscaling.ApplicationAutoScalingClient({
      endpoint: peer.aws.url,
      region,
      credentials: localUser,
      maxAttempts: 1,
    })
    const describe = new autoscaling.DescribeScalableTargetsCommand({
      ServiceNamespace: 'ecs',
      ScalableDimension: 'ecs:service:Mood' as never,
    })
    expect(await refusal(client.send(describe))).toMatch(
      /^ValidationException: 1 validation error detected: Value 'ecs:service:Mood' at 'scalableDimension' failed to satisfy constraint: Member must satisfy enum value set: \[ecs:service:DesiredCount, /,
    )
  })
})
