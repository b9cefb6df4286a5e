// The sandbox's IAM at the wire, asked as the product asks.
import { sign } from 'aws4'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { localUser } from '../../../sandbox/aws/wire/credentials.ts'
import { readSimulation } from '../../../src/gateways/aws/identity/task-role.ts'
import { readMembers, readXml } from '../../../src/gateways/aws/xml.ts'
import { allow, deny, policy } from './iam/policies.ts'
import { account, type Peer, startPeer } from './peer.ts'

let peer: Peer
beforeAll(async () => {
  peer = await startPeer({ iam: true })
  const { roles } = peer.aws
  const of = (name: string) => ({ account, name, trustPolicy: {} })
  roles.add(of('empty'))
  roles.add({
    ...of('app'),
    managed: ['PowerUserAccess', 'IAMFullAccess'],
    policies: [{ ...policy(allow('s3:*')), Id: 'files' }, policy(deny('s3:DeleteBucket'))],
  })
  roles.add({
    ...of('fenced'),
    boundary: policy(allow('s3:GetObject')),
    policies: [policy(allow('s3:*', '*', { StringEquals: { 'aws:PrincipalTag/team': 'a' } }), allow('sqs:*'))],
  })
  roles.add({
    ...of('halves'),
    boundary: policy(allow('s3:*', 'arn:aws:s3:::orders/*')),
    policies: [policy(allow('s3:*'))],
  })
  roles.add({ ...of('stranger'), policies: [policy(allow('iam:ListRolePolicies', `${ARN}app`))] })
})
afterAll(() => peer.aws.close())

const ARN = `arn:aws:iam::${account}:role/`

type Keys = { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string }

const ask = async (form: Readonly<Record<string, string>>, keys: Keys = localUser) => {
  const body = new URLSearchParams({ Version: '2010-05-08', ...form }).toString()
  const { headers } = sign(
    {
      host: new URL(peer.aws.url).host,
      service: 'iam',
      region: 'us-east-1',
      method: 'POST',
      path: '/',
      body,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    },
    keys,
  )
  const reply = await fetch(peer.aws.url, { method: 'POST', body, headers: headers as Record<string, string> })
  return { status: reply.status, text: await reply.text() }
}

const simulate = async (role: string, actions: readonly string[], resources: readonly string[] = []) => {
  const members = (name: string, values: readonly string[]) => values.map((one, n) => [`${name}.member.${n + 1}`, one])
  const { text } = await ask({
    Action: 'SimulatePrincipalPolicy',
    PolicySourceArn: `${ARN}${role}`,
    ...Object.fromEntries([...members('ActionNames', actions), ...members('ResourceArns', resources)]),
  })
  return readSimulation(text)
}

test('a role’s policies by name, those of AWS and those written into it', async () => {
  const attached = await ask({ Action: 'ListAttachedRolePolicies', RoleName: 'app' })
  expect(readMembers(attached.text, 'AttachedPolicies').map(one => readXml(one, 'PolicyArn'))).toEqual([
    'arn:aws:iam::aws:policy/PowerUserAccess',
    'arn:aws:iam::aws:policy/IAMFullAccess',
  ])
  const written = await ask({ Action: 'ListRolePolicies', RoleName: 'app' })
  expect(readMembers(written.text, 'PolicyNames')).toEqual(['files', 'inline-2'])
})

test('comes in pages', async () => {
  const first = await ask({ Action: 'ListRolePolicies', RoleName: 'app', MaxItems: '1' })
  expect(readXml(first.text, 'IsTruncated')).toBe('true')
  const Marker = readXml(first.text, 'Marker')
  const second = await ask({ Action: 'ListRolePolicies', RoleName: 'app', MaxItems: '1', Marker })
  expect(readMembers(second.text, 'PolicyNames')).toEqual(['inline-2'])
  expect(readXml(second.text, 'IsTruncated')).toBe('false')
})

