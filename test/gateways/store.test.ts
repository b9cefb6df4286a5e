// The store's contract, on dynalite; CI runs the same on DynamoDB Local by setting DYNAMODB_ENDPOINT.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import dynalite from 'dynalite'
import { afterAll, expect, test } from 'vitest'
import { createStore } from '../../src/gateways/store.ts'
import { storeContract } from './store-contract.ts'

const server = dynalite({ createTableMs: 0 })
let client: DynamoDBClient

storeContract(async now => {
  const own = process.env['DYNAMODB_ENDPOINT']
  if (own === undefined) await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const endpoint = own ?? `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  client = new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  })
  const TableName = `quarterdeck-${process.pid}`
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    }),
  )
  return createStore(TableName, client, now)
})
afterAll(() => {
  client.destroy()
  server.close()
})

test('a table that does not answer is said in our words, with AWS’s own', async () => {
  const dead = createServer()
  await new Promise<void>(resolve => dead.listen(0, '127.0.0.1', resolve))
  const { port } = dead.address() as AddressInfo
  await new Promise(resolve => dead.close(resolve))
  const nobody = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    maxAttempts: 1,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  })
  await expect(createStore('t', nobody).get({ pk: 'a', sk: 'x' })).rejects.toMatchObject({
    name: 'PeerError',
    passing: true,
    message: expect.stringMatching(/^reading x: AWS did not answer \(/),
  })
})
