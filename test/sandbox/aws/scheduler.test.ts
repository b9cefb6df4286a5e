import {
  CreateScheduleCommand,
  type CreateScheduleInput,
  DeleteScheduleCommand,
  GetScheduleCommand,
  ListSchedulesCommand,
  SchedulerClient,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { localUser } from '../../../sandbox/aws/wire/credentials.ts'
import { account, type Peer, place, refusal, region, startPeer } from './peer.ts'

const FUNCTION = `arn:aws:lambda:${region}:${account}:function:quarterdeck-schedule`
const ROLE = `arn:aws:iam::${account}:role/quarterdeck-scheduler`
const START = Date.parse('2026-11-22T03:00:00Z')

let peer: Peer
let invoked: unknown[] = []
let scheduler: SchedulerClient
const peers: Peer[] = []

const clientOf = (credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string } = localUser) =>
  new SchedulerClient({ endpoint: peer.aws.url, region, credentials, maxAttempts: 1 })

const trusting = (Service: string, Condition: object = {}) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service }, Action: 'sts:AssumeRole', Condition }],
})
const allowing = (Action: string, Resource: string, Condition: object = {}) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action, Resource, Condition }],
})

beforeEach(async () => {
  invoked = []
  peer = await startPeer({
    iam: true,
    invoke: (arn, event) => {
      invoked.push(event)
      return arn === FUNCTION
    },
  })
  peers.push(peer)
  peer.clock.advanceTo(Math.max(START, peer.clock.now()))
  scheduler = clientOf()
  peer.aws.scheduler.addGroup(place, 'quarterdeck')
  peer.aws.roles.add({
    account,
    name: 'quarterdeck-scheduler',
    trustPolicy: trusting('scheduler.amazonaws.com', {
      StringEquals: {
        'aws:SourceAccount': account,
        'aws:SourceArn': `arn:aws:scheduler:${region}:${account}:schedule-group/quarterdeck`,
      },
    }),
    policies: [allowing('lambda:InvokeFunction', FUNCTION)],
  })
})
afterAll(() => Promise.all(peers.map(({ aws }) => aws.close())))

const inMinutes = (minutes: number, seconds = 0) =>
  `at(${new Date(Math.ceil(peer.clock.now() / 60_000) * 60_000 + minutes * 60_000 + seconds * 1_000).toISOString().slice(0, 19)})`

const aSchedule = (more: Partial<CreateScheduleInput> = {}): CreateScheduleInput => ({
  Name: 'reminder-1',
  GroupName: 'quarterdeck',
  ScheduleExpression: inMinutes(15),
  FlexibleTimeWindow: { Mode: 'OFF' },
  Target: { Arn: FUNCTION, RoleArn: ROLE, Input: '{"n":1}' },
  ...more,
})

const create = (more: Partial<CreateScheduleInput> = {}) => scheduler.send(new CreateScheduleCommand(aSchedule(more)))
const list = async (more = {}) => {
  const { Schedules = [] } = await scheduler.send(new ListSchedulesCommand(more))
  return Schedules.map(({ Name }) => Name)
}