test('the simulator asks for each action about each resource', async () => {
  const bucket = 'arn:aws:s3:::orders'
  const answers = await simulate(
    'app',
    ['s3:GetObject', 's3:DeleteBucket', 'organizations:LeaveOrganization'],
    ['*', bucket],
  )
  const said = (action: string, resource: string) =>
    answers.find(one => one.action === action && one.resource === resource)?.decision
  expect(said('s3:GetObject', bucket)).toBe('allowed')
  expect(said('s3:DeleteBucket', '*')).toBe('explicitDeny')
  expect(said('organizations:LeaveOrganization', bucket)).toBe('implicitDeny')
})

test('in one answer for each action, which has the strictest decision and the name of none of several', async () => {
  const [own, other] = ['arn:aws:s3:::orders/a&b', 'arn:aws:s3:::other/a']
  const answers = await simulate('halves', ['s3:PutObject'], [own, other])
  expect(answers).toMatchObject([
    { resource: own, decision: 'allowed', isWithinBoundary: true },
    { resource: other, decision: 'implicitDeny', isWithinBoundary: false },
    { resource: expect.stringContaining('Partition}'), decision: 'implicitDeny' },
  ])
})

test('and tells of the boundary, and of keys that nobody gave', async () => {
  expect((await simulate('fenced', ['sqs:SendMessage', 's3:GetObject'])).slice(0, 1)).toMatchObject([
    { decision: 'implicitDeny', isWithinBoundary: false, isOpen: false },
  ])
  expect((await simulate('fenced', ['s3:GetObject']))[0]).toMatchObject({ isWithinBoundary: true, isOpen: true })
  expect((await simulate('empty', ['s3:GetObject']))[0]).toMatchObject({ decision: 'implicitDeny', isOpen: false })
})

const simulating = { Action: 'SimulatePrincipalPolicy', PolicySourceArn: `${ARN}app` }

test.each<[Readonly<Record<string, string>>, string, number]>([
  [{ Action: 'ListRolePolicies', RoleName: 'nobody' }, 'NoSuchEntity', 404],
  [{ Action: 'ListRolePolicies' }, 'ValidationError', 400],
  [{ Action: 'ListRolePolicies', RoleName: 'a/b' }, 'ValidationError', 400],
  [{ Action: 'ListRolePolicies', RoleName: 'app', MaxItems: '0' }, 'ValidationError', 400],
  [{ Action: 'ListRolePolicies', RoleName: 'app', Marker: 'x' }, 'ValidationError', 400],
  [simulating, 'ValidationError', 400],
  [{ ...simulating, 'ActionNames.member.1': 's3:*' }, 'InvalidInput', 400],
  [{ ...simulating, 'ActionNames.member.2': 's3:GetObject' }, 'ValidationError', 400],
  [{ ...simulating, PolicySourceArn: 'app', 'ActionNames.member.1': 's3:GetObject' }, 'ValidationError', 400],
  [{ ...simulating, PolicySourceArn: `not-an-${ARN}app`, 'ActionNames.member.1': 's3:GetObject' }, 'InvalidInput', 400],
  [{ Action: 'CreateUser' }, 'InvalidAction', 400],
])('%o is refused: %s', async (form, code, status) => {
  const reply = await ask(form)
  expect([readXml(reply.text, 'Code'), reply.status]).toEqual([code, status])
})

test('whoever may ask about one role may not ask about another', async () => {
  const role = peer.aws.roles.find(`${ARN}stranger`)
  const arn = `arn:aws:sts::${account}:assumed-role/stranger/someone`
  const keys = peer.aws.credentials.issue({
    account,
    arn,
    userId: `${role?.id}:someone`,
    roleArn: `${ARN}stranger`,
  })
  expect((await ask({ Action: 'ListRolePolicies', RoleName: 'app' }, keys)).status).toBe(200)
  const reply = await ask({ Action: 'ListRolePolicies', RoleName: 'empty' }, keys)
  expect([readXml(reply.text, 'Code'), reply.status]).toEqual(['AccessDenied', 403])
})

test('a role is there, or it cannot be found', async () => {
  const found = await ask({ Action: 'GetRole', RoleName: 'app' })
  expect(readXml(found.text, 'Arn')).toBe(`${ARN}app`)
  expect(readXml((await ask({ Action: 'GetRole', RoleName: 'nobody' })).text, 'Code')).toBe('NoSuchEntity')
})
