import { request } from 'node:http'
import { DescribeServicesCommand, ECSClient, ListClustersCommand } from '@aws-sdk/client-ecs'
import { GetParameterCommand } from '@aws-sdk/client-ssm'
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import { AwsClient } from 'aws4fetch'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { localUser } from '../../../sandbox/aws/wire/credentials.ts'
import { AwsError, type Call, type Resource } from '../../../sandbox/aws/wire/service.ts'
import { account, aService, clientsOf, type Peer, refusal, region, startPeer } from './peer.ts'

let peer: Peer
const asked: { call: Call; resources: readonly Resource[] }[] = []

beforeAll(async () => {
  peer = await startPeer({
    authorize: (call, resources) => {
      asked.push({ call, resources })
      return call.action === 'DescribeServices'
        ? new AwsError('AccessDeniedException', `User: ${call.caller.arn} is not authorized`)
        : undefined
    },
    extraServices: [
      {
        name: 'lambda',
        actionOf: http => (http.path.endsWith('/invocations') ? 'Invoke' : ''),
        answer: async (http, call) => {
          if (http.body.length === 0)
            throw new AwsError('ResourceNotFoundException', 'Function not found', { status: 404 })
          return { status: 200, body: JSON.stringify({ path: http.path, by: call.caller.arn, size: http.body.length }) }
        },
      },
    ],
  })
  aService(peer, 'api', { tags: { team: 'a' } })
})
afterAll(() => peer.aws.close())

const keys = (secretAccessKey: string, accessKeyId: string = localUser.accessKeyId) =>
  clientsOf(peer.aws.url, { accessKeyId, secretAccessKey })

const mismatch =
  'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.'

test('the key pair of the human at the terminal is a user of prod', async () => {
  expect(await peer.sts.send(new GetCallerIdentityCommand())).toMatchObject({
    Account: account,
    Arn: 'arn:aws:iam::111122223333:user/local',
  })
})

const statusWith = (headers: Record<string, string>): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const asked = request(peer.aws.url, { method: 'POST', headers }, answer => resolve(answer.statusCode))
    asked.on('error', reject).end()
  })

test('pages in a browser, and other names for this machine, are not answered: the keys are no secret', async () => {
  expect(await statusWith({ origin: 'https://evil.example' })).toBe(403)
  expect(await statusWith({ host: 'evil.example' })).toBe(403)
  expect(await statusWith({ 'x-amz-target': 'AmazonSSM.GetParameter' })).toBe(400)
})

test('a wrong secret is refused in each protocol’s own words', async () => {
  const { ecs, sts } = keys('wrong')
  expect(await refusal(ecs.send(new ListClustersCommand()))).toBe(`InvalidSignatureException: ${mismatch}`)
  expect(await refusal(sts.send(new GetCallerIdentityCommand()))).toBe(`SignatureDoesNotMatch: ${mismatch}`)
})

test('an unknown key is refused in each protocol’s own words', async () => {
  const { ecs, sts } = keys(localUser.secretAccessKey, 'AKIAUNKNOWNUNKNOWN00')
  const text = 'The security token included in the request is invalid.'
  expect(await refusal(ecs.send(new ListClustersCommand()))).toBe(`UnrecognizedClientException: ${text}`)
  expect(await refusal(sts.send(new GetCallerIdentityCommand()))).toBe(`InvalidClientTokenId: ${text}`)
})

test('no signature at all is refused', async () => {
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'AmazonSSM.GetParameter' }
  const response = await fetch(peer.aws.url, { method: 'POST', headers, body: '{}' })
  expect([response.status, await response.json()]).toEqual([
    400,
    { __type: 'MissingAuthenticationTokenException', message: 'Missing Authentication Token' },
  ])
  expect(response.headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/)
})

test('a body that was changed on the way is refused', async () => {
  const aws = new AwsClient({ ...localUser, region, service: 'ssm', retries: 0 })
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'AmazonSSM.GetParameter' }
  const signed = await aws.sign(peer.aws.url, { method: 'POST', headers, body: '{"Name":"/a"}' })
  const response = await fetch(signed.url, { method: 'POST', headers: signed.headers, body: '{"Name":"/b"}' })
  expect(await response.json()).toMatchObject({ __type: 'InvalidSignatureException' })
})

test('credentials end in world time, and need their session token', async () => {
  const { aws, clock } = peer
  const expiresAt = clock.now() + 60_000
  const roleArn = `arn:aws:iam::${account}:role/r`
  const arn = `arn:aws:sts::${account}:assumed-role/r/s`
  const issued = aws.credentials.issue({ account, arn, roleArn, userId: 'AROA:s', expiresAt, container: 'op-1' })
  expect(issued.accessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/)
  const { sts, ecs } = clientsOf(aws.url, issued)
  expect((await sts.send(new GetCallerIdentityCommand())).Arn).toBe(arn)
  const { sessionToken: _, ...bare } = issued
  expect(await refusal(clientsOf(aws.url, bare).ecs.send(new ListClustersCommand()))).toMatch(/^UnrecognizedClient/)
  clock.advance(61_000)
  expect(await refusal(sts.send(new GetCallerIdentityCommand()))).toMatch(
    /^ExpiredToken: The security token .* is expired/,
  )
  expect(await refusal(ecs.send(new ListClustersCommand()))).toMatch(/^ExpiredTokenException/)
  expect(aws.callLog.list().at(-1)).toMatchObject({ action: 'ListClusters', service: 'ecs', status: 400 })
})