describe('a schedule', () => {
  test('is made, shown, listed, changed and deleted', async () => {
    const arn = `arn:aws:scheduler:${region}:${account}:schedule/quarterdeck/reminder-1`
    expect((await create({ Description: 'first' })).ScheduleArn).toBe(arn)
    const get = () => scheduler.send(new GetScheduleCommand({ Name: 'reminder-1', GroupName: 'quarterdeck' }))
    expect(await get()).toMatchObject({
      Arn: arn,
      Name: 'reminder-1',
      GroupName: 'quarterdeck',
      Description: 'first',
      State: 'ENABLED',
      ActionAfterCompletion: 'NONE',
      ScheduleExpressionTimezone: 'UTC',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: { Arn: FUNCTION, RoleArn: ROLE, Input: '{"n":1}' },
      CreationDate: new Date(peer.clock.now()),
    })
    await scheduler.send(new UpdateScheduleCommand(aSchedule({ ScheduleExpression: 'rate(2 hours)' })))
    expect(await get()).toMatchObject({ ScheduleExpression: 'rate(2 hours)' })
    expect((await get()).Description).toBeUndefined()
    expect(await list()).toEqual(['reminder-1'])
    await scheduler.send(new DeleteScheduleCommand({ Name: 'reminder-1', GroupName: 'quarterdeck' }))
    expect(await refusal(get())).toBe('ResourceNotFoundException: Schedule reminder-1 does not exist.')
    peer.clock.advance(3_600_000 * 3)
    expect(invoked).toEqual([])
  })

  test('is listed by group and prefix, in pages', async () => {
    for (const n of [1, 2, 3]) await create({ Name: `a-${n}` })
    peer.aws.scheduler.addGroup(place, 'other')
    expect(await list({ GroupName: 'quarterdeck' })).toEqual(['a-1', 'a-2', 'a-3'])
    expect(await list({ GroupName: 'other' })).toEqual([])
    expect(await list({ NamePrefix: 'a-2' })).toEqual(['a-2'])
    const first = await scheduler.send(new ListSchedulesCommand({ MaxResults: 2 }))
    expect(first.Schedules).toHaveLength(2)
    expect(await list({ NextToken: first.NextToken })).toEqual(['a-3'])
  })

  test.each<[string, Partial<CreateScheduleInput>, string]>([
    [
      'of a name with a space',
      { Name: 'a b' },
      "ValidationException: 1 validation error detected: Value 'a b' at 'name'",
    ],
    ['of a name of 65', { Name: 'a'.repeat(65) }, 'ValidationException: 1 validation error detected'],
    [
      'in a group that is not there',
      { GroupName: 'none' },
      'ResourceNotFoundException: Schedule group none does not exist.',
    ],
    [
      'with a zone in its time',
      { ScheduleExpression: 'at(2031-12-31T23:59:59Z)' },
      'ValidationException: Invalid Schedule Expression at(2031-12-31T23:59:59Z).',
    ],
    [
      'without a time',
      { ScheduleExpression: 'at(2031-12-31)' },
      'ValidationException: Invalid Schedule Expression at(2031-12-31).',
    ],
    [
      'on no day',
      { ScheduleExpression: 'at(2031-13-31T00:00:00)' },
      'ValidationException: Invalid Schedule Expression',
    ],
    [
      'in the past',
      { ScheduleExpression: 'at(2020-01-01T00:00:00)' },
      'ValidationException: Invalid Schedule Expression',
    ],
    [
      'every ten seconds',
      { ScheduleExpression: 'rate(10 seconds)' },
      'ValidationException: Invalid Schedule Expression rate(10 seconds).',
    ],
    [
      'at no rate',
      { ScheduleExpression: 'rate(0 minutes)' },
      'ValidationException: Invalid Schedule Expression rate(0 minutes).',
    ],
    [
      'from long ago',
      { ScheduleExpression: 'rate(1 days)', StartDate: new Date(0) },
      'ValidationException: The StartDate you specify cannot be earlier than 5 minutes ago.',
    ],
    [
      'with an input that is no JSON',
      { Target: { Arn: FUNCTION, RoleArn: ROLE, Input: '{' } },
      'ValidationException: Invalid Input',
    ],
    [
      'without a window',
      { FlexibleTimeWindow: undefined },
      "ValidationException: 1 validation error detected: Value null at 'flexibleTimeWindow'",
    ],
    [
      'without a role',
      { Target: { Arn: FUNCTION, RoleArn: undefined } },
      "ValidationException: 1 validation error detected: Value null at 'target.roleArn'",
    ],
    [
      'in another zone',
      { ScheduleExpressionTimezone: 'Europe/Berlin' },
      'ServerException: The sandbox broke: Error: the sandbox does not simulate the time zone',
    ],
    [
      'by cron',
      { ScheduleExpression: 'cron(0 1 * * ? *)' },
      'ServerException: The sandbox broke: Error: the sandbox does not simulate cron',
    ],
  ])('%s is refused', async (_, more, words) => {
    const command = new CreateScheduleCommand({ ...aSchedule(), ...(more as CreateScheduleInput) })
    expect(await refusal(scheduler.send(command))).toContain(words)
    expect(peer.aws.scheduler.list()).toEqual([])
  })

  test('there is one of a name in a group', async () => {
    await create()
    expect(await refusal(create())).toBe('ConflictException: Schedule reminder-1 already exists.')
    peer.aws.roles.add({ account, name: 'any', trustPolicy: trusting('scheduler.amazonaws.com') })
    const Target = { Arn: FUNCTION, RoleArn: ROLE.replace('quarterdeck-scheduler', 'any') }
    expect((await create({ GroupName: 'default', Target })).ScheduleArn).toContain('schedule/default/reminder-1')
  })
})

