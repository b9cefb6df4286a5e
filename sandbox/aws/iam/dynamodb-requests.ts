// The permissions that calls on DynamoDB items need. The resource is the table or its index, with the partition keys as
// condition keys. Source: DynamoDB developer guide, fine-grained access control.

import type { Call } from '../wire/service.ts'
import type { Check } from './evaluate.ts'

type Value = { readonly S?: string; readonly N?: string; readonly B?: string }
type Item = Readonly<Record<string, Value>>

type Input = {
  readonly TableName?: string
  readonly IndexName?: string
  readonly Key?: Item
  readonly Item?: Item
  readonly KeyConditionExpression?: string
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>
  readonly ExpressionAttributeValues?: Item
  readonly RequestItems?: Readonly<Record<string, unknown>>
}

type BatchedWrite = { readonly PutRequest?: { readonly Item: Item }; readonly DeleteRequest?: { readonly Key: Item } }

/** The attribute that is the partition key of Quarterdeck's only table. */
const partitionKey = 'pk'

const tableArn = ({ region, caller }: Call, table: string): string =>
  table.startsWith('arn:') ? table : `arn:aws:dynamodb:${region}:${caller.account}:table/${table}`

const keyOf = (item: Item | undefined): readonly string[] => {
  const value = item?.[partitionKey]
  const key = value?.S ?? value?.N ?? value?.B
  return key === undefined ? [] : [key]
}

/** The partition keys in a query: `pk = :pk`, or `#pk = :pk` with the name in ExpressionAttributeNames. */
const queriedKeys = (input: Input): readonly string[] => {
  const parts = (input.KeyConditionExpression ?? '').matchAll(/([#\w]+)\s*=\s*(:\w+)/g)
  return [...parts].flatMap(([, name = '', placeholder = '']) =>
    (input.ExpressionAttributeNames?.[name] ?? name) === partitionKey
      ? keyOf({ [partitionKey]: input.ExpressionAttributeValues?.[placeholder] ?? {} })
      : [],
  )
}

const checkOf = (call: Call, resource: string, keys: readonly string[]): Check => ({
  action: `dynamodb:${call.action}`,
  resource,
  context: { 'dynamodb:LeadingKeys': [...new Set(keys)] },
})

const onItem = (call: Call, input: Input) => [
  checkOf(call, tableArn(call, input.TableName ?? ''), keyOf(input.Key ?? input.Item)),
]

/** The permissions that a query needs. A query of an index needs permission only on that index. */
const onQuery = (call: Call, input: Input) => {
  const table = tableArn(call, input.TableName ?? '')
  return [
    checkOf(call, input.IndexName === undefined ? table : `${table}/index/${input.IndexName}`, queriedKeys(input)),
  ]
}

const itemsOf = (requests: unknown): readonly (Item | undefined)[] => {
  if (Array.isArray(requests))
    return (requests as readonly BatchedWrite[]).map(one => one.PutRequest?.Item ?? one.DeleteRequest?.Key)
  return (requests as { readonly Keys?: readonly Item[] }).Keys ?? []
}

const onBatch = (call: Call, { RequestItems = {} }: Input) =>
  Object.entries(RequestItems).map(([table, requests]) =>
    checkOf(call, tableArn(call, table), itemsOf(requests).flatMap(keyOf)),
  )

const rows: Readonly<Record<string, (call: Call, input: Input) => readonly Check[]>> = {
  GetItem: onItem,
  PutItem: onItem,
  UpdateItem: onItem,
  DeleteItem: onItem,
  Query: onQuery,
  Scan: onQuery,
  BatchGetItem: onBatch,
  BatchWriteItem: onBatch,
}

/** The permissions that a call needs; undefined if this file does not list its action. */
export const dynamodbChecks = (call: Call): readonly Check[] | undefined =>
  Object.hasOwn(rows, call.action) ? rows[call.action]?.(call, call.input as Input) : undefined
