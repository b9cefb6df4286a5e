import {
  CheckpointDurableExecutionCommand,
  GetDurableExecutionCommand,
  GetDurableExecutionHistoryCommand,
  GetDurableExecutionStateCommand,
  InvokeCommand,
  LambdaClient,
  ListDurableExecutionsByFunctionCommand,
  SendDurableExecutionCallbackFailureCommand,
  SendDurableExecutionCallbackHeartbeatCommand,
  SendDurableExecutionCallbackSuccessCommand,
  StopDurableExecutionCommand,
} from '@aws-sdk/client-lambda'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { localUser } from '../../../sandbox/aws/wire/credentials.ts'
import { Functions } from '../../../sandbox/lambda/functions.ts'
import { createLambdaService } from '../../../sandbox/lambda/service.ts'
import { createWake } from '../../../src/gateways/functions/dispatch.ts'
import { createExecutionStatus } from '../../../src/gateways/functions/executions.ts'
import { type Peer, refusal, startPeer } from '../aws/peer.ts'
import { aBareEngine, PENDING, SPEC, START, step } from './engine.ts'

let peer: Peer
let lambda: LambdaClient
let engine: ReturnType<typeof aBareEngine>
beforeEach(async () => {
  engine = aBareEngine()
  const functions = new Functions(engine.clock, [SPEC])
  peer = await startPeer({ clock: engine.clock, extraServices: [createLambdaService(functions, engine.durable)] })
  lambda = new LambdaClient({ endpoint: peer.aws.url, region: 'us-east-1', credentials: localUser, maxAttempts: 1 })
})
afterEach(() => {
  lambda.destroy()
  return peer.aws.close()
})

const env = () => ({
  AWS_REGION: 'us-east-1',
  AWS_ENDPOINT_URL: peer.aws.url,
  AWS_ACCESS_KEY_ID: localUser.accessKeyId,
  AWS_SECRET_ACCESS_KEY: localUser.secretAccessKey,
})
const invoke = (FunctionName: string, more: object = {}) =>
  lambda.send(
    new InvokeCommand({
      FunctionName,
      InvocationType: 'Event',
      DurableExecutionName: 'op-2',
      Payload: Buffer.from('{"b":2}'),
      ...more,
    }),
  )
/** Begins a callback through the API: its id. */
const aCallback = async (): Promise<string> => {
  const { NewExecutionState } = await lambda.send(
    new CheckpointDurableExecutionCommand({
      DurableExecutionArn: engine.execution.arn,
      CheckpointToken: engine.last().event.CheckpointToken,
      Updates: [{ Id: 'c', Type: 'CALLBACK', Action: 'START', CallbackOptions: { HeartbeatTimeoutSeconds: 60 } }],
    }),
  )
  return NewExecutionState?.Operations?.[0]?.CallbackDetails?.CallbackId ?? ''
}

describe('a durable function is invoked', () => {
  test('through an alias or a version; its executions name the version', async () => {
    const { DurableExecutionArn } = await invoke('operation:live')
    expect(DurableExecutionArn).toMatch(
      /^arn:aws:lambda:us-east-1:111122223333:function:operation:1\/durable-execution\/op-2\/[\w-]+$/,
    )
    expect(engine.durable.executions.get('op-2')).toMatchObject({ qualifier: 'live', version: '1' })
    const byVersion = await invoke('operation', { Qualifier: '1', DurableExecutionName: 'op-3' })
    expect(byVersion.DurableExecutionArn).toContain(':function:operation:1/durable-execution/op-3/')
  })

  test('never by its name alone', async () => {
    expect(await refusal(invoke('operation'))).toBe(
      'InvalidParameterValueException: You cannot invoke a durable function using an unqualified ARN.',
    )
  })

  test('not through a version that is not there', async () => {
    expect(await refusal(invoke('operation:9'))).toContain('ResourceNotFoundException: Function not found')
  })

  test('with one payload under one name', async () => {
    const first = await invoke('operation:live')
    expect((await invoke('operation:live')).DurableExecutionArn).toBe(first.DurableExecutionArn)
    expect(await refusal(invoke('operation:live', { Payload: Buffer.from('{}') }))).toContain(
      'DurableExecutionAlreadyStartedException',
    )
  })
})