test('a signature of another time is refused, unless the signer is outside the world', async () => {
  const world = await startPeer()
  const { aws, clock } = world
  const issued = aws.credentials.issue({ account, arn: 'arn:aws:iam::1:user/u', userId: 'u' })
  clock.advance(3_600_000)
  const { ecs } = clientsOf(aws.url, issued)
  expect(await refusal(ecs.send(new ListClustersCommand()))).toMatch(
    /^InvalidSignatureException: Signature expired: \d{8}T\d{6}Z is now earlier than \d{8}T\d{6}Z \(\d{8}T\d{6}Z - 5 min\.\)$/,
  )
  const inWorldTime = new ECSClient({
    endpoint: aws.url,
    region,
    credentials: issued,
    systemClockOffset: clock.now() - Date.now(),
  })
  expect((await inWorldTime.send(new ListClustersCommand())).clusterArns).toEqual([])
  expect((await world.ecs.send(new ListClustersCommand())).clusterArns).toEqual([])
  await aws.close()
})

test('authorisation sees the call and its resources, and is the first to say no', async () => {
  const call = peer.ecs.send(new DescribeServicesCommand({ cluster: 'web', services: ['api', 'nope'] }))
  expect(await refusal(call)).toBe(`AccessDeniedException: User: ${localUser.arn} is not authorized`)
  expect(asked.at(-1)?.call).toMatchObject({ service: 'ecs', action: 'DescribeServices', region })
  expect(asked.at(-1)?.resources).toEqual([
    { arn: 'arn:aws:ecs:us-east-1:111122223333:service/web/api', tags: { team: 'a' } },
    { arn: 'arn:aws:ecs:us-east-1:111122223333:service/web/nope' },
  ])
})

test('a REST service gets the path as it came, and a body of megabytes', async () => {
  const aws = new AwsClient({ ...localUser, region, service: 'lambda', retries: 0 })
  const path = '/2015-03-31/functions/arn%3Aaws%3Alambda%3Aus-east-1%3A111122223333%3Afunction%3Af%3A1/invocations'
  const response = await aws.fetch(`${peer.aws.url}${path}?Qualifier=1`, {
    method: 'POST',
    body: 'x'.repeat(6_000_000),
  })
  expect(await response.json()).toEqual({ path, by: localUser.arn, size: 6_000_000 })
  const refused = await aws.fetch(`${peer.aws.url}${path}`, { method: 'POST' })
  expect([refused.status, refused.headers.get('x-amzn-errortype'), await refused.json()]).toEqual([
    404,
    'ResourceNotFoundException',
    { message: 'Function not found' },
  ])
})

test('an unknown operation, a body that is no JSON and a wrong type are refused', async () => {
  const aws = new AwsClient({ ...localUser, region, service: 'ecs', retries: 0 })
  const ask = async (action: string, body: string) => {
    const headers = {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `AmazonEC2ContainerServiceV20141113.${action}`,
    }
    const response = await aws.fetch(peer.aws.url, { method: 'POST', headers, body })
    return response.json()
  }
  expect(await ask('MakeCoffee', '{}')).toEqual({ __type: 'UnknownOperationException' })
  expect(await ask('StartTask', '{}')).toEqual({ __type: 'UnknownOperationException' })
  expect(await ask('UpdateService', '{')).toEqual({ __type: 'SerializationException' })
  expect(await ask('UpdateService', '{"service":"a","desiredCount":"3"}')).toEqual({
    __type: 'SerializationException',
    message: 'STRING_VALUE can not be converted to an Integer',
  })
  expect(await ask('UpdateService', '{"desiredCount":3}')).toEqual({
    __type: 'InvalidParameterException',
    message: 'Service cannot be empty.',
  })
})

test('the call log tells who asked for what and how it ended, without secrets', async () => {
  const { aws, ssm } = peer
  const seen: string[] = []
  const stop = aws.callLog.subscribe(({ service, action, status }) => seen.push(`${service}:${action} ${status}`))
  await refusal(ssm.send(new GetParameterCommand({ Name: '/none' })))
  stop()
  expect(seen).toEqual(['ssm:GetParameter 400'])
  expect(aws.callLog.list().at(-1)).toMatchObject({
    region,
    account,
    arn: localUser.arn,
    input: { Name: '/none' },
    errorCode: 'ParameterNotFound',
  })
})
