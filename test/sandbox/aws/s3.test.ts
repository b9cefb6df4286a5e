import { AwsClient } from 'aws4fetch'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { localUser } from '../../../sandbox/aws/wire/credentials.ts'
import { account, type Peer, place, region, startPeer } from './peer.ts'

let peer: Peer
beforeAll(async () => {
  peer = await startPeer({ iam: true })
  peer.aws.buckets.add(place, 'ours')
  peer.aws.buckets.add({ ...place, account: '444455556666' }, 'theirs')
})
afterAll(() => peer.aws.close())

type Asked = { readonly method?: string; readonly body?: string; readonly keys?: { readonly secretAccessKey: string } }

const ask = async (path: string, { method = 'GET', body, keys }: Asked = {}) => {
  const client = new AwsClient({ ...localUser, ...keys, service: 's3', region, retries: 0 })
  const answer = await client.fetch(`${peer.aws.url}${path}`, { method, ...(body !== undefined && { body }) })
  return { status: answer.status, headers: answer.headers, text: await answer.text() }
}
const codeOf = (text: string) => /<Code>(\w+)<\/Code>/.exec(text)?.[1]

test('an object is what was put there, under a key with slashes, spaces and signs', async () => {
  const key = `/ours/a%20b/c%2Bd/(e).log`
  expect((await ask(key, { method: 'PUT', body: 'one\r\ntwo' })).headers.get('etag')).toMatch(/^"[0-9a-f]{32}"$/)
  expect(peer.aws.buckets.get('ours', 'a b/c+d/(e).log').bytes.length).toBe(8)
  expect(await ask(key)).toMatchObject({ status: 200, text: 'one\r\ntwo' })
  const { status, headers, text } = await ask(key, { method: 'HEAD' })
  expect([status, headers.get('content-length'), text]).toEqual([200, '8', ''])
})

describe('is refused in S3’s words', () => {
  test.each<[string, string, Asked, number, string]>([
    ['no such key', '/ours/none.log', {}, 404, 'NoSuchKey'],
    ['no such bucket', '/none/a.log', {}, 404, 'NoSuchBucket'],
    ['a bucket of another account', '/theirs/a.log', { method: 'PUT', body: 'x' }, 403, 'AccessDenied'],
    ['a wrong key', '/ours/a.log', { keys: { secretAccessKey: 'wrong' } }, 403, 'SignatureDoesNotMatch'],
    ['what is not built here', '/ours/a.log?acl', {}, 501, 'NotImplemented'],
    ['a path that is none', '/ours/%E0%A4%A', {}, 400, 'InvalidURI'],
    ['a list', '/ours', {}, 501, 'NotImplemented'],
  ])('%s', async (_, path, asked, status, code) => {
    const answer = await ask(path, asked)
    expect([answer.status, codeOf(answer.text)]).toEqual([status, code])
  })

  test('who may not', async () => {
    const role = peer.aws.roles.add({ account, name: 'reader', trustPolicy: {}, policies: [] })
    const keys = peer.aws.credentials.issue({
      account,
      arn: `arn:aws:sts::${account}:assumed-role/reader/someone`,
      userId: `${role.id}:someone`,
      roleArn: role.arn,
    })
    const { status, text } = await ask('/ours/a.log', { keys })
    expect([status, codeOf(text)]).toEqual([403, 'AccessDenied'])
    expect(text).toContain('is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::ours/a.log')
  })
})
