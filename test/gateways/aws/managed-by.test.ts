import { AssumeRoleCommand } from '@aws-sdk/client-sts'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { seedWorld } from '../../../sandbox/world/seed.ts'
import type { Config } from '../../../src/engine/rules/config.ts'
import type { Credentials } from '../../../src/gateways/aws/identity/credentials.ts'
import { createProvenance } from '../../../src/gateways/aws/managed-by.ts'
import { createFargateQuota } from '../../../src/gateways/aws/scaling/service-quotas.ts'
import type { Account } from '../../../src/model/account.ts'
import { aRef } from '../../builders.ts'
import { account as id, type Peer, place, startPeer } from '../../sandbox/aws/peer.ts'

let peer: Peer
const account = { id, name: 'prod' } as Account
const config = { accounts: [account] } as unknown as Config

beforeAll(async () => {
  peer = await startPeer({ iam: true })
  seedWorld(peer.fleet)
  vi.stubEnv('AWS_ENDPOINT_URL', peer.aws.url)
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await peer.aws.close()
})

const tagsOf = (service: string) => peer.fleet.site(place).clusters.get('web')?.services.get(service)?.tags ?? {}

/** Sessions of a role that may do just these. */
const sessionsFor = (...Action: string[]) => {
  const credentials = async (): Promise<Credentials> => {
    const trustPolicy = {
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' },
    }
    const policy = { Version: '2012-10-17', Statement: { Effect: 'Allow', Action, Resource: '*' } }
    const { arn } = peer.aws.roles.add({ account: id, name: 'viewer', trustPolicy, policies: [policy] })
    const { Credentials } = await peer.sts.send(new AssumeRoleCommand({ RoleArn: arn, RoleSessionName: 'U1' }))
    return {
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
      sessionToken: Credentials?.SessionToken ?? '',
      expiration: new Date(0),
    }
  }
  return { credentials }
}

const both = ['cloudformation:GetTemplate', 'cloudformation:ListStackResources'] as const
const ask = (service: string, tags = tagsOf(service), actions: readonly string[] = both) => {
  const since = peer.aws.callLog.list().length
  const calls = () =>
    peer.aws.callLog
      .list()
      .slice(since)
      .flatMap(({ service: of, action }) => (of === 'cloudformation' ? [action] : []))
  return createProvenance(config, sessionsFor(...actions))(aRef({ service }), tags).then(found => ({
    found,
    calls: calls(),
  }))
}

test('the line of a stack’s template, with one call', async () => {
  expect(await ask('catalog-api')).toEqual({
    found: {
      kind: 'cdk',
      name: 'CatalogStack/Api/Service/Service',
      line: 'CatalogStack, template line 27: `DesiredCount: 4`',
      undoes: true,
    },
    calls: ['GetTemplate'],
  })
})

test('where the tag of the logical id is missing, the stack is asked which one it is', async () => {
  const { 'aws:cloudformation:logical-id': _, ...tags } = tagsOf('catalog-api')
  const { found, calls } = await ask('catalog-api', tags)
  expect(found?.line).toBe('CatalogStack, template line 27: `DesiredCount: 4`')
  expect(calls).toEqual(['ListStackResources', 'GetTemplate'])
})

test('denied, or gone, it is what the tags say', async () => {
  const known = { kind: 'cloudformation', name: 'CatalogStack' }
  expect((await ask('catalog-api', tagsOf('catalog-api'), ['ecs:DescribeServices'])).found).toEqual(known)
  const gone = `${tagsOf('catalog-api')['aws:cloudformation:stack-id']}-gone`
  expect((await ask('catalog-api', { ...tagsOf('catalog-api'), 'aws:cloudformation:stack-id': gone })).found).toEqual(
    known,
  )
})

test('CloudFormation is not asked where it would add nothing', async () => {
  expect(await ask('orders-api')).toEqual({ found: undefined, calls: [] })
  expect(await ask('reports')).toMatchObject({ found: { kind: 'copilot', name: 'analytics/prod/reports' }, calls: [] })
  expect(await ask('payments-api')).toMatchObject({ found: { kind: 'terraform' }, calls: [] })
})

test('the quota of Fargate, by the way it is bought', async () => {
  peer.fleet.quotas.setVcpus(place, 'on-demand', 120)
  const quota = createFargateQuota(sessionsFor('servicequotas:GetServiceQuota'))
  expect(await quota(account, 'us-east-1')).toBe(120)
  expect(await quota(account, 'us-east-1', 'spot')).toBe(4_000)
  expect(await createFargateQuota(sessionsFor('ecs:DescribeServices'))(account, 'us-east-1')).toBeUndefined()
})