describe('a callback at the wire', () => {
  test.each(['the SDK', 'the product'])('is completed by an id with `/`, `+` and `=` in it, by %s', async by => {
    const CallbackId = await aCallback()
    for (const sign of '/+=') expect(CallbackId).toContain(sign)
    if (by === 'the product') await createWake(env())(CallbackId)
    else
      await lambda.send(
        new SendDurableExecutionCallbackSuccessCommand({ CallbackId, Result: Buffer.from('"settled"') }),
      )
    expect(engine.execution.operations.get('c')).toMatchObject({
      Status: 'SUCCEEDED',
      CallbackDetails: { Result: '"settled"' },
    })
  })

  test('is told that it is completed already; the product takes that for woken', async () => {
    const CallbackId = await aCallback()
    await lambda.send(
      new SendDurableExecutionCallbackFailureCommand({ CallbackId, Error: { ErrorType: 'No', ErrorMessage: 'no' } }),
    )
    expect(engine.execution.operations.get('c')).toMatchObject({
      CallbackDetails: { Error: { ErrorType: 'No', ErrorMessage: 'no' } },
    })
    const again = lambda.send(new SendDurableExecutionCallbackSuccessCommand({ CallbackId }))
    expect(await refusal(again)).toContain('CallbackTimeoutException: The callback ID token has either expired')
    await createWake(env())(CallbackId)
  })

  test('is kept alive by heartbeats', async () => {
    const CallbackId = await aCallback()
    engine.clock.advance(59_000)
    await lambda.send(new SendDurableExecutionCallbackHeartbeatCommand({ CallbackId }))
    engine.clock.advance(59_000)
    expect(engine.execution.operations.get('c')?.Status).toBe('STARTED')
  })
})

test('a checkpoint of more than 6 MB is refused', async () => {
  const Payload = 'x'.repeat(6 * 1024 * 1024)
  const sent = lambda.send(
    new CheckpointDurableExecutionCommand({
      DurableExecutionArn: engine.execution.arn,
      CheckpointToken: 'AAAA',
      Updates: [{ Id: 'r', Type: 'EXECUTION', Action: 'SUCCEED', Payload }],
    }),
  )
  expect(await refusal(sent)).toContain('Request must be smaller than 6291456 bytes')
})