describe('when it is due', () => {
  test('the function is invoked within the minute, once, with its input', async () => {
    await create({ ScheduleExpression: inMinutes(15, 1) })
    peer.clock.advance(15 * 60_000)
    expect(invoked).toEqual([])
    peer.clock.advance(2 * 60_000)
    expect(invoked).toEqual([{ n: 1 }])
    peer.clock.advance(86_400_000)
    expect(invoked).toHaveLength(1)
    expect(await list()).toEqual(['reminder-1'])
    expect(peer.aws.callLog.list().find(({ action }) => action === 'Invoke')).toMatchObject({
      status: 202,
      arn: `arn:aws:sts::${account}:assumed-role/quarterdeck-scheduler/reminder-1`,
    })
  })

  test('it deletes itself where it says so', async () => {
    await create({ ActionAfterCompletion: 'DELETE' })
    peer.clock.advance(17 * 60_000)
    expect(invoked).toHaveLength(1)
    expect(await list()).toEqual([])
  })

  test('a rate goes on until its end, and says what it is when it has no input', async () => {
    const EndDate = new Date(peer.clock.now() + 100 * 60_000)
    await create({
      ScheduleExpression: 'rate(30 minutes)',
      EndDate,
      ActionAfterCompletion: 'DELETE',
      Target: { Arn: FUNCTION, RoleArn: ROLE },
    })
    peer.clock.advance(86_400_000)
    expect(invoked).toHaveLength(4)
    expect(invoked[0]).toMatchObject({ source: 'aws.scheduler', 'detail-type': 'Scheduled Event' })
    expect(await list()).toEqual([])
  })

  test('a role that lost its right to invoke delivers nothing', async () => {
    await create()
    const role = peer.aws.roles.find(ROLE)
    if (role) peer.aws.roles.add({ ...role, policies: [] })
    peer.clock.advance(17 * 60_000)
    expect(invoked).toEqual([])
    expect(peer.aws.callLog.list().find(({ action }) => action === 'Invoke')).toMatchObject({ status: 403 })
  })
})

describe('IAM', () => {
  const asRole = (...policies: readonly object[]) => {
    peer.aws.roles.add({ account, name: 'caller', trustPolicy: trusting('lambda.amazonaws.com'), policies })
    const roleArn = `arn:aws:iam::${account}:role/caller`
    return clientOf(
      peer.aws.credentials.issue({
        account,
        arn: `arn:aws:sts::${account}:assumed-role/caller/x`,
        roleArn,
        userId: 'AROA:x',
      }),
    )
  }
  const ON = `arn:aws:scheduler:${region}:${account}:schedule/quarterdeck/*`
  const PASS = allowing('iam:PassRole', ROLE, { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } })

  test('whoever makes a schedule has to be allowed to, in that group, and to pass its role to Scheduler', async () => {
    const make = (client: SchedulerClient, more = {}) =>
      refusal(client.send(new CreateScheduleCommand(aSchedule(more))))
    expect(await make(asRole(allowing('scheduler:CreateSchedule', ON)))).toContain(
      `is not authorized to perform: iam:PassRole on resource: ${ROLE}`,
    )
    expect(await make(asRole(PASS))).toContain(
      `is not authorized to perform: scheduler:CreateSchedule on resource: ${ON.replace('*', 'reminder-1')}`,
    )
    const both = [allowing('scheduler:CreateSchedule', ON), PASS]
    expect(await make(asRole(...both), { GroupName: undefined })).toContain('schedule/default/reminder-1')
    expect(await make(asRole(...both))).toBe('not refused')
  })

  test('a role that does not let Scheduler in, for that group, is refused', async () => {
    const words =
      'ValidationException: The execution role you provide must allow AWS EventBridge Scheduler to assume the role.'
    peer.aws.roles.add({ account, name: 'lambda', trustPolicy: trusting('lambda.amazonaws.com') })
    for (const name of ['lambda', 'none']) {
      const Target = { Arn: FUNCTION, RoleArn: `arn:aws:iam::${account}:role/${name}` }
      expect(await refusal(create({ Target }))).toBe(words)
    }
    expect(await refusal(create({ GroupName: 'default' }))).toBe(words)
  })
})
