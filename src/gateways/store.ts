// Implements the store with one DynamoDB table. Conditional writes resolve races between functions.
import {
  type AttributeValue,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import type { Json } from '../model/json.ts'
import type { Item, Key, Store } from '../model/ports/store.ts'
import { askAws } from './aws/translate.ts'

/** Opens the store. `env`: TABLE, and the variables of the AWS SDK. */
export const openStore = (env: NodeJS.ProcessEnv): Store => createStore(env['TABLE'] ?? '', new DynamoDBClient({}))

export const createStore = (table: string, client: DynamoDBClient, now: () => number = Date.now): Store => {
  const TableName = table
  const put = (key: Key, value: Json, version: number, until: number | undefined, condition: Condition) =>
    askAws(`writing ${key.sk}`, () =>
      conditional(
        client.send(new PutItemCommand({ TableName, Item: attributes(key, value, version, until), ...condition })),
      ),
    )
  return {
    get: key =>
      askAws(`reading ${key.sk}`, async () => {
        const { Item: item } = await client.send(
          new GetItemCommand({ TableName, Key: keyOf(key), ConsistentRead: true }),
        )
        return item === undefined || !isCurrent(item, now()) ? undefined : readItem(item)
      }),
    create: (key, value, until) => put(key, value, 1, until, isAbsent(now())),
    replace: (key, value, version, until) => put(key, value, version + 1, until, isAt(version)),
    remove: (key, version) =>
      askAws(`removing ${key.sk}`, () =>
        conditional(client.send(new DeleteItemCommand({ TableName, Key: keyOf(key), ...isAt(version) }))),
      ),
    list: (pk, options) =>
      askAws(`listing ${pk.split('#')[0]}`, async () => {
        const items = await query(client, table, pk, options)
        return items.filter(item => isCurrent(item, now())).map(item => readItem(item))
      }),
    count: (key, max, until) =>
      askAws(`counting ${key.pk}`, () =>
        conditional(client.send(new UpdateItemCommand({ TableName, Key: keyOf(key), ...increment(max, until) }))),
      ),
  }
}

/** Awaits a conditional write. Returns true if it succeeded, false if its condition was not met. */
const conditional = async (write: Promise<unknown>): Promise<boolean> => {
  try {
    await write
    return true
  } catch (error) {
    if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return false
    throw error
  }
}

/** Whether an item has not expired. `now`: epoch milliseconds. */
const isCurrent = (item: Attributes, now: number): boolean =>
  item['until']?.N === undefined || Number(item['until'].N) > now / 1_000

const query = async (
  client: DynamoDBClient,
  table: string,
  pk: string,
  { prefix = '', from: first = '', limit, newestFirst = false }: Parameters<Store['list']>[1] = {},
): Promise<readonly Attributes[]> => {
  const found: Attributes[] = []
  let from: Attributes | undefined
  do {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName: table,
        ConsistentRead: true,
        ScanIndexForward: !newestFirst,
        KeyConditionExpression: `pk = :pk${prefix === '' ? '' : ' AND begins_with(sk, :prefix)'}${first === '' ? '' : ' AND sk >= :first'}`,
        ExpressionAttributeValues: {
          ':pk': { S: pk },
          ...(prefix !== '' && { ':prefix': { S: prefix } }),
          ...(first !== '' && { ':first': { S: first } }),
        },
        ...(limit !== undefined && { Limit: limit - found.length }),
        ...(from !== undefined && { ExclusiveStartKey: from as Record<string, AttributeValue> }),
      }),
    )
    found.push(...Items)
    from = LastEvaluatedKey
  } while (from !== undefined && (limit === undefined || found.length < limit))
  return found
}

type Attributes = Record<string, { readonly S?: string | undefined; readonly N?: string | undefined }>
type Condition = Pick<
  ConstructorParameters<typeof PutItemCommand>[0],
  'ConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'
>

const isAt = (version: number): Condition => ({
  ConditionExpression: '#version = :version',
  ExpressionAttributeNames: { '#version': 'version' },
  ExpressionAttributeValues: { ':version': { N: `${version}` } },
})

/** A condition that is true if the item is absent or past its `until`. `now`: epoch milliseconds. */
const isAbsent = (now: number): Condition => ({
  ConditionExpression: 'attribute_not_exists(pk) OR #until <= :now',
  ExpressionAttributeNames: { '#until': 'until' },
  ExpressionAttributeValues: { ':now': { N: `${Math.floor(now / 1_000)}` } },
})

/** The parameters of an update that adds one to a counter if the counter is below `max`. `until`: when the item expires. */
const increment = (max: number, until: number) => ({
  UpdateExpression: 'SET #until = :until ADD #count :one',
  ConditionExpression: 'attribute_not_exists(#count) OR #count < :most',
  ExpressionAttributeNames: { '#count': 'count', '#until': 'until' },
  ExpressionAttributeValues: { ':one': { N: '1' }, ':most': { N: `${max}` }, ':until': { N: `${until}` } },
})

const keyOf = ({ pk, sk }: Key) => ({ pk: { S: pk }, sk: { S: sk } })

const attributes = (key: Key, value: Json, version: number, until: number | undefined) => ({
  ...keyOf(key),
  version: { N: `${version}` },
  value: { S: JSON.stringify(value) },
  ...(until !== undefined && { until: { N: `${until}` } }),
})

const readItem = <T>(item: Attributes): Item<T> => ({
  key: { pk: item['pk']?.S ?? '', sk: item['sk']?.S ?? '' },
  version: Number(item['version']?.N ?? 0),
  value: JSON.parse(item['value']?.S ?? 'null') as T,
})
