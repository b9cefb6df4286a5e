import { afterEach, beforeEach, expect, test } from 'vitest'
import { localUser } from '../../../sandbox/aws/wire/credentials.ts'
import { createTagReader } from '../../../src/gateways/aws/tagging.ts'
import { codeOf, createSignedPost } from '../../../src/gateways/signed-request.ts'
import type { Account } from '../../../src/model/account.ts'
import { aService, type Peer, region, startPeer } from './peer.ts'

let peer: Peer
beforeEach(async () => {
  peer = await startPeer()
})
afterEach(() => peer.aws.close())

const env = () => ({
  AWS_ENDPOINT_URL: peer.aws.url,
  AWS_REGION: region,
  AWS_ACCESS_KEY_ID: localUser.accessKeyId,
  AWS_SECRET_ACCESS_KEY: localUser.secretAccessKey,
})
const ask = (input: object) =>
  createSignedPost('tagging', env())('/', JSON.stringify(input), {
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': 'ResourceGroupsTaggingAPI_20170126.GetResources',
  })
const tag = (name: string, tags: Record<string, string>) => {
  aService(peer, name).tags = tags
}

test('it knows what has tags, and no more', async () => {
  tag('orders-api', { team: 'checkout' })
  tag('bare', {})
  const { text } = await ask({ ResourceTypeFilters: ['ecs:service'] })
  expect(JSON.parse(text)).toEqual({
    PaginationToken: '',
    ResourceTagMappingList: [
      {
        ResourceARN: 'arn:aws:ecs:us-east-1:111122223333:service/web/orders-api',
        Tags: [{ Key: 'team', Value: 'checkout' }],
      },
    ],
  })
})

test.each([
  [{ ResourcesPerPage: 101 }, 'InvalidParameterException'],
  [{ ResourcesPerPage: 0 }, 'InvalidParameterException'],
  [{ TagsPerPage: 150 }, 'InvalidParameterException'],
  [{ ResourcesPerPage: '5' }, 'SerializationException'],
  [{ PaginationToken: 'x' }, 'PaginationTokenExpiredException'],
  [{ ResourceARNList: ['a'], ResourceTypeFilters: ['ecs'] }, 'InvalidParameterException'],
])('%j: %s', async (input, code) => {
  expect(codeOf(await ask(input))).toBe(code)
})

test('the product reads every page', async () => {
  for (let n = 0; n < 205; n += 1) tag(`svc-${n}`, { n: `${n}` })
  const arn = 'arn:aws:sts::111122223333:assumed-role/quarterdeck-viewer/quarterdeck-schedule'
  const {
    accessKeyId,
    secretAccessKey,
    sessionToken = '',
  } = peer.aws.credentials.issue({
    account: '111122223333',
    arn,
    roleArn: 'arn:aws:iam::111122223333:role/quarterdeck-viewer',
    userId: 'AROA:quarterdeck-schedule',
  })
  const sessions = { credentials: async () => ({ accessKeyId, secretAccessKey, sessionToken, expiration: new Date() }) }
  const tags = await createTagReader(sessions, { AWS_ENDPOINT_URL: peer.aws.url })({} as Account, region)
  expect(Object.keys(tags)).toHaveLength(205)
  expect(tags['web/svc-204']).toEqual({ n: '204' })
  expect(peer.aws.callLog.list().filter(({ action }) => action === 'GetResources')).toHaveLength(3)
})
