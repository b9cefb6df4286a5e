import {
  DescribeParametersCommand,
  GetParameterCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  PutParameterCommand,
} from '@aws-sdk/client-ssm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { clientsOf, type Peer, refusal, startPeer } from './peer.ts'

let peer: Peer
beforeAll(async () => {
  peer = await startPeer()
})
afterAll(() => peer.aws.close())

const put = (Name: string, Value: string, more = {}) =>
  peer.ssm.send(new PutParameterCommand({ Name, Value, Type: 'String', ...more }))
const get = async (Name: string, WithDecryption = false) =>
  (await peer.ssm.send(new GetParameterCommand({ Name, WithDecryption }))).Parameter

test('a parameter has versions, and keeps the old ones', async () => {
  expect((await put('/halt', 'off')).Version).toBe(1)
  expect(await refusal(put('/halt', 'on'))).toBe(
    'ParameterAlreadyExists: The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
  )
  expect((await put('/halt', 'on', { Overwrite: true })).Version).toBe(2)
  expect(await get('/halt')).toMatchObject({
    Value: 'on',
    Version: 2,
    ARN: 'arn:aws:ssm:us-east-1:111122223333:parameter/halt',
  })
  expect(await get('/halt:1')).toMatchObject({ Value: 'off', Selector: ':1' })
  expect(await refusal(get('/halt:9'))).toMatch(/^ParameterVersionNotFound/)
  expect(await refusal(get('/none'))).toMatch(/^ParameterNotFound/)
})

test('a SecureString is shown only with decryption, and never in the call log', async () => {
  await put('/token', 'xoxb-secret', { Type: 'SecureString' })
  expect((await get('/token', true))?.Value).toBe('xoxb-secret')
  expect((await get('/token'))?.Value).toMatch(/^QVFJQ0FI/)
  expect(JSON.stringify(peer.aws.callLog.list())).not.toContain('xoxb-secret')
})

test('several at once: what is not there is named', async () => {
  await put('/a', '1')
  const answer = await peer.ssm.send(new GetParametersCommand({ Names: ['/a', '/nope'] }))
  expect(answer.Parameters?.map(({ Name }) => Name)).toEqual(['/a'])
  expect(answer.InvalidParameters).toEqual(['/nope'])
  const eleven = Array.from({ length: 11 }, (_, n) => `/n${n}`)
  expect(await refusal(peer.ssm.send(new GetParametersCommand({ Names: eleven })))).toMatch(/less than or equal to 10/)
})

test('a path is listed in pages of ten', async () => {
  for (let n = 0; n < 12; n += 1) await put(`/many/p${String(n).padStart(2, '0')}`, 'x')
  await put('/many/deep/p', 'x')
  const page = (NextToken?: string) =>
    peer.ssm.send(new GetParametersByPathCommand({ Path: '/many', ...(NextToken && { NextToken }) }))
  const first = await page()
  expect(first.Parameters).toHaveLength(10)
  const second = await page(first.NextToken)
  expect(second.Parameters?.map(({ Name }) => Name)).toEqual(['/many/p10', '/many/p11'])
  expect(second.NextToken).toBeUndefined()
})

test('accounts do not see each other’s parameters', async () => {
  await put('/mine', 'x')
  const issued = peer.aws.credentials.issue({
    account: '444455556666',
    arn: 'arn:aws:iam::444455556666:user/u',
    userId: 'u',
  })
  const call = clientsOf(peer.aws.url, issued).ssm.send(new GetParameterCommand({ Name: '/mine' }))
  expect(await refusal(call)).toMatch(/^ParameterNotFound/)
})

test('parameters are described by name, without their values', async () => {
  await put('/described', 'hidden-value')
  const by = (Option: string, ...Values: string[]) =>
    peer.ssm.send(new DescribeParametersCommand({ ParameterFilters: [{ Key: 'Name', Option, Values }] }))
  const { Parameters } = await by('Equals', '/described', '/nope')
  expect(Parameters?.map(({ Name }) => Name)).toEqual(['/described'])
  expect(JSON.stringify(Parameters)).not.toContain('hidden-value')
  expect(await refusal(by('BeginsWith', '/d'))).toMatch(/^InvalidFilterOption/)
})