describe('what Lambda tells of an execution', () => {
  const DurableExecutionArn = () => engine.execution.arn

  test('GetDurableExecution: all that client-lambda models', async () => {
    await lambda.send(
      new StopDurableExecutionCommand({
        DurableExecutionArn: DurableExecutionArn(),
        Error: { ErrorMessage: 'by hand' },
      }),
    )
    const { $metadata: _, ...told } = await lambda.send(
      new GetDurableExecutionCommand({ DurableExecutionArn: DurableExecutionArn() }),
    )
    expect(told).toEqual({
      DurableExecutionArn: DurableExecutionArn(),
      DurableExecutionName: 'op',
      FunctionArn: `${SPEC.arn}:live`,
      InputPayload: '{"a":1}',
      Error: { ErrorMessage: 'by hand' },
      StartTimestamp: new Date(START),
      EndTimestamp: new Date(START),
      Status: 'STOPPED',
      Version: '1',
      ExecutionDataIncluded: true,
      DurableConfig: { RetentionPeriodInDays: 90, ExecutionTimeout: 366 * 86_400 },
    })
    expect(await createExecutionStatus(env())(DurableExecutionArn())).toBe('STOPPED')
  })

  test('GetDurableExecution without its data', async () => {
    const told = await lambda.send(
      new GetDurableExecutionCommand({ DurableExecutionArn: DurableExecutionArn(), IncludeExecutionData: false }),
    )
    expect(told).toMatchObject({ ExecutionDataIncluded: false, Status: 'RUNNING' })
    expect(told.InputPayload).toBeUndefined()
  })

  test('StopDurableExecution says when, and stops once', async () => {
    const stop = () => lambda.send(new StopDurableExecutionCommand({ DurableExecutionArn: DurableExecutionArn() }))
    expect((await stop()).StopTimestamp).toEqual(new Date(START))
    engine.clock.advance(60_000)
    expect((await stop()).StopTimestamp).toEqual(new Date(START))
  })

  test('GetDurableExecutionHistory: its events, in pages, either way round', async () => {
    engine.checkpoint([step('1', 'START'), step('1', 'SUCCEED', { Payload: '"secret"' })])
    engine.checkpoint([{ Id: 'w', Type: 'WAIT', Action: 'START', WaitOptions: { WaitSeconds: 60 } }])
    await engine.last().answer(PENDING)
    engine.clock.advance(60_000)
    const ask = (more: object) =>
      lambda.send(new GetDurableExecutionHistoryCommand({ DurableExecutionArn: DurableExecutionArn(), ...more }))
    const all = await ask({})
    expect(all.Events?.map(({ EventType }) => EventType)).toEqual([
      'ExecutionStarted',
      'StepStarted',
      'StepSucceeded',
      'WaitStarted',
      'InvocationCompleted',
      'WaitSucceeded',
    ])
    expect(all.Events?.[2]).toMatchObject({
      EventId: 3,
      Name: '1',
      StepSucceededDetails: { Result: { Payload: '"secret"' } },
    })
    expect(all.Events?.[3]?.WaitStartedDetails).toEqual({
      Duration: 60,
      ScheduledEndTimestamp: new Date(START + 60_000),
    })
    const first = await ask({ ReverseOrder: true, MaxItems: 2, IncludeExecutionData: false })
    expect(first.Events?.map(({ EventId }) => EventId)).toEqual([6, 5])
    const { Events, NextMarker } = await ask({
      ReverseOrder: true,
      MaxItems: 4,
      Marker: first.NextMarker,
      IncludeExecutionData: false,
    })
    expect(Events?.map(({ EventId }) => EventId)).toEqual([4, 3, 2, 1])
    expect(NextMarker).toBeUndefined()
    expect(JSON.stringify(Events)).not.toContain('secret')
  })

  test('ListDurableExecutionsByFunction: the newest first, by status and by name', async () => {
    engine.clock.advance(60_000)
    await invoke('operation:live')
    await lambda.send(new StopDurableExecutionCommand({ DurableExecutionArn: DurableExecutionArn() }))
    const list = async (more: object = {}) => {
      const found = await lambda.send(
        new ListDurableExecutionsByFunctionCommand({ FunctionName: 'operation', ...more }),
      )
      return found.DurableExecutions?.map(({ DurableExecutionName }) => DurableExecutionName)
    }
    expect(await list()).toEqual(['op-2', 'op'])
    expect(await list({ ReverseOrder: true })).toEqual(['op', 'op-2'])
    expect(await list({ Statuses: ['STOPPED', 'FAILED'] })).toEqual(['op'])
    expect(await list({ DurableExecutionName: 'op-2' })).toEqual(['op-2'])
    expect(await list({ StartedAfter: new Date(START + 1) })).toEqual(['op-2'])
  })

  test('GetDurableExecutionState: to the invocation that has it', async () => {
    const ask = (CheckpointToken: string) =>
      lambda.send(new GetDurableExecutionStateCommand({ DurableExecutionArn: DurableExecutionArn(), CheckpointToken }))
    const { Operations } = await ask(engine.last().event.CheckpointToken)
    expect(Operations).toMatchObject([{ Type: 'EXECUTION', StartTimestamp: new Date(START) }])
    expect(await refusal(ask('AAAA'))).toBe('InvalidParameterValueException: Invalid checkpoint token')
  })
})
