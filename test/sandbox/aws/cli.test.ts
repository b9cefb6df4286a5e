// The official AWS CLI is the other client that the sandbox must satisfy: it knows nothing of this project.

import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { CreateTableCommand } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { localUser } from '../../../sandbox/aws/wire/credentials.ts'
import { aService, type Peer, place, region, startPeer } from './peer.ts'

const places = ['/usr/bin/aws', '/usr/local/bin/aws', '/opt/homebrew/bin/aws']
const binary = places.find(path => existsSync(path))

let peer: Peer
beforeAll(async () => {
  peer = await startPeer()
  const service = aService(peer, 'orders-api', { desired: 4 })
  peer.aws.autoscaling.register(place, 'service/web/orders-api', { min: 2, max: 9 })
  peer.aws.autoscaling.setLoad(service, 2)
  peer.aws.parameters.put(place, '/quarterdeck/halt', {
    type: 'String',
    value: 'off',
    at: peer.clock.now(),
    by: 'test',
  })
  await peer.dynamodb.send(
    new CreateTableCommand({
      TableName: 'quarterdeck',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    }),
  )
})
afterAll(() => peer.aws.close())

type Ended = { readonly code: number; readonly out: string; readonly err: string }

const aws = (line: string): Promise<Ended> =>
  new Promise(resolve => {
    const env = {
      PATH: process.env['PATH'],
      HOME: tmpdir(),
      AWS_ACCESS_KEY_ID: localUser.accessKeyId,
      AWS_SECRET_ACCESS_KEY: localUser.secretAccessKey,
      AWS_DEFAULT_REGION: region,
      AWS_PAGER: '',
    }
    const args = ['--endpoint-url', peer.aws.url, '--output', 'text', ...line.split(' ')]
    execFile(binary ?? 'aws', args, { env }, (error, out, err) =>
      resolve({ code: Number(error?.code ?? 0), out: out.trim(), err: err.trim() }),
    )
  })

describe.skipIf(binary === undefined)(`the official AWS CLI${binary ? '' : ' (not installed here)'}`, () => {
  test('asks who it is, and lists what there is', async () => {
    const answers = await Promise.all(
      [
        'sts get-caller-identity --query Arn',
        'ecs list-clusters --query clusterArns[0]',
        'ecs describe-services --cluster web --services orders-api --query services[0].[desiredCount,runningCount,status]',
        'dynamodb list-tables --query TableNames',
        'ssm get-parameter --name /quarterdeck/halt --query Parameter.Value',
      ].map(aws),
    )
    expect(answers.map(({ code, out, err }) => (code === 0 ? out : err))).toEqual([
      'arn:aws:iam::111122223333:user/local',
      'arn:aws:ecs:us-east-1:111122223333:cluster/web',
      '4\t4\tACTIVE',
      'quarterdeck',
      'off',
    ])
  })

  test('is refused as AWS refuses', async () => {
    const answers = await Promise.all(
      [
        'ecs update-service --cluster web --service nope --desired-count 1',
        'ecs update-service --cluster web --service orders-api --capacity-provider-strategy capacityProvider=FARGATE_SPOT,weight=1',
        'ssm get-parameter --name /none',
        'sts assume-role --role-arn arn:aws:iam::111122223333:role/none --role-session-name me',
      ].map(aws),
    )
    expect(answers.map(({ code }) => code)).toEqual([254, 254, 254, 254])
    expect(answers.map(({ err }) => err)).toEqual([
      'An error occurred (ServiceNotFoundException) when calling the UpdateService operation: Service not found.',
      'An error occurred (InvalidParameterException) when calling the UpdateService operation: When switching from launch type to capacity provider strategy on an existing service, or making a change to a capacity provider strategy on a service that is already using one, you must force a new deployment.',
      'An error occurred (ParameterNotFound) when calling the GetParameter operation:',
      'An error occurred (AccessDenied) when calling the AssumeRole operation: User: arn:aws:iam::111122223333:user/local is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::111122223333:role/none',
    ])
  })

  test('asks for what scales a service, and changes its bounds', async () => {
    const named =
      '--service-namespace ecs --resource-id service/web/orders-api --scalable-dimension ecs:service:DesiredCount'
    const register = `application-autoscaling register-scalable-target ${named}`
    expect(await aws(`${register} --max-capacity 12`)).toMatchObject({ code: 0 })
    expect((await aws(`${register} --min-capacity 13`)).err).toBe(
      'An error occurred (ValidationException) when calling the RegisterScalableTarget operation: Maximum capacity cannot be less than minimum capacity',
    )
    const list = 'application-autoscaling describe-scalable-targets --service-namespace ecs'
    const query = '--query ScalableTargets[].[ResourceId,MinCapacity,MaxCapacity]'
    expect((await aws(`${list} ${query}`)).out).toBe('service/web/orders-api\t2\t12')
  })

  test('reads logs', async () => {
    const group = peer.aws.logs.create(place, '/cli')
    for (let n = 0; n < 3; n += 1) peer.aws.logs.append(group, 'a', `line${n}`, peer.clock.now() - 3 + n)
    const read = 'logs filter-log-events --log-group-name /cli --query events[].message'
    expect(await aws(read)).toMatchObject({ code: 0, out: 'line0\tline1\tline2' })
    expect(await aws(`${read} --page-size 1`)).toMatchObject({ code: 0, out: 'line0\nline1\nline2' })
    expect((await aws('logs get-log-events --log-group-name /cli --log-stream-name b')).err).toBe(
      'An error occurred (ResourceNotFoundException) when calling the GetLogEvents operation: The specified log stream does not exist.',
    )
  })

  test('scales a service, and waits for it by looking again', async () => {
    const line = 'ecs update-service --cluster web --service orders-api --desired-count 6 --query service.desiredCount'
    expect(await aws(line)).toMatchObject({ code: 0, out: '6' })
    peer.clock.advance(90_000)
    const look = 'ecs describe-services --cluster web --services orders-api --query services[0].runningCount'
    expect(await aws(look)).toMatchObject({ code: 0, out: '6' })
  })
})
