import { CreateTableCommand, GetItemCommand, ListTablesCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Peer, refusal, startPeer } from './peer.ts'

let peer: Peer
beforeAll(async () => {
  peer = await startPeer()
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

const put = (pk: string, by: string) =>
  peer.dynamodb.send(
    new PutItemCommand({
      TableName: 'quarterdeck',
      Item: { pk: { S: pk }, by: { S: by } },
      ConditionExpression: 'attribute_not_exists(pk)',
    }),
  )

test('of many that write the same item on a condition, one wins', async () => {
  expect((await peer.dynamodb.send(new ListTablesCommand())).TableNames).toEqual(['quarterdeck'])
  const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => refusal(put('vote', `voter-${n}`))))
  expect(answers.filter(answer => answer === 'not refused')).toHaveLength(1)
  expect(answers.filter(answer => answer.startsWith('ConditionalCheckFailedException'))).toHaveLength(19)
  const { Item } = await peer.dynamodb.send(
    new GetItemCommand({ TableName: 'quarterdeck', Key: { pk: { S: 'vote' } } }),
  )
  expect(Item?.['by']?.S).toMatch(/^voter-/)
})

test('a table that is not there is an error of DynamoDB’s, in the log as well', async () => {
  const call = peer.dynamodb.send(new GetItemCommand({ TableName: 'none', Key: { pk: { S: 'x' } } }))
  expect(await refusal(call)).toMatch(/^ResourceNotFoundException/)
  expect(peer.aws.callLog.list().at(-1)).toMatchObject({
    service: 'dynamodb',
    action: 'GetItem',
    status: 400,
    errorCode: 'ResourceNotFoundException',
    input: { TableName: 'none' },
  })
})

test('an answer that is lost leaves the item written', async () => {
  peer.aws.faults.add({ match: { service: 'dynamodb', action: 'PutItem' }, when: 'after', effect: { kind: 'drop' } })
  expect(await refusal(put('lost', 'ada'))).toMatch(/ECONNRESET|socket hang up/)
  expect(await refusal(put('lost', 'ada'))).toMatch(/^ConditionalCheckFailedException/)
})
