import {
  AssumeRoleCommand,
  type AssumeRoleCommandInput,
  GetCallerIdentityCommand,
  STSClient,
} from '@aws-sdk/client-sts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { account, clientsOf, type Peer, refusal, region, startPeer } from './peer.ts'

let peer: Peer
let sts: STSClient
const RoleArn = 'arn:aws:iam::444455556666:role/quarterdeck-write'

beforeAll(async () => {
  peer = await startPeer()
  sts = peer.sts
  peer.aws.roles.add({
    account: '444455556666',
    name: 'quarterdeck-write',
    trustPolicy: {},
    maxSessionDuration: 43_200,
  })
  peer.aws.roles.add({ account, name: 'hub', trustPolicy: {} })
})
afterAll(() => peer.aws.close())

const assume = (input: Partial<AssumeRoleCommandInput> = {}) =>
  sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'U1.op-1', ...input }))

const sessionOf = async (input: Partial<AssumeRoleCommandInput>) => {
  const { Credentials } = await assume(input)
  const {
    AccessKeyId: accessKeyId = '',
    SecretAccessKey: secretAccessKey = '',
    SessionToken: sessionToken = '',
  } = Credentials ?? {}
  return clientsOf(peer.aws.url, { accessKeyId, secretAccessKey, sessionToken })
}

test('a session knows its role, name, source identity, tags and policy', async () => {
  const Policy = '{"Version":"2012-10-17","Statement":[]}'
  const answer = await assume({
    SourceIdentity: 'ada',
    Tags: [{ Key: 'op', Value: '1' }],
    Policy,
    DurationSeconds: 900,
  })
  expect(answer).toMatchObject({
    SourceIdentity: 'ada',
    AssumedRoleUser: { Arn: 'arn:aws:sts::444455556666:assumed-role/quarterdeck-write/U1.op-1' },
    PackedPolicySize: 2,
  })
  expect(answer.Credentials?.Expiration?.getTime()).toBe(peer.clock.now() + 900_000)
  expect(peer.aws.credentials.find(answer.Credentials?.AccessKeyId ?? '')?.caller).toMatchObject({
    account: '444455556666',
    roleArn: RoleArn,
    sourceIdentity: 'ada',
    tags: { op: '1' },
    sessionPolicy: { Version: '2012-10-17', Statement: [] },
  })
})

test('the source identity stays when roles are chained, and no other may be set', async () => {
  const hub = { RoleArn: `arn:aws:iam::${account}:role/hub` }
  const chained = await sessionOf({
    ...hub,
    SourceIdentity: 'ada',
    Tags: [{ Key: 'op', Value: '1' }],
    TransitiveTagKeys: ['op'],
  })
  const again = (input: Partial<AssumeRoleCommandInput>) =>
    chained.sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 's2', ...input }))
  const answer = await again({})
  expect(answer.SourceIdentity).toBe('ada')
  expect(peer.aws.credentials.find(answer.Credentials?.AccessKeyId ?? '')?.caller.tags).toEqual({ op: '1' })
  expect(await refusal(again({ SourceIdentity: 'eve' }))).toMatch(/^AccessDenied: .*sts:SetSourceIdentity/)
  expect(await refusal(again({ DurationSeconds: 3_601 }))).toBe(
    'ValidationError: The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining',
  )
  expect((await chained.sts.send(new GetCallerIdentityCommand())).Arn).toBe(
    `arn:aws:sts::${account}:assumed-role/hub/U1.op-1`,
  )
})

test('a role that is not there is denied like one that does not trust', async () => {
  const arn = `arn:aws:iam::${account}:role/none`
  expect(await refusal(assume({ RoleArn: arn }))).toBe(
    `AccessDenied: User: arn:aws:iam::${account}:user/local is not authorized to perform: sts:AssumeRole on resource: ${arn}`,
  )
})

test.each<[string, Partial<AssumeRoleCommandInput>, RegExp]>([
  [
    'session name',
    { RoleSessionName: 'a b' },
    /^ValidationError: .*'a b' at 'roleSessionName' .* regular expression pattern: \[\\w\+=,\.@-\]\*$/,
  ],
  ['source identity', { SourceIdentity: 'a' }, /'sourceIdentity' .* length greater than or equal to 2/],
  ['short', { DurationSeconds: 899 }, /^ValidationError: .*'durationSeconds' .* greater than or equal to 900/],
  ['long', { DurationSeconds: 43_201 }, /less than or equal to 43200/],
  ['policy text', { Policy: '{' }, /^MalformedPolicyDocument.*invalid Json/],
  ['policy size', { Policy: `"${'x'.repeat(2_048)}"` }, /'policy' .* length less than or equal to 2048/],
  ['tag value', { Tags: [{ Key: 'a', Value: 'x,y' }] }, /'tags\.1\.member\.value' .* regular expression/],
  [
    'tag twice',
    {
      Tags: [
        { Key: 'a', Value: '' },
        { Key: 'A', Value: '' },
      ],
    },
    /^InvalidParameterValue.*Duplicate tag keys/,
  ],
  [
    'packed',
    {
      Policy: JSON.stringify({ Statement: 'x'.repeat(2_000) }),
      Tags: Array.from({ length: 20 }, (_, n) => ({ Key: `k${n}`, Value: 'v'.repeat(100) })),
    },
    /^PackedPolicyTooLarge.*consumes \d+% of allotted space/,
  ],
])('AssumeRole refuses a bad %s', async (_, input, text) => {
  expect(await refusal(assume(input))).toMatch(text)
})

test('a member that is missing is named', async () => {
  expect(await refusal(sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: undefined })))).toBe(
    "ValidationError: 1 validation error detected: Value null at 'roleSessionName' failed to satisfy constraint: Member must not be null",
  )
})

test('another region is another scope of the same keys', async () => {
  const { accessKeyId, secretAccessKey } = await sts.config.credentials()
  const elsewhere = new STSClient({
    endpoint: peer.aws.url,
    region: 'eu-west-1',
    credentials: { accessKeyId, secretAccessKey },
  })
  await elsewhere.send(new GetCallerIdentityCommand())
  expect(peer.aws.callLog.list().at(-1)?.region).toBe('eu-west-1')
  expect(region).not.toBe('eu-west-1')
})
